"""The API describes itself, validly and without the internet."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR
from starlette.testclient import TestClient

from app.factory import create_app
from app.settings import Settings
from tests.api.reads import CITY, NATION
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
        "Delete",
        "Create",
        "Decide",
        "Download",
        "Evaluate",
        "Freeze",
        "Get",
    ),
    *("Grant", "List", "Note", "Publish", "Reconcile", "Record", "Reopen", "Return"),
    *("Revise", "Revoke"),
    *("Run", "Split", "Stream", "Submit", "Withdraw"),
}
# Riddles, and words that mean something else in a reference.
AVOIDED = re.compile(
    r"\b(came|comes by|is there|are there|mend\w*|anew|goes? by|goes before|of its own|stood"
    r"|stands? (for|on|in|beside|well)|what .* what|beyond the own|pass(ed)? over|held against)\b"
)
PROBLEM = "application/problem+json"
CUBE = "application/vnd.json-stat+json"
UNDESCRIBED = "Successful Response"

Operation = dict[str, Any]


@pytest.fixture(scope="module")
def document(read_api: Deployment) -> Operation:
    found = read_api.client.get("/openapi.json")
    assert found.status_code == 200
    return dict(found.json())


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/openapi.json", 200), ("OPTIONS", CITY, 405), ("PUT", CITY, 405)],
)
def test_the_document_is_made_outside_the_loop_of_events(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, method: str, path: str, status: int
) -> None:
    app = create_app(Settings(database_url=sqlite_url))
    threads = []

    def describe() -> Operation:
        threads.append(threading.current_thread())
        return {"paths": {}}

    monkeypatch.setattr(app, "openapi", describe)
    with TestClient(app) as client:
        assert client.request(method, path).status_code == status
        assert client.portal is not None
        assert client.portal.call(threading.current_thread) not in threads
    assert len(threads) == 1


def test_the_limits_of_a_number_have_one_order_in_every_process(document: Operation) -> None:
    written = json.dumps(document)
    assert written.count('"minimum": 1, "maximum": 1000}') > 10
    assert not re.search(r'"maximum": [0-9]+, "minimum"', written)


def _operations(document: Operation) -> list[tuple[str, Operation]]:
    return [
        (f"{verb.upper()} {path}", operation)
        for path, operations in document["paths"].items()
        for verb, operation in operations.items()
        if verb in VERBS
    ]


def _resolve(document: Operation, part: Operation) -> Operation:
    """What a part refers to, or the part itself."""
    place: Any = part
    if "$ref" in part:
        place = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            place = place[name]
    return dict(place)


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


def test_the_description_is_valid_openapi_3_1(document: Operation) -> None:
    assert document["openapi"] == "3.1.0"
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(document)] == []
    # A word of 3.2 that generators refuse.
    assert "itemSchema" not in str(document)


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
        missing += [
            (name, code)
            for code, answer in answers
            if _resolve(document, answer)["description"] == UNDESCRIBED
        ]
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
        needed = {"422", "500"} | ({"404", "403"} if "{plan}" in path else set())
        # The calculator has no database, and looks at no key.
        needed |= set() if path.endswith("/evaluate") else {"401", "503"}
        needed |= {"400", "413", "415"} if name.startswith("POST") else set()
        assert needed <= set(operation["responses"]), name
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert PROBLEM in _resolve(document, answer)["content"], (name, status)


def test_reports_list_every_outcome(document: Operation) -> None:
    plan = document["paths"]
    for path in ("reports", "reports/batch"):
        answers = plan[f"/api/v1/plans/{{plan}}/{path}"]["post"]["responses"]
        assert {"200", "201", "207", "409", "422"} <= set(answers)
    assert {"200", "201"} <= set(plan["/api/v1/plans/{plan}/targets"]["post"]["responses"])


def test_headers_that_a_client_acts_on_are_described(document: Operation) -> None:
    plan = document["paths"]
    gaps = plan["/api/v1/plans/{plan}/gaps"]["get"]["responses"]
    assert set(gaps["200"]["headers"]) == {"ETag", "Link"}
    assert set(_resolve(document, gaps["503"])["headers"]) == {"Retry-After"}
    saved = plan["/api/v1/plans/{plan}/reports"]["post"]["responses"]["201"]
    assert set(saved["headers"]) == {"Location"}
    overview = plan["/api/v1/plans/{plan}/overview"]["get"]["responses"]["200"]
    assert set(overview["headers"]) == {"ETag"}


def test_a_read_that_writes_nothing_has_no_conflict(document: Operation) -> None:
    gaps = document["paths"]["/api/v1/plans/{plan}/gaps"]["get"]["responses"]
    assert set(gaps) == {"200", "401", "403", "404", "406", "422", "429", "500", "503"}


def test_limits_are_named_as_json_schema_names_them(document: Operation) -> None:
    gaps = document["paths"]["/api/v1/plans/{plan}/gaps"]["get"]["parameters"]
    schemas = {each["name"]: each["schema"] for each in gaps}
    assert schemas["limit"] == {"type": "integer", "minimum": 1, "maximum": 1000}
    assert (schemas["as_of"]["type"], schemas["as_of"]["maxLength"]) == ("string", 64)
    assert schemas["start_period"]["pattern"] == "^[12][0-9]{3}(-Q[1-4])?$"
    text = json.dumps(document)
    assert [name for name in ("ge", "gt", "le", "lt") if f'"{name}": ' in text] == []
    growth = document["components"]["schemas"]["GrowthInput"]["properties"]["percent"]
    assert (growth["exclusiveMinimum"], growth["maximum"]) == (-100, 1000)
    report = document["components"]["schemas"]["ReportInput"]["properties"]
    assert report["figures"]["items"] == {"$ref": "#/components/schemas/FigureInput"}


def test_what_is_sent_is_closed_and_answers_may_grow(document: Operation) -> None:
    schemas = document["components"]["schemas"]
    for name in ("ReportInput", "FigureInput", "TargetRevision", "EvaluateInput"):
        assert schemas[name]["additionalProperties"] is False
    for name in ("GapRow", "GapRowPage", "Problem", "SubmissionResult"):
        assert "additionalProperties" not in schemas[name]


def test_each_format_has_a_media_type_of_its_own(document: Operation, read_api: Deployment) -> None:
    answer = document["paths"]["/api/v1/plans/{plan}/gaps"]["get"]["responses"]["200"]
    schemas = {name: each["schema"] for name, each in answer["content"].items()}
    assert schemas["application/json"] == {"$ref": "#/components/schemas/GapRowPage"}
    assert schemas[CUBE] == {"$ref": "#/components/schemas/JsonStat"}
    found = read_api.client.get(f"{NATION}/gaps?format=jsonstat")
    assert found.headers["content-type"] == CUBE
    areas = document["paths"]["/api/v1/plans/{plan}/areas"]["get"]["responses"]["200"]["content"]
    assert CUBE not in areas


# What clients were generated from stays. A new operation may be added.
NAMES = """
list_plans get_plan get_overview list_areas list_indicators get_indicator list_responsible_units
note_progress list_goals list_actions list_gaps get_gap list_targets revise_targets get_target
evaluate_target reconcile_figures run_scenario list_observations list_ledger_entries
get_ledger_head download_form submit_reports list_reports submit_report get_report approve_report
return_report withdraw_report decide_reports create_key list_keys revoke_key list_periods
get_completeness grant_extension get_briefing list_publications publish_revision get_publication
compare_revisions stream_events get_caller get_data_sdmx_2_1 list_structures_sdmx_2_1
get_structures_sdmx_2_1
get_all_structures_sdmx_3 get_structures_sdmx_3 get_data_sdmx_3 get_availability_sdmx_3
get_data_schema_sdmx_3 check_health check_readiness
"""


def test_operations_have_short_names_that_stay(document: Operation) -> None:
    names = {operation["operationId"] for _, operation in _operations(document)}
    assert names >= set(NAMES.split())
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z0-9]+){1,5}", name)] == []


def test_every_tag_says_what_it_is_about(document: Operation) -> None:
    used = {tag for _, operation in _operations(document) for tag in operation["tags"]}
    assert {each["name"] for each in document["tags"]} == used
    assert all(each["description"] for each in document["tags"])


def test_an_operation_that_needs_a_key_says_so_and_no_other_does(
    document: Operation, read_api: Deployment
) -> None:
    """As the server has it: without a key a request is 401 where the description has no ``{}``."""
    assert set(document["components"]["securitySchemes"]) == {"bearer", "basic"}
    for name, operation in _operations(document):
        verb, _, path = name.partition(" ")
        if path.endswith("/events"):
            continue
        found = read_api.client.request(verb, _filled(path, operation), json={})
        needs_key = operation["security"] == [{"basic": []}, {"bearer": []}]
        assert (found.status_code == 401) == needs_key, (name, found.text)


def _filled(path: str, operation: Operation) -> str:
    """The path of an operation with its own examples."""
    query: dict[str, str] = {}
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
        elif parameter["required"]:
            query[parameter["name"]] = parameter["example"]
    return f"{path}?{urlencode(query)}"


def test_the_examples_of_parameters_lead_somewhere(
    document: Operation, read_api: Deployment
) -> None:
    """Where nothing has to be written first."""
    for name, operation in _operations(document):
        verb, _, path = name.partition(" ")
        is_written_first = "publications/{" in path or path.endswith("/events")
        if verb != "GET" or {} not in operation["security"] or is_written_first:
            continue
        found = read_api.client.get(_filled(path, operation))
        assert found.status_code == 200, (name, found.text[:300])
        described = operation["responses"]["200"].get("headers", {})
        assert ("ETag" in described) == ("etag" in found.headers), name


def test_every_body_has_an_example_that_is_valid(document: Operation) -> None:
    seen = 0
    for name, operation in _operations(document):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is None:
            continue
        schema = {**body["schema"], "components": document["components"]}
        assert jsonschema_rs.is_valid(schema, body["example"]), name
        seen += 1
    assert seen >= 11


def test_the_examples_of_answers_are_valid(document: Operation) -> None:
    seen = 0
    for name, operation in _operations(document):
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                if "example" in content:
                    schema = {**content["schema"], "components": document["components"]}
                    assert jsonschema_rs.is_valid(schema, content["example"]), name
                    seen += 1
    assert seen >= 2


def _send(office: Deployment, clerk: dict[str, str], indicator: str, value: int) -> str:
    """A new report of a district, which waits for a decision."""
    units = {"value_added": ("亿元", "ytd"), "rd_institutions": ("家", "since_start")}
    unit, basis = units[indicator]
    body = {
        "area": "luohu",
        "period": "2024-Q3",
        "figures": [{"indicator": indicator, "value": value, "unit": unit, "basis": basis}],
        "explanations": {indicator: "counted by hand"},
        "correction_reason": "counted once more",
    }
    told = office.client.post(f"{CITY}/reports", json=body, headers=clerk)
    return str(told.json()["report"]["id"])


def test_the_examples_of_bodies_are_taken(
    document: Operation, deploy: Callable[..., Deployment], sqlite_url: str
) -> None:
    """Each is sent as it is shown, to a report that waits where one is needed."""
    office = deploy(sqlite_url)
    clerk = office.key("reporter", "nanshan", "futian", "luohu", owner="nanshan")
    boss = office.key("administrator", owner="bureau")
    reviewer = office.key("reviewer", owner="reviewer")
    keys = {"approve_report": reviewer, "return_report": reviewer, "withdraw_report": clerk}
    keys |= {"submit_report": clerk, "submit_reports": clerk, "decide_reports": reviewer}
    for number, (name, operation) in enumerate(_operations(document)):
        _, _, path = name.partition(" ")
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is None:
            continue
        url, key = _filled(path, operation), keys.get(operation["operationId"], boss)
        text = json.dumps(body["example"])
        if "{report}" in path or path.endswith("/decisions"):
            for example, indicator in (("r2-1", "value_added"), ("r2-2", "rd_institutions")):
                waits = _send(office, clerk, indicator, 300 + number)
                url, text = (each.replace(example, waits) for each in (url, text))
        found = office.client.post(
            url, content=text, headers=key | {"Content-Type": "application/json"}
        )
        # A plan that closes no period has none to open again.
        expected = {200, 201, 409} if "extensions" in path else {200, 201}
        assert found.status_code in expected, (name, found.text)


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
            # Answers may grow; but what they hold is described.
            closed = deepcopy(document["components"])
            for each in closed["schemas"].values():
                if "properties" in each:
                    each.setdefault("additionalProperties", False)
            schema = {**answer["schema"], "components": closed}
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
