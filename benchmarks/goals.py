"""The goals in the order they are measured."""

from collections.abc import Callable

from benchmarks.goal_answers import measure_answers, measure_intake
from benchmarks.goal_boards import measure_boards
from benchmarks.goal_customers import (
    measure_drivers,
    measure_recompute,
    measure_search,
    measure_sync,
)
from benchmarks.goal_dashboard import measure_dashboard, measure_lists
from benchmarks.goal_exports import measure_exports, measure_rebuild
from benchmarks.goal_maps import measure_maps
from benchmarks.goal_responses import measure_responses
from benchmarks.goal_sending import measure_sending
from benchmarks.goal_start import measure_start
from benchmarks.line import Line

# Goals 1–3 share their rounds and are measured together under the first one's number.
GOALS: dict[str, Callable[[str], list[Line]]] = {
    "1": measure_answers,
    "4": measure_dashboard,
    "5": measure_intake,
    "8": measure_sending,
    "6": measure_sync,
    "7": measure_responses,
    "9": measure_exports,
    "10": measure_lists,
    "11": measure_rebuild,
    "12": measure_drivers,
    "search": measure_search,
    "value": measure_recompute,
    "13": measure_start,
    "14": measure_maps,
    "15": measure_boards,
}
