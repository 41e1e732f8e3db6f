"""What search everywhere looks through besides tickets, and by the rights and rows of which view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVarTuple
from urllib.parse import urlencode

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, ColumnElement, Select, String, case, cast, false, func, literal, null, or_, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import SQLColumnExpression

from admin_views.frame.view import person
from admin_views.frame.view_facts import Kept
from admin_views.tickets.list.full_text import files_matching, match_words
from models.accounts.account import Account
from models.accounts.person import Person
from models.base.columns.statement_types import Asked
from models.base.db import Base
from models.base.search.columns import SearchedColumn, holds, nearly_holds
from models.base.search.terms import TypedWord, terms_of, typed_words
from models.base.wording import Words
from models.installation.bill import Bill, Payment
from models.installation.quality_test import QualityTest
from models.installation.rab import Rab
from models.installation.survey import Survey
from models.organisation.staff import Staff
from models.organisation.unit import Contact, Unit
from models.outages.network import Node, WebService
from models.tickets.letter import Disposition, RequestLetter
from models.tickets.merge import Merge, visible_with_merged
from models.tickets.ticket import Attachment, Ticket, visible_to

Ts = TypeVarTuple("Ts")
PEOPLE = {"person": "p", "contact": "c"}  # registers of people: how the page of a person names their rows


Title: TypeAlias = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
HitRows: TypeAlias = "Select[str, int, str, str, int, int]"  # kind, id, title, more, exact, amount


class Searchable(Protocol):
    """The view that guards rows: which of them this person may see, and how its own list finds a word."""

    def row_rule(self, query: Select[*Ts]) -> Select[*Ts]: ...

    def word_rule(self, word: TypedWord) -> ColumnElement[bool]: ...


class TicketDocument(Kept, Protocol):
    """A row that hangs on a ticket."""

    ticket_id: Any  # the column of its class


@dataclass(frozen=True)
class SearchKind:
    """One kind of row: the view that guards it, what is searched, what a hit shows, and where it leads.

    What hangs on a ticket leads to it, and is found as its own list finds it: by unit, subject and sum as well.
    """

    view: str
    label: Words
    icon: str
    model: type[Kept]
    title: Title
    more: Asked
    searched: Sequence[SearchedColumn]
    joins: Sequence[tuple[type[Base], ColumnElement[bool]]] = ()
    ticket_id: SQLColumnExpression[int] | None = None
    amount: Asked | None = None  # in rupiah

    @property
    def key(self) -> str:
        return self.view

    def hits(self, view: Searchable, words: str, most: int) -> HitRows:
        """A SELECT of (kind, id, title, more, exact) of at most `most` rows that hold every word; exact ones first."""
        exact = case((or_(*(func.lower(column) == words.lower() for column in self.searched)), 1), else_=0)
        leads_to = self.model.id if self.ticket_id is None else self.ticket_id
        query = select(
            literal(self.view).label("kind"),
            leads_to.label("id"),
            cast(self.title, String).label("title"),
            cast(func.coalesce(self.more, ""), String).label("more"),
            exact.label("exact"),
            cast(null() if self.amount is None else self.amount, BigInteger).label("amount"),
        ).select_from(self.model)
        for table, on in self.joins:
            query = query.outerjoin(table, on)
        query = view.row_rule(query)
        for word in typed_words(words):
            query = query.where(holds(self.searched, word) if self.ticket_id is None else view.word_rule(word))
        return query.order_by(exact.desc(), self.model.id.desc()).limit(most)

    def near(self, view: Searchable, words: str, most: int) -> Select[str] | None:
        """A SELECT of the names that hold every word or one that is a slip away; None for what hangs on a ticket."""
        if self.ticket_id is not None:
            return None
        query = view.row_rule(select(cast(self.title, String).label("title")).select_from(self.model))
        for word in typed_words(words):
            query = query.where(or_(holds((self.title,), word), nearly_holds(self.title, word)))
        return query.order_by(self.model.id.desc()).limit(most)

    def href(self, ident: int) -> str:
        if self.view in PEOPLE:
            return f"/admin/profile/?id={PEOPLE[self.view]}{ident}"
        return f"/admin/{'ticket' if self.ticket_id is not None else self.view}/details/?id={ident}"

    def all_href(self, words: str) -> str:
        return f"/admin/{self.view}/?" + urlencode({"search": words})


@dataclass(frozen=True)
class FileWordsKind:
    """Files whose words were read: seen by whoever may open them, on their ticket or where that is merged into."""

    key: str = "file"
    view: str = "ticket"
    label: Words = _l("Isi berkas")
    icon: str = "file"

    def hits(self, _view: Searchable, words: str, most: int) -> HitRows:
        """As SearchKind.hits; the id is that of the ticket on whose page this person finds the file."""
        staff, terms = person(), terms_of(words)
        into = select(func.max(Merge.target_id)).where(Merge.ticket_id == Ticket.id, Merge.undone_at.is_(None))
        page = case((visible_to(staff), Ticket.id), else_=into.correlate(Ticket).scalar_subquery())
        found = select(files_matching(match_words(terms)).subquery().c.attachment_id)
        return (
            select(
                literal(self.key).label("kind"), page.label("id"), cast(Attachment.name, String).label("title"),
                cast(Ticket.subject, String).label("more"), literal(0).label("exact"),
                cast(null(), BigInteger).label("amount"),
            )
            .select_from(Attachment)
            .join(Ticket, Ticket.id == Attachment.ticket_id)
            .where(Attachment.id.in_(found) if terms else false(), visible_with_merged(staff))
            .order_by(Attachment.id.desc())
            .limit(most)
        )  # fmt: skip

    def near(self, _view: Searchable, _words: str, _most: int) -> Select[str] | None:
        """None: the words of files are mended with those of their tickets."""
        return None

    def href(self, ident: int) -> str:
        return f"/admin/ticket/details/?id={ident}"

    def all_href(self, words: str) -> str:
        return "/admin/ticket/?" + urlencode({"state": "all", "search": words})


WORK = Ticket.subject + func.coalesce(literal(" · ") + Unit.name, "")
THE_UNIT = (Unit, Unit.id == Ticket.unit_id)


def _of_ticket(
    view: str,
    label: Words,
    icon: str,
    model: type[TicketDocument],
    number: Title,
    *more: SearchedColumn,
    amount: Asked | None = None,
) -> SearchKind:
    """A document of a ticket, by its number, with the work and the unit it is for."""
    joins = ((Ticket, Ticket.id == model.ticket_id), THE_UNIT)
    return SearchKind(view, label, icon, model, number, WORK, (number, *more), joins, model.ticket_id, amount)


KINDS: tuple[SearchKind | FileWordsKind, ...] = (
    SearchKind("unit", _l("Unit"), "people", Unit, Unit.name, Unit.code, (Unit.code, Unit.name)),
    SearchKind("contact", _l("Kontak unit"), "phone", Contact, Contact.name, Unit.name,
         (Contact.name, Contact.email, Contact.phone), ((Unit, Unit.id == Contact.unit_id),)),
    SearchKind("person", _l("Register orang"), "people", Person, Person.name, Person.number,
         (Person.number, Person.name)),
    SearchKind("account", _l("Register akun"), "mail", Account, Account.address, Account.login,
         (Account.address, Account.login)),
    SearchKind("staff", _l("Petugas"), "user", Staff, Staff.name, Staff.position, (Staff.name, Staff.username)),
    _of_ticket("request_letter", _l("Surat masuk"), "mail", RequestLetter, RequestLetter.number,
           RequestLetter.agenda_number, RequestLetter.subject, RequestLetter.signed_by),
    SearchKind("disposition", _l("Disposisi"), "right", Disposition, Disposition.agenda_number, WORK,
         (Disposition.agenda_number,),
         ((RequestLetter, RequestLetter.id == Disposition.letter_id), (Ticket, Ticket.id == RequestLetter.ticket_id),
          THE_UNIT), RequestLetter.ticket_id),
    _of_ticket("survey", _l("Survey"), "pin", Survey, Survey.number),
    _of_ticket("rab", _l("RAB"), "coin", Rab, Rab.number, amount=Rab.total_rp),
    _of_ticket("quality_test", _l("Uji kualitas"), "wifi", QualityTest, QualityTest.number),
    _of_ticket("bill", _l("Tagihan"), "file", Bill, Bill.number, Bill.payment_reference, amount=Bill.total_rp),
    SearchKind("payment", _l("Pembayaran"), "check", Payment, Payment.receipt_number,
         Payment.payer + func.coalesce(literal(" · ") + Unit.name, ""), (Payment.receipt_number, Payment.payer),
         ((Bill, Bill.id == Payment.bill_id), (Ticket, Ticket.id == Bill.ticket_id), THE_UNIT),
         Bill.ticket_id, Payment.amount_rp),
    FileWordsKind(),
    SearchKind("node", _l("Perangkat"), "net", Node, Node.name, Node.address, (Node.name, Node.address)),
    SearchKind("web_service", _l("Layanan web"), "server", WebService, WebService.name, WebService.url,
         (WebService.name, WebService.url)),
)  # fmt: skip
