"""What hangs on an action: roles, a checklist, templates that make it, links out of a board."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import I18nTextField, Membership, TenantModel, VersionedModel, text_in
from journeys.models.boards import Action, Board


class ActionRole(TenantModel):
    """RACI: who does it, who answers for it, who is asked, who is told."""

    class Role(models.TextChoices):
        RESPONSIBLE = "responsible", _("Responsible: does it")
        ACCOUNTABLE = "accountable", _("Accountable: answers for it")
        CONSULTED = "consulted", _("Consulted: is asked")
        INFORMED = "informed", _("Informed: is told")

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="roles")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["action", "membership", "role"], name="action_role_unique"
            ),
            models.UniqueConstraint(
                fields=["action"],
                condition=models.Q(role="accountable"),
                name="action_one_accountable",
            ),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.action_id}: {self.role}"


class ChecklistItem(TenantModel):
    """One step of an action's checklist."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="checklist")
    text = models.CharField(max_length=300)
    position = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class ActionTemplate(VersionedModel):
    """An action to be made again: by hand, or every week, month or quarter."""

    class Every(models.TextChoices):
        NEVER = "", pgettext_lazy("every", "By hand only")
        WEEK = "week", pgettext_lazy("every", "Every week")
        MONTH = "month", pgettext_lazy("every", "Every month")
        QUARTER = "quarter", pgettext_lazy("every", "Every quarter")

    name = I18nTextField()
    board = models.ForeignKey(
        Board, null=True, blank=True, on_delete=models.SET_NULL, related_name="templates"
    )
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=20_000)
    owner = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    due_days = models.PositiveSmallIntegerField(default=14)
    horizon = models.CharField(
        max_length=5, choices=Action.Horizon.choices, default=Action.Horizon.SHORT
    )
    checklist = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    every = models.CharField(max_length=8, choices=Every.choices, blank=True)
    next_on = models.DateField(null=True, blank=True)

    class Meta(VersionedModel.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name) or self.title


class BoardLink(TenantModel):
    """A secret address of one member: a calendar to subscribe to, or a form to log actions.

    Only the token's hash is stored; a link is revoked by its owner at any time.
    """

    class Kind(models.TextChoices):
        CALENDAR = "calendar", _("Calendar of my actions and cases")
        CAPTURE = "capture", _("Form to log an action")

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
