"""Notes on a record, below its address."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.fields import MemberField, ScopedPrimaryKeyRelatedField
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import NestedViewSet
from cxportal.core.models import Note
from cxportal.core.services.notes import note_add


class NoteSerializer(PortalSerializer):
    """A remark; `mentions` are told by name, `parent` is the remark it answers."""

    id = serializers.IntegerField(read_only=True)
    author = serializers.CharField(source="author_label", read_only=True)
    text = serializers.CharField(max_length=10_000)
    parent = ScopedPrimaryKeyRelatedField(  # type: ignore[assignment]
        model=Note, required=False, allow_null=True
    )
    mentions = serializers.ListField(
        child=MemberField(), max_length=50, required=False, write_only=True
    )
    at = serializers.DateTimeField(read_only=True)


class NoteViewSet(NestedViewSet):
    """Declare `parent_model`, `parent_name` and `permissions` of list and create."""

    model = Note
    serializer_class = NoteSerializer

    def scoped(self) -> QuerySet[Any]:
        parent = self.parent()
        rows: QuerySet[Any] = Note.objects.for_actor(self.actor)
        return rows.filter(object_type=parent._meta.label_lower, object_id=parent.pk)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say something about the record."""
        return self.created(note_add(actor=self.actor, obj=self.parent(), **self.data()))
