"""A program with one of everything an address can name, its visitors and their keys."""

from django.core.files.base import ContentFile
from django.utils import timezone

from cxportal.core import models as core
from cxportal.core.actors import Actor
from cxportal.core.services.jobs import job_queue
from cxportal.core.services.merges import customer_merge
from cxportal.core.services.notes import note_add
from cxportal.core.services.table_imports import table_import_start
from cxportal.home.demo.load import Size, demo_fill, demo_program_create
from journeys import models as journeys
from journeys.models import Action
from journeys.services.action_parts import checklist_add
from journeys.services.action_templates import template_save
from journeys.services.automations import automation_from_catalogue
from journeys.services.board_links import board_link_create
from journeys.services.cases import case_open
from journeys.services.evidence_items import evidence_add
from journeys.services.ideas import idea_propose
from journeys.services.insights import insight_create, opportunity_create
from journeys.services.journey_versions import version_keep
from journeys.services.playbook import behaviour_create
from journeys.services.review import decision_log
from loyalty.calc.months import month_of, month_shift
from loyalty.services.scorecard import scorecard_close
from surveys import models as surveys
from surveys.services.senders import sender_create
from tests.conftest import make_key, make_member, make_program

QUESTION = {
    "code": "why", "kind": "long_text", "text": {"en": "Why?", "ko": "왜요?"}, "help": {},
    "required": False, "settings": {}, "rows": [], "logic": {}, "note": "", "choices": [],
}  # fmt: skip


def make_home() -> core.Program:
    """The small demo, and beside it one of everything the demo does not hold."""
    program = demo_program_create("a password that is long")
    demo_fill(program, size=Size(customers=40, responses=120), report=lambda *_: None)
    owner = core.Membership.unscoped.filter(program=program).first()
    assert owner is not None
    customer = core.Customer.unscoped.filter(program=program).first()
    assert customer is not None
    core.CustomerEvent.unscoped.create(
        program=program, customer=customer, kind="visit", occurred_at=timezone.now()
    )
    others = list(core.Customer.unscoped.filter(program=program).order_by("-pk")[:3])
    core.DuplicatePair.unscoped.create(
        program=program, first=others[2], second=others[1], likeness=80, reasons=["email"]
    )
    customer_merge(actor=Actor.system(program), kept=others[1], merged=others[0])
    table_import_start(
        actor=Actor.member(owner), kind="customers", name="c.csv", content=b"id\nA\n"
    )
    core.Team.unscoped.create(program=program, name="A team")
    core.Suppression.unscoped.create(program=program, address="a@b.example", reason="manual")
    core.Notification.unscoped.create(program=program, membership=owner, kind="action_assigned")
    core.MemberInvitation.unscoped.create(
        program=program,
        email="new@b.example",
        role="staff",
        token_hash=f"h{program.pk}",
        expires_at=timezone.now(),
    )
    hook = core.Webhook.unscoped.create(
        program=program, url="https://hook.example/", secret="whsec_" + "c2VjcmV0" * 5
    )
    core.WebhookDelivery.unscoped.create(
        program=program, webhook=hook, event_id="e", event="x", payload={}, due_at=timezone.now()
    )
    core.StoredFile.unscoped.create(
        program=program, name="a.txt", file=ContentFile(b"a", name="a.txt")
    )
    counted = surveys.OperationalMetric.unscoped.create(program=program, code="c", name={"en": "C"})
    surveys.MetricValue.unscoped.create(
        program=program, metric=counted, day=timezone.now().date(), value=1
    )
    surveys.Dashboard.unscoped.create(
        program=program,
        name="A dashboard",
        widgets=[{"kind": "note", "days": 30, "size": "half", "text": "A note"}],
    )
    core.SavedView.unscoped.create(program=program, page="program-report", name="Mine")
    core.ShareLink.unscoped.create(
        program=program, kind="gone", title="A link", nonce="n", token_hash=f"s{program.pk}"
    )
    core.ScheduledReport.unscoped.create(
        program=program,
        kind="gone",
        title="A report",
        recipients=["a@b.example"],
        due_at=timezone.now(),
    )
    surveys.LibraryItem.unscoped.create(
        program=program,
        kind="question",
        name="Kept",
        document={"title": {}, "code": "", "logic": {}, "questions": [QUESTION]},
        default_language="en",
    )
    survey = surveys.Survey.unscoped.filter(program=program, current_version__isnull=False).first()
    assert survey is not None
    surveys.SurveyImport.unscoped.create(
        program=program,
        survey=survey,
        file_name="a.lss",
        format="lss",
        report={"found": 0, "taken": 0, "changed": 0, "refused": 0, "kinds": {}, "elements": []},
    )
    core.ApiKey.unscoped.create(
        program=program, name="k", prefix=f"p{program.pk}", key_hash="h", scopes=[]
    )
    today = timezone.now().date()
    scorecard_close(actor=Actor.system(program), month=month_shift(month_of(today), -1))
    system = Actor.system(program)
    sender_create(actor=system, name="Service team")
    case = case_open(actor=system, title="Call back", customer=customer)
    note_add(actor=system, obj=case, text="Called twice")
    automation_from_catalogue(actor=system, code="low_nps")
    idea_propose(actor=system, title="Benches")
    place = journeys.Touchpoint.objects.for_actor(system).first()
    assert place is not None
    behaviour_create(actor=system, touchpoint=place, kind="attitude", name="We greet first")
    template_save(actor=system, name="Walk", title="Walk", checklist=["Look around"])
    first = Action.objects.for_actor(system).order_by("pk").first()
    assert first is not None
    checklist_add(actor=system, action=first, text="Look around")
    board_link_create(actor=Actor.member(owner), kind="calendar")
    job_queue(actor=system, kind="demo")
    _add_evidence(program)
    return program


def _add_evidence(program: core.Program) -> None:
    """Evidence on the first card of the demo's map."""
    card = journeys.Card.unscoped.filter(program=program).first()
    assert card is not None
    system = Actor.system(program)
    evidence_add(actor=system, card=card, kind="interview", source="A customer")
    version_keep(actor=system, journey=card.lane.journey)
    decision_log(actor=system, journey=card.lane.journey, title="A second till")
    insight = insight_create(actor=system, title="They wait", cards=[card])
    opportunity_create(actor=system, title="A second till", insights=[insight])
    asked = surveys.Question.unscoped.filter(section__survey__program=program)[:2]
    journeys.KanoFeature.unscoped.create(
        program=program,
        name={"en": "Free sample"},
        survey=asked[0].section.survey,
        functional_code=asked[0].code,
        dysfunctional_code=asked[1].code,
    )


def make_outsider() -> core.Membership:
    """The owner of another program."""
    return make_member(make_program("other"), "owner", "stranger@other.example")


def keys_for(home: core.Program, outsider: core.Membership) -> dict[str, str]:
    """A full key, one of the other program, one without a fitting scope, a revoked one, none."""
    full, foreign = make_key(home), make_key(outsider.program)
    bare, revoked = make_key(home, "nothing:read"), make_key(home, "program:read")
    core.ApiKey.unscoped.filter(program=home, scopes=["program:read"]).update(
        revoked_at=timezone.now()
    )
    return {"full": full, "foreign": foreign, "bare": bare, "revoked": revoked, "none": ""}
