"""The library of questions and blocks, and putting them into a survey's draft."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import NestedViewSet, PortalViewSet
from cxportal.core.errors import DomainError
from surveys.models import LibraryItem, Question, Section, Survey
from surveys.queries.library import library_items
from surveys.services.library import (
    library_delete,
    library_insert,
    library_rename,
    library_save,
    part_copy,
)


class LibraryItemSerializer(PortalSerializer):
    """A question or a block; `document` is a section of docs/survey-json.md."""

    id = serializers.IntegerField(read_only=True)
    kind = serializers.ChoiceField(choices=LibraryItem.Kind.choices, read_only=True)
    name = serializers.CharField(max_length=120)
    document = serializers.DictField(read_only=True)
    default_language = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class LibraryKeepSerializer(PortalSerializer):
    """The question or page to be kept."""

    question = ScopedPrimaryKeyRelatedField(model=Question, required=False)
    section = ScopedPrimaryKeyRelatedField(model=Section, required=False)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)


class InsertSerializer(PortalSerializer):
    """One of `item`, `question`, `section`: what is put in; `page` and `position`: where."""

    item = ScopedPrimaryKeyRelatedField(model=LibraryItem, required=False)
    question = ScopedPrimaryKeyRelatedField(model=Question, required=False)
    section = ScopedPrimaryKeyRelatedField(model=Section, required=False)
    page = ScopedPrimaryKeyRelatedField(model=Section, required=False)
    position = serializers.IntegerField(min_value=0, max_value=300, required=False)


class InsertedSerializer(PortalSerializer):
    """Codes of what was put in, the new page's id, and what could not come along."""

    questions = serializers.ListField(child=serializers.CharField())
    section = serializers.IntegerField(allow_null=True)
    left_out = serializers.ListField(child=serializers.CharField())


def one_of(values: dict[str, Any], *names: str) -> str:
    """The one name given. Raises DomainError "invalid"."""
    given = [name for name in names if values.get(name) is not None]
    if len(given) != 1:
        sentence = _("Name exactly one of: %(names)s.") % {"names": ", ".join(names)}
        raise DomainError("invalid", sentence)
    return given[0]


class LibraryViewSet(PortalViewSet):
    """Questions and blocks kept for reuse."""

    model = LibraryItem
    serializer_class = LibraryItemSerializer
    permissions = {
        "list": "surveys.change_surveys",
        "retrieve": "surveys.change_surveys",
        "create": "surveys.change_surveys",
        "partial_update": "surveys.change_surveys",
        "destroy": "surveys.change_surveys",
    }
    orderings = {"id": "id", "name": "name"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        search = self.request.query_params.get("search", "") if self.action == "list" else ""
        return library_items(self.actor, search)

    @extend_schema(request=LibraryKeepSerializer, responses={201: LibraryItemSerializer})
    def create(self, request: Request) -> Response:
        """Keep a question or a page with its questions."""
        values = self.data(LibraryKeepSerializer)
        part = values[one_of(values, "question", "section")]
        item = library_save(actor=self.actor, part=part, name=values.get("name", ""))
        return self.created(item)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Call an item otherwise."""
        values = self.data(partial=True)
        name = values.get("name", "")
        return self.shown(library_rename(actor=self.actor, item=self.get_object(), name=name))

    def destroy(self, request: Request, pk: int) -> Response:
        """Take an item out; surveys keep their copies."""
        library_delete(actor=self.actor, item=self.get_object())
        return self.gone()


class InsertViewSet(NestedViewSet):
    """Put a question or block into a draft."""

    model = LibraryItem
    parent_model = Survey
    parent_name = "survey"
    serializer_class = InsertSerializer
    permissions = {"create": "surveys.change_surveys"}

    @extend_schema(request=InsertSerializer, responses={201: InsertedSerializer})
    def create(self, request: Request, survey: int) -> Response:
        """From the library, or copied from another survey."""
        draft, values = self.parent(), self.data()
        name = one_of(values, "item", "question", "section")
        place = {"section": values.get("page"), "position": values.get("position")}
        if name == "item":
            made = library_insert(actor=self.actor, survey=draft, item=values["item"], **place)
        else:
            made = part_copy(actor=self.actor, survey=draft, part=values[name], **place)
        body = {
            "questions": [question.code for question in made.questions],
            "section": made.section.pk if made.section else None,
            "left_out": made.left_out,
        }
        return Response(body, status=201)
