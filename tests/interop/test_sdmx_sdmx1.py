"""sdmx1, the library for pandas, reads structures and data as SDMX-ML by SDMX-REST 1 and 2.

Of SDMX-JSON it reads the draft of 2014: data one level above where version 1.0.0 has them.
"""

from typing import Any

import pytest
import requests
import sdmx
from sdmx.model import v21, v30

# Before any data: the library makes its reader of 3.0 out of that of 2.1, which learns from them.
from sdmx.reader.xml import v30 as _reader_of_30  # noqa: F401

from tests.api.reads import CITY, NATION, REVENUE
from tests.interop.conftest import Served

FIGURES, GAPS = "CHINA_SOFTWARE_2025_OBS", "CHINA_SOFTWARE_2025_GAP"
CITY_FIGURES = "SHENZHEN_SOFTWARE_2025_OBS"
ACCEPT_3 = (
    "application/vnd.sdmx.structure+xml;version=3.0.0,application/vnd.sdmx.data+xml;version=3.0.0"
)
EXPORT = "Q.software_export.china"
DRAFT = "application/vnd.sdmx.draft-sdmx-json+json;version=1.0.0"
SPECIFIC = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"


@pytest.fixture
def client(served: Served) -> sdmx.Client:
    source = {"id": "DABIAO", "url": f"{served.url}/sdmx/v1", "name": "Dabiao"}
    sdmx.add_source(source, override=True)
    return sdmx.Client("DABIAO")


@pytest.fixture
def client_2(served: Served) -> sdmx.Client:
    """By SDMX-REST 2, where the library reads SDMX-ML 3.0 and has to say so."""
    url = f"{served.url}/sdmx/v2"
    source = {"id": "DABIAO", "url": url, "name": "Dabiao", "versions": ["3.0.0"]}
    sdmx.add_source(source, override=True)
    client = sdmx.Client("DABIAO")
    client.session.headers["Accept"] = ACCEPT_3
    return client


def _values(message: Any) -> dict[str, float | None]:
    """The values of a message by series key and period."""
    found = {}
    for dataset in message.data:
        for each in dataset.obs:
            key = {name: str(value.value) for name, value in each.key.values.items()}
            place = ".".join(key[name] for name in ("FREQ", "INDICATOR", "REF_AREA"))
            value = None if each.value is None else float(each.value)
            found[f"{place}@{key['TIME_PERIOD']}"] = value
    return found


def test_it_reads_the_flows_the_structure_and_the_code_lists(client: sdmx.Client) -> None:
    assert {FIGURES, GAPS, CITY_FIGURES} <= client.dataflow().dataflow.keys()
    message = client.dataflow(FIGURES)
    structure = message.dataflow[FIGURES].structure
    assert not structure.is_external_reference
    assert [each.id for each in structure.dimensions.components] == [
        "FREQ",
        "INDICATOR",
        "REF_AREA",
        "TIME_PERIOD",
    ]
    assert isinstance(
        structure.attributes.get("OBS_STATUS").related_to, v21.PrimaryMeasureRelationship
    )
    areas = message.codelist["CL_CHINA_SOFTWARE_2025_AREA"]
    assert areas["east"].name.localizations == {"en": "Eastern region", "zh": "东部地区"}
    assert areas["east"].parent is areas["china"]
    units = structure.attributes.get("UNIT_MEASURE").local_representation.enumerated
    assert units["YUAN_1E8"].name["zh"] == "亿元"


def test_it_reads_each_kind_of_structure(client: sdmx.Client) -> None:
    assert client.datastructure(GAPS).structure[GAPS].attributes.get("RATING") is not None
    ratings = client.codelist("CL_RATING").codelist["CL_RATING"]
    assert [code.id for code in ratings][:2] == ["achieved", "achieved_early"]
    concepts = client.conceptscheme("CONCEPTS").concept_scheme["CONCEPTS"]
    assert concepts["GAP"].name["zh"] == "差距"


