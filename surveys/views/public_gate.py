"""Before the first page a password may be asked, and after the last one contact be wanted."""

from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from cxportal.core.auth import client_address
from surveys.rendering import frame_context, message_page
from surveys.services.contact_wishes import contact_request
from surveys.views.public_rules import rules_shown
from surveys.views.visits import Visit, said_in

_SALT = "survey-password"
_HOURS = 12
#: Guesses of a password from one address in ten minutes.
_GUESSES, _WINDOW = 20, 600


def asked_for_password(visit: Visit) -> HttpResponse | None:
    """The page that asks for the password; None when there is none or it was given."""
    stored = visit.target.access.get("password")
    if not stored or _opened(visit):
        return None
    given = visit.given.get("password") if visit.request.method == "POST" else None
    if given and _may_guess(visit) and check_password(str(given)[:200], stored):
        # The key goes on in every form of this visit: no cookie is set.
        visit.key = _signer(visit).sign(str(visit.target.survey_id))
        return rules_shown(visit)
    return _ask(visit, wrong=bool(given))


def _may_guess(visit: Visit) -> bool:
    name = f"survey-password:{visit.target.survey_id}:{client_address(visit.request)}"
    try:
        cache.add(name, 0, _WINDOW)
        return int(cache.incr(name)) <= _GUESSES
    except (RedisError, ValueError):
        # While the cache is away nothing is counted.
        return True


def _signer(visit: Visit) -> TimestampSigner:
    # Another password, and every key given out before opens nothing.
    return TimestampSigner(salt=f"{_SALT}:{visit.target.access['password']}")


def _opened(visit: Visit) -> bool:
    key = str(visit.given.get("key") or "")
    try:
        _signer(visit).unsign(key, max_age=_HOURS * 3600)
    except BadSignature:
        return False
    visit.key = key
    return True


def _ask(visit: Visit, *, wrong: bool) -> HttpResponse:
    def page() -> str:
        frame = frame_context(visit.form, visit.language, visit.target.program_name)
        context = {**frame, "wrong": wrong, "submission": visit.shown_submission}
        return render_to_string("surveys/public/password.html", context)

    return HttpResponse(said_in(visit, page), status=403 if wrong else 200)


def contact_wanted(visit: Visit) -> HttpResponse:
    """Note that this person wants to be contacted, once."""
    contact_request(target=visit.target)

    def page() -> str:
        frame = frame_context(visit.form, visit.language, visit.target.program_name)
        said = _("Somebody from %s will get in touch with you.") % visit.target.program_name
        return message_page(_("We will contact you"), [said], mark=True, **frame)

    return HttpResponse(said_in(visit, page))
