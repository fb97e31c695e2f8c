"""Who designs in these tests, and on what."""

from collections.abc import Callable

import pytest

from cxportal.core.actors import Actor
from surveys.models import Survey
from tests.surveys.designing import make_draft


@pytest.fixture
def designer(actor_for: Callable[[str], Actor]) -> Actor:
    return actor_for("designer")


@pytest.fixture
def draft(designer: Actor) -> Survey:
    """A draft of the template after a purchase."""
    return make_draft(designer, "purchase")
