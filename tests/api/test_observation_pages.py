"""A page of figures is a part of the whole list, whichever indicators it is of."""

from typing import Any

import pytest
from sqlalchemy import event

from tests.api.reads import NATION
from tests.conftest import Deployment

Row = dict[str, Any]


def _whole(reads: Deployment, **asked: Any) -> list[Row]:
    """Every row, as sorting reads them all at once."""
    given = {"limit": 1000, "sort": "plan", **asked}
    found = reads.client.get(f"{NATION}/observations", params=given).json()
    assert found["total"] == len(found["items"])
    return [dict(row) for row in found["items"]]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"include_history": "true"},
        {"release": "first"},
        {"area": "china"},
        {"area_level": "region", "start_period": "2024-Q1"},
        {"indicator": ["software_export", "software_business_revenue"], "period": "2024-Q4"},
        {"updated_after": "5"},
        {"updated_after": "2020-01-01T00:00:00Z"},
        {"as_of": "7"},
    ],
)
def test_the_pages_together_are_the_whole_list(reads: Deployment, asked: Row) -> None:
    whole, pages = _whole(reads, **asked), []
    path: str | None = f"{NATION}/observations"
    params: Row | None = {"limit": 7, **asked}
    while path is not None:
        page = reads.client.get(path, params=params).json()
        assert page["total"] == len(whole)
        pages += page["items"]
        path, params = page["next"], None
    assert len(whole) > 0
    assert pages == whole


def test_a_page_reads_the_series_that_it_shows(reads: Deployment) -> None:
    whole, asked = _whole(reads), []

    def note(_1: Any, _2: Any, statement: str, given: Any, *_3: Any) -> None:
        if "LEFT OUTER JOIN report" in statement:
            asked.append({*(given.values() if isinstance(given, dict) else given)})

    event.listen(reads.database.engine, "before_cursor_execute", note)
    try:
        for offset in (0, len(whole) // 2, len(whole) - 1):
            asked.clear()
            params = {"limit": 1, "offset": offset}
            (row,) = reads.client.get(f"{NATION}/observations", params=params).json()["items"]
            assert row == whole[offset]
            # One question, for the figures of this one series.
            (given,) = asked
            codes = {each for each in given if isinstance(each, str)}
            assert codes == {row["plan"], row["indicator"], row["area"]}
    finally:
        event.remove(reads.database.engine, "before_cursor_execute", note)


def test_a_page_past_the_end_is_empty(reads: Deployment) -> None:
    page = reads.client.get(f"{NATION}/observations", params={"offset": 100_000}).json()

    assert (page["items"], page["next"]) == ([], None)
    assert page["total"] > 0


def test_a_file_has_the_rows_of_the_list(reads: Deployment) -> None:
    whole = _whole(reads)
    answer = reads.client.get(f"{NATION}/observations", params={"format": "csv"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    header = lines[0].split(",")

    assert len(lines) == 1 + len(whole)
    periods = [line.split(",")[header.index("period")] for line in lines[1:]]
    assert periods == [row["period"] for row in whole]
