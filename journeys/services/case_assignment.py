"""Who gets a case: the account manager, else the team's people in turn."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Membership, Role, Team
from journeys.models import Case, CaseRules

_WORKERS = (Role.OWNER, Role.DESIGNER, Role.MANAGER, Role.STAFF)


class Rota:
    """Hands out cases in turn: whoever got one the longest time ago is next."""

    def __init__(self, actor: Actor, rules: CaseRules) -> None:
        self._actor, self._rules = actor, rules
        self._queues: dict[int, list[Membership]] = {}

    def owner_for(self, customer: Customer | None, team: Team | None) -> Membership | None:
        """The owner of a new case by the program's rules; None leaves it to the team."""
        how = self._rules.assignment
        if how == CaseRules.Assignment.MANAGER and customer is not None:
            manager = customer.account_manager
            if manager is not None and manager.is_active:
                return manager
        chosen = team or self._rules.team
        if how == CaseRules.Assignment.NOBODY or chosen is None:
            return None
        return self._next(chosen)

    def _next(self, team: Team) -> Membership | None:
        if team.pk not in self._queues:
            self._queues[team.pk] = list(self._by_last_case(team))
        queue = self._queues[team.pk]
        if not queue:
            return None
        first = queue.pop(0)
        queue.append(first)
        return first

    def _by_last_case(self, team: Team) -> Iterable[Membership]:
        members: Any = Membership.objects.for_actor(self._actor)
        people = {m.pk: m for m in members.filter(teams=team, is_active=True, role__in=_WORKERS)}
        cases: Any = Case.objects.for_actor(self._actor)
        last = dict(
            cases.filter(owner__in=people).order_by().values_list("owner").annotate(Max("pk"))
        )
        return sorted(people.values(), key=lambda member: (last.get(member.pk, 0), member.pk))
