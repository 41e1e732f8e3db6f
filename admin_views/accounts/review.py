"""The yearly review on one page: each account that waits, why, and the decision beside it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin_views.frame.page import ClosedView
from admin_views.frame.view import address, person
from models.accounts.account import Account
from models.accounts.account_due import REASONS, count_due, is_due, reasons_of
from models.accounts.directory_change import ChangeState, DirectoryChange
from models.base.db import db
from models.base.wording import Words
from models.base.written import clean_text
from models.organisation.unit import Contact
from procedures.accounts import review
from procedures.accounts.state import ChangeRefused

PAGE = 30
VERDICTS: dict[str, Words] = {
    "keep": _l("Pertahankan"),
    "contact": _l("Ganti kontak teknis"),
    "suspend": _l("Bekukan"),
}


class AccountReviewView(ClosedView):
    name_key = "account_review"
    acts = {"index": "list", "decide": "review"}

    def __init__(self) -> None:
        super().__init__(name=_l("Tinjauan akun"), endpoint="account_review", url="/admin/account_review")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self._page()

    def _page(self, sentence: str = "", failed: int = 0) -> ResponseReturnValue:
        """The accounts that wait, by address; a refused decision keeps its words beside its account."""
        reason, after = request.args.get("reason", ""), request.args.get("after", "")[:254]
        if reason and reason not in REASONS:
            abort(400)
        query = select(Account).where(is_due(reason), Account.address > after)
        loaded = (joinedload(Account.owner), joinedload(Account.unit), joinedload(Account.contact))
        accounts = list(db.session.scalars(query.options(*loaded).order_by(Account.address).limit(PAGE + 1)).unique())
        more, accounts = len(accounts) > PAGE, accounts[:PAGE]
        reasons = reasons_of(accounts)
        page = render_template(
            "admin/accounts/review.html",
            view=self,
            rows=[(row, [REASONS[name][0] for name in reasons[row.id]]) for row in accounts],
            contacts=_contacts(accounts),
            changing=_changing(accounts),
            left=count_due(),
            reasons=REASONS,
            reason=reason,
            next=accounts[-1].address if more else "",
            verdicts=VERDICTS,
            sentence=sentence,
            failed=failed,
        )
        return page, 409 if sentence else 200

    @expose("/decide/<int:pk>", methods=("POST",))
    def decide(self, pk: int) -> ResponseReturnValue:
        """One account's decision; the page comes back to the next one that waits."""
        account = db.session.get(Account, pk) if pk < 2**31 else None
        if account is None:
            abort(404)
        name, verdict = account.address, request.form.get("verdict", "")
        by, text, ip = person(), clean_text(request.form.get("text", ""))[:1_000], address()
        try:
            if verdict == "keep":
                review.keep(pk, by, text, ip)
            elif verdict == "contact":
                contact = request.form.get("contact", "")
                review.change_contact(
                    pk,
                    _id(contact),
                    by,
                    text,
                    ip,
                )
            elif verdict == "suspend":
                review.suspend(pk, by, text, by_hand=bool(request.form.get("is_done_by_hand")), ip=ip)
            else:
                raise ChangeRefused(_("Pilih keputusannya dahulu."))
        except ChangeRefused as refused:
            db.session.rollback()
            return self._page(refused.sentence, pk)
        flash(_("%(address)s sudah ditinjau.", address=name), "success")
        return redirect("/admin/account_review/", 303)


def _contacts(accounts: list[Account]) -> dict[int | None, list[Contact]]:
    """The reachable contacts of each account's unit, IT managers first."""
    units = {row.unit_id for row in accounts if row.is_of_unit}
    found: dict[int | None, list[Contact]] = {}
    query = select(Contact).where(Contact.unit_id.in_(units), Contact.is_active).order_by(Contact.name)
    for contact in sorted(db.session.scalars(query), key=lambda one: one.kind != "it_manager"):
        found.setdefault(contact.unit_id, []).append(contact)
    return found


def _changing(accounts: list[Account]) -> set[int]:
    """Those whose suspension waits for the directory's answer."""
    ids = [row.id for row in accounts]
    waiting = select(DirectoryChange.account_id).where(
        DirectoryChange.account_id.in_(ids), DirectoryChange.state == ChangeState.INTENDED.value
    )
    return set(db.session.scalars(waiting))


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
