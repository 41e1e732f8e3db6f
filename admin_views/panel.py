"""Hangs the panel on the application: login, Flask-Admin and every view; the views themselves are elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from admin_views import bench_parts, installation_bench, menu, outage_bench
from admin_views.account_registers import ACCOUNT_VIEWS
from admin_views.audit_view import AuditView, OutboxView
from admin_views.bill_view import BillView, PaymentView
from admin_views.desk import Desk
from admin_views.installation_view import InstallationView
from admin_views.letter_view import DispositionView, LetterView
from admin_views.login import init_login
from admin_views.network_views import (
    AlertSourceView,
    NodeView,
    PlannedWorkView,
    UnknownAlertView,
    WebServiceView,
)
from admin_views.organisation import (
    AbsenceView,
    CategoryView,
    DelegationView,
    GroupView,
    HolidayView,
)
from admin_views.password_desk import PasswordDesk
from admin_views.people_import_view import PeopleImportView
from admin_views.public_texts import DownloadView, PageView
from admin_views.quality_test_view import QualityTestView
from admin_views.rab_view import PriceItemView, RabView
from admin_views.settings_view import SettingsView
from admin_views.shift_view import ShiftView
from admin_views.staff_view import StaffView
from admin_views.survey_view import SurveyView
from admin_views.ticket_view import TicketView
from admin_views.units import ContactView, UnitView
from models.ticket import CHANNELS
from models.worker import is_silent
from procedures.engine import label_of
from web.headers import nonce

VIEWS = (
    TicketView,
    UnitView,
    NodeView,
    WebServiceView,
    PlannedWorkView,
    AlertSourceView,
    UnknownAlertView,
    ShiftView,
    ContactView,
    CategoryView,
    GroupView,
    StaffView,
    AbsenceView,
    DelegationView,
    HolidayView,
    PageView,
    DownloadView,
    OutboxView,
    AuditView,
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
PARTS = (installation_bench, outage_bench)  # imported for what they add to the workbench


def init_panel(app: Flask) -> None:
    """Register Flask-Admin and its views; made inside create_app, so that no view belongs to two applications."""
    init_login(app)
    admin = Admin(
        name="Pustikom",
        index_view=Desk(),
        csp_nonce_generator=nonce,
        theme=Bootstrap4Theme(base_template="admin/layout.html"),
    )
    for view in VIEWS:
        admin.add_view(view())
    admin.add_view(SettingsView())
    admin.add_view(PasswordDesk())
    admin.add_view(PeopleImportView())
    admin.init_app(app)
    app.jinja_env.globals.update(
        basis_of=bench_parts.basis_of,
        papers_of=bench_parts.papers_of,
        menu=menu,
        worker_is_silent=is_silent,
        channels=CHANNELS,
        label_of=label_of,
        kept_text=kept_text,
    )


def kept_text(form: Any) -> str:
    """The longest words of a form whose step was refused, so that they can be copied."""
    texts = [str(f.data) for f in form if isinstance(f.data, str)] if form is not None else []
    return max(texts, key=len, default="")
