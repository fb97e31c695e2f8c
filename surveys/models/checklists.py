"""Mystery shopping: which questions of a survey are checked, what they weigh, in which stores."""

from django.core.validators import MinValueValidator
from django.db import models

from cxportal.core.models import TenantModel
from surveys.models.surveys import Survey


class ChecklistItem(TenantModel):
    """A question answered by yes, partly, no or not applicable; named by its code, so that it
    means the same in every version.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="checklist_items")
    question_code = models.CharField(max_length=40)
    # Where it belongs; the name of a touchpoint of the journeys where there is one.
    touchpoint = models.CharField(max_length=120, blank=True)
    weight = models.DecimalField(
        max_digits=6, decimal_places=2, default=1, validators=[MinValueValidator(0)]
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "question_code"], name="checklist_item_unique"
            )
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.question_code


class ChecklistStore(TenantModel):
    """A store that is visited, by the code of its choice: our own or a competitor's."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="checklist_stores")
    code = models.CharField(max_length=40)
    # Empty: our own store.
    competitor = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["survey", "code"], name="checklist_store_unique")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.code
