"""Did an action work? Equal windows around the work, one honest sentence."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation
from scipy import stats

from cxportal.core.actors import Actor
from journeys.models import Action, Column, Touchpoint, TouchpointMetric
from journeys.queries.effects import (
    ActionEffect,
    Worked,
    action_effect,
    actions_by_verdict,
    effects_of,
)
from journeys.services.actions import action_create, action_move
from journeys.services.boards import board_default
from surveys.models import Metric, Tally
from tests.conftest import count_queries

NOON = datetime(2026, 6, 30, 3, tzinfo=UTC)  # noon in Seoul


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def make_metric(actor: Actor, kind: str = "nps", code: str = "nps", high: int = 10) -> Metric:
    metric = Metric(
        program=actor.program,
        code=code,
        name={"en": "Delivery NPS", "ko": "배송 NPS"},
        kind=kind,
        minimum=0 if high == 10 else 1,
        maximum=high,
    )
    metric.save()
    return metric


def make_touchpoint(actor: Actor, *metrics: Metric) -> Touchpoint:
    place = Touchpoint(program=actor.program, code=f"t{len(metrics)}", name={"en": "Parcel"})
    place.save()
    for weight, metric in enumerate(metrics, start=1):
        link = TouchpointMetric(program=actor.program, touchpoint=place, metric=metric)
        link.weight = weight
        link.save()
    return place


def tally(metric: Metric, day: date, counts: dict[int, int], dimension: int = 0) -> None:
    row = Tally(program_id=metric.program_id, metric=metric, day=day, dimension=dimension)
    for value, count in counts.items():
        setattr(row, f"n{value}", count)
    row.n = sum(counts.values())
    row.save()


def column(actor: Actor, state: str) -> Column:
    return board_default(actor).columns.get(state=state)


def make_closed(actor: Actor, place: Touchpoint | None, closed: date, started: date) -> Action:
    """An action in progress from `started` to `closed` (days in Seoul)."""
    at = [datetime(d.year, d.month, d.day, 1, tzinfo=UTC) for d in (started, closed)]
    action = action_create(
        actor=actor, title="x", touchpoint=place, column=column(actor, "doing"), at=at[0]
    )
    return action_move(actor=actor, action=action, column=column(actor, "watching"), at=at[1])


def seen(actor: Actor, action: Action) -> ActionEffect:
    found = action_effect(actor, action)
    assert found is not None
    return found


# 100 answers each: NPS 0 before, +60 after.
BEFORE, AFTER = {10: 30, 8: 40, 0: 30}, {10: 70, 8: 20, 0: 10}


def test_a_real_change_for_the_better_is_said_with_its_margin(system: Actor) -> None:
    metric = make_metric(system)
    place = make_touchpoint(system, metric)
    # Closed 20 days ago: 19 whole days after, and as many before the start.
    action = make_closed(system, place, date(2026, 6, 10), date(2026, 6, 1))
    tally(metric, date(2026, 5, 13), BEFORE)
    tally(metric, date(2026, 6, 29), AFTER)
    effect = seen(system, action)
    assert effect.windows is not None
    assert [(w.first, w.last) for w in effect.windows] == [
        (date(2026, 5, 13), date(2026, 5, 31)),
        (date(2026, 6, 11), date(2026, 6, 29)),
    ]
    main = effect.metrics[0]
    assert (effect.verdict, main.before.value, main.after.value) == (Worked.BETTER, 0.0, 60.0)
    assert main.effect.difference == 60.0
    # Adjusted by hand: shares (30.75/103 twice) and (70.75, 10.75 of 103); Welch's t.
    parts = (2 * 30.75 / 103) / 103, (81.5 / 103 - (60 / 103) ** 2) / 103
    freedom = sum(parts) ** 2 / sum(part**2 / 99 for part in parts)
    assert main.effect.margin == pytest.approx(
        100 * stats.t.ppf(0.975, freedom) * sum(parts) ** 0.5, rel=1e-4
    )
    assert effect.word == "worked +60"
    assert effect.sentence == (
        "Delivery NPS got better after this action, by +60 ± 20. From 0 to +60; n 100 and 100, "
        "19 days before and 19 days after the work. Seen together, not proved: other things "
        "changed in these days as well."
    )


def test_what_happened_outside_the_windows_does_not_count(system: Actor) -> None:
    metric = make_metric(system)
    action = make_closed(
        system, make_touchpoint(system, metric), date(2026, 6, 10), date(2026, 6, 1)
    )
    outside = [date(2026, 5, 12), *(date(2026, 6, day) for day in range(1, 11)), date(2026, 6, 30)]
    for day in outside:
        tally(metric, day, {0: 50})
    tally(metric, date(2026, 5, 31), BEFORE)
    tally(metric, date(2026, 6, 11), AFTER)
    tally(metric, date(2026, 6, 12), {0: 500}, dimension=7)
    assert [s.n for m in seen(system, action).metrics for s in (m.before, m.after)] == [100, 100]


def test_a_change_for_the_worse_is_said_too(system: Actor) -> None:
    metric = make_metric(system)
    place = make_touchpoint(system, metric)
    action = make_closed(system, place, date(2026, 6, 10), date(2026, 6, 10))
    tally(metric, date(2026, 6, 9), AFTER)
    tally(metric, date(2026, 6, 11), BEFORE)
    effect = seen(system, action)
    assert (effect.verdict, effect.tone, effect.word) == (Worked.WORSE, "bad", "got worse −60")


def test_chance_is_not_sold_as_a_change(system: Actor) -> None:
    metric = make_metric(system)
    place = make_touchpoint(system, metric)
    action = make_closed(system, place, date(2026, 6, 10), date(2026, 6, 10))
    tally(metric, date(2026, 6, 9), {10: 10, 8: 5, 0: 5})
    tally(metric, date(2026, 6, 11), {10: 11, 8: 5, 0: 4})
    effect = seen(system, action)
    assert (effect.verdict, effect.word) == (Worked.NONE, "no change shown")
    assert effect.sentence.startswith(
        "No change of Delivery NPS is shown: +10 ± 48 may be chance. From +25 to +35; n 20 and 20"
    )


def test_the_first_week_is_too_early_and_the_day_to_look_again_is_named(system: Actor) -> None:
    metric = make_metric(system)
    place = make_touchpoint(system, metric)
    action = make_closed(system, place, date(2026, 6, 23), date(2026, 6, 23))
    tally(metric, date(2026, 6, 20), BEFORE)
    effect = seen(system, action)
    assert (effect.verdict, effect.windows) == (Worked.EARLY, None)
    assert effect.sentence == (
        "Too early to say: 7 whole days after the work are needed. Look again on 2026-07-01."
    )


def test_too_few_answers_are_counted_against_what_is_needed(system: Actor) -> None:
    metric = make_metric(system)
    place = make_touchpoint(system, metric)
    action = make_closed(system, place, date(2026, 6, 10), date(2026, 6, 10))
    tally(metric, date(2026, 6, 9), {10: 12})
    tally(metric, date(2026, 6, 11), {10: 4})
    effect = seen(system, action)
    assert effect.metrics[0].after.hidden
    assert effect.sentence == (
        "Too early to say: 12 of 10 answers needed in the 19 days before, 4 of 10 in the 19 days "
        "after. These windows grow until 2026-09-09."
    )


def test_after_ninety_days_too_few_is_final(system: Actor) -> None:
    metric = make_metric(system)
    place = make_touchpoint(system, metric)
    action = make_closed(system, place, date(2026, 1, 10), date(2026, 1, 10))
    effect = seen(system, action)
    assert (effect.verdict, effect.next_look) == (Worked.EARLY, None)
    assert effect.sentence.startswith("Too few answers to say: 0 of 10 needed in the 90 days")


def test_the_heaviest_metric_decides_and_the_others_stand_beside_it(system: Actor) -> None:
    light = make_metric(system, "csat", "csat", high=5)
    heavy = make_metric(system)
    place = make_touchpoint(system, light, heavy)
    action = make_closed(system, place, date(2026, 6, 10), date(2026, 6, 10))
    for metric, before, after in ((light, {1: 50}, {5: 50}), (heavy, BEFORE, BEFORE)):
        tally(metric, date(2026, 6, 9), before)
        tally(metric, date(2026, 6, 11), after)
    effect = seen(system, action)
    assert [m.metric for m in effect.metrics] == [heavy, light]
    assert [m.verdict for m in effect.metrics] == [Worked.NONE, Worked.BETTER]
    assert (effect.verdict, effect.metrics[1].difference_words) == (Worked.NONE, "+100 ± 5")


def test_open_and_unmeasured_actions_have_no_effect(system: Actor) -> None:
    metric = make_metric(system)
    nowhere = make_closed(system, None, date(2026, 6, 1), date(2026, 6, 1))
    unmeasured = make_closed(system, make_touchpoint(system), date(2026, 6, 1), date(2026, 6, 1))
    reopened = make_closed(
        system, make_touchpoint(system, metric), date(2026, 6, 1), date(2026, 6, 1)
    )
    reopened = action_move(actor=system, action=reopened, column=column(system, "doing"))
    assert effects_of(system, [nowhere, unmeasured, reopened]) == {}


def test_a_list_is_filtered_by_verdict(system: Actor) -> None:
    metric = make_metric(system)
    place = make_touchpoint(system, metric)
    worked = make_closed(system, place, date(2026, 6, 10), date(2026, 6, 10))
    early = make_closed(system, place, date(2026, 6, 29), date(2026, 6, 29))
    tally(metric, date(2026, 6, 9), BEFORE)
    tally(metric, date(2026, 6, 11), AFTER)
    assert actions_by_verdict(system, Worked.BETTER) == [worked.pk]
    assert actions_by_verdict(system, Worked.EARLY) == [early.pk]
    assert actions_by_verdict(system, Worked.WORSE) == []


def test_many_actions_cost_as_much_as_one(system: Actor) -> None:
    metric = make_metric(system)
    place = make_touchpoint(system, metric)
    days = [date(2026, 6, 10) - timedelta(days=n) for n in range(12)]
    rows = [make_closed(system, place, day, day) for day in days]
    with count_queries() as one:
        effects_of(system, rows[:1])
    with count_queries() as many:
        assert len(effects_of(system, rows)) == 12
    assert len(one) == len(many) == 3


def test_another_programs_tallies_are_not_read(system: Actor, other_program: object) -> None:
    metric = make_metric(system)
    place = make_touchpoint(system, metric)
    action = make_closed(system, place, date(2026, 6, 10), date(2026, 6, 10))
    tally(metric, date(2026, 6, 9), BEFORE)
    Tally.unscoped.update(program=other_program)
    assert seen(system, action).metrics[0].before.n == 0


def test_the_sentence_is_korean_for_a_korean_reader(system: Actor) -> None:
    metric = make_metric(system)
    place = make_touchpoint(system, metric)
    action = make_closed(system, place, date(2026, 6, 10), date(2026, 6, 10))
    tally(metric, date(2026, 6, 9), BEFORE)
    tally(metric, date(2026, 6, 11), AFTER)
    with translation.override("ko"):
        assert "배송 NPS" in seen(system, action).sentence
        assert seen(system, action).word == "효과 있음 +60"
