"""What the contract says of texts, numbers and formats of a request, and where it cannot say it."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import yaml

from app.domain.checks.finding import FindingCode
from app.words.book import texts
from tests.conftest import ROOT, Deployment

Operation = dict[str, Any]


@pytest.fixture(scope="module")
def document(read_api: Deployment) -> Operation:
    return dict(read_api.client.get("/openapi.json").json())


def _operations(document: Operation) -> dict[str, Operation]:
    return {
        operation["operationId"]: operation
        for item in document["paths"].values()
        for operation in item.values()
    }


def _texts(document: Operation, schema: Any, place: str) -> Iterator[tuple[str, Operation]]:
    """The schemas of texts in a schema that is sent, each with its place."""
    if isinstance(schema, list):
        for each in schema:
            yield from _texts(document, each, place)
    elif isinstance(schema, dict) and "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        yield from _texts(document, document["components"]["schemas"][name], place)
    elif isinstance(schema, dict):
        if schema.get("type") == "string":
            yield place, schema
        for name in ("items", "anyOf", "oneOf", "additionalProperties"):
            yield from _texts(document, schema.get(name), f"{place}/{name}")
        for name, each in schema.get("properties", {}).items():
            yield from _texts(document, each, f"{place}/{name}")


def test_every_text_that_is_sent_says_what_it_looks_like(document: Operation) -> None:
    found: list[tuple[str, Operation]] = []
    for name, operation in _operations(document).items():
        for each in operation.get("parameters", []):
            found += _texts(document, each["schema"], f"{name} {each['name']}")
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        found += _texts(document, body.get("schema"), name)
    assert len(found) > 400
    known = ("pattern", "enum", "const", "format")
    assert [place for place, each in found if not any(name in each for name in known)] == []


@pytest.mark.parametrize(
    ("operation", "parameter", "taken", "refused"),
    [
        ("list_gaps", "plan", "shenzhen-software-2025", "Shenzhen"),
        ("list_gaps", "as_of", "2024-annual", "2024 annual"),
        ("list_gaps", "as_of", "2026-01-01T00:00:00.5+08:00", "2026-01-01 00:00:00Z"),
        ("list_plans", "as_of", "2026-01-01", "3"),
        ("list_gaps", "sort", "-gap_percent,actual", "gap_percent;"),
        ("list_gaps", "fields", "actual,target", "actual, target"),
        ("get_report", "report", "r7-1", "7-1"),
        ("revoke_key", "key", "3f9a1c0be7d2", "3F9A1C0BE7D2"),
        ("get_data_sdmx_2_1", "startPeriod", "2024-09", "2024-13"),
        ("get_data_sdmx_3", "c[REF_AREA]", "east,west", "east\n"),
        ("submit_report", "Idempotency-Key", "a b", " a"),
        ("submit_report", "if-match", '"0123"', "\0"),
    ],
)
def test_a_text_that_its_pattern_refuses_is_refused_in_any_case(
    document: Operation, operation: str, parameter: str, taken: str, refused: str
) -> None:
    parameters = _operations(document)[operation]["parameters"]
    (schema,) = [each["schema"] for each in parameters if each["name"] == parameter]
    assert jsonschema_rs.is_valid(schema, taken)
    assert not jsonschema_rs.is_valid(schema, refused)


def test_a_note_may_have_lines_and_emoji_but_no_sign_that_nobody_sees(document: Operation) -> None:
    note = document["components"]["schemas"]["ReturnInput"]["properties"]["reason"]
    for text in ("数据有误：见附件", "two\nlines\tand a tab", "\U0001f468\u200d\U0001f469"):
        assert jsonschema_rs.is_valid(note, text)
    for text in ("a\u200bb", "a\0", "\u202ea", "a\rb", "\ufeffa"):
        assert not jsonschema_rs.is_valid(note, text)


def test_formats_are_those_that_the_answer_comes_in(document: Operation) -> None:
    found = {
        name: each["schema"]["enum"]
        for name, operation in _operations(document).items()
        for each in operation.get("parameters", [])
        if each["name"] == "format"
    }
    assert found["list_gaps"] == ["json", "csv", "xlsx", "parquet", "jsonstat"]
    assert found["list_keys"] == ["json", "csv", "xlsx", "parquet"]
    assert found["get_briefing"] == ["json", "html", "xlsx"]
    assert found["get_structures_sdmx_3"] == ["structure", "jsonstructure"]
    data = ["genericdata", "structurespecificdata", "csvdata", "jsondata"]
    assert found["get_data_sdmx_2_1"] == data


def test_what_is_no_finding_of_the_contract_names_rules_and_operations_that_exist(
    document: Operation,
) -> None:
    """`make schema` counts every other refusal of what a schema allows as a finding."""
    rules, operations = texts("faults", "en")["rules"], _operations(document)
    codes = {*texts("problems", "en")["problems"], *texts("faults", "en")["faults"], *FindingCode}
    meanings = yaml.safe_load((ROOT / "fuzzing" / "meanings.yaml").read_text("utf-8"))
    assert len(meanings) > 40
    for line in meanings:
        assert line["why"].endswith("."), line
        assert 400 <= line["status"] < 500, line
        assert set(line.get("of", [])) <= operations.keys(), line
        assert set(_listed(line["code"])) <= codes, line
        assert set(_listed(line.get("rule", []))) <= rules.keys(), line


def _listed(words: Any) -> list[str]:
    return words if isinstance(words, list) else [words]
