"""What the portal remembers about its own work: audit, outbox, jobs, notices, files."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxportal.core.models.base import BusyTenantModel, TenantModel


class AuditEntry(TenantModel):
    """One command that was carried out: who, when, on what, what changed. Never changed."""

    at = models.DateTimeField(auto_now_add=True)
    actor_label = models.CharField(max_length=200)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    api_key = models.ForeignKey(
        "core.ApiKey", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    object_label = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["program", "object_type", "object_id", "-at"], name="audit_object"
            ),
            models.Index(fields=["program", "-id"], name="audit_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class OutboxEvent(BusyTenantModel):
    """A side effect that waits, written in the transaction that caused it.

    `topic` names the consumer ("scores", "events"); a claimed row is deleted by its consumer in
    the transaction that carries the effect out.
    """

    topic = models.CharField(max_length=30)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True, db_default=models.functions.Now())

    class Meta(BusyTenantModel.Meta):
        indexes = [models.Index(fields=["topic", "id"], name="outbox_next")]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


class Notification(TenantModel):
    """Something a member should know; `kind` picks the sentence, `params` fill it."""

    membership = models.ForeignKey(
        "core.Membership", on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["membership", "-id"], name="notification_recent")]

    def __str__(self) -> str:
        return self.kind


class StoredFile(TenantModel):
    """A file somebody brought or the portal made; downloads check program and policy again."""

    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="files/%Y/%m/")
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    # Asked again at each download; empty: only who made it may fetch it.
    permission = models.CharField(max_length=60, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Job(TenantModel):
    """Long work one can leave and come back to."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    params = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True)
    result = models.JSONField(default=dict)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["state", "id"], name="job_next")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def share(self) -> int:
        """Progress in whole percent (0–100)."""
        return min(100, self.done * 100 // self.total) if self.total else 0


class ApiKey(TenantModel):
    """A client's key; only its hash is stored."""

    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12, unique=True)
    key_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class IdempotencyRecord(TenantModel):
    """The first answer to a POST with an Idempotency-Key, kept at least 24 hours."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    route = models.CharField(max_length=300)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["api_key", "key"], name="idempotency_unique")
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return self.key


class Webhook(TenantModel):
    """An address of the client's that hears of events.

    By the Standard Webhooks rules, or as a message in the format of a chat service.
    """

    class Format(models.TextChoices):
        STANDARD = "standard", _("Another system: signed by the Standard Webhooks rules")
        SLACK = "slack", _("Slack: a message in a channel")
        TEAMS = "teams", _("Microsoft Teams: a card in a channel")

    name = models.CharField(max_length=120, blank=True)
    format = models.CharField(max_length=10, choices=Format.choices, default=Format.STANDARD)
    url = models.URLField(max_length=500)
    events = ArrayField(models.CharField(max_length=60), default=list)
    secret = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name or self.url

    @property
    def is_chat(self) -> bool:
        """Whether people read it, rather than a program."""
        return self.format != self.Format.STANDARD


class WebhookDelivery(TenantModel):
    """One event on its way to one webhook."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.CharField(max_length=60)
    event = models.CharField(max_length=60)
    payload = models.JSONField()
    attempt = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_status = models.CharField(max_length=100, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="webhook_event_unique")
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="webhook_due",
                condition=models.Q(delivered_at=None, failed_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.webhook_id}"
