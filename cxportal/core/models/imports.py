"""Tables brought as files: what stands in which column, how far they came, what was refused."""

from django.conf import settings
from django.db import models

from cxportal.core.models.base import TenantModel
from cxportal.core.models.records import Job, StoredFile


class TableImport(TenantModel):
    """One file on its way in. `done` grows with each batch, in the batch's own transaction."""

    kind = models.CharField(max_length=30)  # of registry.import_targets
    name = models.CharField(max_length=200)
    # Kept until the last row is in; what was refused is kept by ImportFault.
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL, related_name="+")
    columns = models.JSONField(default=list)
    # {column of the file: our field, "attributes.<key>", or "" when it is left out}
    mapping = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        """Its columns can still be told apart; nothing was taken yet."""
        return self.started_at is None


class ImportFault(TenantModel):
    """One row that was refused, as it stood in the file, with the reasons per field."""

    table_import = models.ForeignKey(TableImport, on_delete=models.CASCADE, related_name="faults")
    line = models.PositiveIntegerField()
    cells = models.JSONField(default=dict)
    errors = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["table_import", "line"], name="import_fault_unique")
        ]
        ordering = ["line"]

    def __str__(self) -> str:
        return f"{self.table_import_id}:{self.line}"
