"""What a probe answers: one line of figures, and whether the promise held."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Figure = int | float | str


@dataclass(frozen=True)
class Line:
    """`F1 lost=0 dup=1 kills=10 stuck=0 finish_s=41 ok`, or `… FAIL`."""

    fault: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    ok: bool = True

    def __str__(self) -> str:
        words = [self.fault, *(f"{name}={value}" for name, value in self.figures.items())]
        return " ".join([*words, "ok" if self.ok else "FAIL"])
