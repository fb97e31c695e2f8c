"""Walks every address with every kind of visitor and says where somebody got too far."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cxportal.core import models as core
from cxportal.core.actors import ROLES, Actor
from cxportal.core.policies import may
from journeys import models as journeys
from loyalty import models as loyalty
from surveys import models as surveys

INSIDE = "p/<slug:program>/"
API = "api/v1/"
REFUSED = {403, 404, 405}
# What the number after a path segment names; a segment that is missing here fails the matrix.
SEGMENTS: dict[str, type[models.Model]] = {
    "action-templates": journeys.ActionTemplate,
    "actions": journeys.Action,
    "assessments": loyalty.Assessment,
    "automations": journeys.Automation,
    "board-links": journeys.BoardLink,
    "behaviours": journeys.Behaviour,
    "boards": journeys.Board,
    "campaigns": surveys.Campaign,
    "cases": journeys.Case,
    "causes": journeys.RootCause,
    "canned-replies": journeys.CannedReply,
    "cards": journeys.Card,
    "checklist": journeys.ChecklistItem,
    "columns": journeys.Column,
    "comments": surveys.Comment,
    "customer-values": loyalty.CustomerValue,
    "counted-metrics": surveys.OperationalMetric,
    "customers": core.Customer,
    "dashboards": surveys.Dashboard,
    "drivers": loyalty.Driver,
    "competitors": loyalty.Competitor,
    "benchmarks": loyalty.Benchmark,
    "accounts": loyalty.PointsAccount,
    "entries": loyalty.PointsEntry,
    "meetings": journeys.Meeting,
    "merges": core.CustomerMerge,
    "duplicates": core.DuplicatePair,
    "deliveries": core.WebhookDelivery,
    "events": core.CustomerEvent,
    "exports": core.Job,
    "evidence": journeys.EvidenceItem,
    "frameworks": loyalty.Framework,
    "files": core.StoredFile,
    "goals": loyalty.Goal,
    "imports": surveys.SurveyImport,
    "insights": journeys.Insight,
    "ideas": journeys.Idea,
    "invitations": core.MemberInvitation,
    "jobs": core.Job,
    "journeys": journeys.Journey,
    "kept-versions": journeys.JourneyVersion,
    "keys": core.ApiKey,
    "kpi-links": loyalty.KpiLink,
    "kpis": loyalty.Kpi,
    "lanes": journeys.Lane,
    "api-keys": core.ApiKey,
    "library": surveys.LibraryItem,
    "links": journeys.TouchpointMetric,
    "kano": journeys.KanoFeature,
    "map-files": core.StoredFile,
    "decisions": journeys.ReviewDecision,
    "members": core.Membership,
    "metrics": surveys.Metric,
    "months": loyalty.ScorecardSnapshot,
    "notes": core.Note,
    "notifications": core.Notification,
    "opportunities": journeys.Opportunity,
    "pages": surveys.Section,
    "people": core.Customer,
    "personas": journeys.Persona,
    "propositions": loyalty.ValueProposition,
    "processes": loyalty.Process,
    "questions": surveys.Question,
    "responses": surveys.Response,
    "saved-views": core.SavedView,
    "senders": surveys.SenderIdentity,
    "scheduled-reports": core.ScheduledReport,
    "replies": journeys.CannedReply,
    "restore": journeys.Touchpoint,
    "root-causes": journeys.RootCause,
    "sections": surveys.Section,
    "segments": core.Segment,
    "share-links": core.ShareLink,
    "shares": core.ShareLink,
    "sources": surveys.MetricSource,
    "stages": journeys.Stage,
    "steps": journeys.Step,
    "table-imports": core.TableImport,
    "suppressions": core.Suppression,
    "surveys": surveys.Survey,
    "teams": core.Team,
    "technologies": loyalty.Technology,
    "topics": surveys.Topic,
    "touchpoint-metrics": journeys.TouchpointMetric,
    "touchpoints": journeys.Touchpoint,
    "transactions": loyalty.Transaction,
    "value-models": loyalty.ValueModel,
    "versions": surveys.SurveyVersion,
    "voice": surveys.Comment,
    "webhooks": core.Webhook,
}

# Places that name no object.
FIXED = {"kind": "json", "language": "en", "position": "0"}


@dataclass(frozen=True)
class Route:
    """One address: its pattern, what answers it, its name."""

    pattern: str
    callback: Any
    name: str

    @property
    def view(self) -> Any:
        return getattr(self.callback, "view_class", None) or getattr(self.callback, "cls", None)


@dataclass
class Report:
    """How many cells were tried, and every one that went too far."""

    cells: int = 0
    leaks: list[str] = field(default_factory=list)

    def check(self, good: bool, what: str) -> None:
        self.cells += 1
        if not good:
            self.leaks.append(what)


def routes(resolver: Any = None, prefix: str = "", name: str = "") -> Iterator[Route]:
    """Every address of the portal."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            space = f"{name}{entry.namespace}:" if entry.namespace else name
            yield from routes(entry, pattern, space)
        elif isinstance(entry, URLPattern):
            yield Route(pattern, entry.callback, f"{name}{entry.name}")


