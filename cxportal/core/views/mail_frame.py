"""Showing a mail inside a frame of our pages: its own styles count, and nothing in it runs."""

from collections.abc import Callable
from typing import cast

from csp.decorators import csp_replace
from django.http import HttpResponseBase
from django.views.decorators.clickjacking import xframe_options_sameorigin

View = Callable[..., HttpResponseBase]
MAIL_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
# A button of a mail opens beside the frame, as it would beside a mail program.
_BASE = '<base target="_blank" rel="noopener">'


def as_mail(view: View) -> View:
    """Give the view's response the policy of a framed mail."""
    return cast(View, csp_replace(MAIL_POLICY)(xframe_options_sameorigin(view)))


def framed(html: str) -> str:
    """The mail's HTML with its links led out of the frame."""
    return html.replace("<head>", f"<head>{_BASE}", 1)
