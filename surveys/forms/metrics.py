"""Forms of metrics."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from cxportal.core.models import Membership
from surveys.models import Metric, Survey
from surveys.queries.metrics import source_choices
from surveys.services.metrics import CUTOFFS, metric_source_add

_LEAST, _MOST = 0, 10


def _point(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=_LEAST, max_value=_MOST, required=False
    )


class MetricForm(ScopedForm):
    """A metric: what it is called, how it counts, what it should reach."""

    name = I18nTextFormField(label=_("Name"), max_length=200)
    code = forms.RegexField(
        r"^[a-z0-9][a-z0-9_.-]{0,59}$",
        label=_("Code"),
        max_length=60,
        help_text=_("Names the metric in the API: lower-case letters, digits, dots, hyphens."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Metric.Kind.choices)
    minimum = _point(_("Scale from"), _("Left empty: the usual scale of the kind."))
    maximum = _point(_("Scale to"))
    promoter_from = _point(_("Promoters from"), _("NPS only; usually 9."))
    detractor_to = _point(_("Detractors up to"), _("NPS only; usually 6."))
    top_from = _point(_("Favourable from"), _("CSAT only; usually the two best answers."))
    target = forms.DecimalField(
        label=_("Target"),
        required=False,
        min_value=-100,
        max_value=100,
        decimal_places=2,
        help_text=_("In the unit of the score: points, per cent or steps of the scale."),
    )
    min_n = forms.IntegerField(
        label=_("Fewest answers shown"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("Scores from fewer answers stay hidden. Left empty: the program's number."),
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"),
        required=False,
        queryset=Membership.unscoped.none(),  # unscoped: an empty start, filled for the actor
    )
    is_headline = forms.BooleanField(label=_("Show on the home page"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, actor: Actor, metric: Metric | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        members = Membership.objects.for_actor(actor).filter(is_active=True).select_related("user")
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = members
        if metric is not None:
            del self.fields["code"]

    def values(self) -> dict[str, Any]:
        """Arguments of the services, the same names; empty cut-offs are left out."""
        data = dict(self.cleaned_data)
        data.pop("version")
        owner = data.pop("owner")
        cutoffs = {name: data.pop(name) for name in CUTOFFS}
        data["cutoffs"] = {name: value for name, value in cutoffs.items() if value is not None}
        return {**data, "owner": owner.user if owner else None}


def metric_initial(metric: Metric) -> dict[str, Any]:
    """What the form of an existing metric shows."""
    names = ("name", "kind", "minimum", "maximum", "target", "min_n", "is_headline", "version")
    owner = (
        metric.owner.memberships.filter(program=metric.program).first() if metric.owner else None
    )
    return {**{name: getattr(metric, name) for name in names}, **metric.cutoffs, "owner": owner}


class MetricSourceForm(ScopedForm):
    """One more question that feeds a metric."""

    source = forms.ChoiceField(label=_("Question"))
    mapping = forms.CharField(
        label=_("Other answers or scale (if you wish)"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One “answer = value” a line, for example “yes = 1”. Others do not count."),
    )
    first_day = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last_day = forms.DateField(
        label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        source = self.fields["source"]
        assert isinstance(source, forms.ChoiceField)
        source.choices = source_choices(actor)

    def add_to(self, metric: Metric) -> None:
        """Let the chosen question feed the metric."""
        survey_id, code = self.cleaned_data["source"].split(".", 1)
        survey = Survey.objects.for_actor(self.actor).get(pk=survey_id)
        metric_source_add(
            actor=self.actor,
            metric=metric,
            survey=survey,
            question_code=code,
            mapping=self.cleaned_data["mapping"],
            first_day=self.cleaned_data["first_day"],
            last_day=self.cleaned_data["last_day"],
        )

    def clean_mapping(self) -> dict[str, int]:
        """Lines “answer = value” as the service takes them."""
        mapping: dict[str, int] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["mapping"].splitlines())):
            answer, sign, value = line.rpartition("=")
            if not (sign and answer.strip() and value.strip().isdecimal()):
                raise forms.ValidationError(_("Write “answer = value” on each line."))
            mapping[answer.strip()] = int(value)
        return mapping
