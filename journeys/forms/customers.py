"""Customers named in a form by the id of the client's own systems, or by their page's number."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.models import Customer


class CustomerNameField(forms.CharField):
    """A customer as people type one; the form's `clean_customer` finds them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {
            "max_length": 120,
            "required": False,
            "label": _("Customer"),
            "help_text": _(
                "The id in your own systems, or the number of the customer's page (#12)."
            ),
            **kwargs,
        }
        super().__init__(**kwargs)


def customer_named(actor: Actor, text: str) -> Customer | None:
    """The customer meant by the text; None for an empty one. Raises ValidationError."""
    asked = text.strip()
    if not asked:
        return None
    rows = Customer.objects.for_actor(actor).filter(erased_at=None)
    number = asked.removeprefix("#")
    found = rows.filter(external_id=asked).first()
    if found is None and number.isascii() and number.isdigit() and len(number) < 19:
        found = rows.filter(pk=int(number)).first()
    if found is None:
        raise forms.ValidationError(_("No customer of this program has this id."))
    return found