@pytest.mark.parametrize("accept", ["*/*", "application/xml", SPECIFIC])
@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions"])
def test_every_value_is_that_of_the_json_answer(
    served: Served, client: sdmx.Client, accept: str, at: str
) -> None:
    structure = client.dataflow(FIGURES).dataflow[FIGURES].structure
    message = client.data(
        FIGURES,
        key={"FREQ": "Q"},
        dsd=structure,
        params={"dimensionAtObservation": at},
        headers={"Accept": accept},
    )
    assert accept in {"*/*", "application/xml", message.response.headers["content-type"]}
    rows = served.values(NATION)
    assert _values(message) == {key: row["value"] for key, row in rows.items()}
    first = message.data[0].obs[0].attrib
    assert {"UNIT_MEASURE", "BASIS", "SOURCE", "REVISION"} <= first.keys()


@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions"])
def test_every_value_of_json_is_that_of_the_json_answer(
    served: Served, client: sdmx.Client, at: str
) -> None:
    params = {"dimensionAtObservation": at}
    message = client.data(FIGURES, params=params, headers={"Accept": DRAFT})
    assert message.response.headers["content-type"] == DRAFT
    rows = served.values(NATION)
    assert _values(message) == {key: row["value"] for key, row in rows.items()}
    first = message.data[0].obs[0].attrib
    assert {"OBS_STATUS", "BASIS", "SOURCE", "REVISION"} <= first.keys()
    basis = first["BASIS"].value
    assert (basis.id, basis.name["en"]) == ("ytd", "Running total since 1 January")


def test_it_reads_by_key_and_by_filter(served: Served, client: sdmx.Client) -> None:
    by_text = client.data(FIGURES, key=EXPORT)
    expected = served.values(NATION, indicator="software_export")
    assert _values(by_text) == {key: row["value"] for key, row in expected.items()}
    assert len(by_text.data[0].series) == 1
    by_names = client.data(
        FIGURES,
        key={"INDICATOR": REVENUE, "REF_AREA": ["east", "west"]},
        params={"startPeriod": "2023-04", "endPeriod": "2024-09-30"},
    )
    query: dict[str, Any] = {"indicator": REVENUE, "area": ["east", "west"]}
    expected = served.values(NATION, **query, start_period="2023-Q2", end_period="2024-Q3")
    assert _values(by_names) == {key: row["value"] for key, row in expected.items()} != {}


def test_a_code_that_is_not_in_the_list_is_refused(client: sdmx.Client) -> None:
    with pytest.raises(requests.HTTPError, match="422"):
        client.data(FIGURES, key="Q.software_export.atlantis")
    with pytest.raises(requests.HTTPError, match="404"):
        client.data("NOWHERE_OBS", key="all")


def test_the_last_observations_are_the_latest(served: Served, client: sdmx.Client) -> None:
    found = _values(client.data(FIGURES, key=EXPORT, params={"lastNObservations": 2}))
    expected = served.values(NATION, indicator="software_export")
    assert found == {key: expected[key]["value"] for key in sorted(expected)[-2:]}
    ends = {"firstNObservations": 1, "lastNObservations": 1}
    both = _values(client.data(FIGURES, key=EXPORT, params=ends))
    assert list(both) == [min(expected), max(expected)]


def test_it_sees_which_series_there_are(served: Served, client: sdmx.Client) -> None:
    keys = client.preview_data(FIGURES, {"REF_AREA": "east"})
    assert [str(each.values["INDICATOR"].value) for each in keys] == [REVENUE]
    assert len(client.series_keys(FIGURES)) == len(
        {key.partition("@")[0] for key in served.values(NATION)}
    )


