"""A program with a published survey and as many personal links as a run needs."""

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from benchmarks.document import QUESTIONS
from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Program
from cxportal.core.services.customers import customers_bulk_upsert
from cxportal.core.services.programs import program_create
from cxportal.core.tokens import derive, derived_pair
from surveys.models import Campaign, Invitation, Metric, Occurrence, Survey
from surveys.services.metrics import metric_create
from surveys.services.questions import question_add
from surveys.services.surveys import survey_create, survey_publish

BATCH = 10_000
_ROW_TABLE = """
DROP TABLE IF EXISTS bench_row;
CREATE TABLE bench_row (id bigserial PRIMARY KEY, program_id bigint, survey_id bigint,
  version_id bigint, campaign_id bigint, customer_id bigint, submission_id uuid UNIQUE,
  channel text, language text, status text, answers jsonb, dimensions bigint[],
  started_at timestamptz, completed_at timestamptz)
"""


@dataclass
class World:
    """What a goal measures on."""

    actor: Actor
    survey: Survey
    campaign: Campaign
    metric: Metric
    invited: int = 0

    def links(self, count: int) -> list[str]:
        """Paths of `count` personal links nobody has used yet."""
        return _invite(self, count)


def make_world(slug: str) -> World:
    """A fresh program; calling it again with another slug gives another one."""
    with connection.cursor() as cursor:
        cursor.execute(_ROW_TABLE)
    program: Program = program_create(slug=slug, name=slug.title())
    actor = Actor.system(program)
    survey = survey_create(actor=actor, title="Your visit")
    for question in QUESTIONS:
        question_add(actor=actor, survey=survey, **question)
    survey.refresh_from_db()
    metric = metric_create(
        actor=actor,
        code="nps",
        name="NPS",
        kind="nps",
        sources=[(survey, "nps")],
        is_headline=True,
    )
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    campaign = Campaign(
        program=program, survey=survey, name="Bench", channel="email", state="running"
    )
    campaign.save()
    return World(actor, survey, campaign, metric)


def _invite(world: World, count: int) -> list[str]:
    program = world.actor.program
    first = world.invited
    rows = [{"external_id": f"B{first + i}", "name": f"Person {i}"} for i in range(count)]
    for start in range(0, count, BATCH):
        customers_bulk_upsert(actor=world.actor, rows=rows[start : start + BATCH])
    world.invited += count
    occurrence, _new = Occurrence.unscoped.get_or_create(
        program=program,
        campaign=world.campaign,
        key="once",
        defaults={"due_at": timezone.now(), "filled_at": timezone.now()},
    )
    people = Customer.unscoped.filter(program=program).order_by("-pk")
    paths, invitations = [], []
    for customer_id in people.values_list("pk", flat=True)[:count]:
        nonce, hashed = derived_pair("invitation")
        paths.append(f"/s/{derive(nonce, 'invitation')}/")
        invitations.append(
            Invitation(
                program=program,
                campaign=world.campaign,
                occurrence=occurrence,
                customer_id=customer_id,
                nonce=nonce,
                token_hash=hashed,
            )
        )
    Invitation.unscoped.bulk_create(invitations, batch_size=BATCH)
    with connection.cursor() as cursor:
        # As autovacuum does within the minute: a plan made on empty tables reads them whole.
        cursor.execute("ANALYZE core_customer, surveys_invitation, surveys_response")
    return paths
