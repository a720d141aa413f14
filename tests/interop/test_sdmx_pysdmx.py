"""pysdmx, the client of the BIS, reads structures as SDMX-JSON and data as SDMX-CSV."""

from datetime import datetime
from typing import Any

import httpx
import pytest
from pysdmx import errors
from pysdmx.api.dc.rest import SdmxConnector
from pysdmx.api.fmr import RegistryClient
from pysdmx.api.qb import (
    ApiVersion,
    AvailabilityQuery,
    DataContext,
    DataFormat,
    DataQuery,
    RestService,
    StructureQuery,
    StructureReference,
    StructureType,
)
from pysdmx.io import read_sdmx
from pysdmx.model import DataStructureDefinition, Role

from tests.api.reads import CITY, DISTRICTS, NATION, REVENUE
from tests.interop.conftest import Served
from tests.serving import NOBODY

FIGURES, GAPS = "CHINA_SOFTWARE_2025_OBS", "CHINA_SOFTWARE_2025_GAP"
CITY_FIGURES = "SHENZHEN_SOFTWARE_2025_OBS"


@pytest.fixture
def registry(served: Served) -> RegistryClient:
    return RegistryClient(f"{served.url}/sdmx/v2")


@pytest.fixture
def connector(served: Served) -> SdmxConnector:
    return SdmxConnector(f"{served.url}/sdmx/v2")


def _data(connector: SdmxConnector, flow: str, filters: str | None = None) -> dict[str, Any]:
    rows = connector.data(f"DABIAO:{flow}(1.0.0)", filters)
    return {_key(row): row for row in rows}


def _key(row: dict[str, str]) -> str:
    key = ".".join(row[name] for name in ("FREQ", "INDICATOR", "REF_AREA"))
    return f"{key}@{row['TIME_PERIOD']}"


def _number(text: str) -> float | None:
    return float(text) if text else None


def test_it_lists_two_flows_a_plan(registry: RegistryClient) -> None:
    flows = registry.get_dataflows()
    assert [flow.id for flow in flows] == [
        FIGURES,
        GAPS,
        CITY_FIGURES,
        "SHENZHEN_SOFTWARE_2025_GAP",
    ]
    assert {(flow.agency, flow.version) for flow in flows} == {("DABIAO", "1.0.0")}
    assert str(flows[0].name).endswith("(2021-2025): Figures")


def test_it_reads_the_data_structure_with_its_code_lists(registry: RegistryClient) -> None:
    (structure,) = registry.get_data_structures("DABIAO", FIGURES)
    components = structure.components
    assert [each.id for each in components.dimensions] == [
        "FREQ",
        "INDICATOR",
        "REF_AREA",
        "TIME_PERIOD",
    ]
    assert [each.id for each in components.measures] == ["OBS_VALUE"]
    assert components["UNIT_MEASURE"].attachment_level == "FREQ,INDICATOR,REF_AREA"
    assert {each.attachment_level for each in components if each.role is Role.ATTRIBUTE} == {
        "FREQ,INDICATOR,REF_AREA",
        "O",
    }
    coded = {each.id: each.enumeration for each in components if each.enumeration is not None}
    assert [code.id for code in coded["INDICATOR"].codes][:2] == [
        REVENUE,
        "software_revenue_growth",
    ]
    assert {"FREQ", "REF_AREA", "UNIT_MEASURE", "BASIS", "OBS_STATUS"} <= coded.keys()


def test_it_reads_a_code_list_and_the_concepts(registry: RegistryClient) -> None:
    areas = registry.get_codes("DABIAO", "CL_SHENZHEN_SOFTWARE_2025_AREA")
    names = {code.id: code.name for code in areas.codes}
    assert set(names) == {"shenzhen", "qianhai", *DISTRICTS}
    assert names["nanshan"] == "Nanshan District"
    concepts = {each.id: each.name for each in registry.get_concepts("DABIAO", "CONCEPTS").concepts}
    assert concepts["REF_AREA"] == "Reference area"


@pytest.mark.parametrize("version", ["1.0.0", "+", "~"])
def test_it_reads_a_schema_and_the_details_of_a_flow(
    registry: RegistryClient, version: str
) -> None:
    schema = registry.get_schema("dataflow", "DABIAO", GAPS, version)
    assert schema.components["RATING"].enumeration is not None
    found = registry.get_dataflow_details("DABIAO", GAPS, version)
    assert [each.id for each in found.components] == [each.id for each in schema.components]


def test_what_is_not_there_is_not_found(registry: RegistryClient) -> None:
    for call in (
        lambda: registry.get_codes("DABIAO", "CL_NOWHERE"),
        lambda: registry.get_schema("dataflow", "DABIAO", FIGURES, "7.0.0"),
        lambda: registry.get_data_structures("OTHER", FIGURES),
    ):
        with pytest.raises(errors.NotFound):
            call()


