"""A question in a loop is one question for each item, by the code its answers have."""

from surveys.calc.loops import questions_by_answer


def test_questions_of_a_loop_are_named_by_their_items() -> None:
    choices = [{"code": "app", "text": {"en": "App", "ko": "앱"}}, {"code": "web", "text": {}}]
    document = {
        "sections": [
            {"questions": [{"code": "used", "kind": "multiple", "choices": choices}]},
            {
                "logic": {"loop": {"question": "used"}},
                "questions": [
                    {"code": "rate", "kind": "csat", "text": {"en": "Rate {{item}}", "ko": "평가"}}
                ],
            },
        ]
    }
    found = questions_by_answer(document)
    assert list(found) == ["used", "rate@app", "rate@web"]
    assert found["rate@app"]["text"] == {"en": "Rate App", "ko": "평가 · 앱"}
    assert found["rate@web"]["text"]["en"] == "Rate web"
    assert found["rate@app"]["kind"] == "csat"
