"""Puts the panel together: login, Flask-Admin and every view."""

from __future__ import annotations

from secrets import token_hex

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_login import current_user
from wtforms import PasswordField

from admin_views.accounts import person_parts
from admin_views.accounts import workbench as account_workbench
from admin_views.accounts.email_entry import EmailEntry
from admin_views.accounts.identity_report import IdentityReportView
from admin_views.accounts.password_desk import PasswordDesk
from admin_views.accounts.people_import import PeopleImportView
from admin_views.accounts.profile import ProfileView
from admin_views.accounts.registers import ACCOUNT_VIEWS
from admin_views.accounts.review import AccountReviewView
from admin_views.exports import MyExports
from admin_views.frame import menu
from admin_views.frame.keys import KeysView
from admin_views.frame.page_parts import page_parts_of
from admin_views.frame.permissions import RIGHTS, may
from admin_views.frame.phone_key import phone_key
from admin_views.frame.reader import person
from admin_views.frame.sign_in.login import init_login
from admin_views.frame.view import HouseView
from admin_views.installation import desk_part as installation_desk
from admin_views.installation import field_jobs as installation_visits
from admin_views.installation import unit_documents
from admin_views.installation import workbench as installation_workbench
from admin_views.installation.bills import BillView, PaymentView
from admin_views.installation.board import InstallationView
from admin_views.installation.price_items import PriceItemView
from admin_views.installation.quality_tests import QualityTestView
from admin_views.installation.rabs import RabView
from admin_views.installation.surveys import SurveyView
from admin_views.organisation.access import AccessView
from admin_views.organisation.audit import AuditView
from admin_views.organisation.emblem import EmblemView
from admin_views.organisation.first_administrator import first_pages
from admin_views.organisation.holidays import HolidayView
from admin_views.organisation.labels_and_replies import WORD_VIEWS
from admin_views.organisation.mail_texts import MailTextView
from admin_views.organisation.office_numbers import OfficeNumberView
from admin_views.organisation.organisation import AbsenceView, CategoryView, DelegationView, GroupView
from admin_views.organisation.outbox import OutboxView
from admin_views.organisation.pending_changes import PendingChangeView
from admin_views.organisation.procedure_page import ProcedureView
from admin_views.organisation.public_texts import DownloadView, PageView
from admin_views.organisation.retention import RetentionView
from admin_views.organisation.settings import SettingsView
from admin_views.organisation.special_hours import SpecialHoursView
from admin_views.organisation.staff import StaffView
from admin_views.organisation.units import ContactView, UnitView
from admin_views.outages import desk_part as outage_desk
from admin_views.outages import device_parts
from admin_views.outages import field_jobs as outage_visits
from admin_views.outages import workbench as outage_workbench
from admin_views.outages.alert_rules import AlertRuleView
from admin_views.outages.alerts import AlertSourceView, ReceivedAlertView, UnknownAlertView
from admin_views.outages.duty import DutyView
from admin_views.outages.network import NodeView, WebServiceView
from admin_views.outages.planned_work import PlannedWorkView
from admin_views.outages.qr_labels import ScanView
from admin_views.outages.shift import ShiftView
from admin_views.search import SearchView
from admin_views.tickets import people
from admin_views.tickets.agenda import AgendaView
from admin_views.tickets.assign import AssignDesk
from admin_views.tickets.bulk_all import MOST_OF_ALL, BulkAll
from admin_views.tickets.bulk_some import BulkDesk, acts_of
from admin_views.tickets.caller import CallerDesk
from admin_views.tickets.desk.my_desk import Desk
from admin_views.tickets.field_work import FieldWork
from admin_views.tickets.follow import FollowDesk
from admin_views.tickets.inbox.inbox import InboxView
from admin_views.tickets.inbox.mailboxes import MailboxView
from admin_views.tickets.inbox.sender_rules import SenderRuleView
from admin_views.tickets.knowledge.article_help import ArticleHelp
from admin_views.tickets.knowledge.articles import ArticleView
from admin_views.tickets.letters import DispositionView, LetterView
from admin_views.tickets.mend import MendDesk
from admin_views.tickets.merge import MergeDesk
from admin_views.tickets.reports.monthly_report import MonthlyReportView
from admin_views.tickets.reports.service_report import ServiceReportView
from admin_views.tickets.requester import RequesterView
from admin_views.tickets.routines import RoutineView
from admin_views.tickets.setup import SetupView
from admin_views.tickets.split import SplitDesk
from admin_views.tickets.times import TimesDesk
from admin_views.tickets.view import TicketView
from admin_views.tickets.workbench import workbench_parts
from admin_views.tickets.workbench.drafts import DraftDesk
from models.base.db import utcnow
from models.base.heartbeat import is_silent
from models.base.periods.privacy_notice import why_none
from models.base.wording import Words
from models.base.written import is_written
from models.tickets.mailing.data_request import standing_requests
from models.tickets.ticket import CHANNELS, PRIORITIES, SUSPICIONS, is_visible
from models.tickets.ticket_keys import is_access_over
from procedures.accounts import callers as people_who_call
from procedures.base import export_lists
from procedures.base.form_fields import StepForm
from procedures.engine.take_step import label_of, state_of
from procedures.organisation.first_administrator import lacks_administrator
from procedures.organisation.passkeys import why_not_here
from procedures.tickets.mending import FACTS
from procedures.tickets.readiness import missing_acts
from web.headers import nonce

