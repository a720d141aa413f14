"""A text that must say something has a letter or a digit, in every write that takes one."""

from typing import Any

import pytest

from tests.conftest import Deployment
from tests.writing import CITY, decide, figure, nothing_stored, places, report, submit

# Blanks, punctuation of both languages, a letter that shows nothing, and an empty pattern.
SAYS_NOTHING = ["", "   ", "\u3000\t\n", "...", "……", "—", "。、，", "-/-", "\u3164", "\u2800"]
# Each write with a text in it, by its path, and what its fault points at.
WRITES: dict[str, tuple[str, dict[str, Any], str]] = {
    "an extension": (
        "/extensions",
        {"area": "nanshan", "period": "2024-Q3", "until": "2026-04-01", "reason": ...},
        "/reason",
    ),
    "a target": (
        "/targets",
        {"indicator": "value_added", "area": "nanshan", "value": 900, "reason": ...},
        "/reason",
    ),
    "a publication": ("/publications", {"name": "first", "note": ...}, "/note"),
    "a progress note": ("/progress/q1", {"status": "in_progress", "note": ...}, "/note"),
    "its evidence": (
        "/progress/q1",
        {"status": "in_progress", "note": "built", "evidence": ...},
        "/evidence",
    ),
    "an approval": ("/reports/r2-1/approve", {"note": ...}, "/note"),
    "a return": (
        "/reports/r2-1/return",
        {"reason_code": "wrong_unit", "reason": ...},
        "/reason",
    ),
    "a correction": ("/reports", report(figure(), correction_reason=...), "/correction_reason"),
    "an explanation": (
        "/reports",
        report(figure(), explanations={"value_added": ...}),
        "/explanations/value_added",
    ),
    "a note on a figure": ("/reports", report(figure(note=...)), "/figures/0/note"),
}


def _with(body: Any, text: str) -> Any:
    if body is ...:
        return text
    if isinstance(body, list):
        return [_with(each, text) for each in body]
    return {k: _with(v, text) for k, v in body.items()} if isinstance(body, dict) else body


@pytest.mark.parametrize("write", WRITES)
def test_a_text_that_says_nothing_is_refused(api: Deployment, write: str) -> None:
    path, body, pointer = WRITES[write]
    submit(api, api.key("reporter", "nanshan"), figure())
    is_review = path.startswith("/reports")
    headers = api.key("reviewer" if is_review else "administrator")
    with nothing_stored(api):
        for text in SAYS_NOTHING:
            answer = api.client.post(f"{CITY}{path}", json=_with(body, text), headers=headers)
            assert answer.status_code == 422, (text, answer.text)
            assert [place for place, *_ in places(answer) if place == pointer], answer.text
        # What nobody sees is refused with the body.
        answer = api.client.post(f"{CITY}{path}", json=_with(body, "\u200b\u2060"), headers=headers)
        assert answer.status_code == 400


@pytest.mark.parametrize("text", ["南", "7", "見", "é", "ok.", "“好”", "٣"])
def test_a_letter_or_a_digit_of_any_language_says_something(api: Deployment, text: str) -> None:
    answer = submit(api, api.key("reporter", "nanshan"), figure(note=text))
    assert answer.status_code == 201
    assert answer.json()["report"]["figures"][0]["note"] == text


def test_the_rule_is_said_in_both_languages(api: Deployment) -> None:
    said = {}
    for language in ("en", "zh"):
        headers = api.key("reporter", "nanshan") | {"Accept-Language": language}
        answer = submit(api, headers, figure(), correction_reason="……")
        (said[language],) = [each["message"] for each in answer.json()["errors"]]
    assert said == {
        "en": "'……' is not valid here. It contains no letter or digit. Write what there is to say.",
        "zh": "“……”无效。没有文字或数字。请填写具体内容。",
    }


def test_a_dash_in_a_file_is_a_cell_left_blank(deployment: Deployment) -> None:
    """Neither an explanation nor a reason for a correction, and no note that anybody reads."""
    reviewer = deployment.key("reviewer", owner="city")
    nanshan = deployment.key("reporter", "nanshan")

    def send(value: str, period: str = "2024-Q3", **columns: str) -> Any:
        row = {"value": value, "unit": "亿元", "basis": "ytd", **columns}
        head = ["area", "period", "indicator", *row]
        line = ["nanshan", period, "value_added", *row.values()]
        return deployment.client.post(
            f"{CITY}/reports/batch",
            content="\n".join([",".join(head), ",".join(line)]).encode(),
            headers=nanshan | {"content-type": "text/csv"},
        )

    first = send("812.4", note="—")
    assert first.status_code == 201
    path = f"{CITY}/reports/{first.json()['reports'][0]['id']}"
    assert deployment.client.get(path, headers=reviewer).json()["figures"][0]["note"] is None
    corrected = send("812.5", correction_reason="/")
    assert (corrected.status_code, corrected.json()["code"]) == (409, "already_reported")
    slipped = send("8124000", "2024-Q4", explanation="……")
    assert (slipped.status_code, slipped.json()["code"]) == (422, "explanation_required")


def test_a_return_has_one_of_the_codes(deployment: Deployment) -> None:
    codes = ["wrong_value", "wrong_period", "wrong_unit", "incomplete", "unexplained", "other"]
    reviewer = deployment.key("reviewer", owner="city")
    for value, code in enumerate(codes, start=1):
        sent = submit(deployment, deployment.key("reporter", "nanshan"), figure(value=value))
        returned = decide(
            deployment, reviewer, sent, "return", reason_code=code, reason="look again"
        )
        assert returned.json()["decisions"][0]["reason_code"] == code
    sent = submit(deployment, deployment.key("reporter", "nanshan"), figure())
    refused = decide(deployment, reviewer, sent, "return", reason_code="wrong_basis", reason="x")
    assert (refused.status_code, places(refused)[0][0]) == (422, "/reason_code")
