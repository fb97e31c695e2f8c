"""Margins of stage scores against a computation of its own, and cached evidence under races."""

from datetime import timedelta
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from journeys.models import PeriodEvidence
from journeys.queries.stage_scores import stage_scores
from journeys.services import evidence
from surveys.queries.scores import Period, last_days
from surveys.services.metrics import metric_update
from tests.conftest import make_customers, make_program
from tests.journeys.mapping import make_place, yesterday_of


def random_answers(seed: int, count: int, customers: int) -> list[tuple[str, dict[str, Any]]]:
    """Some answer one question only; customers lean one way, so their answers hang together."""
    rng = np.random.default_rng(seed)
    leaning = rng.normal(0, 2, customers)
    rows = []
    for _ in range(count):
        who = int(rng.integers(customers))
        nps = int(np.clip(round(7 + leaning[who] + rng.normal(0, 1.5)), 0, 10))
        csat = int(np.clip(round(3.5 + leaning[who] / 2 + rng.normal(0, 0.7)), 1, 5))
        kind = rng.random()
        values = {"nps": nps} if kind < 0.15 else {"csat": csat} if kind < 0.3 else None
        rows.append((f"C{who}", values or {"nps": nps, "csat": csat}))
    return rows


def clustered(
    rows: list[tuple[str, dict[str, Any]]], weights: dict[str, float]
) -> tuple[float, float, int]:
    """Score, standard error and n of a weighted mean of NPS and CSAT on 0–100, by hand.

    Added to each sample for the interval: ¾ promoter, ¾ detractor and 1½ passives for the NPS
    (Rocks 2016), two successes and two failures for the share (Agresti & Coull).
    """
    points = {
        "nps": lambda v: 100.0 if v >= 9 else 0.0 if v <= 6 else 50.0,
        "csat": lambda v: 100.0 if v >= 4 else 0.0,
    }
    added = {"nps": np.array([100] * 3 + [0] * 3 + [50] * 6) / 1.0, "csat": [100, 0] * 8}
    shares = {"nps": 0.25, "csat": 0.25}  # each of the added answers above counts a quarter
    customers = sorted({who for who, _ in rows})
    influence = np.zeros(len(customers))
    score = extra = 0.0
    for code, weight in weights.items():
        values = [(who, points[code](v[code])) for who, v in rows if code in v]
        size = len(values)
        plain = np.array([value for _, value in values])
        ghosts = np.array(added[code], dtype=float)
        whole = size + shares[code] * len(ghosts)
        mean = (plain.sum() + shares[code] * ghosts.sum()) / whole
        score += weight * plain.mean()
        for who, value in values:
            influence[customers.index(who)] += weight / whole * (value - mean)
        extra += (weight / whole) ** 2 * shares[code] * ((ghosts - mean) ** 2).sum()
    count = len(customers)
    variance = count / (count - 1) * (influence**2).sum() + extra
    return score, float(np.sqrt(variance)), len(rows)


def test_score_and_error_of_200_answers_are_those_of_a_hand_computation(
    program: Program, system: Actor
) -> None:
    make_customers(program, 60)
    place, day = make_place(system), yesterday_of(system)
    rows = random_answers(11, 200, 60)
    place.answer(rows, day)
    (row,) = stage_scores(actor=system, journey=place.journey, period=last_days(system)).rows
    weights = {"nps": 8 * 1.5 / 16, "csat": 4 / 16}
    score, error, n = clustered(rows, weights)
    assert row.roll_up.n == n == 200
    assert row.roll_up.value == pytest.approx(score, abs=1e-9)
    assert row.roll_up.se == pytest.approx(error, abs=1e-9)
    assert row.roll_up.margin == pytest.approx(1.959963984540054 * error, abs=1e-8)
    for point, code in zip(row.touchpoints, ("nps", "csat"), strict=True):
        score, error, _n = clustered(rows, {code: 1.0})
        assert point.roll_up.value == pytest.approx(score, abs=1e-9)
        assert point.roll_up.se == pytest.approx(error, abs=1e-9)


def test_clusters_are_counted_over_the_whole_stage_not_per_response(
    program: Program, system: Actor
) -> None:
    """The error of 20 customers who say the same ten times is that of 20, not of 200."""
    make_customers(program, 20)
    place, day = make_place(system), yesterday_of(system)
    rows = [(f"C{i % 20}", {"nps": 10 if i % 2 else 3, "csat": 4}) for i in range(200)]
    place.answer(rows, day)
    (row,) = stage_scores(actor=system, journey=place.journey, period=last_days(system)).rows
    naive = 50 / np.sqrt(200) * 8 * 1.5 / 16
    assert row.roll_up.se is not None
    assert row.roll_up.se > 2.5 * naive


