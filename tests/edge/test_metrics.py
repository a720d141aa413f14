"""Metrics and logs: what a scraper is told by whom it is, and one line of JSON for each event."""

import json
import logging
import re
from typing import Any

import pytest
import yaml
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.parser import text_string_to_metric_families

from app.logs import JsonFormatter
from tests.conftest import ROOT, Deployment
from tests.writing import CITY, figure, submit

PLAN = CITY.rpartition("/")[2]
METRIC = re.compile(r"dabiao_[a-z_]+")
MATCHED = re.compile(r"(dabiao_[a-z_]+)\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)(=~?|!~|!=)"([^"]*)"')
GROUPED = re.compile(r"by \(([^)]*)\)")
# What Prometheus adds: where it scraped.
OF_PROMETHEUS = {"job", "instance"}
OF_PLANS = {"dabiao_plan_revision", "dabiao_reports_waiting", "dabiao_hook_messages"}


def _scrape(
    deployment: Deployment, headers: dict[str, str] | None = None
) -> dict[str, dict[tuple[str, ...], float]]:
    answer = deployment.client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == CONTENT_TYPE_LATEST
    return {
        sample.name: {
            tuple(each.labels.values()): each.value
            for each in family.samples
            if each.name == sample.name
        }
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_requests_are_counted_with_their_time_and_where_the_answer_was(api: Deployment) -> None:
    for _ in range(3):
        api.client.get(f"{CITY}/areas")
    api.client.get(f"{CITY}/nothing")
    told = _scrape(api)
    assert told["dabiao_requests_total"] == {("GET", "200"): 3, ("GET", "404"): 1}
    assert told["dabiao_request_seconds_count"] == {(): 4}
    assert told["dabiao_cache_answers_total"][("cache",)] == 2
    assert told["dabiao_writes_waiting"] == {(): 0}
    assert OF_PLANS.isdisjoint(told)


def test_who_sees_all_is_told_of_the_plans_too(deployment: Deployment) -> None:
    nanshan = deployment.key("reporter", "nanshan")
    submit(deployment, nanshan, figure())
    told = _scrape(deployment, deployment.key("reader"))
    assert told["dabiao_reports_waiting"][(PLAN,)] == 1
    assert told["dabiao_plan_revision"][(PLAN,)] == 2
    assert told["dabiao_hook_messages"] == {("delivered",): 0, ("failed",): 0, ("pending",): 0}
    for headers in (None, nanshan, deployment.key("administrator", plan=PLAN)):
        assert OF_PLANS.isdisjoint(_scrape(deployment, headers))
    wrong = {"Authorization": "Bearer nobody"}
    assert deployment.client.get("/metrics", headers=wrong).status_code == 401


def _alerts() -> list[str]:
    rules = yaml.safe_load((ROOT / "docs/alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]
    return [rule["expr"] for rule in rules]


def _panels() -> list[dict[str, Any]]:
    text = (ROOT / "docs/operations-dashboard.json").read_text("utf-8")
    found: list[dict[str, Any]] = json.loads(text)["panels"]
    return found


def _drawn() -> list[str]:
    return [target["expr"] for panel in _panels() for target in panel["targets"]]


@pytest.fixture
def labels(deployment: Deployment) -> dict[str, dict[str, set[str]]]:
    """By metric, the labels that a scrape tells, and their values."""
    submit(deployment, deployment.key("reporter", "nanshan"), figure())
    deployment.client.get(f"{CITY}/areas")
    answer = deployment.client.get("/metrics", headers=deployment.key("reader"))
    found: dict[str, dict[str, set[str]]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            told = found.setdefault(sample.name, {})
            for name, value in sample.labels.items():
                told.setdefault(name, set()).add(value)
    return found


@pytest.mark.parametrize("file", ["alerts", "dashboard"])
def test_what_alerts_and_dashboard_ask_for_is_told(
    labels: dict[str, dict[str, set[str]]], file: str
) -> None:
    asked = _alerts() if file == "alerts" else _drawn()
    named = {name for expression in asked for name in METRIC.findall(expression)}
    assert len(named) >= 6
    assert named <= labels.keys()
    for expression in asked:
        for metric, matchers in MATCHED.findall(expression):
            for label, sign, value in MATCHER.findall(matchers):
                if label not in OF_PROMETHEUS:
                    assert label in labels[metric], expression
                    assert sign != "=" or value in labels[metric][label], expression
        (metric, *_) = METRIC.findall(expression) or [None]
        for label in {each for group in GROUPED.findall(expression) for each in group.split(", ")}:
            assert metric is not None
            assert label in labels[metric], expression


def test_the_dashboard_shows_every_metric(labels: dict[str, dict[str, set[str]]]) -> None:
    drawn = {name for expression in _drawn() for name in METRIC.findall(expression)}
    # The count and the sum of a histogram are in its buckets.
    told = {name for name in labels if not name.endswith(("_sum", "_count", "_created"))}
    assert drawn == told
    for panel in _panels():
        assert panel["title"]
        assert panel["description"].endswith(".")
        for target in panel["targets"]:
            for label in re.findall(r"{{(\w+)}}", target["legendFormat"]):
                grouped = set(GROUPED.findall(target["expr"]))
                assert label in grouped | OF_PROMETHEUS, panel["title"]


def test_a_request_is_a_line_with_who_and_about_what(
    api: Deployment, caplog: pytest.LogCaptureFixture
) -> None:
    key = api.key("reader")
    with caplog.at_level(logging.INFO, "dabiao.requests"):
        answer = api.client.get(f"{CITY}/reports?status=submitted", headers=key)
    (record,) = [each for each in caplog.records if each.name == "dabiao.requests"]
    told = json.loads(JsonFormatter().format(record))
    assert told["request_id"] == answer.headers["x-request-id"]
    assert told["key_id"] == key["Authorization"].split("_")[1]
    assert (told["path"], told["status"]) == (f"{CITY}/reports", 200)
    assert (told["plan"], told["revision"]) == (PLAN, 1)
    assert told["milliseconds"] > 0


def test_a_line_of_the_log_cannot_be_forged() -> None:
    record = logging.LogRecord("dabiao", 30, "", 0, "request %s", ("a\nb\u2028c",), None)
    record.facts = {"path": '/x"}\n{"level": "info"'}
    line = JsonFormatter().format(record)
    assert line.splitlines() == [line]
    assert json.loads(line)["path"] == '/x"}\n{"level": "info"'
    assert json.loads(line)["message"] == "request a\nb\u2028c"
