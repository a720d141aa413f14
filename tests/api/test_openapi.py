"""The API describes itself, validly and without the internet."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from tests.conftest import Deployment

VERBS = {"get", "post", "put", "patch", "delete"}
NO_PROBLEMS = {"/healthz", "/readyz", "/metrics"}

# What an operation does.
FIRST_WORDS = {
    *(
        "Answer",
        "Approve",
        "Calculate",
        "Check",
        "Compare",
        "Download",
        "Evaluate",
        "Freeze",
        "Get",
    ),
    *("Grant", "List", "Note", "Publish", "Reconcile", "Record", "Reopen", "Return", "Revise"),
    *("Run", "Stream", "Submit", "Withdraw"),
}
# Riddles, and words that mean something else in a reference.
AVOIDED = re.compile(
    r"\b(came|comes by|is there|are there|mend\w*|anew|goes? by|goes before|of its own|stood"
    r"|stands? (for|on|in|beside|well)|what .* what|beyond the own|pass(ed)? over|held against)\b"
)
UNDESCRIBED = "Successful Response"

Operation = dict[str, Any]


@pytest.fixture(scope="module")
def document(read_api: Deployment) -> Operation:
    found = read_api.client.get("/openapi.json")
    assert found.status_code == 200
    return dict(found.json())


def _operations(document: Operation) -> list[tuple[str, Operation]]:
    return [
        (f"{verb.upper()} {path}", operation)
        for path, operations in document["paths"].items()
        for verb, operation in operations.items()
        if verb in VERBS
    ]


def _descriptions(part: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every description with its place, wherever it stands."""
    if isinstance(part, dict):
        if isinstance(part.get("description"), str):
            yield place, part["description"]
        for name, each in part.items():
            yield from _descriptions(each, f"{place}/{name}")
    elif isinstance(part, list):
        for number, each in enumerate(part):
            yield from _descriptions(each, f"{place}/{number}")


def test_the_description_is_valid_openapi(document: Operation) -> None:
    # 3.2 is what 3.1 is, and a word for the items of a stream, which the validator does not know.
    assert document["openapi"] == "3.2.0"
    known = deepcopy(document) | {"openapi": "3.1.0"}
    events = known["paths"]["/api/v1/plans/{plan}/events"]["get"]["responses"]["200"]
    assert events["content"]["text/event-stream"].pop("itemSchema")
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(known)] == []


def test_every_schema_is_a_valid_json_schema(document: Operation) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(schema), name


def test_every_reference_leads_somewhere(document: Operation) -> None:
    for reference in set(re.findall(r'"\$ref": ?"([^"]*)"', str(document).replace("'", '"'))):
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def test_every_description_is_a_sentence_of_a_reference(document: Operation) -> None:
    descriptions = dict(_descriptions(document))
    assert len(descriptions) > 1000
    short = {place: text for place, text in descriptions.items() if len(text.split()) < 4}
    assert short == {}
    avoided = {place: text for place, text in descriptions.items() if AVOIDED.search(text)}
    assert avoided == {}
    ends = {text[-2:] for text in descriptions.values()}
    assert {end for end in ends if end[-1] not in ".)" or end == ".."} == set()


def test_nothing_goes_undescribed(document: Operation) -> None:
    missing = [
        (name, parameter["name"])
        for name, operation in _operations(document)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    for name, schema in document["components"]["schemas"].items():
        # What a plan says in its own words may be any JSON, and has no fields to describe.
        missing += [(name, "")] if "description" not in schema and name != "JsonValue" else []
        fields = schema.get("properties", {}).items()
        missing += [(name, field) for field, each in fields if not each.get("description")]
    for name, operation in _operations(document):
        answers = operation["responses"].items()
        missing += [(name, code) for code, a in answers if a["description"] == UNDESCRIBED]
    assert missing == []


def test_every_operation_says_first_what_it_does(document: Operation) -> None:
    for name, operation in _operations(document):
        for text in (operation["summary"], operation["description"]):
            assert text.split()[0] in FIRST_WORDS, (name, text)


def test_every_operation_has_a_summary_and_a_name_of_its_own(document: Operation) -> None:
    operations = _operations(document)
    assert [name for name, operation in operations if not operation.get("summary")] == []
    names = [operation["operationId"] for _, operation in operations]
    assert len(names) == len(set(names))


def test_every_parameter_and_field_of_a_query_is_described(document: Operation) -> None:
    undescribed = [
        (name, parameter["name"])
        for name, operation in _operations(document)
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query" and not parameter.get("description")
    ]
    assert undescribed == []


def test_every_operation_lists_the_problems_that_it_may_answer(document: Operation) -> None:
    for name, operation in _operations(document):
        path = name.partition(" ")[2]
        if path in NO_PROBLEMS:
            continue
        needed = {"401", "422", "503"} | ({"404"} if "{plan}" in path else set())
        assert needed <= set(operation["responses"]), name
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (name, status)


def test_every_read_of_the_contract_is_described(document: Operation) -> None:
    described = {name for name, _ in _operations(document)}
    plan = "GET /api/v1/plans/{plan}"
    names = "areas indicators goals actions units targets overview gaps observations ledger reports"
    expected = {f"{plan}/{name}" for name in names.split()} | {
        f"{plan}/reconciliation",
        "POST /api/v1/plans/{plan}/scenarios",
        "GET /api/v1/plans",
        plan,
        f"{plan}/indicators/{{indicator}}",
        f"{plan}/targets/{{indicator}}",
        f"{plan}/gaps/{{indicator}}",
        f"{plan}/ledger/head",
        f"{plan}/reports/{{report}}",
        "GET /api/v1/me",
        "POST /api/v1/evaluate",
    }
    assert expected <= described


def test_answers_match_their_own_description(read_api: Deployment, document: Operation) -> None:
    plan = "/api/v1/plans/{plan}"
    for path, operations in document["paths"].items():
        operation = operations.get("get")
        if operation is None or not path.startswith("/api/v1/plans") or "report" in path:
            continue
        answer = operation["responses"]["200"].get("content", {}).get("application/json")
        if answer is None:
            continue
        url = path.replace("{plan}", "china-software-2025")
        url = url.replace("{indicator}", "software_business_revenue")
        found = read_api.client.get(url)
        if found.status_code == 200 and plan in path:
            schema = {**answer["schema"], "components": document["components"]}
            errors = [e.message for e in jsonschema_rs.iter_errors(schema, found.json())]
            assert errors[:3] == [], path


def test_the_pages_load_nothing_from_elsewhere(read_api: Deployment) -> None:
    page = read_api.client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", page.text) == []
    assets = re.findall(r'(?:href|src)="([^"]+)"', page.text)
    assert len(assets) >= 3
    for asset in assets:
        assert asset.startswith("/")
        assert read_api.client.get(asset).status_code == 200, asset
    assert "'/openapi.json'" in page.text
    assert '"validatorUrl": null' in page.text


def test_an_asset_that_is_not_there_is_404(read_api: Deployment) -> None:
    for name in ("none.js", "../../pyproject.toml", "%2e%2e/%2e%2e/pyproject.toml"):
        found = read_api.client.get(f"/docs/assets/{name}")
        assert found.status_code == 404