VIEWS = (
    TicketView,
    UnitView,
    NodeView,
    ScanView,
    WebServiceView,
    PlannedWorkView,
    AlertSourceView,
    AlertRuleView,
    ReceivedAlertView,
    UnknownAlertView,
    ShiftView,
    DutyView,
    ContactView,
    CategoryView,
    GroupView,
    StaffView,
    AbsenceView,
    DelegationView,
    PendingChangeView,
    HolidayView,
    SpecialHoursView,
    PageView,
    DownloadView,
    ArticleView,
    ArticleHelp,
    OutboxView,
    MailboxView,
    SenderRuleView,
    AuditView,
    *WORD_VIEWS,
    DraftDesk,
    FieldWork,
    RoutineView,
    AgendaView,
    AssignDesk,
    BulkDesk,
    BulkAll,
    MergeDesk,
    SplitDesk,
    MendDesk,
    TimesDesk,
    ServiceReportView,
    MonthlyReportView,
    CallerDesk,
    FollowDesk,
    RequesterView,
    ProfileView,
    *ACCOUNT_VIEWS,
    InstallationView,
    LetterView,
    DispositionView,
    SurveyView,
    PriceItemView,
    RabView,
    QualityTestView,
    BillView,
    PaymentView,
)
PARTS = (account_workbench, installation_workbench, outage_workbench)  # imported for what they add to the workbench
BESIDE = (installation_desk, outage_desk)  # imported for what they put beside a desk
FIELD = (installation_visits, outage_visits)  # as above, for the field work of one person
PAGE_PARTS = (people, unit_documents, device_parts, person_parts)  # … and to the pages of people, units and devices
SOURCES = (people_who_call,)  # imported for what it adds to the form that enters a call


def init_panel(app: Flask) -> None:
    """Register Flask-Admin and its views; made inside create_app, so that no view belongs to two applications."""
    init_login(app)
    admin = Admin(
        name="Pustikom",
        index_view=Desk(),
        csp_nonce_generator=nonce,
        theme=Bootstrap4Theme(base_template="admin/frame/layout.html"),
    )
    for view in (made() for made in VIEWS):
        admin.add_view(view)
        if isinstance(view, ServiceReportView):
            export_lists.register_report(view.name_key, view)
        if isinstance(view, HouseView) and "export" in RIGHTS[view.name_key]:
            export_lists.register(view.name_key, view)
    admin.add_view(KeysView())
    admin.add_view(ProcedureView())
    admin.add_view(SettingsView())
    admin.add_view(InboxView())
    admin.add_view(SetupView())
    admin.add_view(OfficeNumberView())
    admin.add_view(EmblemView())
    admin.add_view(MailTextView())
    admin.add_view(SearchView())
    admin.add_view(PasswordDesk())
    admin.add_view(MyExports())
    admin.add_view(AccessView())
    admin.add_view(RetentionView())
    admin.add_view(PeopleImportView())
    admin.add_view(EmailEntry())
    admin.add_view(IdentityReportView())
    admin.add_view(AccountReviewView())
    admin.init_app(app)
    app.register_blueprint(first_pages)
    started = utcnow()
    app.jinja_env.globals.update(
        basis_of=workbench_parts.basis_of,
        side_of=workbench_parts.side_of,
        facts_of=workbench_parts.facts_of,
        page_parts_of=page_parts_of,
        suspicions=SUSPICIONS,
        menu=menu,
        sees=lambda ticket: may(person(), "ticket", "details") and is_visible(ticket, person()),
        opens=lambda view, act="list": may(person(), view, act),
        access_is_over=is_access_over,
        standing_requests=standing_requests,
        worker_is_silent=lambda: is_silent(getattr(current_user, "last_beat", None), started),
        mail_trouble=lambda: getattr(current_user, "mail_trouble", ()),
        channels=CHANNELS,
        priorities=PRIORITIES,
        why_no_notice=why_none,
        mend_labels={key: fact.label for key, fact in FACTS.items()},
        label_of=label_of,
        state_label=lambda ticket: state_of(ticket).label,
        typed_texts=typed_texts,
        lacks_administrator=lacks_administrator,
        why_no_passkey=why_not_here,
        phone_key=lambda: phone_key(person()),
        is_being_set_up=lambda: bool(missing_acts()),
        bulk_acts=lambda: acts_of(person()),
        bulk_most_of_all=MOST_OF_ALL,
        may_bulk=lambda: may(person(), "bulk", "do"),
        bulk_once=lambda: token_hex(12),
    )


def typed_texts(form: StepForm) -> list[tuple[Words, str]]:
    """Label and words of what was typed into a form whose step was refused, so that it can be copied.

    A password is typed again (security.md S11).
    """
    fields = list(form) if form is not None and hasattr(form, "_fields") else []
    fields = [f for f in fields if not isinstance(f, PasswordField)]
    return [(f.label.text, f.data) for f in fields if isinstance(f.data, str) and is_written(f.data)]
