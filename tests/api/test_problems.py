"""Every failure is a problem document, in the reader's language, with every error at once."""

import pytest

from app.tables import Definition
from tests.api.reads import CITY, NATION, Row
from tests.conftest import Deployment

MEMBERS = ["type", "title", "status", "detail", "instance", "code", "errors"]
MEDIA_TYPE = "application/problem+json"

# Method, path, status, code.
FAILURES = [
    ("GET", "/nowhere", 404, "no_such_path"),
    ("GET", "/api/v1", 404, "no_such_path"),
    ("GET", "/api/v1/plans/atlantis", 404, "unknown_plan"),
    ("GET", f"{CITY}/indicators/atlantis", 404, "not_found"),
    ("GET", f"{CITY}/gaps?limit=0", 422, "invalid_parameter"),
    ("GET", f"{CITY}/gaps?as_of=0", 422, "invalid_as_of"),
    ("GET", f"{CITY}/gaps?view=provisional", 401, "key_required"),
    ("GET", "/api/v1/me", 401, "key_required"),
    ("DELETE", CITY, 405, "method_not_allowed"),
    ("PUT", "/api/v1/evaluate", 405, "method_not_allowed"),
    ("POST", "/docs", 405, "method_not_allowed"),
    ("POST", "/api/v1/evaluate", 422, "invalid_parameter"),
]


@pytest.mark.parametrize(("method", "path", "status", "code"), FAILURES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_failure_is_a_problem_document(
    read_api: Deployment, method: str, path: str, status: int, code: str, language: str
) -> None:
    found = read_api.client.request(method, path, headers={"Accept-Language": language})
    assert found.status_code == status
    assert found.headers["content-type"] == MEDIA_TYPE
    assert found.headers["content-language"] == language
    assert found.headers["cache-control"] == "no-store"
    assert found.headers["x-request-id"]
    problem = found.json()
    assert list(problem) == MEMBERS
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"].endswith(code)
    assert problem["instance"] == path.partition("?")[0]
    assert "{" not in problem["title"] + problem["detail"]
    is_chinese = any("一" <= sign <= "鿿" for sign in problem["title"] + problem["detail"])
    assert is_chinese == (language == "zh")


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("ZH-Hant-TW", "zh"),
        ("en;q=0.5, zh;q=0.8", "zh"),
        ("en, zh;q=0.9", "en"),
        ("fr, zh;q=0.1", "zh"),
        ("fr", "en"),
        ("*", "en"),
        ("zh;q=0", "en"),
        ("zh;q=abc", "en"),
        ("zh; q = 1.0", "zh"),
        ("", "en"),
        (",;,;q=", "en"),
    ],
)
def test_the_language_is_the_one_that_is_liked_best(
    read_api: Deployment, accept: str, language: str
) -> None:
    found = read_api.client.get("/nowhere", headers={"Accept-Language": accept})
    assert found.headers["content-language"] == language


def test_every_error_of_a_query_comes_at_once_and_in_the_readers_language(
    read_api: Deployment,
) -> None:
    query: Row = {
        "limit": "0",
        "perod": "2024",
        "period": ["2024", "2024-Q9"],
        "view": "all",
        "explain": "perhaps",
        "carry_forward": "1_0",
        "as_of": "1" * 65,
    }
    for language in ("en", "zh"):
        headers = {"Accept-Language": language}
        found = read_api.client.get(f"{CITY}/gaps", params=query, headers=headers)
        errors = found.json()["errors"]
        assert {error["parameter"] for error in errors} == set(query)
        assert len(errors) == len(query)
        for error in errors:
            assert (error["pointer"], error["row"]) == (None, None)
            text = error["message"]
            assert "{" not in text
            assert any("一" <= sign <= "鿿" for sign in text) == (language == "zh")
            assert "Input should" not in text
            assert "Value error" not in text


def test_the_errors_of_a_body_have_pointers(read_api: Deployment) -> None:
    body = {
        "target": {"value": True, "comparator": "above", "deadline": 2025, "goal": 1},
        "baseline": {"value": None, "period": "2021"},
        "observations": [{"period": "2022", "value": "1_000"}, {"period": "now"}],
        "accumulation": "annual_flow",
        "a/b~c": 1,
    }
    found = read_api.client.post("/api/v1/evaluate", json=body)
    assert found.status_code == 422
    errors = {error["pointer"]: error["code"] for error in found.json()["errors"]}
    assert errors == {
        "/target/value": "invalid",
        "/target/comparator": "invalid",
        "/target/deadline": "invalid",
        "/target/goal": "unknown_field",
        "/baseline/value": "invalid",
        "/observations/0/value": "invalid",
        "/observations/1/period": "invalid",
        "/a~1b~0c": "unknown_field",
    }


def test_what_was_received_is_quoted_as_json_and_kept_short(read_api: Deployment) -> None:
    body = {
        "target": {"value": True, "comparator": None, "deadline": "x" * 5000},
        "accumulation": "level",
    }
    errors = read_api.client.post("/api/v1/evaluate", json=body).json()["errors"]
    messages = {error["pointer"]: error["message"] for error in errors}
    assert "'true'" in messages["/target/value"]
    assert "'null'" in messages["/target/comparator"]
    assert len(messages["/target/deadline"]) < 300


def test_what_steers_a_screen_is_not_echoed(read_api: Deployment) -> None:
    for sign in ("\x00", "\x1b", "\u202e", "\u200b"):
        for query in ({"area": sign}, {sign: "1"}, {"sort": sign}, {"as_of": sign}):
            found = read_api.client.get(f"{CITY}/gaps", params=query)
            assert found.status_code == 422
            (message, *_) = [e["message"] for e in found.json()["errors"]] or [
                found.json()["detail"]
            ]
            assert sign not in message, (query, message)


@pytest.mark.parametrize("code", ["%ED%A0%80", "%F0%9F%92%A9", "a" * 3000, "'--"])
@pytest.mark.parametrize(
    "path", ["/api/v1/plans/{}", "/api/v1/plans/{}/gaps", CITY + "/gaps/{}", CITY + "/reports/{}"]
)
def test_a_code_of_any_characters_is_not_there(reads: Deployment, path: str, code: str) -> None:
    found = reads.client.get(path.format(code), headers=reads.key("reader"))
    assert found.status_code == 404, found.text
    assert found.headers["content-type"] == MEDIA_TYPE


def test_an_unexpected_failure_reveals_a_request_id_and_nothing_else(
    deployment: Deployment,
) -> None:
    broken = Definition(plan="china-software-2025", revision=2, document='{"secret": 4711}')
    with deployment.database.write_transaction() as session:
        session.add(broken)
    found = deployment.client.get(f"{NATION}/gaps")
    assert found.status_code == 500
    problem = found.json()
    request_id = found.headers["x-request-id"]
    assert (problem["code"], problem["errors"]) == ("internal_error", [])
    assert request_id in problem["detail"]
    assert problem["detail"].startswith("The request failed because of an error in the server.")
    for secret in ("4711", "secret", "Traceback", "pydantic", "document", "sql"):
        assert secret not in found.text
    assert deployment.client.get("/healthz").status_code == 200
