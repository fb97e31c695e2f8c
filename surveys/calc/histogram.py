"""The histogram every score is made of: how often each whole number from 0 to 10 was answered."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

#: Values 0..10, one bin each; a scale that starts at 1 leaves the lower bins empty.
BINS = 11


@dataclass(frozen=True, slots=True)
class Histogram:
    """One row of tallies: `counts[v]` answers of value v, their number, sum and sum of squares.

    Histograms form a group under + and -, so a difference may hold negative counts: that is the
    contribution an erased or changed answer takes out. `check()` tells a real sample from it.
    """

    counts: tuple[int, ...] = (0,) * BINS
    n: int = 0
    total: int = 0
    total_sq: int = 0

    def __post_init__(self) -> None:
        if len(self.counts) != BINS:
            raise ValueError(f"a histogram has {BINS} counts, not {len(self.counts)}")

    @classmethod
    def from_counts(cls, counts: Sequence[int]) -> "Histogram":
        """Make a histogram of `counts[v]` answers of value v; a shorter list is filled with 0."""
        filled = tuple(counts) + (0,) * (BINS - len(counts))
        return cls(
            counts=filled,
            n=sum(filled),
            total=sum(v * c for v, c in enumerate(filled)),
            total_sq=sum(v * v * c for v, c in enumerate(filled)),
        )

    @classmethod
    def from_values(cls, values: Iterable[int]) -> "Histogram":
        """Count whole-number answers. Raises ValueError for one outside 0..10."""
        counts = [0] * BINS
        for value in values:
            if not 0 <= value < BINS:
                raise ValueError(f"{value} is outside 0..{BINS - 1}")
            counts[value] += 1
        return cls.from_counts(counts)

    @classmethod
    def sum(cls, rows: Iterable["Histogram"]) -> "Histogram":
        """Add up any number of histograms; none gives the empty one."""
        whole = cls()
        for row in rows:
            whole = whole + row
        return whole

    def __add__(self, other: "Histogram") -> "Histogram":
        return Histogram(
            counts=tuple(a + b for a, b in zip(self.counts, other.counts, strict=True)),
            n=self.n + other.n,
            total=self.total + other.total,
            total_sq=self.total_sq + other.total_sq,
        )

    def __neg__(self) -> "Histogram":
        return Histogram(tuple(-c for c in self.counts), -self.n, -self.total, -self.total_sq)

    def __sub__(self, other: "Histogram") -> "Histogram":
        return self + -other

    def __bool__(self) -> bool:
        return self != Histogram()

    def check(self) -> "Histogram":
        """Return self. Raises ValueError when this cannot be a sample of answers 0..10."""
        if min(self.counts) < 0 or self != Histogram.from_counts(self.counts):
            raise ValueError("the counts of this histogram do not add up")
        return self

    def items(self) -> Iterator[tuple[int, int]]:
        """Pairs (value, count) of the values that were answered."""
        return ((v, c) for v, c in enumerate(self.counts) if c)

    def between(self, low: int, high: int) -> int:
        """Number of answers from `low` to `high`, both included."""
        return sum(self.counts[max(low, 0) : high + 1])

    @property
    def mean(self) -> float:
        """Mean answer. Raises ZeroDivisionError when there is none."""
        return self.total / self.n

    @property
    def squares(self) -> float:
        """Sum of squared deviations from the mean; 0 when there is no answer."""
        if self.n == 0:
            return 0.0
        # Whole numbers first: no cancellation however many answers there are.
        return (self.n * self.total_sq - self.total**2) / self.n

    @property
    def median(self) -> float:
        """Middle answer, or halfway between the two middle ones. Raises ValueError when empty."""
        if self.n < 1:
            raise ValueError("no answers, no median")
        reached = tuple(accumulate(self.counts))
        lower = next(v for v, c in enumerate(reached) if 2 * c >= self.n)
        upper = next(v for v, c in enumerate(reached) if 2 * c > self.n)
        return (lower + upper) / 2
