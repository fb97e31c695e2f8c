"""Tallies are exact at any moment: what is added up equals what is counted anew."""

import random
from collections import Counter
from datetime import UTC, date, datetime
from io import StringIO
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cxportal.core.actors import Actor
from cxportal.core.models import OutboxEvent, Program
from cxportal.core.services.outbox import outbox_drain_batch
from cxportal.core.signals import response_completed, tallies_changed
from surveys.models import Comment, Dimension, Response, Score, Survey, Tally, TallyMonth
from surveys.services.forgetting import responses_forget_customer
from surveys.services.responses import (
    response_change,
    response_erase,
    response_mark_test,
)
from surveys.services.scores import scores_differences, scores_mend, scores_rebuild
from tests.conftest import make_customers, make_program
from tests.surveys.answering import (
    NPS,
    all_tallies,
    drain,
    facts,
    invite,
    make_metric,
    make_survey,
    open_link,
    send,
    tally_rows,
)


@pytest.fixture
def survey(program: Program) -> Survey:
    return make_survey(program)


@pytest.mark.django_db
def test_answers_become_a_daily_and_a_monthly_histogram(program: Program, survey: Survey) -> None:
    metric, url = make_metric(survey, "nps", "nps", 0, 10), open_link(survey)
    for value in (9, 9, 3):
        send(url, nps=value)
    assert tally_rows(program) == {}
    assert outbox_drain_batch(topic="scores") == 3
    row = Tally.unscoped.get(metric=metric, dimension=0)
    assert (row.n, row.total, row.total_sq) == (3, 21, 171)
    assert (row.n3, row.n9, row.n10) == (1, 2, 0)
    month = TallyMonth.unscoped.get(metric=metric, dimension=0)
    assert (month.month, month.n, month.n9) == (row.day.replace(day=1), 3, 2)
    kinds = Tally.unscoped.exclude(dimension=0)
    assert sorted(kinds.values_list("n", flat=True)) == [3, 3, 3]
    assert not OutboxEvent.unscoped.filter(topic="scores").exists()
    assert scores_differences(program.pk) == []


@pytest.mark.django_db
def test_a_day_ends_at_the_programs_midnight(survey: Survey) -> None:
    from unittest.mock import patch

    make_metric(survey, "nps", "nps", 0, 10)
    url = open_link(survey)
    moment = datetime(2026, 3, 31, 15, 30, tzinfo=UTC)
    with patch("surveys.services.responses.timezone.now", return_value=moment):
        send(url, nps=5)
    assert Score.unscoped.get().day == date(2026, 4, 1)


@pytest.mark.django_db
def test_the_group_a_customer_is_in_is_fixed_at_arrival(program: Program, survey: Survey) -> None:
    from cxportal.core.models import Segment, SegmentMember

    metric = make_metric(survey, "nps", "nps", 0, 10)
    [customer] = make_customers(program, 1)
    vip = Segment(program=program, code="vip", name={"en": "VIP"}, kind="manual", is_reported=True)
    vip.save()
    member = SegmentMember(program=program, segment=vip, customer=customer)
    member.save()
    _invitation, url = invite(survey, customer)
    send(url, nps=10)
    member.delete()
    drain()
    group = Dimension.unscoped.get(kind="segment", key="vip")
    assert Tally.unscoped.get(metric=metric, dimension=group.pk).n10 == 1
    assert group.pk in Score.unscoped.get().dimensions


@pytest.mark.django_db
def test_a_correction_a_test_and_an_erasure_take_their_part_out(
    program: Program, survey: Survey, system: Actor
) -> None:
    metric, url = make_metric(survey, "nps", "nps", 0, 10), open_link(survey)
    for value in (10, 7, 0):
        send(url, nps=value, why=f"value {value}")
    drain()
    first, second, third = Response.unscoped.order_by("pk")
    response_change(actor=system, response=first, answers={"nps": 6, "why": "changed my mind"})
    response_mark_test(actor=system, response=second)
    response_erase(actor=system, response=third)
    assert scores_differences(program.pk) == []
    drain()
    row = Tally.unscoped.get(metric=metric, dimension=0)
    assert (row.n, row.total, row.n6, row.n10, row.n0) == (1, 6, 1, 0, 0)
    assert scores_differences(program.pk) == []
    assert list(Comment.unscoped.filter(is_test=False).values_list("text", flat=True)) == [
        "changed my mind"
    ]
    response_mark_test(actor=system, response=second, is_test=False)
    drain()
    row.refresh_from_db()
    assert (row.n, row.n7) == (2, 1)
    response_erase(actor=system, response=first)
    response_erase(actor=system, response=second)
    drain()
    assert tally_rows(program) == tally_rows(program, TallyMonth) == {}


