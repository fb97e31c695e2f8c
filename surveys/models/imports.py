"""What became of files that surveys were taken over from."""

from django.conf import settings
from django.db import models

from cxportal.core.models import TenantModel
from surveys.models.surveys import Survey


class SurveyImport(TenantModel):
    """The report of one file: which elements were taken, changed, refused, and why.

    `report`: {"found", "taken", "changed", "refused", "kinds": {kind: the same four},
    "elements": [{"kind", "place", "name", "result", "became", "reason", "params"}],
    "responses": {"found", "taken", "refused"}}.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=200)
    format = models.CharField(max_length=10)
    report = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(TenantModel.Meta):
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name
