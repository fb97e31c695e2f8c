"""From asked to answered: the response funnel and its rates by AAPOR's Standard Definitions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Funnel:
    """People asked by name in a period, by how far they came.

    `asked` had a message sent to them, of whom `bounced` did not get it. `opened` looked at the
    survey where that is known (None where it is not). `partial` began and did not finish;
    `refused` said they do not want to be asked.
    """

    asked: int
    bounced: int
    completed: int
    partial: int
    refused: int = 0
    opened: int | None = None

    @property
    def delivered(self) -> int:
        return self.asked - self.bounced

    @property
    def started(self) -> int:
        return self.completed + self.partial

    @property
    def silent(self) -> int:
        """Reached, but neither began nor refused: non-contacts in AAPOR's terms."""
        return max(0, self.delivered - self.started - self.refused)

    @property
    def rr1(self) -> float | None:
        """RR1 = I / ((I + P) + (R + NC + O) + (UH + UO)), 0 to 1; None when nobody was asked.

        Whom the message did not reach counts as of unknown eligibility (UO).
        """
        return self._rate(self.completed)

    @property
    def rr2(self) -> float | None:
        """RR2 = (I + P) over the same denominator."""
        return self._rate(self.started)

    @property
    def completion(self) -> float | None:
        """Completed of started, 0 to 1. (Some vendors divide by sent; that is RR1 here.)"""
        return self.completed / self.started if self.started else None

    def _rate(self, above: int) -> float | None:
        below = self.started + self.refused + self.silent + self.bounced
        return above / below if below else None


def dropped_per_page(last_pages: list[int], pages: int, completed: int) -> list[tuple[int, int]]:
    """(reached, left) for each page: who came to it, and for whom it was the last one answered.

    `last_pages` holds, for each who did not finish, the last page with an answer, -1 for none;
    who left there is counted as having left on the next page, which was shown and not answered.
    """
    left_at = [0] * pages
    for last in last_pages:
        left_at[min(last + 1, pages - 1)] += 1
    reached, rows = completed + len(last_pages), []
    for left in left_at:
        rows.append((reached, left))
        reached -= left
    return rows
