"""Mystery shopping by the API: the checklist, and how stores came out."""

from typing import Any

from rest_framework import serializers

from cxportal.core.actors import Actor
from cxportal.core.api.fields import I18nField
from cxportal.core.api.serializers import PortalSerializer
from surveys.calc.checklists import Score
from surveys.models import Survey
from surveys.queries.checklists import StoreTable, store_table


class ChecklistItemSerializer(PortalSerializer):
    """A question that is checked."""

    code = serializers.CharField(max_length=40)
    text = I18nField(read_only=True)
    touchpoint = serializers.CharField(max_length=120, required=False, allow_blank=True)
    weight = serializers.FloatField(min_value=0, max_value=1000)


class ChecklistStoreSerializer(PortalSerializer):
    """A store that is visited; `competitor` is empty for our own."""

    code = serializers.CharField(max_length=40)
    text = I18nField(read_only=True)
    competitor = serializers.CharField(max_length=120, required=False, allow_blank=True)


class ChecklistSerializer(PortalSerializer):
    """Items and stores; both replace what was there."""

    items = ChecklistItemSerializer(many=True, max_length=300)  # type: ignore[call-arg]
    stores = ChecklistStoreSerializer(many=True, max_length=200)  # type: ignore[call-arg]


class PointsSerializer(PortalSerializer):
    """Points of some visits; `share` is earned of possible, null when nothing applied."""

    earned = serializers.FloatField()
    possible = serializers.FloatField()
    share = serializers.FloatField(allow_null=True)
    visits = serializers.IntegerField()


class StoreTouchpointSerializer(PointsSerializer):
    """Points at one touchpoint."""

    touchpoint = serializers.CharField()


class StoreSerializer(PointsSerializer):
    """Points of one store."""

    code = serializers.CharField()
    name = serializers.CharField()
    competitor = serializers.CharField()
    touchpoints = StoreTouchpointSerializer(many=True)


class StoresSerializer(PortalSerializer):
    """Stores beside each other, ours first; sums are added before they are divided."""

    own = PointsSerializer()
    competitors = PointsSerializer()
    stores = StoreSerializer(many=True)


def stores_shown(actor: Actor, survey: Survey) -> dict[str, Any]:
    """The table of stores in the shape of StoresSerializer."""
    table = store_table(actor, survey)
    return {
        "own": _points(table.own_whole),
        "competitors": _points(table.others_whole),
        "stores": [
            {
                "code": store.code,
                "name": store.name,
                "competitor": store.competitor,
                **_points(store.whole),
                "touchpoints": _touchpoints(table, store.parts),
            }
            for store in table.stores
        ],
    }


def _touchpoints(table: StoreTable, parts: list[Score]) -> list[dict[str, Any]]:
    pairs = zip(table.touchpoints, parts, strict=True)
    return [{"touchpoint": name, **_points(score)} for name, score in pairs]


def _points(score: Score) -> dict[str, Any]:
    return {
        "earned": score.earned,
        "possible": score.possible,
        "share": score.share,
        "visits": score.visits,
    }
