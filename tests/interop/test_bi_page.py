"""The page about BI tools: the dashboard of Grafana asks for what there is, and Basic opens it."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.api.reads import CITY, approve, submit
from tests.conftest import Deployment

DOCS = Path(__file__).parents[2] / "docs"
DASHBOARD = json.loads((DOCS / "grafana.json").read_text("utf-8"))
PAGES = [(DOCS / name).read_text("utf-8") for name in ("bi.md", "bi.zh.md")]
VARIABLES = {each["name"]: each["query"] for each in DASHBOARD["templating"]["list"]}
QUERIES = [
    pytest.param(query, id=f"{panel['id']}{query['refId']}")
    for panel in DASHBOARD["panels"]
    for query in panel["targets"]
]
Row = dict[str, Any]


def _fill(text: str) -> str:
    """A text as Grafana sends it: its variables replaced; one that there is not is an error."""
    return Template(text).substitute(VARIABLES)


def _has_number(rows: list[Row], query: Row) -> bool:
    """Whether a column that is drawn as numbers holds some, and nothing else."""
    named = [each["selector"] for each in query["columns"] if each["type"] == "number"]
    values = [row[name] for row in rows for name in named if row[name] not in {None, ""}]
    return len([float(value) for value in values]) > 0


@pytest.fixture
def closed(deploy: Callable[..., Deployment], sqlite_url: str) -> Deployment:
    """A closed deployment with the figures of two districts."""
    deployment = deploy(sqlite_url, read_access="key")
    for area in ("nanshan", "futian"):
        approve(deployment, submit(deployment, area, 100))
    return deployment


def _basic(deployment: Deployment) -> tuple[str, str]:
    """A user name and the key as the password: all that Excel, Power BI and Grafana send."""
    return "key", deployment.key("reader")["Authorization"].removeprefix("Bearer ")


@pytest.mark.parametrize("query", QUERIES)
def test_the_dashboard_asks_for_what_there_is(closed: Deployment, query: Row) -> None:
    url = _fill(query["url"]).removeprefix(VARIABLES["url"])
    sent = [(str(each["key"]), _fill(each["value"])) for each in query["url_options"]["params"]]
    found = closed.client.get(f"{url}?{urlencode(sent)}", auth=_basic(closed))
    assert found.status_code == 200, found.text
    if query["type"] == "csv":
        rows: list[Row] = [*csv.DictReader(io.StringIO(found.content.decode("utf-8-sig")))]
    else:
        rows = found.json()[query["root_selector"]]
    wanted = {column["selector"] for column in query["columns"]}
    if "rating" in dict(sent):
        # Nothing is behind schedule after one quarter; the columns are those of any row.
        rows = rows or closed.client.get(url, auth=_basic(closed)).json()["items"]
    assert rows
    assert all(wanted <= row.keys() for row in rows), wanted - rows[0].keys()
    assert _has_number(rows, query)


def test_a_table_in_csv_opens_with_basic_and_not_without(closed: Deployment) -> None:
    path = f"{CITY}/gaps?format=csv"
    assert all(path in page for page in PAGES)
    refused = closed.client.get(path)
    assert refused.status_code == 401
    assert any("Basic" in each for each in refused.headers.get_list("www-authenticate"))
    found = closed.client.get(path, auth=_basic(closed))
    assert found.headers["content-type"].startswith("text/csv")
    (row,) = (
        row
        for row in csv.DictReader(io.StringIO(found.content.decode("utf-8-sig")))
        if (row["indicator"], row["area"]) == ("value_added", "nanshan")
    )
    assert (row["actual"], row["period_end"]) == ("100", "2024-12-31")


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
def test_every_tool_is_named_with_what_to_type(page: str) -> None:
    tools = ["Superset", "Metabase", "DataEase", "Grafana", "Datasette"]
    for tool in (*tools, "Power BI", "Power Query", "Excel, From Web"):
        assert f"| {tool} | " in page
    for view in ("v_gap_latest", "v_observation", "v_target"):
        assert f"| `{view}` | " in page
