"""The answer of every bulk command: what became of each row, and the sums."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_ROWS = 10_000


@dataclass
class BulkResult:
    """What became of a batch.

    `rows` holds {"external_id", "status", "errors"} in the order of the input; status is created,
    updated, unchanged or failed.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, external_id: str, status: str, errors: Mapping[str, str] | None = None) -> None:
        """Count one row."""
        setattr(self, status, getattr(self, status) + 1)
        self.rows.append(
            {"external_id": external_id, "status": status, "errors": dict(errors or {})}
        )

    def as_dict(self) -> dict[str, Any]:
        """The shape the API answers."""
        return {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "failed": self.failed,
            "rows": self.rows,
        }
