"""What people say to each other about an object of the program."""

from django.db import models

from cxportal.core.models.base import TenantModel
from cxportal.core.models.programs import Membership
from cxportal.core.models.records import StoredFile


class Note(TenantModel):
    """A remark on any object, known by type and id as in the audit trail.

    `parent` is the remark it answers (one level deep); `mentioned` were told by name.
    """

    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies"
    )
    author = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    author_label = models.CharField(max_length=200)
    text = models.TextField(max_length=10_000)
    mentioned = models.ManyToManyField(Membership, blank=True, related_name="+")
    files = models.ManyToManyField(StoredFile, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["program", "object_type", "object_id", "at"], name="note_object")
        ]

    def __str__(self) -> str:
        return self.text[:60]
