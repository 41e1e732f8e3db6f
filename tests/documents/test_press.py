"""Z33: a paper that hangs or swells fails alone, and printed again it is the same file."""

import pytest

from documents.document import Composed, DocumentNotPrinted
from documents.installation import bill, rab
from documents.press import print_guarded
from tests.documents import sample_documents as sample


def _bill() -> Composed:
    filled, sums = sample.bill()
    return bill.compose_bill(sample.identity("Tagihan"), sample.LETTERHEAD, filled, sums)


def test_guarded_print_gives_the_same_bytes_as_an_open_one():
    assert print_guarded(_bill()) == _bill().pdf()


def test_z33_child_out_of_memory_fails_alone_and_its_retry_prints_the_same_bill():
    with pytest.raises(DocumentNotPrinted, match="child ended with"):
        print_guarded(_bill(), memory_bytes=48 * 1024 * 1024)
    assert print_guarded(_bill()) == _bill().pdf()


def test_z33_child_out_of_time_fails_alone():
    filled, sums = sample.rab(1_000)
    document = rab.compose_rab(sample.identity("RAB"), sample.LETTERHEAD, filled, sums)
    with pytest.raises(DocumentNotPrinted, match="not done after 0.05 s"):
        print_guarded(document, seconds=0.05)


def test_thousand_lines_fit_in_the_childs_limits():
    filled, sums = sample.rab(1_000)
    assert print_guarded(rab.compose_rab(sample.identity("RAB"), sample.LETTERHEAD, filled, sums)).startswith(b"%PDF-")


@pytest.mark.parametrize("template", ["../../etc/passwd", "house.typ", "", "tidak ada"])
def test_u8_template_outside_the_folder_is_never_opened(template):
    with pytest.raises(DocumentNotPrinted):
        Composed(template, "{}", 0).pdf()
