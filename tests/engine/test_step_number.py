"""The number of a step is read in one place, whoever asks: the tracker, the flow chart, the filter of the list."""

from __future__ import annotations

import pytest

from models.tickets.step_number import StepNumber, line_of


@pytest.mark.parametrize(
    ("text", "line", "is_of_paper"),
    [("N6", "N6", True), ("N6b", "N6", False), ("E3a", "E3", True), ("L10", "L10", True), ("L10e", "L10", False)],
)
def test_a_step_belongs_to_a_line_of_the_paper(text, line, is_of_paper):
    number = StepNumber.read(text)
    assert (number.line, number.is_of_paper, line_of(text)) == (line, is_of_paper, line)


@pytest.mark.parametrize("text", [None, "", "N", "6", "n6", "N6bb", "N6B", "NN6", "N123", " N6", "N٦", "N6'--"])
def test_what_is_no_number_of_a_step_has_no_line(text):
    assert (StepNumber.read(text), line_of(text)) == (None, "")
