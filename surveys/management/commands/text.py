"""`manage.py text evaluate`: how well sentiment is read, on sentences it has never seen."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.calc.text import sentiment
from surveys.text.encoder import encoder
from surveys.text.head import Reading
from surveys.text.schooling import school
from surveys.text.sentences import labelled

SETS = ("frozen_ko", "frozen_en", "second_ko", "second_en")
LEAST_RIGHT, LEAST_DECIDED = 0.85, 0.90


class Command(BaseCommand):
    help = "Evaluate the reading of comments on the frozen sentences."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["evaluate"])
        parser.add_argument("--wrong", action="store_true", help="list what was read wrongly")
        parser.add_argument("--rules", action="store_true", help="the word rules instead")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["rules"] and encoder() is None:
            raise CommandError("No encoder is installed (requirements-extras.txt). Try --rules.")
        good = [self._set(name, options) for name in SETS]
        if not all(good) and not options["rules"]:
            raise CommandError("below the goal")

    def _set(self, name: str, options: dict[str, Any]) -> bool:
        known, language = labelled(name), name[-2:]
        texts = [text for text, _label in known]
        begun = time.perf_counter()
        readings = _by_rules(texts, language) if options["rules"] else _by_head(texts)
        seconds = time.perf_counter() - begun
        pairs = list(zip(known, readings, strict=True))
        decided = [(k, r) for k, r in pairs if r.sentiment != "unknown"]
        right = sum(k[1] == r.sentiment for k, r in decided)
        shares = right / max(len(decided), 1), len(decided) / len(known)
        self.stdout.write(
            f"{name} n={len(known)} decided={shares[1]:.1%} right={shares[0]:.1%} "
            f"sentences_per_s={len(known) / seconds:.0f}"
        )
        for label in ("positive", "negative", "neutral"):
            mine = [r.sentiment for k, r in decided if k[1] == label]
            self.stdout.write(f"  {label}: {mine.count(label)} of {len(mine)}")
        if options["wrong"]:
            for (text, label), reading in pairs:
                if reading.sentiment != label:
                    self.stdout.write(
                        f"    {label} read {reading.sentiment} {reading.confidence:.2f}: {text}"
                    )
        return shares[0] >= LEAST_RIGHT and shares[1] >= LEAST_DECIDED


def _by_rules(texts: list[str], language: str) -> list[Reading]:
    return [Reading(sentiment(text, language), 1.0) for text in texts]


def _by_head(texts: list[str]) -> list[Reading]:
    coder, (head, _vectors) = encoder(), school()
    assert coder is not None
    return head.read(texts, coder.encode(texts))
