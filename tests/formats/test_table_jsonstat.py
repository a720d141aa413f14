"""A table as JSON-stat: every row has its own place in the cube, every null its reason."""

import json
from decimal import Decimal
from typing import Any

import pytest
from jsonstat_validator import validate_jsonstat
from pydantic import BaseModel

from app.formats.tables.jsonstat import is_cube, write_jsonstat
from app.formats.tables.table import Table, columns_of
from app.schemas.calendar import OutstandingFigure
from app.schemas.document.plan import AreaEntry
from app.schemas.gaps.row import GapRow
from app.schemas.observations import ObservationRow
from app.schemas.targets.targets import TargetRow
from app.vocabulary import Number
from tests.formats.tables import Sample, make_origin, make_table, written

Dataset = dict[str, Any]


class Place(BaseModel):
    """A row of a cube."""

    indicator: str = "value_added"
    area: str = "nanshan"
    period: str | None = "2024-Q3"
    actual: Number | None = None
    gap_percent: Number | None = None
    rating: str = "on_track"
    provisional: bool = False
    reasons: dict[str, str] = {}


class Version(Place):
    """A row that may be there more than once."""

    valid_to_revision: int | None = None


def load(table: Table) -> Dataset:
    content = written(write_jsonstat, table)
    found: Dataset = json.loads(content)
    validate_jsonstat(json.loads(content))
    return found


def value(dataset: Dataset, **codes: str) -> Any:
    """The value of one cell, found as the specification says."""
    place = 0
    for name, size in zip(dataset["id"], dataset["size"], strict=True):
        place = place * size + dataset["dimension"][name]["category"]["index"].index(codes[name])
    cells = dataset["value"]
    found = cells.get(str(place)) if isinstance(cells, dict) else cells[place]
    return found, dataset["status"].get(str(place))


@pytest.mark.parametrize("model", [GapRow, TargetRow, ObservationRow, OutstandingFigure])
def test_rows_of_indicator_area_and_period_are_a_cube(model: type[BaseModel]):
    assert is_cube(columns_of(model))


@pytest.mark.parametrize("model", [AreaEntry, Sample])
def test_other_rows_are_none(model: type[BaseModel]):
    assert not is_cube(columns_of(model))


def test_a_value_stands_where_its_codes_say():
    rows = [
        Place(area=area, period=period, actual=Decimal(number))
        for number, (area, period) in enumerate(
            [("nanshan", "2024-Q4"), ("nanshan", "2023-Q4"), ("futian", "2024-Q4")], start=1
        )
    ]
    found = load(make_table(*rows))
    at = {"indicator": "value_added", "measure": "actual"}
    assert found["dimension"]["period"]["category"]["index"] == ["2023-Q4", "2024-Q4"]
    assert value(found, area="nanshan", period="2024-Q4", **at) == (1, None)
    assert value(found, area="nanshan", period="2023-Q4", **at) == (2, None)
    assert value(found, area="futian", period="2024-Q4", **at) == (3, None)
    assert value(found, area="futian", period="2023-Q4", **at) == (None, None)


def test_only_numbers_are_values_and_the_rest_is_in_the_extension():
    rows = [
        Place(area="futian", rating="missed"),
        Place(actual=Decimal("812.4"), provisional=True, reasons={"rating": "no_target"}),
    ]
    found = load(make_table(*rows))
    assert found["dimension"]["measure"]["category"]["index"] == ["actual", "gap_percent"]
    assert found["value"] == [None, None, 812.4, None]
    assert found["extension"]["rows"] == {
        "0": {"rating": "missed", "provisional": False},
        "1": {"rating": "on_track", "provisional": True, "reasons": {"rating": "no_target"}},
    }
    columns = found["extension"]["columns"]
    assert {name: each["kind"] for name, each in columns.items()} == {
        "rating": "text",
        "provisional": "truth",
    }
    assert columns["rating"]["labels"] == {"en": "Rating", "zh": "进展评价"}


def test_a_large_cube_is_an_object_without_nulls():
    rows = [Place(area=f"a{n}", period=f"{2000 + n % 50}", actual=Decimal(n)) for n in range(2600)]
    found = load(make_table(*rows))
    assert found["size"] == [1, 2600, 50, 2]
    assert len(found["value"]) == 2600
    assert value(found, indicator="value_added", area="a7", period="2007", measure="actual")[0] == 7


def test_a_null_has_no_value_and_its_reason_as_status():
    row = Place(reasons={"actual": "no_data", "gap_percent": "no_target", "unknown": "x"})
    found = load(make_table(row))
    at = {"indicator": "value_added", "area": "nanshan", "period": "2024-Q3"}
    assert value(found, measure="actual", **at) == (None, "no_data")
    assert value(found, measure="gap_percent", **at) == (None, "no_target")
    assert len(found["status"]) == 2


def test_a_row_without_a_period_is_kept_after_the_others():
    found = load(make_table(Place(period=None), Place(area="futian")))
    period = found["dimension"]["period"]["category"]
    assert period["index"] == ["2024-Q3", "none"]
    assert period["label"]["none"] == "no figure yet"


def test_versions_of_a_figure_are_a_dimension_also_where_there_is_one():
    assert "version" not in load(make_table(Place()))["id"]
    assert load(make_table(Version()))["dimension"]["version"]["category"]["index"] == ["1"]
    found = load(make_table(Version(actual=Decimal(1)), Version(actual=Decimal(2))))
    at = {"indicator": "value_added", "area": "nanshan", "period": "2024-Q3", "measure": "actual"}
    assert [value(found, version=each, **at)[0] for each in ("1", "2")] == [1, 2]


def test_no_row_is_lost_where_codes_repeat_unexpectedly():
    found = load(make_table(Place(actual=Decimal(1)), Place(actual=Decimal(2))))
    assert found["id"] == ["indicator", "area", "period", "version", "measure"]
    assert found["value"] == [1, None, 2, None]


def test_roles_units_and_labels_are_said():
    found = load(make_table(Place(), origin=make_origin()))
    assert found["role"] == {
        "time": ["period"],
        "geo": ["area"],
        "metric": ["measure", "indicator"],
    }
    indicator, measure = (found["dimension"][name]["category"] for name in ("indicator", "measure"))
    assert indicator["unit"] == {"value_added": {"label": "亿元", "decimals": 2}}
    assert measure["unit"]["gap_percent"]["symbol"] == "%"
    assert found["updated"] == "2026-03-02T01:00:00Z"
    assert found["extension"]["revision"] == 7
    labels = found["dimension"]["area"]["extension"]["label"]
    assert (labels["zh"]["nanshan"], labels["en"]["nanshan"]) == ("南山区", "Nanshan District")


@pytest.mark.parametrize(("language", "label"), [("zh", "南山区"), ("en", "Nanshan District")])
def test_labels_are_in_the_language_that_is_wanted(language: str, label: str):
    found = load(make_table(Place(), origin=make_origin(), language=language))
    assert found["dimension"]["area"]["category"]["label"] == {"nanshan": label}
    assert found["extension"]["language"] == language
    assert ("计划" in found["label"]) == (language == "zh")


def test_an_empty_table_is_an_empty_cube():
    found = load(make_table(model=Place))
    assert found["size"] == [0, 0, 0, 2]
    assert (found["value"], found["status"], found["extension"]["rows"]) == ([], {}, {})


def test_a_demonstration_is_marked_where_the_specification_has_room():
    found = load(make_table(Place(), is_demo=True))
    assert found["extension"]["demo"] is True