def test_it_finds_a_flow_and_says_how_much_is_in_it(
    served: Served, connector: SdmxConnector
) -> None:
    assert [flow.id for flow in connector.dataflows("figures")] == [FIGURES, CITY_FIGURES]
    flow = connector.dataflow(f"DABIAO:{FIGURES}(1.0.0)")
    rows = served.values(NATION)
    assert (flow.obs_count, flow.series_count) == (
        len(rows),
        len({key.partition("@")[0] for key in rows}),
    )
    assert isinstance(flow.structure, DataStructureDefinition)
    part = connector.dataflow(f"DABIAO:{FIGURES}(1.0.0)", "REF_AREA = 'east'")
    assert (part.obs_count, part.series_count) == (10, 1)


def test_every_figure_is_that_of_the_json_answer(served: Served, connector: SdmxConnector) -> None:
    for plan, flow in ((NATION, FIGURES), (CITY, CITY_FIGURES)):
        rows, found = served.values(plan), _data(connector, flow)
        assert list(found) == list(rows)
        for key, row in rows.items():
            cells = found[key]
            assert _number(cells["OBS_VALUE"]) == row["value"], key
            assert _number(cells["PUBLISHED_GROWTH_PERCENT"]) == row["published_growth_percent"]
            assert cells["BASIS"] == (row["basis"] or "")
            assert cells["MISSING_REASON"] == (row["missing_reason"] or "")
            assert cells["SOURCE"] == row["source"]["publisher"]
            assert (int(cells["REVISION"]), cells["RECORDED_AT"]) == (
                row["revision"],
                row["recorded_at"],
            )


def test_a_figure_that_is_withheld_has_a_status_and_no_value(connector: SdmxConnector) -> None:
    cells = _data(connector, CITY_FIGURES)["Q.value_added.futian@2024-Q4"]
    assert (cells["OBS_VALUE"], cells["OBS_STATUS"]) == ("", "Q")
    assert (cells["MISSING_REASON"], cells["UNIT_MEASURE"]) == ("withheld", "YUAN_1E8")


def test_a_figure_without_a_value_fulfils_no_condition_on_it(connector: SdmxConnector) -> None:
    found = _data(connector, CITY_FIGURES, "OBS_VALUE >= 0 AND FREQ = 'Q'")
    assert list(found) == ["Q.value_added.nanshan@2024-Q3"]


def test_a_figure_that_is_counted_once_a_year_is_of_the_year(connector: SdmxConnector) -> None:
    cells = _data(connector, CITY_FIGURES, "FREQ = 'A'")["A.revenue_10bn_plus.nanshan@2024"]
    assert (cells["OBS_VALUE"], cells["UNIT_MEASURE"]) == ("7", "ENTITY")


@pytest.mark.parametrize(
    ("filters", "query"),
    [
        ("INDICATOR = 'software_export'", {"indicator": "software_export"}),
        ("REF_AREA IN ('east', 'west')", {"area": ["east", "west"]}),
        (
            "TIME_PERIOD BETWEEN '2023-Q1' AND '2024-Q2' AND REF_AREA = 'china'",
            {"start_period": "2023-Q1", "end_period": "2024-Q2", "area": "china"},
        ),
        ("TIME_PERIOD >= '2025'", {"start_period": "2025-Q1"}),
    ],
)
def test_filters_leave_what_they_leave_in_json(
    served: Served, connector: SdmxConnector, filters: str, query: dict[str, Any]
) -> None:
    rows = served.values(NATION, **query)
    assert rows
    assert list(_data(connector, FIGURES, filters)) == list(rows)


def test_values_can_be_filtered(served: Served, connector: SdmxConnector) -> None:
    expected = {key for key, row in served.values(NATION).items() if row["value"] > 100_000}
    assert set(_data(connector, FIGURES, "OBS_VALUE > 100000")) == expected
    assert 0 < len(expected) < len(served.values(NATION))


def test_the_gap_table_has_the_rows_of_the_json_answer(
    served: Served, connector: SdmxConnector
) -> None:
    found = _data(connector, GAPS)
    query = {"start_period": "2020", "end_period": "2025"}
    rows = {
        key: row
        for key, row in served.values(NATION, "gaps", **query).items()
        if row["actual"] is not None
    }
    compared = 0
    for key, row in rows.items():
        cells = found[key]
        for name in ("target", "gap", "attainment_percent", "progress_percent", "path_value"):
            assert _number(cells[name.upper()]) == row[name], (key, name)
            compared += row[name] is not None
        assert _number(cells["OBS_VALUE"]) == row["actual"]
        assert cells["RATING"] == row["rating"]
    assert compared > 100
    # A target that nothing was ever reported for stands at its deadline.
    assert found["A.china_software_parks.china@2025"]["TARGET"] == "20"
    best = _data(connector, GAPS, "RATING = 'achieved'")
    assert {key for key in found if found[key]["RATING"] == "achieved"} == set(best) != set()


