"""S73: verdicts on simulated actions.

Without an effect "changed" in at most 5 % ± 1 of the runs; with one as often as computed ± 3
points; differences in differences recover a planted effect under a common trend. At full size these
figures are met as they stand; the 2,000 runs of the small size are allowed three standard errors of
the simulation itself.
"""

from math import sqrt

from surveys.calc.definitions import standard_definition
from tests.journeys.verdicts import changed_share, computed_power, planted
from tests.surveys.calc.simulation import Shape
from tests.torture.line import Figure, Line

FAULT = "S73"
RUNS = {"ci": 2_000, "full": 20_000}
MOST_ALARMS, POWER_OFF, LEAST_HELD, MEAN_OFF = 0.06, 0.03, 0.94, 1.0
SHAPES: dict[str, tuple[Shape, Shape, Shape]] = {
    "nps": (
        {10: 0.5, 8: 0.3, 3: 0.2},
        {10: 0.6, 8: 0.25, 3: 0.15},
        {10: 0.7, 8: 0.2, 3: 0.1},
    ),
    "csat": (
        {5: 0.3, 4: 0.3, 3: 0.2, 1: 0.2},
        {5: 0.4, 4: 0.3, 3: 0.2, 1: 0.1},
        {5: 0.5, 4: 0.32, 3: 0.1, 1: 0.08},
    ),
    "ces": (
        {7: 0.3, 5: 0.3, 3: 0.4},
        {7: 0.4, 5: 0.3, 3: 0.3},
        {7: 0.5, 5: 0.3, 3: 0.2},
    ),
}
SIZES = (50, 150, 400)


def run(size: str) -> Line:
    runs = RUNS[size]
    few = size != "full"
    worst: dict[str, float] = {"alarms": 0.0, "power_off": 0.0, "held": 1.0, "mean_off": 0.0}
    wrong: list[str] = []
    for kind, (usual, better, best) in SHAPES.items():
        definition = standard_definition(kind)
        for n in SIZES:
            alarms = changed_share(definition, usual, usual, n, runs=runs, seed=73)
            power = computed_power(definition, usual, better, n)
            found = changed_share(definition, usual, better, n, runs=runs, seed=73)
            off = abs(found - power)
            trend = planted(definition, (usual, better), (usual, better), n, runs=runs, seed=73)
            plant = planted(definition, (usual, best), (usual, better), n, runs=runs, seed=73)
            spread = 3 * sqrt(0.25 / runs) if few else 0.0
            slack = 3 * sqrt(0.06 * 0.94 / runs) if few else 0.0
            mean_off = abs(plant.mean - _truth(kind, best, better))
            worst["alarms"] = max(worst["alarms"], alarms, trend.changed)
            worst["power_off"] = max(worst["power_off"], off)
            worst["held"] = min(worst["held"], plant.held, trend.held)
            worst["mean_off"] = max(worst["mean_off"], mean_off)
            if max(alarms, trend.changed) > MOST_ALARMS + slack:
                wrong.append(f"{kind} {n} alarms {alarms:.3f} {trend.changed:.3f}")
            if off > POWER_OFF + spread:
                wrong.append(f"{kind} {n} power {found:.3f} for {power:.3f}")
            if min(plant.held, trend.held) < LEAST_HELD - slack:
                wrong.append(f"{kind} {n} held {plant.held:.3f} {trend.held:.3f}")
            if mean_off > MEAN_OFF * (3 if few else 1):
                wrong.append(f"{kind} {n} mean off {mean_off:.2f}")
    figures: dict[str, Figure] = {"runs": runs}
    figures |= {name: round(value, 4) for name, value in worst.items()}
    return Line(FAULT, {**figures, "wrong": "; ".join(wrong) or "none"}, not wrong)


def _truth(kind: str, best: Shape, better: Shape) -> float:
    """The planted effect: how much more the treated changed than the others."""
    from tests.surveys.calc.simulation import true_score

    definition = standard_definition(kind)
    return true_score(definition, best) - true_score(definition, better)
