"""The warm press: one document costs little, and one that hangs or swells fails alone (Z33, U8)."""

import os
import resource
import signal
import socket
import threading
from dataclasses import replace

import pytest

from documents.document import Composed
from documents.installation import bill, rab
from documents.press import Press
from documents.typesetting import DocumentNotPrinted
from tests.documents import sample_documents as sample

RAB_CPU_SECONDS = 0.1


@pytest.fixture
def press():
    made = Press()
    yield made
    made.close()


def _bill() -> Composed:
    filled, sums = sample.bill()
    return bill.compose_bill(sample.identity("Tagihan"), sample.LETTERHEAD, filled, sums)


def _rab(lines: int) -> Composed:
    filled, sums = sample.rab(lines)
    return rab.compose_rab(sample.identity("RAB"), sample.LETTERHEAD, filled, sums)


def test_guarded_print_gives_the_same_bytes_as_an_open_one_however_warm(press):
    assert {press.print(_bill()) for _n in range(3)} == {_bill().pdf()}


def test_budget_plan_costs_at_most_a_tenth_of_a_second_of_processor_time(press):
    press.print(_bill())
    child, mine = press._child.pid, resource.getrusage(resource.RUSAGE_SELF)
    before = _cpu(child)
    document = _rab(30)
    for _n in range(5):
        press.print(replace(document, stamp=document.stamp + _n))
    now = resource.getrusage(resource.RUSAGE_SELF)
    own = now.ru_utime + now.ru_stime - mine.ru_utime - mine.ru_stime
    assert press._child.pid == child
    assert (_cpu(child) - before + own) / 5 < RAB_CPU_SECONDS


def _cpu(pid: int) -> float:
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_z33_child_out_of_memory_fails_alone_and_its_retry_prints_the_same_bill():
    narrow, wide = Press(memory_bytes=48 * 1024 * 1024), Press()
    with pytest.raises(DocumentNotPrinted, match="child ended with"):
        narrow.print(_bill())
    assert wide.print(_bill()) == _bill().pdf()
    narrow.close()
    wide.close()


def test_z33_child_out_of_time_fails_alone_and_the_next_document_is_printed(press):
    press.print(_bill())
    with pytest.raises(DocumentNotPrinted, match="not done after 0.05 s"):
        press.print(_rab(1_000), seconds=0.05)
    assert press.print(_bill()) == _bill().pdf()


def test_z33_killed_child_costs_the_document_in_hand_and_no_other(press):
    press.print(_bill())
    os.kill(press._child.pid, signal.SIGKILL)
    with pytest.raises(DocumentNotPrinted, match="child ended with -9"):
        press.print(_bill())
    assert press.print(_bill()) == _bill().pdf()


def test_child_that_went_home_is_followed_by_another_without_a_word(press):
    press.print(_bill())
    first = press._child
    press._line.shutdown(socket.SHUT_WR)  # as after five minutes without an order: it ends by itself
    first.wait(10)
    assert press.print(_bill()) == _bill().pdf()
    assert press._child.pid != first.pid


def test_child_is_replaced_after_so_many_documents():
    press, children = Press(most_documents=2), []
    for _n in range(4):
        assert press.print(_bill()) == _bill().pdf()
        children.append(press._child and press._child.pid)
    press.close()
    assert children[0] != children[2] and children[1::2] == [None, None], "it says that it was its last"


def test_refused_document_says_why_and_the_child_goes_on(press):
    press.print(_bill())
    child = press._child.pid
    with pytest.raises(DocumentNotPrinted, match="no template is called"):
        press.print(Composed("../../etc/passwd", "{}", 0))
    press.print(_bill())
    assert press._child.pid == child


def test_threads_share_one_child_and_each_gets_its_own_document(press):
    wanted, got = {n: _bill_of(n) for n in range(4)}, {}
    threads = [threading.Thread(target=lambda n=n: got.update({n: press.print(wanted[n])})) for n in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {n: document.pdf() for n, document in wanted.items()}


def _bill_of(number: int) -> Composed:
    filled, sums = sample.bill()
    return bill.compose_bill(sample.identity(f"Tagihan {number}"), sample.LETTERHEAD, filled, sums)


def test_secrets_of_the_program_never_reach_the_child(press, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "rahasia-besar")
    press.print(_bill())
    with open(f"/proc/{press._child.pid}/environ", "rb") as file:
        assert b"rahasia" not in file.read()


def test_thousand_lines_fit_in_the_childs_limits(press):
    assert press.print(_rab(1_000)).startswith(b"%PDF-")


@pytest.mark.parametrize("template", ["../../etc/passwd", "house.typ", "", "tidak ada"])
def test_u8_template_outside_the_folder_is_never_opened(template):
    with pytest.raises(DocumentNotPrinted):
        Composed(template, "{}", 0).pdf()
