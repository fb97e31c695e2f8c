"""Ways against the plan: who was seen, who came no further, who went back."""

from journeys.calc.paths import flows


def test_drop_out_next_steps_and_ways_back_are_counted_by_customer() -> None:
    found = flows(
        "abcd",
        ["abcd", "abb", "ac", "aba", "x", "", "da"],
    )
    by_step = {flow.step: flow for flow in found.steps}
    assert (found.customers, found.in_order) == (5, 3)
    assert [by_step[s].reached for s in "abcd"] == [5, 3, 2, 2]
    assert [by_step[s].dropped for s in "abcd"] == [0, 2, 1, 2]
    assert by_step["a"].to == {"b": 3, "c": 1}
    assert by_step["a"].next_planned == 3
    assert by_step["b"].drop_share == 2 / 3
    assert found.jumps == {("b", "a"): 1, ("d", "a"): 1}
