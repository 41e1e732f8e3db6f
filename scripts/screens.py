"""The screens that `make screenshots` takes, in the order of its index; it opens none of them itself.

An address may hold {id:procedure/state}, {number:procedure/state}, {link:procedure/state} and {unit:procedure/state}
for the first ticket there, {row:register} for the newest row of a register and {document:} for the code of an issued
document.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Screen:
    """One page as one person sees it.

    `who` is a demo login ("" is the public); `after` is opened first, in the same browser; `press` are selectors
    pressed in turn once the page is there; `status` is what the last answer must be; `language` is what the page
    speaks to this person; `dark` is what the reader's device prefers.
    """

    name: str
    path: str
    who: str = ""
    after: str = ""
    press: tuple[str, ...] = ()
    status: int = 200
    language: str = "id"
    dark: bool = False


PUBLIC = [
    Screen("front", "/"),
    Screen("form", "/pengaduan"),
    Screen("form-errors", "/pengaduan", press=("main form .pk-submit button",), status=422),
    Screen("receipt", "/tiket/{number:complaint/in_progress}/bukti", after="{link:complaint/in_progress}"),
    Screen("lookup", "/tiket"),
    Screen("lookup-wrong", "/tiket?number=PTK-0000", status=422),
    Screen("send-again", "/tiket/kirim-ulang"),
    Screen("status", "/tiket/{number:network_installation/rab_approval}"),
    Screen("status-code", "{link:complaint/in_progress}"),
    Screen("status-resolved", "{link:complaint/resolved}"),
    Screen("status-agreement", "{link:network_installation/unit_agreement}"),
    Screen("procedures", "/prosedur"),
    Screen("procedure-complaint", "/prosedur/pengaduan"),
    Screen("procedure-network-outage", "/prosedur/gangguan-jaringan"),
    Screen("procedure-server-outage", "/prosedur/gangguan-server"),
    Screen("procedure-unit-email", "/prosedur/email-unit"),
    Screen("procedure-password", "/prosedur/perubahan-password"),
    Screen("procedure-installation", "/prosedur/pemasangan-jaringan"),
    Screen("outages", "/gangguan"),
    Screen("downloads", "/unduhan"),
    Screen("request-email", "/permohonan/email-unit"),
    Screen("request-installation", "/permohonan/pemasangan-jaringan"),
    Screen("document", "/verifikasi/{document:}"),
    Screen("document-unknown", "/verifikasi/0000000000000000", status=404),
    Screen("internet-account", "/akun-internet"),
    Screen("privacy", "/privasi"),
    Screen("404", "/tidak-ada", status=404),
]

TICKETS = [
    Screen("login", "/admin/login"),
    Screen("desk", "/admin/", "sari"),
    Screen("desk-head", "/admin/", "budi"),
    Screen("desk-staff", "/admin/", "tono"),
    Screen("agenda", "/admin/agenda/", "tono"),
    Screen("agenda-month", "/admin/agenda/?view=month&whose=all", "rina"),
    Screen("list", "/admin/ticket/", "budi"),
    Screen("list-filters", "/admin/ticket/?panel=1", "budi"),
    Screen("list-nothing", "/admin/ticket/?search=zzzz", "budi"),
    Screen("search", "/admin/search/?q=jaringan", "sari"),
    Screen("search-nothing", "/admin/search/?q=zzzz", "sari"),
    Screen("entry", "/admin/ticket/new/", "sari"),
    Screen("workbench", "/admin/ticket/details/?id={id:network_installation/rab_approval}", "budi"),
    Screen("workbench-complaint", "/admin/ticket/details/?id={id:complaint/in_progress}", "tono"),
    Screen("workbench-network-outage", "/admin/ticket/details/?id={id:network_outage/on_site}", "tono"),
    Screen("workbench-server-outage", "/admin/ticket/details/?id={id:server_outage/checking}", "lina"),
    Screen("workbench-unit-email", "/admin/ticket/details/?id={id:unit_email/creation}", "rina"),
    Screen("workbench-password", "/admin/ticket/details/?id={id:password_change/done}", "budi"),
    Screen("requester", "/admin/profile/?id=t{id:complaint/in_progress}", "sari"),
    Screen("merge", "/admin/merge/?id={id:complaint/in_progress}", "sari"),
    Screen("merge-compare", "/admin/merge/?id={id:complaint/in_progress}&into={number:complaint/with_group}", "sari"),
    Screen("slip", "/admin/ticket/slip/?id={id:complaint/in_progress}", "sari"),
    Screen("assign", "/admin/assign/?id={id:complaint/in_progress}", "rina"),
    Screen("inbox", "/admin/inbox/", "sari"),
    Screen("times", "/admin/times/?id={id:network_installation/closed}", "budi"),
    Screen("keys", "/admin/keys/", "sari"),
    Screen("drafts", "/admin/draft/", "sari"),
    Screen("saved-filters", "/admin/ticket/filters/", "budi"),
    Screen("403", "/admin/setting/", "tono", status=403),
]

DESKS = {  # every state of every procedure, as the person sees it whose turn it is
    "complaint": "sari screening, tono with_group, tono in_progress, budi resolved, sari closed, sari refused",
    "network_installation": "budi disposition, sari completion, rina surveyors, tono survey, rina infeasible, "
    "budi end_proposed, rina rab_draft, budi rab_approval, sari unit_agreement, rina installers, tono installation, "
    "tono testing, tono recheck, budi billing, budi bill_signature, sari payment, sari closed",
    "network_outage": "tono reported, tono answered, tono confirmed, rina not_confirmed, rina supporting, "
    "tono estimated, sari it, rina to_dispatch, tono on_site, tono repairing, rina inventoried, rina to_pass_on, "
    "tono waiting, rina ended",
    "server_outage": "lina reported, lina answering, hadi confirmed, hadi to_order, lina checking, lina fixed, "
    "hadi solved, hadi with_manager, hadi ended, hadi false_alarm",
    "unit_email": "budi disposition, rina networking, sari unit_answer, budi refusal_advice, wati creation, "
    "sari telling, sari done",
    "password_change": "sari proof, sari comparison, budi second, sari change, sari setting, sari telling, "
    "budi done, sari refused",
}
WORKBENCHES = [
    Screen(
        f"desk-of-{procedure}-{state}".replace("_", "-"),
        f"/admin/ticket/details/?id={{id:{procedure}/{state}}}",
        who,
    )
    for procedure, desks in DESKS.items()
    for who, state in (desk.split() for desk in desks.split(", "))
]

NETWORK = [
    Screen("shift", "/admin/shift/", "tono"),
    Screen("shift-report", "/admin/shift/report/jaringan", "tono"),
    Screen("network-picture", "/admin/shift/picture/", "rina"),
    Screen("availability", "/admin/shift/availability/", "rina"),
    Screen("promises", "/admin/shift/promises/", "rina"),
    Screen("nodes", "/admin/node/", "rina"),
    Screen("node", "/admin/node/details/?id={row:node}", "rina"),
    Screen("node-edit", "/admin/node/edit/?id={row:node}", "rina"),
    Screen("node-import", "/admin/node/import/", "rina"),
    Screen("web-services", "/admin/web_service/", "hadi"),
    Screen("planned-works", "/admin/planned_work/", "rina"),
    Screen("planned-work", "/admin/planned_work/details/?id={row:planned_work}", "rina"),
    Screen("planned-work-new", "/admin/planned_work/new/", "rina"),
    Screen("alert-sources", "/admin/alert_source/", "rudi"),
    Screen("alert-source", "/admin/alert_source/details/?id={row:alert_source}", "rudi"),
    Screen("alert-rules", "/admin/alert_rule/", "rina"),
    Screen("alert-trial", "/admin/alert_rule/try/", "rina"),
    Screen("received-alerts", "/admin/received_alert/", "rina"),
    Screen("unknown-alerts", "/admin/unknown_alert/", "rina"),
]

INSTALLATION = [
    Screen("installation-board", "/admin/installation/", "budi"),
    Screen("installation-entry", "/admin/installation/new/", "sari"),
    Screen("workbench-paid", "/admin/ticket/details/?id={id:network_installation/closed}", "sari"),
    Screen("workbench-payment", "/admin/ticket/details/?id={id:network_installation/payment}", "sari"),
    Screen("installation-reports", "/admin/installation/reports/", "budi"),
    Screen("letters", "/admin/request_letter/", "budi"),
    Screen("letter", "/admin/request_letter/details/?id={row:request_letter}", "budi"),
    Screen("dispositions", "/admin/disposition/", "budi"),
    Screen("surveys", "/admin/survey/", "rina"),
    Screen("survey", "/admin/survey/fill/{id:network_installation/survey}", "tono"),
    Screen("rabs", "/admin/rab/", "rina"),
    Screen("rab-fill", "/admin/rab/fill/{id:network_installation/rab_draft}", "rina"),
    Screen("rab", "/admin/rab/details/?id={row:rab}", "budi"),
    Screen("rab-differences", "/admin/rab/compare/?id={row:rab}", "budi"),
    Screen("prices", "/admin/price_item/", "rina"),
    Screen("quality-tests", "/admin/quality_test/", "rina"),
    Screen("quality-test", "/admin/quality_test/fill/{id:network_installation/testing}", "tono"),
    Screen("bills", "/admin/bill/", "budi"),
    Screen("payments", "/admin/payment/", "budi"),
]

REGISTERS = [
    Screen("password-desk", "/admin/password/", "sari"),
    Screen("password-found", "/admin/password/?search=an", "sari"),
    Screen("password-change", "/admin/password/ticket/{id:password_change/change}", "sari"),
    Screen("password-telling", "/admin/password/ticket/{id:password_change/telling}", "sari"),
    Screen("email-entry", "/admin/unit_email/", "sari"),
    Screen("units", "/admin/unit/", "sari"),
    Screen("unit", "/admin/unit/details/?id={unit:network_installation/payment}", "sari"),
    Screen("unit-edit", "/admin/unit/edit/?id={row:unit}", "rudi"),
    Screen("contacts", "/admin/contact/", "sari"),
    Screen("people", "/admin/person/", "sari"),
    Screen("person", "/admin/profile/?id=p{row:person}", "sari"),
    Screen("people-import", "/admin/people_import/", "sari"),
    Screen("accounts", "/admin/account/", "hadi"),
    Screen("account", "/admin/account/details/?id={row:account}", "hadi"),
    Screen("account-review", "/admin/account_review/", "budi"),
    Screen("identity-checks", "/admin/identity_check/", "budi"),
    Screen("identity-report", "/admin/identity_report/", "budi"),
    Screen("service-report", "/admin/service_report/", "budi"),
    Screen("one-time-links", "/admin/one_time_link/", "budi"),
    Screen("directory-changes", "/admin/directory_change/", "hadi"),
    Screen("directory-differences", "/admin/directory_difference/", "hadi"),
    Screen("exports", "/admin/export/", "budi"),
]

HOUSE = [
    Screen("desk-administrator", "/admin/", "rudi"),
    Screen("desk-viewer", "/admin/", "ketua"),
    Screen("setup", "/admin/setup/", "rudi"),
    Screen("mailboxes", "/admin/mailbox/", "rudi"),
    Screen("mailbox", "/admin/mailbox/details/?id={row:mailbox}", "rudi"),
    Screen("sender-rules", "/admin/sender_rule/", "sari"),
    Screen("pending-changes", "/admin/pending_change/", "rudi"),
    Screen("downloads-kept", "/admin/download/", "rudi"),
    Screen("procedure-page", "/admin/procedure/?key=network_installation", "rina"),
    Screen("outbox-mail", "/admin/outbox/details/?id={row:outbox}", "rudi"),
    Screen("delegation-new", "/admin/delegation/new/", "budi"),
    Screen("staff", "/admin/staff/", "rudi"),
    Screen("staff-member", "/admin/staff/details/?id={row:staff}", "rudi"),
    Screen("staff-edit", "/admin/staff/edit/?id={row:staff}", "rudi"),
    Screen("groups", "/admin/group/", "rudi"),
    Screen("categories", "/admin/category/", "rudi"),
    Screen("labels", "/admin/label/", "rudi"),
    Screen("canned-replies", "/admin/canned_reply/", "rina"),
    Screen("absences", "/admin/absence/", "rina"),
    Screen("delegations", "/admin/delegation/", "budi"),
    Screen("holidays", "/admin/holiday/", "rudi"),
    Screen("special-hours", "/admin/special_hours/", "rudi"),
    Screen("special-hours-new", "/admin/special_hours/new/", "budi"),
    Screen("duty", "/admin/duty/", "rina"),
    Screen("pages", "/admin/page/", "rudi"),
    Screen("page-edit", "/admin/page/edit/?id={row:page}", "rudi"),
    Screen("outbox", "/admin/outbox/", "rudi"),
    Screen("audit", "/admin/audit/", "rudi"),
    Screen("rights", "/admin/access/", "rudi"),
    Screen("settings", "/admin/setting/", "rudi"),
    Screen("emblem", "/admin/emblem/", "rudi"),
    Screen("office-numbers", "/admin/office_number/", "rudi"),
    Screen("me", "/admin/me/", "sari"),
]

# What changes the data or the language comes last.
PICK = ".pk-list tbody tr:nth-child({}) input[name=pick]"
PICKED = tuple(PICK.format(n) for n in (1, 2, 3))
LAST = [
    Screen("list-picked", "/admin/ticket/", "sari", press=PICKED),
    Screen("bulk-ask", "/admin/ticket/", "sari", press=(*PICKED, "button[value=assign]")),
    Screen("bulk-report", "/admin/ticket/", "tono", press=(*PICKED, "button[value=take]")),
    Screen("en-front", "/", language="en"),
    Screen("en-form", "/pengaduan", language="en"),
    Screen("en-status", "/tiket/{number:network_installation/rab_approval}", language="en"),
    Screen("en-desk", "/admin/", "nita", language="en"),
    Screen("en-list", "/admin/ticket/", "nita", language="en"),
    Screen("en-workbench", "/admin/ticket/details/?id={id:complaint/in_progress}", "nita", language="en"),
    Screen("dark-front", "/", dark=True),
    Screen("dark-status", "/tiket/{number:network_installation/rab_approval}", dark=True),
    Screen("dark-desk", "/admin/", "nita", dark=True),
    Screen("dark-list", "/admin/ticket/", "nita", dark=True),
    Screen("dark-workbench", "/admin/ticket/details/?id={id:complaint/in_progress}", "nita", dark=True),
]

SECTIONS = {
    "Public": PUBLIC,
    "Tickets": TICKETS,
    "The workbench at every desk": WORKBENCHES,
    "Network": NETWORK,
    "Installation": INSTALLATION,
    "Accounts, people and units": REGISTERS,
    "The house": HOUSE,
    "Several tickets at once, English, and dark": LAST,
}

README = ("front-1366", "status-1366", "desk-head-1366", "workbench-1366", "network-picture-1366", "survey-390")