@pytest.mark.django_db
def test_a_test_customers_answers_never_count(program: Program, survey: Survey) -> None:
    make_metric(survey, "nps", "nps", 0, 10)
    [customer] = make_customers(program, 1)
    customer.is_test = True
    customer.save()
    _invitation, url = invite(survey, customer)
    send(url, nps=10, why="just trying")
    drain()
    assert Response.unscoped.get().is_test
    assert facts(program) == []
    assert tally_rows(program) == {}
    assert Comment.unscoped.get().is_test


@pytest.mark.django_db
def test_an_answer_off_the_metrics_scale_is_not_counted(program: Program) -> None:
    wide = {**NPS, "code": "r", "kind": "rating", "settings": {"min": 0, "max": 10}}
    survey = make_survey(program, [wide])
    metric = make_metric(survey, "r", "rating", 1, 5)
    url = open_link(survey)
    send(url, r=5)
    send(url, r=9)
    assert facts(program) == [(metric.pk, 5)]


@pytest.mark.django_db
def test_a_metric_made_while_an_answer_waited_gets_its_fact_from_the_worker(
    program: Program, survey: Survey
) -> None:
    url = open_link(survey)
    send(url, nps=8)
    metric = make_metric(survey, "nps", "nps", 0, 10)
    drain()
    assert facts(program) == [(metric.pk, 8)]
    assert Tally.unscoped.get(metric=metric, dimension=0).n8 == 1


@pytest.mark.django_db
def test_a_rebuild_leaves_what_waits_to_its_worker(program: Program, survey: Survey) -> None:
    metric, url = make_metric(survey, "nps", "nps", 0, 10), open_link(survey)
    send(url, nps=9)
    drain()
    send(url, nps=2)
    scores_rebuild(program.pk)
    assert Tally.unscoped.get(metric=metric, dimension=0).n == 1
    drain()
    assert Tally.unscoped.get(metric=metric, dimension=0).n == 2
    assert scores_differences(program.pk) == []


@pytest.mark.django_db
def test_a_wrong_tally_is_found_and_mended(program: Program, survey: Survey) -> None:
    _metric, url = make_metric(survey, "nps", "nps", 0, 10), open_link(survey)
    send(url, nps=9)
    drain()
    right = all_tallies(program)
    Tally.unscoped.filter(dimension=0).update(n9=4)
    [wrong] = scores_differences(program.pk)
    assert (wrong.tier, wrong.expected[-2], wrong.stored[-2]) == ("day", 1, 4)
    with pytest.raises(CommandError, match="1 rows differ"):
        call_command("scores", "check", stdout=StringIO())
    assert scores_mend() == {"acme": 1}
    assert all_tallies(program) == right
    out = StringIO()
    call_command("scores", "check", program="acme", stdout=out)
    assert out.getvalue() == "acme: 0 rows differ\n"
    with pytest.raises(CommandError, match="no program"):
        call_command("scores", "rebuild", program="nobody")


@pytest.mark.django_db
def test_floors_above_hear_of_answers_and_of_moved_days(program: Program, survey: Survey) -> None:
    metric, url = make_metric(survey, "nps", "nps", 0, 10), open_link(survey)
    heard: list[Any] = []

    def on_response(sender: Any, actor: Actor, response: Response, **_: Any) -> None:
        heard.append((actor.program, response.answers))

    def on_tallies(sender: Any, program_id: int, touched: Any, **_: Any) -> None:
        heard.append((program_id, touched))

    response_completed.connect(on_response)
    tallies_changed.connect(on_tallies)
    try:
        send(url, nps=9)
        drain()
    finally:
        response_completed.disconnect(on_response)
        tallies_changed.disconnect(on_tallies)
    day = Score.unscoped.get().day
    assert heard == [(program.pk, {metric.pk: {day}}), (program, {"nps": 9})]


@pytest.mark.django_db
def test_a_webhook_hears_of_an_answer_once(program: Program, survey: Survey) -> None:
    from cxportal.core.models import Webhook

    [customer] = make_customers(program, 1)
    _invitation, url = invite(survey, customer)
    Webhook(program=program, url="https://hook.example/", events=[], secret="x").save()
    send(url, nps=9)
    assert outbox_drain_batch(topic="scores") == 1
    assert outbox_drain_batch(topic="arrivals") == 1
    [event] = OutboxEvent.unscoped.all()
    assert event.topic == "events"
    assert event.payload["event"] == "response.completed"
    assert event.payload["data"]["customer"] == "C0"
    assert event.payload["data"]["answers"] == {"nps": 9}


