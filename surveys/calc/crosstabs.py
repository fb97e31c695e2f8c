"""Cross-tables: do two answers go together, and which cells stand out.

Pearson's χ² of independence with Cramér's V; cells by adjusted standardised residuals
(Haberman 1973), their p values corrected by Holm over the table. Cells whose expected counts are
too small for χ² (Cochran's rule: none below 1, at most a fifth below 5) are said so, not tested.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scipy import special

from surveys.calc.families import ALPHA, holm
from surveys.calc.quantiles import two_sided_p

LEAST_EXPECTED, USUAL_EXPECTED, SMALL_SHARE = 1, 5, 0.2


@dataclass(frozen=True, slots=True)
class Cell:
    """One count; `share` of its column (0 to 1); `sign` +1 or -1 where it stands out, else 0."""

    count: int
    share: float
    sign: int = 0


@dataclass(frozen=True, slots=True)
class Crosstab:
    """A table of counts with what may be said of it.

    `chi2`, `df`, `p` and `v` are None where counts are too small to test (`tested` False).
    """

    cells: tuple[tuple[Cell, ...], ...]
    n: int
    tested: bool
    chi2: float | None = None
    df: int | None = None
    p: float | None = None
    v: float | None = None


def crosstab(counts: Sequence[Sequence[int]], *, test: bool = True) -> Crosstab:
    """Test a table of counts, rows by columns; empty rows and columns count for nothing.

    Where people stand in several cells nothing can be tested: then `test` is False.
    """
    rows = [sum(row) for row in counts]
    columns = [sum(column) for column in zip(*counts, strict=True)]
    n = sum(rows)
    used_rows, used_columns = sum(r > 0 for r in rows), sum(c > 0 for c in columns)
    df = (used_rows - 1) * (used_columns - 1)
    expected = [r * c / n for r in rows for c in columns if r and c] if n else []
    if not test or df < 1 or not _large_enough(expected):
        return Crosstab(_cells(counts, columns, None), n, False)
    chi2 = sum(
        (counts[i][j] - r * c / n) ** 2 / (r * c / n)
        for i, r in enumerate(rows)
        for j, c in enumerate(columns)
        if r and c
    )
    p = float(special.chdtrc(df, chi2))
    v = sqrt(chi2 / n / min(used_rows - 1, used_columns - 1))
    signs = _signs(counts, rows, columns, n) if p < ALPHA else None
    return Crosstab(_cells(counts, columns, signs), n, True, chi2, df, p, v)


def _large_enough(expected: Sequence[float]) -> bool:
    if not expected or min(expected) < LEAST_EXPECTED:
        return False
    return sum(e < USUAL_EXPECTED for e in expected) <= SMALL_SHARE * len(expected)


def _signs(
    counts: Sequence[Sequence[int]], rows: Sequence[int], columns: Sequence[int], n: int
) -> list[list[int]]:
    """+1 and -1 for cells that stand out, after Holm over all cells that can."""
    residuals: dict[tuple[int, int], float] = {}
    for i, r in enumerate(rows):
        for j, c in enumerate(columns):
            variance = r * c / n * (1 - r / n) * (1 - c / n)
            if variance > 0:
                residuals[i, j] = (counts[i][j] - r * c / n) / sqrt(variance)
    corrected = holm([two_sided_p(z) for z in residuals.values()])
    signs = [[0] * len(columns) for _ in rows]
    for ((i, j), z), p in zip(residuals.items(), corrected, strict=True):
        if p < ALPHA:
            signs[i][j] = 1 if z > 0 else -1
    return signs


def _cells(
    counts: Sequence[Sequence[int]], columns: Sequence[int], signs: list[list[int]] | None
) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        tuple(
            Cell(count, count / (columns[j] or 1), signs[i][j] if signs else 0)
            for j, count in enumerate(row)
        )
        for i, row in enumerate(counts)
    )
