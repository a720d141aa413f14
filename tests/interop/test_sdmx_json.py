"""SDMX-JSON data say what the JSON answers say, read as its field guide says."""

from typing import Any

import httpx
import pytest
from pysdmx.api.qb import ApiVersion, DataContext, DataFormat, DataQuery, RestService

from app.sdmx.words import unit_code
from tests.api.reads import CITY, NATION
from tests.interop.conftest import Served
from tests.serving import NOBODY

FIGURES, GAPS = "CHINA_SOFTWARE_2025_OBS", "CHINA_SOFTWARE_2025_GAP"
VND = "application/vnd.sdmx.data+json;version="


def _get(served: Served, path: str, version: str, language: str = "en") -> Any:
    headers = {"Accept": f"{VND}{version}", "Accept-Language": language}
    url = f"{served.url}/sdmx/v2/data/dataflow/DABIAO/{path}"
    answer = httpx.get(url, headers=headers, trust_env=False, verify=NOBODY)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def _structure(data: Any) -> Any:
    return data["structures"][0] if "structures" in data else data["structure"]


def _read(components: list[Any], cells: list[Any]) -> dict[str, Any]:
    """Cells by component: a place in the list of its values, or the value where there is none."""
    found = {}
    for each, cell in zip(components, cells, strict=True):
        value = cell
        if "values" in each and cell is not None:
            entry = each["values"][cell]
            value = entry.get("id", entry["name"])
        found[each["id"]] = value
    return found


def _rows(data: Any) -> list[dict[str, Any]]:
    """The observations of a message as rows."""
    structure = _structure(data)
    dimensions, attributes = structure["dimensions"], structure["attributes"]
    measures = structure.get("measures", {"observation": [{"id": "OBS_VALUE"}]})["observation"]
    rows = []
    for each in data["dataSets"]:
        groups = each.get("series") or {"": each}
        for key, series in groups.items():
            places = [int(part) for part in key.split(":") if part]
            above = _read(dimensions["series"], places)
            above |= _read(attributes["series"], series.get("attributes", []))
            for place, cells in series["observations"].items():
                at = _read(dimensions["observation"], [int(part) for part in place.split(":")])
                rows.append(above | at | _read([*measures, *attributes["observation"]], cells))
    return rows


def _key(row: dict[str, Any]) -> str:
    return ".".join(row[n] for n in ("FREQ", "INDICATOR", "REF_AREA")) + f"@{row['TIME_PERIOD']}"


@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions"])
@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_every_figure_is_that_of_the_json_answer(served: Served, version: str, at: str) -> None:
    data = _get(served, f"{FIGURES}?dimensionAtObservation={at}", version)
    found = {_key(row): row for row in _rows(data)}
    expected = served.values(NATION)
    assert {key: row["OBS_VALUE"] for key, row in found.items()} == {
        key: row["value"] for key, row in expected.items()
    }
    for key, row in expected.items():
        cells = found[key]
        assert (cells["BASIS"], cells["SOURCE"]) == (row["basis"], row["source"]["publisher"])
        assert cells["UNIT_MEASURE"] == unit_code(row["unit"])


def test_in_the_second_version_numbers_and_truths_are_themselves(served: Served) -> None:
    rows = _rows(_get(served, f"{GAPS}/*/..china", "2.0.0"))
    query = {"area": "china", "start_period": "2020", "end_period": "2025"}
    expected = served.values(NATION, "gaps", **query)
    compared = 0
    for row in rows:
        if row["OBS_VALUE"] is not None:
            for name in ("gap", "attainment_percent", "provisional", "rating", "trend", "revision"):
                assert row[name.upper()] == expected[_key(row)][name], (row, name)
                compared += 1
    assert compared > 100