def _ask(served: Served, query: DataQuery, form: DataFormat) -> str:
    service = RestService(f"{served.url}/sdmx/v2", ApiVersion.V2_2_0, data_format=form)
    return service.data(query).decode()


def test_keys_history_and_time_travel_as_it_asks_for_them(served: Served) -> None:
    place = (DataContext.DATAFLOW, "DABIAO", CITY_FIGURES)
    form = DataFormat.SDMX_CSV_1_0_0
    key = "Q.value_added.nanshan"
    now = _ask(served, DataQuery(*place, key=key), form)
    assert [line.split(",")[5] for line in now.splitlines()[1:]] == ["812.4"]
    history = _ask(served, DataQuery(*place, key=key, include_history=True), form)
    assert [line.split(",")[5] for line in history.splitlines()[1:]] == ["800", "812.4"]
    lines = DataQuery(*place, key=key, include_history=True, last_n_obs=1)
    assert _ask(served, lines, form) == history
    before = datetime.fromisoformat(served.between)
    then = _ask(served, DataQuery(*place, key=key, as_of=before), form)
    assert [line.split(",")[5] for line in then.splitlines()[1:]] == ["800"]
    news = _ask(served, DataQuery(*place, updated_after=before), form)
    assert [line.split(",")[3:6] for line in news.splitlines()[1:]] == [
        ["nanshan", "2024-Q3", "812.4"],
        ["futian", "2024-Q4", ""],
    ]
    several = DataQuery(*place, key=("Q.*.futian", "A.*.nanshan"), obs_dimension="AllDimensions")
    assert len(_ask(served, several, DataFormat.SDMX_CSV_2_0_0).splitlines()) == 3


def test_it_reads_the_message_of_all_structures_with_its_schema(served: Served) -> None:
    for form, count in (("jsonstructure", 27), ("structure", 27)):
        message = read_sdmx(f"{served.url}/sdmx/v2/structure?format={form}", validate=True)
        assert len(message.structures or ()) == count, form


def test_it_reads_the_third_version_of_sdmx_ml_with_its_schema(served: Served) -> None:
    def get(path: str, label: str) -> str:
        headers = {"Accept": f"application/vnd.sdmx.{label}+xml;version=3.0.0"}
        answer = httpx.get(
            f"{served.url}/sdmx/v2/{path}", headers=headers, trust_env=False, verify=NOBODY
        )
        assert answer.status_code == 200, answer.text
        return answer.text

    place = f"dataflow/DABIAO/{FIGURES}/1.0.0"
    structures = read_sdmx(get("structure", "structure"), validate=True)
    assert len(structures.structures or ()) == 27
    (structure,) = [
        each for each in structures.get_data_structure_definitions() if each.id == FIGURES
    ]
    assert [each.id for each in structure.components.measures] == ["OBS_VALUE"]
    (constraint,) = read_sdmx(
        get(f"availability/{place}", "structure"), validate=True
    ).get_availability_constraints()
    values = {each.id: len(each.values) for each in constraint.cube_region.key_values}
    assert (values["REF_AREA"], values["FREQ"]) == (11, 1)


def test_it_reads_availability_with_its_schema(served: Served) -> None:
    service = RestService(f"{served.url}/sdmx/v2", ApiVersion.V2_0_0)
    query = AvailabilityQuery(
        DataContext.DATAFLOW,
        "DABIAO",
        FIGURES,
        component_id="REF_AREA",
        key="Q.software_business_revenue.*",
        references=StructureReference.DATAFLOW,
    )
    message = read_sdmx(service.availability(query).decode(), validate=True)
    (constraint,) = message.get_availability_constraints()
    values = {each.id: [v.value for v in each.values] for each in constraint.cube_region.key_values}
    assert len(values["REF_AREA"]) == 11
    assert values.keys() == {"REF_AREA", "TIME_PERIOD"}


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("none", set()),
        ("parents", {"Dataflow"}),
        ("parentsandsiblings", {"Dataflow"}),
        ("ancestors", {"Dataflow"}),
        ("children", {"Codelist", "ConceptScheme"}),
        ("descendants", {"Codelist", "ConceptScheme"}),
        ("all", {"Dataflow", "Codelist", "ConceptScheme"}),
        ("codelist", {"Codelist"}),
        ("conceptscheme", {"ConceptScheme"}),
        ("dataflow", {"Dataflow"}),
    ],
)
def test_references_lead_up_and_down(served: Served, reference: str, expected: set[str]) -> None:
    service = RestService(f"{served.url}/sdmx/v2", ApiVersion.V2_0_0)
    query = StructureQuery(
        StructureType.DATA_STRUCTURE,
        "DABIAO",
        FIGURES,
        references=StructureReference(reference),
    )
    message = read_sdmx(service.structure(query).decode(), validate=True)
    found = {type(each).__name__ for each in message.structures or ()}
    assert found == expected | {"DataStructureDefinition"}
