"""Probes are spread, regular, never doubled; a black hole delays nobody else."""

from jobs.outages.probe_schedule import ProbeSchedule


def run(schedule, seconds, answer_after=lambda _key: 0.0, step=0.5):
    """Simulate the clock; gives each key's start times."""
    started, busy, now = {}, [], 0.0
    while now < seconds:
        for end, key in [item for item in busy if item[0] <= now]:
            schedule.finished([key])
            busy.remove((end, key))
        for key, _late in schedule.take_due(now):
            started.setdefault(key, []).append(now)
            busy.append((now + answer_after(key), key))
        now += step
    return started


def test_500_targets_are_spread_over_their_interval_and_each_runs_about_every_30_seconds():
    schedule = ProbeSchedule()
    schedule.keep(dict.fromkeys(range(500), 30.0), 0.0)
    started = run(schedule, 300)
    assert {len(times) >= 9 for times in started.values()} == {True}
    first_second = sum(times[0] < 1 for times in started.values())
    assert first_second < 60
    gaps = [b - a for times in started.values() for a, b in zip(times, times[1:], strict=False)]
    assert min(gaps) >= 28 and max(gaps) <= 32


def test_black_hole_is_skipped_while_it_is_still_being_probed_and_others_stay_on_time():
    schedule = ProbeSchedule()
    schedule.keep({"hole": 10.0, "healthy": 10.0}, 0.0)
    started = run(schedule, 101, lambda key: 35.0 if key == "hole" else 0.1)
    assert len(started["hole"]) in (2, 3)
    assert len(started["healthy"]) in (9, 10, 11)


def test_after_a_long_pause_each_target_is_due_once():
    schedule = ProbeSchedule(draw=lambda: 0.5)
    schedule.keep({"a": 30.0}, 0.0)
    assert [key for key, _late in schedule.take_due(15.0)] == ["a"]
    schedule.finished(["a"])
    assert schedule.take_due(3_600.0) == [("a", 3_600.0 - 45.0)]
    schedule.finished(["a"])
    assert schedule.take_due(3_601.0) == []
    assert schedule.next_due() == 3_630.0


def test_target_that_is_removed_or_given_another_interval_follows_at_once():
    schedule = ProbeSchedule(draw=lambda: 1.0)
    schedule.keep({"a": 600.0, "b": 600.0}, 0.0)
    schedule.keep({"a": 10.0}, 1.0)
    assert len(schedule) == 1
    assert schedule.take_due(11.0) == [("a", 0.0)]
    schedule.finished(["a", "b"])
    assert [key for key, _late in schedule.take_due(700.0)] == ["a"]
