"""The program of the key: its settings, members and teams."""

from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.models import Membership, Program, Role, Team


class MemberSerializer(PortalSerializer):
    """A member; the e-mail address only for keys that may see persons."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True)
    email = serializers.EmailField(read_only=True, allow_null=True)
    role = serializers.ChoiceField(choices=Role.choices, read_only=True)
    teams = serializers.ListField(child=serializers.IntegerField(), read_only=True)


class TeamSerializer(PortalSerializer):
    """A team."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True)


class ProgramSerializer(PortalSerializer):
    """The program a key belongs to, and what the key may do."""

    slug = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    timezone = serializers.CharField(read_only=True)
    currency = serializers.CharField(read_only=True)
    languages = serializers.ListField(child=serializers.CharField(), read_only=True)
    default_language = serializers.CharField(read_only=True)
    min_n = serializers.IntegerField(read_only=True)
    anonymity_n = serializers.IntegerField(read_only=True)
    contact_gap_days = serializers.IntegerField(read_only=True)
    active_weight = serializers.DecimalField(max_digits=4, decimal_places=2, read_only=True)


class ProgramDetailSerializer(ProgramSerializer):
    """With people and the key's scopes."""

    members = MemberSerializer(many=True, read_only=True)
    teams = TeamSerializer(many=True, read_only=True)
    scopes = serializers.ListField(child=serializers.CharField(), read_only=True)


class ProgramViewSet(PortalViewSet):
    """`GET /program/`: one record, the key's own program."""

    model = Program
    serializer_class = ProgramDetailSerializer
    permissions = {"own": "core.view_program"}
    filter_backends = []
    pagination_class = None

    @extend_schema(responses=ProgramDetailSerializer, operation_id="program_retrieve")
    def own(self, request: Request) -> Response:
        """The program this key belongs to."""
        program = self.actor.program
        return Response(
            {
                **ProgramSerializer(program).data,
                "members": [self._member(m) for m in self._members()],
                "teams": list(Team.objects.for_actor(self.actor).values("id", "name")),
                "scopes": sorted(self.actor.scopes),
            }
        )

    def _members(self) -> list[Membership]:
        teams = Prefetch("teams", Team.objects.for_actor(self.actor))
        rows = Membership.objects.for_actor(self.actor).filter(is_active=True)
        return list(rows.select_related("user").prefetch_related(teams).order_by("pk"))

    def _member(self, member: Membership) -> dict[str, Any]:
        return {
            "id": member.pk,
            "name": member.user.name,
            "email": member.user.email if self.actor.sees_personal_data else None,
            "role": member.role,
            "teams": [team.pk for team in member.teams.all()],
        }
