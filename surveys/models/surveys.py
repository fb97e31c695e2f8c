"""The draft of a survey as rows, edited freely, and the published versions, never changed."""

from django.conf import settings as portal
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import I18nTextField, TenantModel, VersionedModel, text_in
from cxportal.core.models.programs import default_languages


class Survey(VersionedModel):
    """A survey: draft rows below it, published versions beside it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Published")
        CLOSED = "closed", pgettext_lazy("survey", "Closed")

    title = I18nTextField()
    # What it measures, from the template it began as: nps, csat, ces, purchase, pulse, custom.
    purpose = models.CharField(max_length=20, default="custom")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    languages = ArrayField(models.CharField(max_length=8), default=default_languages)
    default_language = models.CharField(max_length=8, default="en")
    welcome = I18nTextField(blank=True)
    thanks = I18nTextField(blank=True)
    # Anonymous: answers hold no customer and no way back to the invitation.
    anonymous = models.BooleanField(default=False)
    # Looks: {"brand", "logo", "font", "buttons"} (docs/survey-json.md).
    theme = models.JSONField(default=dict, blank=True)
    # How it runs: {"one_per_page", "hide_progress", "hide_back", "show_results", "score"}.
    settings = models.JSONField(default=dict, blank=True)
    # Groups of whom only so many are wanted, and pages of thanks for some.
    quotas = models.JSONField(default=list, blank=True)
    endings = models.JSONField(default=list, blank=True)
    # Who may answer, from now on and without a new version: {"closes_at", "max_responses",
    # "password", "change_minutes", "kiosk_seconds"}.
    access = models.JSONField(default=dict, blank=True)
    owner = models.ForeignKey(
        portal.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    current_version = models.ForeignKey(
        "surveys.SurveyVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # True while the draft differs from the current version.
    has_changes = models.BooleanField(default=True)
    external_id = models.CharField(max_length=120, null=True, blank=True)
    # `version` at the last change of the survey's own words and settings, so that two people can
    # work on different questions without being in each other's way.
    own_version = models.PositiveIntegerField(default=1)
    # The title in the default language, for sorting and searching.
    sort_title = models.GeneratedField(
        expression=models.Func(
            models.F("title"),
            models.F("default_language"),
            template="(%(expressions)s)",
            arg_joiner=" ->> ",
            output_field=models.TextField(),
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "external_id"], name="survey_external_id_unique"
            )
        ]
        indexes = [models.Index(fields=["program", "-updated_at"], name="survey_recent")]

    def __str__(self) -> str:
        return text_in(self.title, fallback=self.default_language)


class Section(TenantModel):
    """A page of the survey."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="sections")
    title = I18nTextField(blank=True)
    # How rules name it; where empty, "p<id>".
    code = models.CharField(max_length=40, blank=True, default="")
    # {"show_if", "skip", "loop", "random"}, read by surveys/calc/logic_flow.py.
    logic = models.JSONField(default=dict, blank=True)
    position = models.PositiveIntegerField(default=0)
    # The survey's `version` at this page's last change.
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return text_in(self.title)

    @property
    def key(self) -> str:
        """How rules name the page."""
        return self.code or f"p{self.pk}"


class Question(TenantModel):
    """One question of the draft. `code` names its answers in every version and export."""

    class Kind(models.TextChoices):
        NPS = "nps", _("NPS (0–10)")
        CSAT = "csat", _("Satisfaction (1–5)")
        CES = "ces", _("Effort, CES 2.0 (1–7)")
        RATING = "rating", _("Rating")
        SINGLE = "single", _("Single choice")
        MULTIPLE = "multiple", _("Multiple choice")
        DROPDOWN = "dropdown", _("Dropdown")
        IMAGE_CHOICE = "image_choice", _("Choice of pictures")
        RANKING = "ranking", _("Ranking")
        MATRIX_SINGLE = "matrix_single", _("Matrix, one answer a row")
        MATRIX_MULTIPLE = "matrix_multiple", _("Matrix, several answers a row")
        SIDE_BY_SIDE = "side_by_side", _("Side by side")
        BEST_WORST = "best_worst", _("Best and worst")
        CONSTANT_SUM = "constant_sum", _("Points to share out")
        SLIDER = "slider", _("Slider")
        SHORT_TEXT = "short_text", _("Short text")
        LONG_TEXT = "long_text", _("Long text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        TIME = "time", _("Time")
        EMAIL = "email", _("E-mail address")
        PHONE = "phone", _("Phone number")
        CONTACT = "contact", _("Contact form")
        FILE = "file", _("File upload")
        CONSENT = "consent", _("Consent")
        STATEMENT = "statement", _("Statement")
        HIDDEN = "hidden", _("Hidden data")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="questions")
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = I18nTextField()
    help = I18nTextField(blank=True)
    required = models.BooleanField(default=False)
    # What each kind may set is in surveys/calc/kinds.py and docs/survey-json.md.
    settings = models.JSONField(default=dict, blank=True)
    # Rows of a matrix: [{"code", "text"}].
    rows = models.JSONField(default=list, blank=True)
    # {"show_if", "skip", "random"}, read by surveys/calc/logic_flow.py.
    logic = models.JSONField(default=dict, blank=True)
    # For colleagues only, such as what an import could not say in rules.
    note = models.TextField(blank=True, default="")
    position = models.PositiveIntegerField(default=0)
    # The survey's `version` at this question's last change.
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["survey", "code"], name="question_code_unique")
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return text_in(self.text) or self.code


class Choice(TenantModel):
    """One answer option; `code` is what is stored."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    code = models.CharField(max_length=40)
    text = I18nTextField()
    # {"score", "exclusive", "other", "fixed", "image", "show_if"}
    settings = models.JSONField(default=dict, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["question", "code"], name="choice_code_unique")
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return text_in(self.text) or self.code


class SurveyVersion(TenantModel):
    """The published document respondents are served from. Immutable.

    `document`: what survey_document() makes of the draft, described in docs/survey-json.md.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(
        portal.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="survey_version_unique")
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.survey_id} v{self.number}"
