"""Forms that know for whom they are shown: foreign keys offer the actor's own rows only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.models import TenantModel, User
from cxportal.core.models.base import TenantManager

LANGUAGE_NAMES = {"en": _("English"), "ko": _("Korean")}


class ScopedForm(forms.Form):
    """A plain form for an actor; every model choice is narrowed to the actor's program."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor = actor
        super().__init__(*args, **kwargs)
        scope_choices(self, actor)


def scope_choices(form: forms.BaseForm, actor: Actor) -> None:
    """Narrow every ModelChoiceField over a tenant table to `.for_actor(actor)`."""
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            model = field.queryset.model
            if issubclass(model, TenantModel):
                manager = model.objects
                assert isinstance(manager, TenantManager)
                field.queryset = manager.for_actor(actor)


class I18nTextWidget(forms.MultiWidget):
    """One input per language, labelled, side by side."""

    template_name = "components/i18n_text_widget.html"

    def __init__(self, languages: list[str], *, rows: int = 1, attrs: Any = None) -> None:
        self.languages = languages
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            code: forms.Textarea(attrs={"rows": rows, "lang": code})
            if rows > 1
            else forms.TextInput(attrs={"lang": code})
            for code in languages
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: Any) -> list[str]:
        value = value or {}
        return [value.get(code, "") for code in self.languages]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for code, part in zip(self.languages, context["widget"]["subwidgets"], strict=True):
            part["language"] = code
            part["language_name"] = LANGUAGE_NAMES.get(code, code)
            part["attrs"]["id"] = f"{context['widget']['attrs'].get('id', name)}_{code}"
        return context


class I18nTextFormField(forms.MultiValueField):
    """Edits {"en": …, "ko": …}; POST names are `<field>_en`, `<field>_ko`."""

    def __init__(
        self,
        *,
        languages: list[str] | None = None,
        rows: int = 1,
        max_length: int = 2000,
        required: bool = True,
        **kwargs: Any,
    ) -> None:
        self.languages = languages or ["en", "ko"]
        self.rows, self.max_length = rows, max_length
        fields = [
            forms.CharField(required=False, max_length=max_length) for _code in self.languages
        ]
        super().__init__(
            fields,
            widget=I18nTextWidget(self.languages, rows=rows),
            require_all_fields=False,
            required=required,
            **kwargs,
        )

    def compress(self, data_list: list[str]) -> dict[str, str]:
        pairs = zip(self.languages, data_list or [], strict=False)
        return {code: text for code, text in pairs if text}


def owner_field() -> Any:
    """A member of the program, or nobody; `narrow_owner` fills it."""
    return forms.ModelChoiceField(
        User.objects.none(), required=False, label=_("Owner"), empty_label=_("Nobody yet")
    )


def narrow_owner(form: forms.BaseForm, actor: Actor) -> None:
    """People are no tenant rows: offer only active members of the actor's program."""
    field: Any = form.fields["owner"]
    field.queryset = User.objects.filter(
        memberships__program=actor.program, memberships__is_active=True
    ).order_by("name", "pk")
