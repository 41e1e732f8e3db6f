"""The flow chart: every written step once, arrows where the declaration leads, harmless markup."""

import re
from xml.etree import ElementTree

import pytest

from procedures.engine.flow import flow_of
from procedures.engine.flow_chart import described, mermaid, svg

SVG = "{http://www.w3.org/2000/svg}"


def step(number, label, comes, to):
    return {"number": number, "label": label, "by": ["operator"], "from": comes.split(), "to": to.split()}


def states(*names, finals=()):
    return [{"name": name, "label": name.title(), "final": name in finals} for name in (*names, *finals)]


COMPLAINT = [
    step("C1", "Kirim pengaduan", "", "new"),
    step("C2", "Catat pengaduan yang masuk lewat jalan lain", "", "new"),
    step("C3", "Terbitkan nomor tiket", "new", "numbered"),
    step("C4", "Teruskan ke kelompok helpdesk", "numbered", "group"),
    step("C5", "Tindak lanjuti", "group", "group resolved"),
    step("C6", "Ikuti, jawab, buka lagi, atau nilai", "group resolved", "group resolved closed"),
    step(None, "Batalkan", "group", "cancelled"),
]
COMPLAINT_STATES = states("new", "numbered", "group", "resolved", finals=("closed", "cancelled"))
INSTALLATION = [
    step("N1", "Kirim surat permohonan", "", "disposition"),
    step("N2", "Disposisi ke Divisi Networking", "disposition", "planning"),
    step("N2b", "Kembalikan untuk dilengkapi", "disposition", "completion"),
    step("N2c", "Tolak dengan alasan", "disposition", "refused"),
    step("N2d", "Lengkapi surat", "completion", "disposition"),
    step("N3", "Tunjuk petugas survey", "planning", "survey"),
    step("N4", "Survey lapangan", "survey", "rab ending"),
    step("N5", "Susun RAB", "rab", "approval"),
    step("N5b", "Akhiri karena tidak layak", "ending", "unfeasible"),
    step("N6", "Setujui RAB", "approval", "agreement"),
    step("N6b", "Unit menyetujui atau menolak", "agreement", "install declined"),
    step("N6c", "Kembalikan RAB dengan catatan", "approval", "rab"),
    step("N7", "Pasang dan uji kualitas", "install testing", "bill recheck"),
    step("N8", "Terbitkan tagihan", "bill", "payment"),
    step("N8b", "Catat pembayaran", "payment", "payment closed"),
    step("N9", "Periksa ulang sambungan", "recheck", "testing"),
]
INSTALLATION_STATES = states(
    *("disposition", "completion", "planning", "survey", "rab", "ending", "approval"),
    *("agreement", "install", "testing", "bill", "recheck", "payment"),
    finals=("refused", "unfeasible", "declined", "closed"),
)
CASES = {"complaint": (COMPLAINT, COMPLAINT_STATES), "installation": (INSTALLATION, INSTALLATION_STATES)}


def arrows(steps, facts):
    flow = flow_of(steps, facts, {})
    return {(flow.boxes[start].number, flow.boxes[end].number) for start, end in flow.arrows}


def test_arrows_of_the_complaint():
    assert arrows(COMPLAINT, COMPLAINT_STATES) == {
        ("C1", "C3"),
        ("C2", "C3"),
        ("C3", "C4"),
        ("C4", "C5"),
        ("C5", "C6"),
    }


def test_arrows_of_an_installation_with_branches_and_rework():
    assert arrows(INSTALLATION, INSTALLATION_STATES) == {
        ("N1", "N2"),
        ("N2", "N3"),
        ("N2", "N2b"),
        ("N2", "N2c"),
        ("N2b", "N2d"),
        ("N2d", "N2"),
        ("N3", "N4"),
        ("N4", "N5"),
        ("N4", "N5b"),
        ("N5", "N6"),
        ("N6", "N6b"),
        ("N6", "N6c"),
        ("N6b", "N7"),
        ("N6c", "N5"),
        ("N7", "N8"),
        ("N7", "N9"),
        ("N8", "N8b"),
        ("N9", "N7"),
    }


def test_an_alternative_further_down_gets_its_arrow():
    steps = [
        step("W3", "Lapor", "seen", "decision"),
        step("W4", "Perintah", "decision", "fixing"),
        step("W7", "Hubungi pengelola", "decision", "waiting"),
    ]
    assert ("W3", "W7") in arrows(steps, states("seen", "decision", "fixing", "waiting"))


def test_a_ticket_opened_again_goes_back_and_a_rating_ends_nothing():
    steps = [
        step("C5", "Kerjakan", "group", "work"),
        step("C5b", "Selesaikan", "group work", "resolved"),
        step("C6", "Nyatakan beres", "resolved", "closed"),
        step("C6b", "Buka kembali", "resolved closed", "work"),
        step("C6c", "Nilai layanan", "resolved closed", "resolved closed"),
    ]
    facts = states("group", "work", "resolved", finals=("closed",))
    assert arrows(steps, facts) == {("C5", "C5b"), ("C5b", "C6"), ("C6", "C6b"), ("C6", "C6c"), ("C6b", "C5b")}
    assert [box.ends for box in flow_of(steps, facts, {}).boxes] == [(), (), ("Closed",), (), ()]


