"""Which node is the cause of an outage, and what lies behind it."""

from hypothesis import given
from hypothesis import strategies as st

from models.outages.topology import Cut, Topology, reconcile

ROUTER, SW1, SW2, LINK, SW3, H11, H12, H21, H31 = range(1, 10)
CAMPUS = Topology(
    {ROUTER: None, SW1: ROUTER, SW2: ROUTER, LINK: ROUTER, SW3: LINK, H11: SW1, H12: SW1, H21: SW2, H31: SW3}
)


def test_topmost_failed_node_is_the_cause_and_all_behind_it_is_affected():
    assert CAMPUS.cuts({SW1, H11, H12}) == [Cut(SW1, frozenset({H11, H12}))]
    assert CAMPUS.cuts({SW1, H11}) == [Cut(SW1, frozenset({H11, H12}))]
    assert CAMPUS.cuts(set(CAMPUS.uplinks)) == [Cut(ROUTER, frozenset(CAMPUS.uplinks) - {ROUTER})]


def test_two_separate_failures_are_two_cuts():
    assert [cut.cause for cut in CAMPUS.cuts({SW1, H11, H21})] == [SW1, H21]


def test_link_of_which_nothing_is_known_is_passed_over_but_an_answering_uplink_is_not():
    assert CAMPUS.cause_of(H31, {H31, ROUTER}) == ROUTER
    assert CAMPUS.cause_of(H31, {H31, ROUTER}, answering={SW3}) == H31


def test_node_that_would_be_its_own_uplinks_uplink_is_found():
    assert CAMPUS.loop_with(ROUTER, H11) == [ROUTER, H11, SW1, ROUTER]
    assert CAMPUS.loop_with(SW1, SW1) == [SW1, SW1]
    assert CAMPUS.loop_with(H11, SW2) == []
    assert CAMPUS.loop_with(ROUTER, None) == []


def test_loop_in_old_rows_does_not_hang_the_reasoning():
    looped = Topology({1: 2, 2: 3, 3: 1, 4: 3})
    assert looped.behind(3) == {1, 2, 4}
    assert list(looped.above(4)) == [3, 1, 2]
    assert looped.cuts({4})[0].cause == 4


def test_uplink_that_was_removed_makes_the_node_a_root():
    assert Topology({SW1: ROUTER, H11: SW1}).roots() == [SW1]


def test_first_failure_opens_one_outage_and_those_behind_open_none():
    change = reconcile(CAMPUS, {SW1, H11, H12}, set(), {ROUTER}, open_causes=set())
    assert ([cut.cause for cut in change.opens], change.moves) == ([SW1], ())
    assert reconcile(CAMPUS, {SW1, H11, H12}, set(), {ROUTER}, open_causes={SW1}).opens == ()


def test_failure_waits_while_its_uplink_is_beginning_to_fail():
    assert reconcile(CAMPUS, {H11}, {SW1}, {ROUTER}, set()).opens == ()
    assert [cut.cause for cut in reconcile(CAMPUS, {H11}, set(), {ROUTER, SW1}, set()).opens] == [H11]


def test_open_outage_moves_up_when_its_uplink_is_found_to_be_the_cause():
    change = reconcile(CAMPUS, {SW1, H11, ROUTER}, set(), set(), open_causes={SW1})
    assert (change.opens, [(old, cut.cause) for old, cut in change.moves]) == ((), [(SW1, ROUTER)])


def test_node_behind_an_open_outage_opens_none_even_when_the_uplink_answers_again():
    assert reconcile(CAMPUS, {H11}, set(), {ROUTER, SW1}, open_causes={SW1}).opens == ()


trees = st.integers(1, 40).flatmap(
    lambda size: st.tuples(*[st.none() if n == 0 else st.one_of(st.none(), st.integers(0, n - 1)) for n in range(size)])
)


@given(trees, st.sets(st.integers(0, 39)))
def test_every_failed_node_is_in_exactly_one_cut_and_no_cause_lies_behind_another(uplinks, failed):
    topology = Topology(dict(enumerate(uplinks)))
    failed = {node for node in failed if node < len(uplinks)}
    cuts = topology.cuts(failed)
    assert all(sum(node in cut.affected for cut in cuts) == 1 for node in failed)
    assert not any(one.cause in other.behind for one in cuts for other in cuts)
