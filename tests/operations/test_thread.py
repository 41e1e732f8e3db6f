"""The threads beside the worker's turns: they come back after a fault and end with the worker."""

from __future__ import annotations

import threading

from jobs.base.thread import running_beside


def test_turn_that_fell_over_is_taken_again_and_the_thread_ends_with_its_block(caplog):
    taken, second = [], threading.Event()

    def turn(ended):
        taken.append(threading.current_thread())
        if len(taken) == 1:
            raise RuntimeError
        second.set()
        ended.wait(10)  # long work, which hears that it is to end

    with running_beside("uji", turn, 0):
        assert second.wait(10)
    assert (len(taken), taken[0].is_alive(), "uji fell over" in caplog.text) == (2, False, True)
