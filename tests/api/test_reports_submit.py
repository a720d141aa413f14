"""A report is stored once, exactly as sent, and counted against what is live."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import Deployment
from tests.writing import (
    CITY,
    Json,
    decide,
    figure,
    head,
    missing,
    official_values,
    places,
    provisional_values,
    read_tables,
    report,
    submit,
)


def _counts(answer: Any) -> list[int]:
    found = answer.json()["summary"]
    return [found[name] for name in ("created", "updated", "unchanged", "rejected")]


def test_a_report_is_created_where_its_location_says(deployment: Deployment) -> None:
    headers = deployment.key("reporter", "nanshan", owner="nanshan bureau")
    before = head(deployment)["revision"]
    answer = submit(deployment, headers, figure(note="preliminary"), missing("rd_institutions"))
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"applied", "report", "summary", "findings"}
    assert body["applied"] is True
    assert _counts(answer) == [2, 0, 0, 0]
    stored = body["report"]
    assert (stored["status"], stored["area"], stored["period"]) == (
        "submitted",
        "nanshan",
        "2024-Q3",
    )
    assert stored["revision"] == before + 1 == head(deployment)["revision"]
    assert stored["late"] is True
    assert stored["allowed_actions"] == ["withdraw"]
    first, second = stored["figures"]
    assert (first["value"], first["unit"], first["basis"]) == (812.4, "亿元", "ytd")
    assert (first["change"], first["note"]) == ("created", "preliminary")
    assert (second["value"], second["missing_reason"]) == (None, "not_yet_available")
    found = deployment.client.get(answer.headers["location"], headers=headers)
    assert found.status_code == 200
    assert found.json() == stored


def test_a_write_is_read_back_at_once(deployment: Deployment) -> None:
    headers = deployment.key("reporter", "nanshan")
    for value in (1, 2, 3):
        sent = submit(deployment, headers, figure(value=value), correction_reason="recount")
        assert sent.status_code == 201, sent.text
        assert provisional_values(deployment, headers) == [value]
        assert head(deployment)["revision"] == sent.json()["report"]["revision"]


@pytest.mark.parametrize(
    ("value", "unit"),
    [(812.4, "亿元"), (8124000, "万元"), (0.08124, "万亿元")],
)
def test_any_unit_of_the_dimension_stores_the_same_value(
    api: Deployment, value: float, unit: str
) -> None:
    answer = submit(api, api.key("reporter", "nanshan"), figure(value=value, unit=unit))
    assert answer.status_code == 201, answer.text
    stored = answer.json()["report"]["figures"][0]
    assert (stored["value"], stored["unit"]) == (812.4, "亿元")
    assert (stored["reported_value"], stored["reported_unit"]) == (value, unit)


def test_the_same_value_in_another_unit_is_unchanged(deployment: Deployment) -> None:
    headers = deployment.key("reporter", "nanshan")
    submit(deployment, headers, figure(value=812.4))
    before = read_tables(deployment.database)
    answer = submit(deployment, headers, figure(value=8124000, unit="万元"))
    assert answer.status_code == 200
    assert "location" not in answer.headers
    assert (answer.json()["applied"], answer.json()["report"]) == (False, None)
    assert _counts(answer) == [0, 0, 1, 0]
    assert read_tables(deployment.database) == before


def test_a_reported_zero_is_a_figure_and_a_missing_one_is_not_zero(deployment: Deployment) -> None:
    headers, reviewer = deployment.key("reporter", "nanshan"), deployment.key("reviewer")
    sent = submit(deployment, headers, figure(value=0), missing("rd_institutions", "withheld"))
    assert decide(deployment, reviewer, sent, "approve").status_code == 200
    assert official_values(deployment) == [0]
    assert official_values(deployment, indicator="rd_institutions") == [None]
    found = deployment.client.get(
        f"{CITY}/gaps", params={"area": "nanshan", "period": "2024-Q3", "indicator": "value_added"}
    )
    assert found.json()["items"][0]["areas_expected"] is None
    again = submit(deployment, headers, figure(value=0), missing("rd_institutions", "withheld"))
    assert (again.status_code, _counts(again)) == (200, [0, 0, 2, 0])


def test_another_value_needs_a_reason_and_is_told_the_live_one(deployment: Deployment) -> None:
    headers = deployment.key("reporter", "nanshan")
    first = submit(deployment, headers, figure(value=812.4))
    before = read_tables(deployment.database)
    answer = submit(deployment, headers, figure(value=813))
    assert answer.status_code == 409
    assert answer.json()["code"] == "already_reported"
    assert places(answer) == [("/figures/0/value", 1, "already_reported")]
    facts = answer.json()["errors"][0]["facts"]
    assert (facts["live"], facts["unit"]) == ("812.4", "亿元")
    assert facts["live_revision"] == first.json()["report"]["revision"]
    assert "812.4" in answer.json()["errors"][0]["message"]
    assert read_tables(deployment.database) == before
    answer = submit(deployment, headers, figure(value=813), correction_reason="late invoices")
    assert answer.status_code == 201
    assert _counts(answer) == [0, 1, 0, 0]
    assert answer.json()["report"]["correction_reason"] == "late invoices"
    assert provisional_values(deployment, headers) == [813]


def test_another_basis_of_the_same_number_is_another_figure(api: Deployment) -> None:
    headers = api.key("reporter", "nanshan")
    submit(api, headers, figure(value=5, basis="ytd"))
    assert submit(api, headers, figure(value=5, basis="quarter")).status_code == 409


def test_a_missing_reason_over_a_value_is_a_tombstone_that_needs_a_reason(
    deployment: Deployment,
) -> None:
    headers, reviewer = deployment.key("reporter", "nanshan"), deployment.key("reviewer")
    decide(deployment, reviewer, submit(deployment, headers, figure(value=7)), "approve")
    assert submit(deployment, headers, missing(reason="withheld")).status_code == 409
    answer = submit(
        deployment, headers, missing(reason="withheld"), correction_reason="reported in error"
    )
    assert _counts(answer) == [0, 1, 0, 0]
    assert official_values(deployment) == [7]
    decide(deployment, reviewer, answer, "approve")
    assert official_values(deployment) == [None]
    history = official_values(deployment, include_history="true")
    assert history == [7, None]


def test_created_updated_and_unchanged_are_counted_in_one_report(deployment: Deployment) -> None:
    headers = deployment.key("reporter", "nanshan")
    submit(deployment, headers, figure(value=1), figure("rd_institutions", 2))
    answer = submit(
        deployment,
        headers,
        figure(value=1),
        figure("rd_institutions", 3),
        figure("industrial_space", 10),
        correction_reason="recount",
    )
    assert answer.status_code == 201
    assert _counts(answer) == [1, 1, 1, 0]
    # What did not change is not stored again.
    stored = [each["indicator"] for each in answer.json()["report"]["figures"]]
    assert stored == ["rd_institutions", "industrial_space"]


def test_partial_takes_what_is_sound_and_names_the_rest(deployment: Deployment) -> None:
    headers = deployment.key("reporter", "nanshan")
    sent = (figure(value=1), figure("rd_institutions", 2.5))
    answer = submit(deployment, headers, *sent, query="?mode=partial")
    assert answer.status_code == 207
    assert answer.json()["applied"] is True
    assert _counts(answer) == [1, 0, 0, 1]
    found = answer.json()["findings"]
    assert [(each["pointer"], each["code"]) for each in found] == [
        ("/figures/1/value", "not_integer")
    ]
    assert provisional_values(deployment, headers) == [1]
    assert provisional_values(deployment, headers, indicator="rd_institutions") == []
    sound = submit(deployment, headers, figure("industrial_space", 2), query="?mode=partial")
    assert (sound.status_code, _counts(sound)) == (201, [1, 0, 0, 0])
    # Nothing new, but something unchanged: rejected figures make it 207, and nothing is stored.
    before = read_tables(deployment.database)
    answer = submit(deployment, headers, *sent, query="?mode=partial")
    assert (answer.status_code, _counts(answer)) == (207, [0, 0, 1, 1])
    assert answer.json()["applied"] is False
    assert read_tables(deployment.database) == before


@pytest.mark.parametrize("general", [{}, {"period": "2030-Q1"}])
def test_partial_is_refused_where_nothing_can_be_taken(
    deployment: Deployment, general: dict[str, str]
) -> None:
    headers = deployment.key("reporter", "nanshan")
    before = read_tables(deployment.database)
    value = 1 if general else -1
    answer = submit(deployment, headers, figure(value=value), query="?mode=partial", **general)
    assert answer.status_code == 422
    assert answer.json()["summary"]["rejected"] == 1
    assert read_tables(deployment.database) == before


DRY = {
    "created": ((figure(value=9), missing("rd_institutions")), "", 200),
    "updated": ((figure("industrial_space", 2),), "", 200),
    "unchanged": ((figure("industrial_space", 1),), "", 200),
    "in part": ((figure(value=9), figure("rd_institutions", -1)), "mode=partial&", 207),
    "refused": ((figure(value=-9), figure("rd_institutions", 0.5)), "", 422),
}


@pytest.mark.parametrize("case", DRY)
def test_a_dry_run_says_what_the_real_one_would_and_leaves_no_trace(
    deployment: Deployment, case: str
) -> None:
    figures, query, status = DRY[case]
    headers = deployment.key("reporter", "nanshan")
    submit(deployment, headers, figure("industrial_space", 1))
    body = report(*figures, correction_reason="recount")
    before = read_tables(deployment.database)
    dry = deployment.client.post(f"{CITY}/reports?{query}dry_run=true", json=body, headers=headers)
    assert dry.status_code == status
    assert "location" not in dry.headers
    assert read_tables(deployment.database) == before
    real = deployment.client.post(f"{CITY}/reports?{query}", json=body, headers=headers)
    assert real.status_code == (201 if case in {"created", "updated"} else status)
    if status < 400:
        assert dry.json() == real.json() | {"applied": False}
    else:
        assert dry.json() == real.json()


def test_a_dry_run_of_a_conflict_is_a_conflict(api: Deployment) -> None:
    headers = api.key("reporter", "nanshan")
    submit(api, headers, figure(value=1))
    assert submit(api, headers, figure(value=2), query="?dry_run=true").status_code == 409


def test_a_report_by_the_due_day_is_not_late(api: Deployment) -> None:
    api.clock.now = datetime(2026, 1, 15, 15, 59, tzinfo=UTC)
    answer = submit(api, api.key("reporter", "nanshan"), figure(), period="2025-Q4")
    assert answer.json()["report"]["late"] is False
    # One minute later the day after the due day begins in Shanghai.
    api.clock.now = datetime(2026, 1, 15, 16, 0, tzinfo=UTC)
    answer = submit(api, api.key("reporter", "futian"), figure(), area="futian", period="2025-Q4")
    assert answer.json()["report"]["late"] is True


def test_null_where_something_may_be_absent_is_absent(api: Deployment) -> None:
    nothing: Json = {
        "missing_reason": None,
        "note": None,
        "growth_percent": None,
        "price_basis": None,
    }
    sent = figure(**nothing, obs_status=None)
    absent: Json = {"explanations": None, "correction_reason": None}
    answer = submit(api, api.key("reporter", "nanshan"), sent, **absent)
    assert answer.status_code == 201, answer.text
    assert answer.json()["report"]["figures"][0]["obs_status"] == "A"
    batch = {"reports": [{"area": "futian", "period": "2024-Q3", "figures": [sent], **absent}]}
    path = f"{CITY}/reports/batch"
    found = api.client.post(path, json=batch, headers=api.key("reporter", "futian"))
    assert found.status_code == 201, found.text


def test_needless_explanations_and_reasons_are_accepted(api: Deployment) -> None:
    answer = submit(
        api, api.key("reporter", "nanshan"), figure(), correction_reason="nothing to correct"
    )
    assert answer.status_code == 201