def test_it_sees_what_there_is_and_who_keeps_it(client: sdmx.Client) -> None:
    path = f"availableconstraint/{FIGURES}/Q..china/all/INDICATOR"
    found: Any = client.get(url=f"{client.source.url}/{path}")
    (constraint,) = found.constraint.values()
    (region,) = constraint.data_content_region
    codes = {
        name.id: [each.value for each in values.values]
        for name, values in region.member.items()
        if name.id == "INDICATOR"
    }
    assert codes["INDICATOR"][:2] == [REVENUE, "industrial_app_count"]
    message: Any = client.get("agencyscheme", agency_id="SDMX")
    (agencies,) = message.organisation_scheme.values()
    named = {each.id: each.name.localizations for each in agencies}
    assert named["DABIAO"] == {"en": "Dabiao", "zh": "达标"}


def test_versions_come_as_a_data_set_for_each_revision(served: Served, client: sdmx.Client) -> None:
    key = "Q.value_added.nanshan"
    history = client.data(CITY_FIGURES, key=key, params={"includeHistory": True})
    assert [each.obs[0].value for each in history.data] == ["800", "812.4"]
    assert [str(each.obs[0].attrib["REVISION"].value) for each in history.data] == ["3", "7"]
    rows = served.values(CITY, indicator="value_added", area="nanshan", include_history=True)
    assert [row["revision"] for row in rows.values()] == [7]
    news = client.data(CITY_FIGURES, params={"updatedAfter": served.between})
    assert _values(news) == {
        "Q.value_added.nanshan@2024-Q3": 812.4,
        "Q.value_added.futian@2024-Q4": None,
    }


def test_it_reads_the_gap_table(served: Served, client: sdmx.Client) -> None:
    message = client.data(GAPS, key="..china", params={"lastNObservations": 1})
    found = {str(each.key["INDICATOR"].value): each for each in message.data[0].obs}
    for row in served.values(NATION, "gaps", area="china").values():
        each = found[row["indicator"]]
        assert (each.value and float(each.value)) == row["actual"]
        assert str(each.attrib["RATING"].value) == row["rating"]
        if row["gap"] is not None:
            assert float(str(each.attrib["GAP"].value)) == row["gap"]
    assert len(found) == 9


def test_it_reads_structures_by_the_second_version(client_2: sdmx.Client) -> None:
    message = client_2.dataflow(GAPS, params={"references": "descendants"})
    assert "/sdmx/v2/structure/dataflow/DABIAO/" in message.response.url
    assert "version=3.0.0" in message.response.headers["content-type"]
    structure = message.structure[GAPS]
    assert isinstance(structure, v30.DataStructureDefinition)
    assert [each.id for each in structure.dimensions.components] == [
        *("FREQ", "INDICATOR", "REF_AREA", "TIME_PERIOD")
    ]
    assert [each.id for each in structure.measures.components] == ["OBS_VALUE"]
    rating = structure.attributes.get("RATING")
    assert isinstance(rating.related_to, v30.ObservationRelationship)
    representation: Any = rating.local_representation
    assert representation.enumerated.id == "CL_RATING"
    areas = message.codelist["CL_CHINA_SOFTWARE_2025_AREA"]
    assert areas["east"].name.localizations == {"en": "Eastern region", "zh": "东部地区"}
    assert areas["east"].parent is areas["china"]
    scheme: Any = client_2.get("agencyscheme", agency_id="SDMX")
    (agencies,) = scheme.organisation_scheme.values()
    assert "DABIAO" in [each.id for each in agencies]


@pytest.mark.parametrize("has_structure", [True, False])
def test_it_reads_data_by_the_second_version(
    served: Served, client_2: sdmx.Client, *, has_structure: bool
) -> None:
    found = client_2.dataflow(FIGURES, params={"references": "descendants"})
    known = {"dsd": found.structure[FIGURES]} if has_structure else {}
    # With a structure it would ask for the format of version 2.1.
    message = client_2.data(FIGURES, headers={"Accept": ACCEPT_3}, **known)
    assert "/sdmx/v2/data/*/DABIAO/" in message.response.url
    assert "data+xml;version=3.0.0" in message.response.headers["content-type"]
    rows = served.values(NATION)
    assert _values(message) == {key: row["value"] for key, row in rows.items()}
    assert {"BASIS", "SOURCE", "REVISION"} <= message.data[0].obs[0].attrib.keys()