@pytest.mark.django_db
def test_an_erased_person_leaves_only_numbers(
    program: Program, survey: Survey, system: Actor
) -> None:
    make_metric(survey, "nps", "nps", 0, 10)
    [customer] = make_customers(program, 1)
    _invitation, url = invite(survey, customer)
    send(url, nps=2, why="Call me, Kim, 010-1234-5678")
    drain()
    before = all_tallies(program)
    assert responses_forget_customer(actor=system, customer_id=customer.pk) == 1
    response = Response.unscoped.get()
    assert (response.customer, response.invitation) == (None, None)
    assert response.answers == {"nps": 2}
    assert Comment.unscoped.count() == 0
    assert Score.unscoped.get().customer is None
    assert all_tallies(program) == before
    assert scores_differences(program.pk) == []


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_from_many_places_at_once_is_one_answer() -> None:
    program = make_program("acme")
    survey = make_survey(program)
    metric = make_metric(survey, "nps", "nps", 0, 10)
    customers = make_customers(program, 3)
    links = [invite(survey, customer)[1] for customer in customers]
    open_url = open_link(survey)
    posts = [(url, uuid4()) for url in [*links, open_url, open_url]]
    statuses: list[int] = []

    def post(url: str, form: Any) -> None:
        try:
            statuses.append(send(url, form, nps=9).status_code)
        finally:
            connection.close()

    threads = [Thread(target=post, args=pair) for pair in posts for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 20
    assert Response.unscoped.filter(status="complete").count() == 5
    assert facts(program) == [(metric.pk, 9)] * 5
    drain()
    assert Tally.unscoped.get(dimension=0).n9 == 5
    assert scores_differences(program.pk) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2])
def test_rebuilt_equals_added_up_after_random_work_from_threads(seed: int) -> None:
    program = make_program("acme")
    survey = make_survey(program)
    make_metric(survey, "nps", "nps", 0, 10)
    make_metric(survey, "csat", "csat", 1, 5)
    url, actor = open_link(survey), Actor.system(program)
    faults: list[BaseException] = []

    def work(number: int) -> None:
        chance = random.Random(seed * 100 + number)
        try:
            for _ in range(15):
                _one_random_step(chance, url, actor)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert scores_differences(program.pk) == []
    drain()
    assert scores_differences(program.pk) == []
    added_up = all_tallies(program)
    assert len(tally_rows(program)) > 2
    scores_rebuild(program.pk)
    assert all_tallies(program) == added_up


def _one_random_step(chance: random.Random, url: str, actor: Actor) -> None:
    step = chance.random()
    some = Response.unscoped.filter(status="complete").order_by("?").first()
    if some is None or step < 0.55:
        send(url, nps=chance.randint(0, 10), csat=chance.randint(1, 5))
    elif step < 0.7:
        drain()
    else:
        _change(chance, step, some, actor)


def _change(chance: random.Random, step: float, some: Response, actor: Actor) -> None:
    try:
        if step < 0.8:
            response_change(actor=actor, response=some, answers={"nps": chance.randint(0, 10)})
        elif step < 0.9:
            response_mark_test(actor=actor, response=some, is_test=chance.random() < 0.5)
        else:
            response_erase(actor=actor, response=some)
    except Response.DoesNotExist:
        pass  # another thread erased it meanwhile


@pytest.mark.django_db
@pytest.mark.parametrize("kinds", [0, 3])
def test_a_rebuild_counts_what_python_counts(program: Program, survey: Survey, kinds: int) -> None:
    """With and without groups, for the facts of a program without any are read only once."""
    chance = random.Random(kinds)
    metrics = [make_metric(survey, code, "nps", 0, 10) for code in ("nps", "again")]
    made = [Dimension.unscoped.create(program=program, kind="store", key=k) for k in "xyz"[:kinds]]
    wanted: Counter[tuple[int, int, date, int]] = Counter()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # facts without responses
        for number in range(300):
            metric, value = chance.choice(metrics).pk, chance.randint(0, 10)
            day = date(2026, chance.randint(1, 3), chance.randint(1, 4))
            groups = [d.pk for d in made if chance.random() < 0.4]
            cursor.execute(
                "INSERT INTO surveys_score (program_id, metric_id, response_id, day, value,"
                " dimensions) VALUES (%s, %s, %s, %s, %s, %s)",
                [program.pk, metric, -number, day, value, groups],
            )
            wanted.update((metric, dimension, day, value) for dimension in (0, *groups))
        cursor.execute("SET LOCAL session_replication_role = origin")
    scores_rebuild(program.pk)
    found = {
        (t.metric_id, t.dimension, t.day, value): getattr(t, f"n{value}")
        for t in Tally.unscoped.filter(program=program)
        for value in range(11)
    }
    assert {key: n for key, n in found.items() if n} == wanted
    for tally in (*Tally.unscoped.all(), *TallyMonth.unscoped.all()):
        bins = [getattr(tally, f"n{value}") for value in range(11)]
        assert tally.n == sum(bins)
        assert tally.total == sum(v * n for v, n in enumerate(bins))
        assert tally.total_sq == sum(v * v * n for v, n in enumerate(bins))
    assert sum(m.n for m in TallyMonth.unscoped.filter(program=program)) == wanted.total()
    assert scores_differences(program.pk) == []
