"""From nothing to the first answer: programs begun in the browser, first survey, first journey.

Each step calls the floors' own services; what is there already is used, never made twice.
"""

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Membership, Program, Role, User
from cxportal.core.policies import authorise
from cxportal.core.queries.people import may_begin_program, setup_is_open
from cxportal.core.services.programs import program_create
from journeys.models import Journey, Touchpoint
from journeys.services.journeys import journey_create
from journeys.services.touchpoints import touchpoint_metric_attach
from surveys.models import Campaign, Metric, Survey
from surveys.services.campaigns import campaign_create, campaign_start
from surveys.services.surveys import survey_create, survey_publish
from surveys.templates_library import TEMPLATES as SURVEY_TEMPLATES

#: Tries for an address of the program that nobody has yet.
_SLUG_TRIES = 50


@transaction.atomic
def portal_begin(*, email: str, password: str, name: str, company: str, language: str) -> User:
    """Make the first account and its program. Raises DomainError "closed", "invalid"."""
    if not setup_is_open():
        raise DomainError("closed", _("This portal has its first owner already."), status=404)
    user = User(email=email.lower(), name=name, language=language)
    try:
        validate_password(password, user)
    except ValidationError as error:
        sentence = " ".join(error.messages)
        raise DomainError("invalid", sentence, details={"password": sentence}) from error
    user.set_password(password)
    user.save()
    _program_for(user, company, language, "Asia/Seoul", "KRW")
    return user


@transaction.atomic
def program_begin(
    *, user: User, company: str, language: str, time_zone: str, currency: str
) -> Program:
    """Make another program, owned by whoever begins it.

    Operators may always; owners of a program where SETUP_OPEN is set. Raises Denied.
    """
    if not may_begin_program(user):
        raise Denied("home.begin_program")
    return _program_for(user, company, language, time_zone, currency)


def _program_for(user: User, company: str, language: str, time_zone: str, currency: str) -> Program:
    program = program_create(
        slug=_free_slug(company),
        name=company,
        language=language,
        timezone=time_zone,
        currency=currency,
        sender_name=company[:120],
    )
    member = Membership.unscoped.create(  # unscoped: the program made above
        program=program,
        user=user,
        role=Role.OWNER,
        sees_personal_data=True,
        exports_personal_data=True,
    )
    audit(actor=Actor.member(member), action="program.begin", obj=program)
    return program


def _free_slug(company: str) -> str:
    base = slugify(company)[:40] or "program"
    taken = set(Program.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    tries = [base, *(f"{base}-{number}" for number in range(2, _SLUG_TRIES))]
    return next((slug for slug in tries if slug not in taken), f"{base}-{timezone.now():%H%M%S%f}")


def sender_test(*, actor: Actor) -> str:
    """Send a mail to oneself from the program's sender; returns the address it went to.

    Raises DomainError "no_address", "mail_failed".
    """
    authorise(actor, "core.change_program")
    address = actor.user.email if actor.user else ""
    if not address:
        raise DomainError("no_address", _("You have no e-mail address here."))
    program = actor.program
    sender = program.sender_email or settings.DEFAULT_FROM_EMAIL
    message = EmailMessage(
        subject=_("Test mail of %(program)s") % {"program": program.name},
        body=_("This mail shows that the portal can send in the name of %(program)s.")
        % {"program": program.name},
        from_email=f"{program.sender_name or program.name} <{sender}>",
        to=[address],
        connection=get_connection(timeout=10),
    )
    try:
        message.send()
    except Exception as fault:
        sentence = _("The mail server did not take the mail: %(fault)s") % {
            "fault": str(fault)[:200]
        }
        raise DomainError("mail_failed", sentence, status=502) from fault
    return address


@transaction.atomic
def first_survey(*, actor: Actor, template: str) -> Survey:
    """Make a survey of the template and publish it. Raises DomainError "unknown_template"."""
    spec = SURVEY_TEMPLATES.get(template)
    if spec is None:
        raise DomainError("unknown_template", _("There is no such template."))
    survey = survey_create(actor=actor, title=spec["name"], template=template)
    survey_publish(actor=actor, survey=survey)
    return survey


@transaction.atomic
def first_journey(*, actor: Actor, template: str, name: dict[str, str]) -> Journey:
    """Make a journey with the template's stages and touchpoints."""
    return journey_create(actor=actor, name=name, template=template)


@transaction.atomic
def measure_touchpoint(*, actor: Actor, touchpoint: Touchpoint) -> int:
    """Attach the metrics of the program's surveys to a touchpoint; returns how many."""
    metrics = list(Metric.objects.for_actor(actor).filter(sources__isnull=False).distinct())
    for metric in metrics:
        touchpoint_metric_attach(actor=actor, touchpoint=touchpoint, metric=metric)
    return len(metrics)


@transaction.atomic
def first_campaign(*, actor: Actor, survey: Survey) -> Campaign:
    """Open a link that anybody can answer by."""
    campaign = campaign_create(
        actor=actor, survey=survey, name=str(survey), channel=Campaign.Channel.LINK
    )
    return campaign_start(actor=actor, campaign=campaign)
