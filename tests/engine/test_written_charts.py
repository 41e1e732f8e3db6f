"""The public flow charts: every line of the paper once, a start, ends, questions with answers, and nothing that the
declared steps cannot walk.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from procedures.engine import catalog
from procedures.engine.flow_chart import WIDE, WIDTH
from procedures.engine.written_chart import START, Ask, End, draw, key_of
from procedures.engine.written_charts import CHARTS

SVG = "{http://www.w3.org/2000/svg}"
ASKED = re.compile(r"\?$")


def drawn(key: str, width: int) -> ElementTree.Element:
    procedure = catalog.get(key)
    who = {line.number: "Kepala Divisi Networking atau Staf Divisi Networking" for line in procedure.lines}
    return ElementTree.fromstring(draw(CHARTS[key], procedure.lines, who, "Bagan", "bagan", width))


def targets_of(key: str, line: str) -> set[str]:
    """The desks to which the steps of this line lead, also by further steps of the same line."""
    steps = [step for step in catalog.get(key).steps.values() if step.line == line]
    found: set[str] = set()
    while True:
        more = {
            target for step in steps if step.opens or found & set(step.sources) or not found for target in step.targets
        }
        if more <= found:
            return found
        found |= more


def test_every_procedure_has_its_chart(app):
    assert set(CHARTS) == set(catalog.PROCEDURES)


@pytest.mark.parametrize("key", CHARTS)
def test_the_chart_shows_each_line_of_the_paper_once_and_all_of_it_hangs_together(app, key):
    chart, lines = CHARTS[key], [line.number for line in catalog.get(key).lines]
    cells = list(chart.cells())
    assert sorted(c for c in cells if isinstance(c, str) and c != START) == sorted(lines)
    keys = {key_of(cell) for cell in cells}
    assert len(keys) == len(cells) and {end for a in chart.arrows for end in (a.start, a.end)} == keys
    reached, waiting = {START}, [START]
    while waiting:
        new = {arrow.end for arrow in chart.leads(waiting.pop())} - reached
        reached |= new
        waiting += new
    assert reached == keys
    assert {key_of(cell) for cell in cells if not chart.leads(key_of(cell))} == {
        c.key for c in cells if isinstance(c, End)
    }
    for cell in cells:
        leads = chart.leads(key_of(cell))
        if isinstance(cell, Ask):
            assert len(leads) > 1 and all(str(arrow.words) for arrow in leads), cell
        elif cell != START:
            assert len(leads) <= 1, cell


@pytest.mark.parametrize("key", CHARTS)
def test_every_arrow_between_two_lines_can_be_walked_by_the_declared_steps(app, key):
    procedure, chart = catalog.get(key), CHARTS[key]
    steps = procedure.steps.values()
    with_steps = {step.line for step in steps if step.number}
    ends = {cell.key for cell in chart.cells() if isinstance(cell, End)}
    for arrow in chart.arrows:
        one, other = ASKED.sub("", arrow.start), ASKED.sub("", arrow.end)
        if one == other or one not in with_steps:
            continue
        desks = targets_of(key, one)
        onward = {target for step in steps if desks & set(step.sources) for target in step.targets}
        if not desks:
            continue  # its facts come with the step of another line
        if other in ends:
            assert any(procedure.state(desk).final for desk in desks | onward), arrow
        elif other in with_steps:
            sources = {source for step in steps if step.line == other for source in step.sources}
            opens = any(step.opens for step in steps if step.line == other)
            assert desks & sources or opens or desks & targets_of(key, other), arrow


@pytest.mark.parametrize("width", [WIDTH, WIDE])
@pytest.mark.parametrize("key", CHARTS)
def test_nothing_leaves_the_sheet_and_no_two_boxes_meet(app, key, width):
    sheet = drawn(key, width)
    high = int(sheet.get("viewBox").split()[3])
    boxes = [tuple(float(box.get(side)) for side in ("x", "y", "width", "height")) for box in sheet.iter(f"{SVG}rect")]
    for x, y, wide, tall in boxes:
        assert x >= 0 and x + wide <= width and y >= 0 and y + tall <= high
    for at, (x, y, wide, tall) in enumerate(boxes):
        for x2, y2, wide2, tall2 in boxes[at + 1 :]:
            assert x + wide <= x2 or x2 + wide2 <= x or y + tall <= y2 or y2 + tall2 <= y
    words = [text for text in sheet.iter(f"{SVG}text") if text.get("text-anchor") == "start"]
    assert all(float(text.get("x")) + 6.5 * len(text.text) <= width for text in words)


def test_the_fork_of_a_network_outage_can_be_seen_and_heard(app):
    sheet = drawn("network_outage", WIDE)
    shown = [text.text for text in sheet.iter(f"{SVG}text")]
    assert {"prasarana", "infrastruktur IT", "Awal", "Pulih", "Tidak terbukti"} <= set(shown)
    places = {text.text.split()[0]: float(text.get("x")) for text in sheet.iter(f"{SVG}text") if text.text[:1] == "L"}
    assert places["L4"] == places["L5"] < places["L6"] == places["L9"]
    told = sheet.find(f"{SVG}desc").text
    assert "Apa yang terganggu? prasarana → L4" in told and "infrastruktur IT → L6" in told


def test_the_charts_pass_a_strict_content_security_policy(app):
    for key in CHARTS:
        markup = ElementTree.tostring(drawn(key, WIDTH), encoding="unicode")
        assert not re.search(r"style=|<style|<script|\son\w+=|href=|#[0-9a-fA-F]{3,6}\b", markup)
