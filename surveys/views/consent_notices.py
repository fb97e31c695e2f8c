"""The page of the notices of consent: on or off with the reasons, and how they stand."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.forms.base import ScopedForm
from cxportal.core.policies import may
from cxportal.core.views.base import FormPage
from surveys.models import SenderIdentity
from surveys.queries.consent_notices import notice_counts, notices_unsent
from surveys.services.consent_notices import notice_rules, notice_rules_update


class NoticeRulesForm(ScopedForm):
    """The switches; `sender` empty is the program itself."""

    tells_result = forms.BooleanField(
        label=gettext_lazy("Tell people that their decision is recorded"),
        required=False,
        help_text=gettext_lazy(
            "Whoever agrees to advertising, refuses it or takes a consent back hears of it, at "
            "once and at the latest after 14 days (Network Act, article 50(7))."
        ),
    )
    reconfirms = forms.BooleanField(
        label=gettext_lazy("Ask every two years whether a consent still holds"),
        required=False,
        help_text=gettext_lazy(
            "With your name, the day of the consent and how to keep it or take it back, in the "
            "month before the two years are over (Network Act, article 50(8))."
        ),
    )
    lapses = forms.BooleanField(
        label=gettext_lazy("End a consent that nobody confirms"),
        required=False,
        help_text=gettext_lazy(
            "The law leaves a consent as it is when no answer comes. With this it ends 30 days "
            "after the question."
        ),
    )
    sender = forms.ModelChoiceField(
        label=gettext_lazy("Sender"),
        queryset=SenderIdentity.unscoped.none(),  # unscoped: filled for the actor below
        required=False,
        empty_label=gettext_lazy("The program itself"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sender = self.fields["sender"]
        assert isinstance(sender, forms.ModelChoiceField)
        sender.queryset = SenderIdentity.objects.for_actor(self.actor)


class ConsentNoticesView(FormPage):
    """Owners switch the notices; whoever sees campaigns reads how they stand."""

    permission = "surveys.view_campaigns"
    template = "surveys/consent_notices.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            self.permission = "surveys.change_consent_notices"
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> Any:
        self.rules = notice_rules(self.actor)
        names = ("tells_result", "reconfirms", "lapses", "sender")
        initial = {name: getattr(self.rules, name) for name in names}
        return NoticeRulesForm(data=data, actor=self.actor, initial=initial)

    def extra(self) -> dict[str, Any]:
        return {
            "rules": self.rules,
            "version": self.request.POST.get("version") or self.rules.version,
            "may_change": may(self.actor, "surveys.change_consent_notices"),
            "counts": notice_counts(self.actor),
            "unsent": notices_unsent(self.actor),
            "tab": "notices",
        }

    def save(self, form: Any) -> HttpResponse:
        version = self.request.POST.get("version", "")
        notice_rules_update(
            actor=self.actor,
            version=int(version) if version.isascii() and version.isdigit() else None,
            **form.cleaned_data,
        )
        self.say(_("Saved. What is owed by now goes out within minutes."))
        return self.redirect("surveys:consent-notices")
