"""Corrected p values, cross-tables, the funnel and columns of exports."""

import pytest
from scipy import stats

from surveys.calc.columns import Measure, Type, Way, columns_of
from surveys.calc.crosstabs import crosstab
from surveys.calc.families import benjamini_hochberg, holm
from surveys.calc.funnel import Funnel, dropped_per_page

# statsmodels.stats.multitest.multipletests of these gives what is expected below.
P = [0.01, 0.04, 0.03, 0.005]


def test_holm() -> None:
    assert holm(P) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_benjamini_hochberg_agrees_with_scipy() -> None:
    assert benjamini_hochberg(P) == pytest.approx(stats.false_discovery_control(P).tolist())
    assert benjamini_hochberg(P) == pytest.approx([0.02, 0.04, 0.04, 0.02])


def test_a_cross_table_agrees_with_scipy() -> None:
    counts = [[30, 10, 20], [20, 40, 30]]
    found = crosstab(counts)
    expected = stats.chi2_contingency(counts, correction=False)
    assert found.chi2 == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue)
    assert found.df == expected.dof == 2
    assert found.v == pytest.approx(stats.contingency.association(counts, method="cramer"))
    assert [[cell.sign for cell in row] for row in found.cells] == [[1, -1, 0], [-1, 1, 0]]
    assert found.cells[0][0].share == pytest.approx(0.6)


@pytest.mark.parametrize("counts", [[[3, 1], [1, 3]], [[5, 5]], [[0, 0], [0, 0]], [[9, 0], [7, 0]]])
def test_a_table_of_few_is_not_tested(counts: list[list[int]]) -> None:
    found = crosstab(counts)
    assert (found.tested, found.p) == (False, None)
    assert not any(cell.sign for row in found.cells for cell in row)


def test_response_rates_of_aapor() -> None:
    # I 300, P 50, R 20, NC 580, UO 50: RR1 = 300/1000, RR2 = 350/1000.
    funnel = Funnel(asked=1000, bounced=50, completed=300, partial=50, refused=20)
    assert (funnel.rr1, funnel.rr2) == (0.3, 0.35)
    assert funnel.completion == pytest.approx(300 / 350)
    assert (funnel.delivered, funnel.silent) == (950, 580)
    assert Funnel(0, 0, 0, 0).rr1 is None


def test_people_leave_on_the_page_they_saw_and_did_not_answer() -> None:
    rows = dropped_per_page([-1, -1, 0, 1, 2], pages=3, completed=10)
    assert rows == [(15, 2), (13, 1), (12, 2)]


def question(code: str, kind: str, **more: object) -> dict[str, object]:
    return {"code": code, "kind": kind, "text": {"en": code.upper(), "ko": "질문"}, **more}


AB = [{"code": "a", "text": {"en": "A"}}, {"code": "b", "text": {"en": "B"}, "other": True}]
ROWS = [{"code": "r1", "text": {"en": "R1"}}, {"code": "r2", "text": {"en": "R2"}}]


def names(*questions: dict[str, object]) -> list[str]:
    return [c.name for c in columns_of([{"sections": [{"questions": list(questions)}]}])]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (question("q", "nps"), ["q"]),
        (question("q", "statement"), []),
        (question("q", "single", choices=AB), ["q", "q_b_text"]),
        (question("q", "multiple", choices=AB), ["q_a", "q_b", "q_b_text"]),
        (question("q", "ranking", choices=AB), ["q_a", "q_b"]),
        (question("q", "best_worst", choices=AB), ["q_best", "q_worst"]),
        (question("q", "constant_sum", choices=AB), ["q_a", "q_b"]),
        (question("q", "matrix_single", choices=AB, rows=ROWS), ["q_r1", "q_r2"]),
        (question("q", "matrix_multiple", choices=AB, rows=ROWS[:1]), ["q_r1_a", "q_r1_b"]),
        (question("q", "contact", settings={"fields": ["email", "name"]}), ["q_name", "q_email"]),
        (question("q", "file"), ["q"]),
        (question("q", "something_new"), ["q"]),
        (question("1-x", "number"), ["q_1_x"]),
    ],
)
def test_every_kind_of_question_has_its_columns(
    asked: dict[str, object], expected: list[str]
) -> None:
    assert names(asked) == expected


def test_two_columns_never_share_a_name() -> None:
    found = names(
        question("a", "multiple", choices=AB), question("a_a", "nps"), question("A_A", "nps")
    )
    assert len({name.lower() for name in found}) == len(found)


def test_columns_keep_name_and_place_over_versions() -> None:
    first = {
        "sections": [
            {"questions": [question("nps", "nps"), question("q", "multiple", choices=AB[:1])]}
        ]
    }
    later = {
        "sections": [
            {
                "questions": [
                    question("new", "csat"),
                    {**question("nps", "nps"), "text": {"en": "New words"}},
                    question("q", "multiple", choices=AB),
                ]
            }
        ]
    }
    columns = columns_of([first, later])
    assert [c.name for c in columns] == ["nps", "q_a", "new", "q_b", "q_b_text"]
    assert columns[0].label["en"] == "New words"
    assert columns[0].label["ko"] == "질문"


def test_types_and_measures_are_those_of_the_kind() -> None:
    [grid, _second] = columns_of([
        {"sections": [{"questions": [question("g", "matrix_single", choices=AB, rows=ROWS)]}]}
    ])  # fmt: skip
    assert (grid.type, grid.measure, grid.path) == (Type.TEXT, Measure.ORDINAL, ("g", "r1"))
    assert grid.label["en"] == "G – R1"
    assert list(grid.values) == ["a", "b"]
    [tick] = columns_of([
        {"sections": [{"questions": [question("m", "multiple", choices=AB[:1])]}]}
    ])  # fmt: skip
    assert (tick.way, tick.path, tick.item, tick.type) == (Way.MEMBER, ("m",), "a", Type.FLAG)