def test_the_first_version_has_texts_in_the_list_of_values(served: Served) -> None:
    structure = _structure(_get(served, f"{GAPS}/*/Q.software_business_revenue.china", "1.0.0"))
    (gap,) = [each for each in structure["attributes"]["observation"] if each["id"] == "GAP"]
    assert gap["relationship"] == {"primaryMeasure": "OBS_VALUE"}
    assert {type(each["name"]) for each in gap["values"]} == {str}


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_codes_have_names_and_periods_have_days(served: Served, version: str) -> None:
    path = f"{FIGURES}/*/Q.software_business_revenue.east?lastNObservations=1"
    structure = _structure(_get(served, path, version, "zh"))
    areas = structure["dimensions"]["series"][2]
    assert (areas["id"], areas["keyPosition"], areas["name"]) == ("REF_AREA", 2, "地区")
    names = {"en": "Eastern region", "zh": "东部地区"}
    east = {"id": "east", "name": "东部地区", "names": names, "parent": "china"}
    assert areas["values"] == [east]
    (time,) = structure["dimensions"]["observation"]
    assert time["values"] == [
        {
            "id": "2024-Q4",
            "name": "2024-Q4",
            "start": "2024-10-01T00:00:00Z",
            "end": "2024-12-31T23:59:59Z",
        }
    ]
    urns = [each["urn"].rpartition(".")[2].partition("=")[0] for each in structure["links"]]
    assert "DABIAO:CHINA_SOFTWARE_2025_OBS(1.0.0)" in structure["links"][0]["urn"]
    assert len(urns) == 2


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_a_withheld_figure_is_null_and_says_why(served: Served, version: str) -> None:
    rows = _rows(_get(served, "SHENZHEN_SOFTWARE_2025_OBS/*/Q.value_added.futian", version))
    (row,) = rows
    assert (row["OBS_VALUE"], row["OBS_STATUS"], row["MISSING_REASON"]) == (None, "Q", "withheld")


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_versions_are_a_data_set_for_each_revision(served: Served, version: str) -> None:
    path = "SHENZHEN_SOFTWARE_2025_OBS/*/Q.value_added.nanshan?includeHistory=true"
    data = _get(served, path, version)
    assert [each["action"] for each in data["dataSets"]] == ["Replace", "Replace"]
    assert [row["OBS_VALUE"] for row in _rows(data)] == [800, 812.4]
    known = served.values(CITY, indicator="value_added", area="nanshan")
    assert data["dataSets"][1]["validFrom"] == next(iter(known.values()))["recorded_at"]


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_without_observations_there_are_series(served: Served, version: str) -> None:
    path = f"{FIGURES}?attributes=series&measures=none&dimensionAtObservation=AllDimensions"
    data = _get(served, path, version)
    series = data["dataSets"][0]["series"]
    assert len(series) == len({key.partition("@")[0] for key in served.values(NATION)})
    assert all(each["observations"] == {} for each in series.values())
    assert _structure(data)["dimensions"]["observation"] == []


def test_pysdmx_asks_for_it(served: Served) -> None:
    query = DataQuery(DataContext.DATAFLOW, "DABIAO", FIGURES, key="Q.software_export.china")
    for form, version in (
        (DataFormat.SDMX_JSON_1_0_0, "1.0.0"),
        (DataFormat.SDMX_JSON_2_0_0, "2.0.0"),
    ):
        service = RestService(f"{served.url}/sdmx/v2", ApiVersion.V2_0_0, data_format=form)
        assert f"/{version}/sdmx-json-data-schema.json".encode() in service.data(query)


def test_structures_of_the_first_version_say_what_those_of_the_second_do(served: Served) -> None:
    path = f"v1/dataflow/DABIAO/{GAPS}/latest?references=descendants"
    first, second = (_structures(served, path, version) for version in ("1.0.0", "2.0.0"))
    for kind in ("dataflows", "codelists", "conceptSchemes"):
        assert first[kind] == second[kind] != []
    old, new = (_parts(each) for each in (first, second))
    assert old["measureList"]["primaryMeasure"]["id"] == "OBS_VALUE"
    assert [(e["id"], e["position"], e["type"]) for e in old["dimensionList"]["dimensions"]] == [
        ("FREQ", 0, "Dimension"),
        ("INDICATOR", 1, "Dimension"),
        ("REF_AREA", 2, "Dimension"),
    ]
    (time,) = old["dimensionList"]["timeDimensions"]
    assert (time["id"], time["position"], time["type"]) == ("TIME_PERIOD", 3, "TimeDimension")
    attributes = {each["id"]: each for each in new["attributeList"]["attributes"]}
    for each in old["attributeList"]["attributes"]:
        same = attributes.pop(each["id"])
        assert each["conceptIdentity"] == same["conceptIdentity"]
        kinds = (each["localRepresentation"], same["localRepresentation"])
        assert _values_of(*kinds, "textFormat", "format"), each["id"]
        belongs = each["attributeRelationship"] == {"primaryMeasure": "OBS_VALUE"}
        assert belongs == (same["attributeRelationship"] == {"observation": {}})
    assert attributes == {}


def _structures(served: Served, path: str, version: str) -> Any:
    query = f"&format=jsonstructure&formatVersion={version}"
    answer = httpx.get(f"{served.url}/sdmx/{path}{query}", trust_env=False, verify=NOBODY)
    assert answer.headers["content-type"].endswith(f"structure+json;version={version}")
    return answer.json()["data"]


def _parts(data: Any) -> Any:
    return data["dataStructures"][0]["dataStructureComponents"]


def _values_of(old: Any, new: Any, *forms: str) -> bool:
    """Whether two components have the same code list or type."""
    if "enumeration" in old:
        return bool(old == new)
    return bool(old[forms[0]]["textType"] == new[forms[1]]["dataType"])
