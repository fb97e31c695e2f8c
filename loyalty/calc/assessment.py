"""What several people's levels add up to: means by weight on 0–100, and where they differ."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: People whose levels lie this many steps apart see the company differently.
APART = 3


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One statement: `mean` of the levels given (1…levels), how many gave one, lowest, highest.

    `spread` is how many people chose each level that was chosen, from the lowest up.
    """

    n: int
    mean: float | None
    lowest: int | None
    highest: int | None
    spread: tuple[tuple[int, int], ...] = ()

    @property
    def apart(self) -> bool:
        """True when opinions differ by APART steps or more."""
        return (
            self.lowest is not None
            and self.highest is not None
            and (self.highest - self.lowest >= APART)
        )


def item_result(levels: Iterable[int | None]) -> ItemResult:
    """Sum up what people said of one statement; None = cannot say, and does not count."""
    given = [level for level in levels if level is not None]
    if not given:
        return ItemResult(0, None, None, None)
    mean, spread = math.fsum(given) / len(given), tuple(sorted(Counter(given).items()))
    return ItemResult(len(given), mean, min(given), max(given), spread)


def on_hundred(mean: float, levels: int) -> float:
    """A mean level (1…levels) on 0–100: 100·(mean − 1)/(levels − 1)."""
    return 100 * (mean - 1) / (levels - 1)


def weighted_level(
    results: Mapping[str, ItemResult], weights: Mapping[str, float], levels: int
) -> float | None:
    """Σ weight · mean ÷ Σ weight over the statements somebody answered, on 0–100; None for none."""
    known = [
        (r.mean, weights[code])
        for code, r in results.items()
        if code in weights and r.mean is not None
    ]
    total = math.fsum(weight for _mean, weight in known)
    if total <= 0:
        return None
    return on_hundred(math.fsum(mean * weight for mean, weight in known) / total, levels)


def radar_points(values: Sequence[float | None], radius: float) -> list[tuple[float, float]]:
    """Corners of a radar line around (0, 0), first one at the top, clockwise; 0–100 to `radius`.

    A missing value stands in the middle.
    """
    step = 2 * math.pi / len(values) if values else 0.0
    lengths = [radius * (value or 0) / 100 for value in values]
    return [
        (length * math.sin(step * at), -length * math.cos(step * at))
        for at, length in enumerate(lengths)
    ]