def test_a_metrics_own_minimum_hides_it_alone(program: Program, system: Actor) -> None:
    make_customers(program, 12)
    place, day = make_place(system), yesterday_of(system)
    place.answer([(f"C{i}", {"nps": 9, "csat": 2}) for i in range(12)], day)
    metric_update(actor=system, metric=place.nps, min_n=20)
    (row,) = stage_scores(actor=system, journey=place.journey, period=last_days(system)).rows
    advice, paying = row.touchpoints
    assert (advice.shown.hidden, advice.shown.n, advice.shown.minimum) == (True, 12, 20)
    assert (paying.shown.hidden, paying.roll_up.value) == (False, 0)
    # The stage is what is left: the hidden figure cannot be worked out from it.
    assert row.roll_up.value == 0


def test_too_few_names_the_metric_that_lacks_least(program: Program, system: Actor) -> None:
    """Six answers to one question and eight others to another are not "14 of 10"."""
    make_customers(program, 14)
    place, day = make_place(system), yesterday_of(system)
    place.answer([(f"C{i}", {"nps": 9}) for i in range(6)], day)
    place.answer([(f"C{i + 6}", {"csat": 4}) for i in range(8)], day)
    (row,) = stage_scores(actor=system, journey=place.journey, period=last_days(system)).rows
    assert (row.shown.hidden, row.shown.n, row.shown.minimum) == (True, 8, 10)


def test_a_group_counts_its_own_answers_only(program: Program, system: Actor) -> None:
    from surveys.models import Dimension

    make_customers(program, 40)
    place, day = make_place(system), yesterday_of(system)
    place.answer(
        [(f"C{i}", {"nps": 10, "csat": 5}) for i in range(20)], day, dimensions={"store": "A"}
    )
    place.answer(
        [(f"C{i + 20}", {"nps": 0, "csat": 1}) for i in range(20)], day, dimensions={"store": "B"}
    )
    values = {
        key: stage_scores(
            actor=system, journey=place.journey, period=last_days(system), dimension=pk
        )
        .rows[0]
        .roll_up.value
        for pk, key in Dimension.objects.for_actor(system)
        .filter(kind="store")
        .values_list("pk", "key")
    }
    assert values == {"A": 100, "B": 0}


def test_only_the_periods_an_answer_falls_into_are_computed_anew(
    program: Program, system: Actor
) -> None:
    make_customers(program, 20)
    place, day = make_place(system), yesterday_of(system)
    rows = [(f"C{i}", {"nps": 9, "csat": 4}) for i in range(20)]
    place.answer(rows, day)
    place.answer(rows, day - timedelta(days=100))
    period = last_days(system)
    stage_scores(actor=system, journey=place.journey, period=period)
    earlier = Period(day - timedelta(days=110), day - timedelta(days=90))
    stage_scores(actor=system, journey=place.journey, period=earlier)
    kept = PeriodEvidence.objects.for_actor(system)
    before = dict(kept.values_list("first_day", "computed_at"))
    place.answer([("C1", {"nps": 0})], day)
    stage_scores(actor=system, journey=place.journey, period=period)
    stage_scores(actor=system, journey=place.journey, period=earlier)
    after = dict(kept.values_list("first_day", "computed_at"))
    assert [first for first in after if after[first] != before[first]] == [period.first]


def test_old_evidence_is_dropped_and_computed_again(program: Program, system: Actor) -> None:
    make_customers(program, 12)
    place, day = make_place(system), yesterday_of(system)
    place.answer([(f"C{i}", {"nps": 9}) for i in range(12)], day)
    first = stage_scores(actor=system, journey=place.journey, period=last_days(system)).rows[0]
    kept = PeriodEvidence.objects.for_actor(system)
    long_ago = day - timedelta(days=evidence.KEPT_DAYS + 2)
    kept.update(computed_at=f"{long_ago.isoformat()}T00:00:00Z")
    evidence.evidence_drop_old()
    assert not kept.exists()
    again = stage_scores(actor=system, journey=place.journey, period=last_days(system)).rows[0]
    assert again.roll_up == first.roll_up


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_comes_while_a_score_is_computed_is_not_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = make_program("race")
    system = Actor.system(program)
    make_customers(program, 12)
    place, day = make_place(system), yesterday_of(system)
    place.answer([(f"C{i}", {"nps": 9, "csat": 4}) for i in range(11)], day)
    computed, late = Event(), Event()
    compute = evidence.evidence_compute

    def slow(**values: Any) -> dict[str, Any]:
        found = compute(**values)
        computed.set()
        # Long enough for the worker to arrive; it waits for this transaction to end.
        late.wait(1)
        return found

    def read() -> None:
        try:
            with transaction.atomic():
                stage_scores(actor=system, journey=place.journey, period=last_days(system))
        finally:
            connection.close()

    monkeypatch.setattr(evidence, "evidence_compute", slow)
    reader = Thread(target=read)
    reader.start()
    assert computed.wait(10)
    place.answer([("C11", {"nps": 0, "csat": 1})], day)
    late.set()
    reader.join()
    monkeypatch.setattr(evidence, "evidence_compute", compute)
    (row,) = stage_scores(actor=system, journey=place.journey, period=last_days(system)).rows
    assert row.roll_up.n == 12