def address(route: Route, slug: str, owner: core.Program) -> str | None:
    """The route's path with a real object of `owner` in each place, below program `slug`.

    Raises LookupError for a place nobody has described.
    """
    path = route.pattern.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\.", ".")
    path = path.replace("<slug:program>", slug)
    path = re.sub(r"\(\?P<(\w+)>(\([^)]*\)|[^()]*)\)", r"<\1>", path)
    for name, value in FIXED.items():
        path = re.sub(rf"<(\w+:)?{name}>", value, path)
    for place in re.findall(r"([\w-]+)/<(?:int:)?(\w+)>", path):
        segment, name = place
        path = re.sub(rf"<(int:)?{name}>", str(_object(segment, owner, route)), path, count=1)
    if "<" in path:
        raise LookupError(f"the matrix cannot fill {route.pattern}")
    return "/" + path


def _object(segment: str, owner: core.Program, route: Route) -> int:
    model = SEGMENTS.get(segment)
    if model is None:
        raise LookupError(f"tell the matrix what {segment}/<…> names in {route.pattern}")
    found = model._default_manager.filter(program=owner).order_by("pk").first()
    if found is None:
        raise LookupError(f"the matrix has no {model.__name__} to try {route.pattern} with")
    return int(found.pk)


def send(client: Client, method: str, path: str, **extra: Any) -> int:
    """Send one request and take everything it changed back."""
    point = transaction.savepoint()
    try:
        if method == "GET":
            return int(client.get(path, **extra).status_code)
        kind = "application/json" if path.startswith("/api/") else "multipart/form-data"
        if kind == "application/json":
            return int(client.post(path, {}, content_type=kind, **extra).status_code)
        return int(client.post(path, {}, **extra).status_code)
    finally:
        transaction.savepoint_rollback(point)


def signed_in(user: core.User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="cxportal.core.auth.ActiveUserBackend")
    return client


def walk_pages(
    home: core.Program,
    stranger: core.Membership,
    *,
    until_first_leak: bool = False,
    all_allowed: bool = False,
) -> Report:
    """Each page × GET and POST × nobody, a stranger, each role that must not see it.

    Of the roles that may, one by turns draws the page; `all_allowed` has every one do so.
    """
    report = Report()
    members = {m.role: m for m in core.Membership.unscoped.filter(program=home)}  # unscoped: test
    clients = {role: signed_in(members[role].user) for role in ROLES}
    actors = {role: Actor.member(members[role]) for role in ROLES}
    outsider, nobody = signed_in(stranger.user), Client(raise_request_exception=False)
    for number, route in enumerate(routes()):
        if not route.pattern.startswith(INSIDE):
            continue
        if until_first_leak and report.leaks:
            break
        permission = getattr(route.view, "permission", "")
        report.check(bool(permission), f"{route.name} declares no permission")
        path = address(route, home.slug, home)
        assert path is not None
        foreign = address(route, stranger.program.slug, home)
        has_object = "<int" in route.pattern
        allowed = [role for role in ROLES if may(actors[role], permission)]
        drawn = allowed if all_allowed or not allowed else [allowed[number % len(allowed)]]
        for method in ("GET", "POST"):
            status = send(nobody, method, path)
            report.check(status == 302, f"nobody {method} {path} {status}")
            status = send(outsider, method, path)
            report.check(status == 404, f"stranger {method} {path} {status}")
            if has_object and foreign:
                status = send(outsider, method, foreign)
                report.check(status in REFUSED, f"stranger's own {method} {foreign} {status}")
            for role in ROLES:
                if role in allowed and role not in drawn:
                    continue
                status = send(clients[role], method, path)
                good = status < 500 and (role in allowed or status == 403)
                report.check(good, f"{role} {method} {path} {status}")
    return report


def walk_api(home: core.Program, keys: dict[str, str], *, until_first_leak: bool = False) -> Report:
    """Each API address × GET and POST × no key, revoked, without scopes, of another program."""
    report = Report()
    client = Client(raise_request_exception=False)
    for route in routes():
        if not route.pattern.startswith(API) or "format" in route.pattern:
            continue
        if until_first_leak and report.leaks:
            break
        path = address(route, "", home)
        assert path is not None
        has_object = bool(re.search(r"<pk>|<int|\(\?P", route.pattern))
        declared = getattr(route.view, "permissions", {})
        report.check(bool(declared), f"{route.name} declares no permissions")
        for method in ("GET", "POST"):
            for name, wanted in (("none", 401), ("revoked", 401), ("bare", 403)):
                extra = (
                    {"headers": {"Authorization": f"Bearer {keys[name]}"}} if name != "none" else {}
                )
                status = send(client, method, path, **extra)
                good = status in {wanted, 405}
                report.check(good, f"{name} {method} {path} {status}")
            status = send(client, method, path, **_bearer(keys["foreign"]))
            good = status < 500 and (not has_object or status in {404, 405})
            report.check(good, f"foreign key {method} {path} {status}")
            status = send(client, method, path, **_bearer(keys["full"]))
            report.check(status < 500 and status != 401, f"full key {method} {path} {status}")
    return report


def _bearer(key: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {key}"}} if key else {}