@pytest.mark.parametrize("case", CASES)
def test_the_chart_shows_every_numbered_step_once_and_no_common_move(case):
    steps, facts = CASES[case]
    chart = ElementTree.fromstring(svg(steps, facts, {}))
    shown = [text.text for text in chart.iter(f"{SVG}text") if text.get("class") == "pk-flow__no"]
    assert shown == [one["number"] for one in steps if one["number"]]


@pytest.mark.parametrize("case", CASES)
def test_nothing_leaves_the_sheet_and_no_box_lies_on_another(case):
    chart = ElementTree.fromstring(svg(*CASES[case], {"N4": "Petugas survey yang ditunjuk"}))
    width, height = (int(side) for side in chart.get("viewBox").split()[2:])
    assert width == 344
    below = 0
    for box in chart.iter(f"{SVG}rect"):
        x, y, wide, high = (float(box.get(side)) for side in ("x", "y", "width", "height"))
        assert x >= 0 and x + wide <= width and y >= below and y + high <= height
        below = y + high
    for way in chart.iter(f"{SVG}path"):
        for x in re.findall(r"[MH](\d+)", way.get("d")):
            assert 0 <= int(x) <= width


@pytest.mark.parametrize("case", CASES)
def test_the_chart_passes_a_strict_content_security_policy(case):
    drawn = svg(*CASES[case], {})
    assert not re.search(r"style=|<style|<script|\son\w+=|href=|#[0-9a-fA-F]{3,6}\b", drawn)


def test_the_chart_has_a_title_and_a_text_for_those_who_do_not_see_it():
    chart = ElementTree.fromstring(svg(COMPLAINT, COMPLAINT_STATES, {}, title="Pengaduan", name="c"))
    assert chart.get("aria-labelledby") == "c-title c-desc"
    assert chart.find(f"{SVG}title").text == "Pengaduan"
    assert chart.find(f"{SVG}desc").text == (
        "C1 Kirim pengaduan → C3. C2 Catat pengaduan yang masuk lewat jalan lain → C3. "
        "C3 Terbitkan nomor tiket → C4. C4 Teruskan ke kelompok helpdesk → C5. C5 Tindak lanjuti → C6. "
        "C6 Ikuti, jawab, buka lagi, atau nilai → berakhir: Closed."
    )


def test_labels_are_escaped():
    hostile = [step("X1", '<script>alert("1")</script> & Co', "", "done")]
    chart = svg(hostile, states(finals=("done",)), {"X1": "<b>"})
    assert "<script" not in chart and "<b>" not in chart
    assert "alert" in "".join(ElementTree.fromstring(chart).itertext())


def test_branches_are_dashed_and_written_steps_are_not():
    chart = ElementTree.fromstring(svg(INSTALLATION, INSTALLATION_STATES, {}))
    boxes = [box for box in chart.iter(f"{SVG}rect") if "pk-flow__box" in box.get("class")]
    dashed = [bool(box.get("stroke-dasharray")) for box in boxes]
    assert dashed == [one["number"][-1].isalpha() for one in INSTALLATION]


def test_long_labels_are_wrapped_inside_their_box():
    long = [step("X1", "Perbaiki " * 30, "", "done")]
    chart = ElementTree.fromstring(svg(long, states(finals=("done",)), {}))
    rows = [text.text for text in chart.iter(f"{SVG}text") if text.get("class") == "pk-flow__label"]
    assert len(rows) > 5
    assert max(len(row) for row in rows) <= 36


def test_a_procedure_without_steps_is_an_empty_chart():
    assert ElementTree.fromstring(svg([], [], {})).get("viewBox") == "0 0 344 4"
    assert described(flow_of([], [], {})) == ""


def test_mermaid_holds_the_same_boxes_and_arrows():
    text = mermaid(COMPLAINT, COMPLAINT_STATES, {"C1": 'siapa "saja"'})
    assert text.splitlines() == [
        "flowchart TD",
        '    s0["C1 Kirim pengaduan<br>siapa #quot;saja#quot;"]',
        '    s1["C2 Catat pengaduan yang masuk lewat jalan lain"]',
        '    s2["C3 Terbitkan nomor tiket"]',
        '    s3["C4 Teruskan ke kelompok helpdesk"]',
        '    s4["C5 Tindak lanjuti"]',
        '    s5["C6 Ikuti, jawab, buka lagi, atau nilai"]',
        '    s5 --> e5_0(["Closed"])',
        "    s0 --> s2",
        "    s1 --> s2",
        "    s2 --> s3",
        "    s3 --> s4",
        "    s4 --> s5",
        "    classDef branch stroke-dasharray: 4 3",
    ]
