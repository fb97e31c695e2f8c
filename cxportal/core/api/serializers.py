"""What serializers of every floor begin with: nothing is written that was not declared."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers


class PortalSerializer(serializers.Serializer[Any]):
    """Lists its fields; whatever else a client sends is refused by name, never written."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse_unknown(data)
        return super().to_internal_value(data)

    def _refuse_unknown(self, data: Mapping[Any, Any]) -> None:
        writable = {name for name, field in self.fields.items() if not field.read_only}
        unknown = [str(name)[:60] for name in data if name not in writable]
        if unknown:
            sentence = _("There is no such field to set.")
            raise serializers.ValidationError({name: [sentence] for name in unknown})


class RecordSerializer(PortalSerializer):
    """An editable document: its id, version and times."""

    id = serializers.IntegerField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class BulkRowSerializer(PortalSerializer):
    """What became of one row."""

    external_id = serializers.CharField()
    status = serializers.ChoiceField(choices=["created", "updated", "unchanged", "failed"])
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.CharField()
    )


class BulkSerializer(PortalSerializer):
    """What became of a batch; `rows` are in the order of the input."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    failed = serializers.IntegerField()
    rows = BulkRowSerializer(many=True)
