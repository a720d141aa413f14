"""The demonstration: simulated figures that are made by the intake, marked, and kept apart."""

import json
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonstat_validator import validate_jsonstat
from typer.testing import CliRunner

from app.cli.commands import main
from app.cli.plans import SEEDS
from app.demo.bureau import ADMINISTRATOR, REVIEWER
from app.demo.making import make_demo, settings_of
from app.demo.texts import EXPLANATION
from app.errors.plans import NotMixed
from app.formats.plans.plan_file import read_plan_file
from app.schemas.document.plan import PlanDocument
from app.settings import Settings
from tests.conftest import ROOT, Deployment
from tests.formats.tables import read_sheet
from tests.serving import started
from tests.writing import CITY, official_values

PLAN_FILE = SEEDS / "shenzhen-software-2025.yaml"
# The first quarter is reported and decided by then.
SPRING = datetime(2022, 6, 1, tzinfo=UTC)
REAL = Settings(database_url="sqlite:////nowhere/real.db")

Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole demonstration, as the command makes it."""
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    shown = CliRunner().invoke(main, ["demo", "--database", str(file)])
    assert shown.exit_code == 0, shown.output
    assert "created with simulated figures (seed 2025)" in shown.stdout
    return file


@pytest.fixture
def ask(made: Path) -> Iterator[Callable[..., Rows]]:
    """Ask the demonstration's database."""
    with closing(sqlite3.connect(f"file:{made}?mode=ro", uri=True)) as connection:
        yield lambda query: connection.execute(query).fetchall()


@pytest.fixture
def demo(deploy: Callable[..., Deployment], made: Path, tmp_path: Path) -> Deployment:
    """The API on a copy of the demonstration."""
    file = tmp_path / "demo.db"
    shutil.copy(made, file)
    return deploy(f"sqlite:///{file}")


def test_all_districts_with_eight_columns_are_under_twelve_kilobytes(demo: Deployment) -> None:
    query = {"area_level": "district", "fields": "actual,target,gap,rating,progress_percent"}
    found = demo.client.get(f"{CITY}/gaps", params=query)
    rows = found.json()["items"]
    # Beside the codes: indicator, area, period.
    assert (len(rows), len(rows[0])) == (7 * 11, 8)
    assert all(row["actual"] is not None for row in rows)
    assert len(found.content) < 12_288


def test_every_json_answer_of_a_demonstration_says_so(demo: Deployment, api: Deployment) -> None:
    expected = {
        "/api/v1/plans": 200,
        CITY: 200,
        f"{CITY}/gaps": 200,
        f"{CITY}/gaps/value_added": 200,
        f"{CITY}/overview": 200,
        f"{CITY}/observations": 200,
        f"{CITY}/completeness": 200,
        f"{CITY}/ledger/head": 200,
        f"{CITY}/gaps?colour=red": 422,
        "/api/v1/plans/no-such-plan": 404,
        "/api/v1/me": 401,
        "/no-such-path": 404,
        "/healthz": 200,
    }
    for path, status in expected.items():
        answer, real = demo.client.get(path), api.client.get(path)
        assert (answer.status_code, answer.headers["x-dabiao-demo"]) == (status, "true"), path
        assert answer.json()["demo"] is True, path
        assert (real.status_code, "x-dabiao-demo" in real.headers) == (status, False), path
        assert "demo" not in real.json(), path


def test_what_is_no_json_has_the_header(demo: Deployment) -> None:
    table = demo.client.get(f"{CITY}/gaps", params={"format": "csv"})
    tag = table.headers["etag"]
    again = demo.client.get(f"{CITY}/gaps?format=csv", headers={"If-None-Match": tag})
    head = demo.client.head(f"{CITY}/gaps")
    allowed = {"area": "nanshan", "period": "2025-Q3"}
    form = demo.client.get(f"{CITY}/reports/template", params=allowed)
    assert [each.status_code for each in (table, again, head, form)] == [200, 304, 200, 200]
    assert {each.headers["x-dabiao-demo"] for each in (table, again, head, form)} == {"true"}
    assert table.content.startswith(b"\xef\xbb\xbfplan,")
    assert table.headers["content-disposition"] == 'attachment; filename="demo-gaps.csv"'


def test_a_file_of_a_demonstration_says_so_itself(demo: Deployment) -> None:
    path = f"{CITY}/gaps"
    book = demo.client.get(path, params={"format": "xlsx"})
    assert any("数据均为模拟" in str(row) for row in read_sheet(book.content, 1))
    cube = demo.client.get(path, params={"format": "jsonstat"}).json()
    assert cube["extension"]["demo"] is True
    assert validate_jsonstat(cube)
    assert b'"demo": true' in demo.client.get(path, params={"format": "parquet"}).content


def test_a_write_to_a_demonstration_is_marked_too(demo: Deployment) -> None:
    headers = demo.key("reporter", "nanshan")
    body = {"area": "nanshan", "period": "2025-Q4", "figures": [{"indicator": "nope"}]}
    refused = demo.client.post(f"{CITY}/reports", json=body, headers=headers)
    assert (refused.status_code, refused.json()["demo"]) == (422, True)


def test_at_the_plans_end_every_target_has_its_verdict(demo: Deployment) -> None:
    rows = demo.client.get(f"{CITY}/gaps", params={"area": "shenzhen"}).json()["items"]
    assert {(row["period"], row["areas_reported"]) for row in rows} == {("2025-Q4", 11)}
    assert {row["indicator"]: (row["actual"], row["rating"]) for row in rows} == {
        "value_added": (4154.48, "missed"),
        "rd_institutions": (13, "achieved"),
        "new_software_workers": (143728, "missed"),
        "industrial_space": (1745645.23, "missed"),
        "national_key_software_enterprises": (46, "missed"),
        "revenue_10bn_plus": (5, "achieved"),
        "revenue_1bn_10bn": (49, "missed"),
    }


def test_one_target_is_achieved_early_and_one_lags_far_behind(demo: Deployment) -> None:
    query = {"area": "shenzhen", "start_period": "2024-Q4", "end_period": "2025-Q3"}
    rows = demo.client.get(f"{CITY}/gaps", params=query).json()["items"]
    ratings: dict[str, list[str]] = {}
    for row in rows:
        ratings.setdefault(row["indicator"], []).append(row["rating"])
    early = [code for code, found in ratings.items() if "achieved_early" in found]
    assert early == ["rd_institutions"]
    assert ratings["rd_institutions"] == ["on_track", *["achieved_early"] * 3]
    assert ratings["industrial_space"] == ["off_track"] * 4
    assert ratings["new_software_workers"] == ["acceleration_needed"] * 4


def test_its_final_assessment_says_how_each_target_ended(demo: Deployment) -> None:
    found = demo.client.get(f"{CITY}/assessment").json()
    assert (found["state"], found["period"], found["demo"]) == ("completed", "2025-Q4", True)
    headline = found["headline"]
    counts = ("targets", "achieved", "missed", "missed_aspirational", "unable_to_assess")
    assert tuple(headline[name] for name in counts) == (7, 2, 3, 2, 0)
    ended = {
        row["indicator"]: (row["met"], row["gap"], row["first_met_period"])
        for row in found["targets"]
        if row["area"] == "shenzhen"
    }
    assert ended == {
        "value_added": (False, 45.52, None),
        "rd_institutions": (True, -3, "2025-Q1"),
        "new_software_workers": (False, 56272, None),
        "industrial_space": (False, 1254354.77, None),
        "national_key_software_enterprises": (False, 4, None),
        "revenue_10bn_plus": (True, 0, "2025-Q4"),
        "revenue_1bn_10bn": (False, 1, None),
    }
    names = ("expected", "reported", "reports", "corrections", "questioned", "explained")
    assert tuple(found["record"][name] for name in names) == (836, 819, 175, 2, 4, 4)
    page = demo.client.get(f"{CITY}/assessment?format=html&lang=zh").text
    assert "本评估用于演示，数据均为模拟。" in page
    assert "深圳市有 7 项目标：已完成 2 项，未完成 3 项，另有 2 项力争目标未完成" in page
    # Nobody's account is named, in either.
    for text in (page, json.dumps(found)):
        assert [owner for owner in (ADMINISTRATOR, REVIEWER, "demo-nanshan") if owner in text] == []


def test_a_new_figure_after_the_end_is_answered_with_what_to_do(demo: Deployment) -> None:
    body = {
        "area": "qianhai",
        "period": "2025-Q4",
        "figures": [{"indicator": "value_added", "value": 40, "unit": "亿元", "basis": "ytd"}],
    }
    headers = {**demo.key("reporter", "qianhai"), "accept-language": "zh"}
    refused = demo.client.post(f"{CITY}/reports", json=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "period_closed")
    assert "如需补报，请说明原因，向管理员申请延期" in refused.json()["errors"][0]["message"]


def test_a_scenario_of_the_last_year_turns_a_miss_into_a_success(demo: Deployment) -> None:
    growth = {"indicator": "value_added", "area": "shenzhen"}
    for percent, rating in {15: "missed", 17: "achieved"}.items():
        given = {"period": "2025-Q4", "growth": [{**growth, "percent": percent}]}
        path = f"{CITY}/scenarios?as_of=annual-2024-revised"
        rows = demo.client.post(path, json=given).json()["items"]
        (city,) = (row for row in rows if row["area"] == "shenzhen")
        assert (percent, city["rating"]) == (percent, rating)


def test_districts_have_targets_that_sum_to_the_citys(demo: Deployment) -> None:
    held = demo.client.get(f"{CITY}/reconciliation?period=2025-Q4").json()["items"]
    found = {row["indicator"]: (row["targets_summed"], row["areas_with_target"]) for row in held}
    assert found == {
        "value_added": (4200, 11),
        "rd_institutions": (10, 5),
        "new_software_workers": (200000, 11),
        "industrial_space": (3000000, 11),
        "national_key_software_enterprises": (50, 10),
        "revenue_10bn_plus": (5, 3),
        "revenue_1bn_10bn": (50, 10),
    }
    assert {row["target_difference"] for row in held} == {0}
    query = {"indicator": "value_added", "area_level": "district", "period": "2024-Q4"}
    rows = demo.client.get(f"{CITY}/gaps", params=query).json()["items"]
    assert {row["area"]: row["rating"] for row in rows} == {
        "luohu": "on_track",
        "futian": "acceleration_needed",
        "nanshan": "on_track",
        "baoan": "on_track",
        "longgang": "acceleration_needed",
        "yantian": "acceleration_needed",
        "longhua": "on_track",
        "pingshan": "acceleration_needed",
        "guangming": "acceleration_needed",
        "dapeng": "acceleration_needed",
        "shenshan": "on_track",
    }
    (entry,) = _entries(demo, "set_targets")
    assert (entry["actor"], entry["recorded_at"]) == ("demo-administrator", "2022-02-15T01:00:00Z")
    assert {each["reason"] for each in entry["payload"]["targets"]} == {
        "规划目标分解到各区（模拟） / The plan's target, split over its areas (simulated)"
    }


def test_results_are_published_again_when_corrected_and_at_the_end(
    demo: Deployment,
) -> None:
    found = demo.client.get(f"{CITY}/publications").json()["items"]
    assert [(each["name"], each["published_at"][:10], each["superseded"]) for each in found] == [
        ("annual-2024", "2025-03-03", True),
        ("annual-2024-revised", "2025-03-27", False),
        ("final-2025", "2026-03-03", False),
    ]
    assert found[0]["note"] == "2024年度监测结果（模拟） / Results for 2024 (simulated)"


def test_a_published_figure_is_restated_and_moves_two_ratings(demo: Deployment) -> None:
    query = {"from": "annual-2024", "to": "annual-2024-revised"}
    difference = demo.client.get(f"{CITY}/diff", params=query).json()
    (figure,) = difference["figures"]
    assert figure["reason"].startswith("漏报一家企业，现予补报（模拟） / One enterprise")
    assert (figure["indicator"], figure["area"], figure["period"]) == (
        "value_added",
        "nanshan",
        "2024-Q4",
    )
    assert [
        (row["area"], row["before"], row["after"])
        for row in difference["rows"]
        if row["field"] == "rating"
    ] == [(area, "acceleration_needed", "on_track") for area in ("shenzhen", "nanshan")]
    (entry,) = (each for each in _entries(demo, "approve") if each["restatement"])
    assert entry["revision"] == figure["revision"]
    assert entry["restatement"]["publications"] == ["annual-2024"]


def test_a_report_is_returned_for_its_figure_and_comes_back_corrected(demo: Deployment) -> None:
    headers = demo.key("reader")
    (returned,) = demo.client.get(
        f"{CITY}/reports", params={"status": "returned"}, headers=headers
    ).json()["items"]
    (decision,) = returned["decisions"]
    assert decision["reason_code"] == "wrong_value"
    chinese, english = decision["reason"].split(" / ")
    assert chinese == "软件与信息服务产业集群增加值明显高于以往各期，请核对是否多写一位数（模拟）"
    assert english == (
        "Value added of the software and information services cluster: far above earlier figures, "
        "please check for an extra digit (simulated)"
    )
    query = {"area": returned["area"], "period": returned["period"]}
    both = demo.client.get(f"{CITY}/reports", params=query, headers=headers).json()["items"]
    assert [each["status"] for each in both] == ["approved", "returned"]
    assert [each["resubmits"] for each in both] == [returned["id"], None]
    right, wrong = (each["figures"][0]["value"] for each in both)
    assert wrong == 10 * right
    (entry,) = _entries(demo, "return")
    assert (entry["subject"], entry["actor"]) == (returned["id"], REVIEWER)


def test_one_district_is_late_to_the_end(demo: Deployment) -> None:
    rates = demo.client.get(f"{CITY}/completeness").json()["by_area"]
    by_rate = sorted(rates, key=lambda each: each["on_time_percent"])
    assert [(each["code"], each["on_time"]) for each in by_rate[:2]] == [
        ("longhua", 46),
        ("baoan", 65),
    ]


def test_progress_is_noted_on_every_goal_and_action(demo: Deployment) -> None:
    goals = demo.client.get(f"{CITY}/goals").json()["items"]
    actions = demo.client.get(f"{CITY}/actions").json()["items"]
    noted = [each for goal in goals for each in goal["qualitative"]] + actions
    assert len(noted) == 29
    assert {len(each["progress"]) for each in noted} == {1, 2}
    newest = Counter(each["progress"][0]["status"] for each in noted)
    assert newest == {"completed": 25, "in_progress": 2, "delayed": 2}
    (task,) = (each for each in actions if each["code"] == "t1")
    assert task["progress"][0]["noted_by"] == "demo-industry_information_bureau"
    assert task["progress"][0]["note"].endswith("(simulated)")


def test_every_text_of_the_demonstration_is_in_both_languages_and_says_simulated(
    demo: Deployment,
) -> None:
    path, headers = f"{CITY}/ledger?limit=1000", demo.key("reader")
    entries = demo.client.get(path, headers=headers).json()["items"]
    # The first one is the plan itself.
    texts = {text for entry in entries[1:] for text in _texts(entry)}
    assert len(texts) == 13
    for text in texts:
        assert re.fullmatch(r".*[\u4e00-\u9fff].*（模拟） / [^\u4e00-\u9fff]+ \(simulated\)", text)


def test_the_demonstration_is_verified(made: Path) -> None:
    environment = {"DABIAO_DATABASE_URL": f"sqlite:///{made}"}
    shown = CliRunner().invoke(main, ["verify"], env=environment)
    assert (shown.exit_code, shown.output) == (0, "shenzhen-software-2025: matches its ledger\n")


def test_the_core_district_is_the_largest_and_the_year_has_seasons(demo: Deployment) -> None:
    wanted = {"indicator": "value_added", "period": "2024-Q4", "area_level": "district"}
    rows = demo.client.get(f"{CITY}/gaps", params=wanted).json()["items"]
    by_size = sorted(rows, key=lambda row: row["actual"], reverse=True)
    assert by_size[0]["area"] == "nanshan"
    first, *others = official_values(
        demo, start_period="2024-Q1", end_period="2024-Q4", area="nanshan"
    )
    quarters = [first, *(later - earlier for earlier, later in pairwise([first, *others]))]
    assert quarters[0] == min(quarters) < quarters[3] == max(quarters)


def test_reports_come_from_districts_and_are_decided_by_the_reviewer(
    ask: Callable[..., Rows],
) -> None:
    owners = {owner for (owner,) in ask("SELECT DISTINCT actor FROM ledger WHERE revision > 1")}
    areas = {area for (area,) in ask("SELECT DISTINCT area FROM report")}
    units = "SELECT DISTINCT actor FROM ledger WHERE action = 'note_progress'"
    assert owners == {
        ADMINISTRATOR,
        REVIEWER,
        *(f"demo-{area}" for area in areas),
        *(unit for (unit,) in ask(units)),
    }
    assert ask("SELECT count(*) FROM report WHERE submitted_by <> 'demo-' || area") == [(0,)]
    assert ask("SELECT DISTINCT decided_by FROM decision") == [(REVIEWER,)]


def test_periods_run_from_the_plans_first_quarter_to_its_last(
    ask: Callable[..., Rows],
) -> None:
    periods = [period for (period,) in ask("SELECT DISTINCT period FROM report ORDER BY period")]
    assert (len(periods), periods[0], periods[-1]) == (16, "2022-Q1", "2025-Q4")


def test_what_was_known_follows_each_quarter_by_days(demo: Deployment) -> None:
    def known(as_of: str) -> list[Any]:
        return official_values(demo, period="2023-Q2", area="nanshan", as_of=as_of)

    assert known("2023-06-30T16:00:00Z") == []
    assert known("2023-08-31T00:00:00Z") == official_values(demo, period="2023-Q2", area="nanshan")


def test_dates_lie_soon_after_each_quarter_and_never_run_back(ask: Callable[..., Rows]) -> None:
    moments = [moment for (moment,) in ask("SELECT recorded_at FROM ledger ORDER BY revision")]
    assert moments == sorted(moments)
    first = "SELECT period, submitted_at FROM report WHERE correction_reason IS NULL"
    for period, moment in ask(first):
        year, quarter = int(period[:4]), int(period[-1])
        over = datetime(year + quarter // 4, quarter % 4 * 3 + 1, 1, tzinfo=UTC)
        sent = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        assert timedelta(0) < sent - over < timedelta(days=30), period


def test_what_happens_in_an_office_happened(ask: Callable[..., Rows]) -> None:
    (late,) = ask("SELECT count(*) FROM report WHERE late")[0]
    # Four here and there, six of one district, and three corrections.
    assert late == 13
    per_period = ask("SELECT period, count(DISTINCT area) FROM report GROUP BY period")
    silent = [11 - areas for _, areas in per_period if areas < 11]
    assert sorted(silent) == [1, 1, 2]
    corrections = ask("SELECT area, period FROM report WHERE correction_reason IS NOT NULL")
    assert sorted(corrections) == [
        ("longgang", "2025-Q4"),
        ("nanshan", "2024-Q4"),
        ("yantian", "2022-Q2"),
    ]
    assert ask("SELECT change, count(*) FROM figure GROUP BY change ORDER BY change")[1:] == [
        ("updated", 3)
    ]
    returned = ask(
        "SELECT area, period FROM report JOIN decision ON id = report_id WHERE status = 'returned'"
    )
    assert len(returned) == 1
    approved = "SELECT area, period FROM report JOIN decision ON id = report_id"
    assert returned[0] in ask(f"{approved} WHERE status = 'approved'")
    assert ask("SELECT missing_reason FROM figure WHERE value IS NULL") == [("not_yet_available",)]
    in_small_units = ask("SELECT DISTINCT area FROM figure WHERE reported_unit = '万元'")
    assert len(in_small_units) == 1


def test_a_correction_of_the_last_quarter_waits_for_the_reviewer(demo: Deployment) -> None:
    headers = demo.key("reviewer")
    query = {"status": "submitted"}
    waiting = demo.client.get(f"{CITY}/reports", params=query, headers=headers).json()
    assert [each["period"] for each in waiting["items"]] == ["2025-Q4"]
    place = f"{CITY}/reports/{waiting['items'][0]['id']}/approve"
    assert demo.client.post(place, headers=headers).json()["status"] == "approved"
    published = demo.client.get(f"{CITY}/publications").json()["items"]
    assert [each["superseded"] for each in published] == [True, False, True]


def test_every_question_of_the_checks_was_answered(ask: Callable[..., Rows]) -> None:
    asked = [
        (report, finding["indicator"])
        for report, findings in ask("SELECT id, findings FROM report")
        for finding in json.loads(findings)
    ]
    answered = ask("SELECT report_id, indicator FROM figure WHERE explanation IS NOT NULL")
    assert sorted(set(asked)) == sorted(answered)
    assert asked
    assert ask("SELECT DISTINCT explanation FROM figure WHERE explanation IS NOT NULL") == [
        (EXPLANATION,)
    ]


def test_the_same_seed_gives_the_same_ledger_as_far_as_it_goes(
    ask: Callable[..., Rows], tmp_path: Path
) -> None:
    document = read_plan_file(PLAN_FILE)
    begun = _digests(_make(tmp_path / "same.db", document, seed=2025))
    assert len(begun) == 20
    assert begun == ask(f"{_DIGESTS} LIMIT {len(begun)}")
    other = _digests(_make(tmp_path / "other.db", document, seed=7))
    # The plan is the same, and nothing else is.
    assert other[0] == begun[0]
    assert not set(other[1:]) & set(begun[1:])


def test_another_plan_is_simulated_as_well(tmp_path: Path) -> None:
    text = PLAN_FILE.read_text("utf-8")
    for old, new in {"nanshan": "north", "value_added": "output", "shenzhen": "harbour"}.items():
        text = text.replace(old, new)
    # Without roles of their own, the areas are taken in the plan's order.
    text = re.sub(r"^    role_\w\w: .*\n", "", text, flags=re.MULTILINE)
    source = tmp_path / "harbour.yaml"
    source.write_text(text, "utf-8")
    file = _make(tmp_path / "harbour.db", read_plan_file(source), seed=1)
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute(
            "SELECT area FROM figure WHERE indicator = 'output' AND period = '2022-Q1'"
            " ORDER BY CAST(value AS REAL) DESC"
        ).fetchall()
    assert found[0] == ("yantian",)


def test_no_area_or_indicator_is_known_to_the_code() -> None:
    document = read_plan_file(PLAN_FILE)
    code = "".join(file.read_text("utf-8") for file in (ROOT / "app" / "demo").glob("*.py"))
    names = {name for area in document.areas for name in (area.code, area.name_zh)}
    names |= {name for each in document.indicators for name in (each.code, each.name_zh)}
    assert [name for name in names if name in code] == []


def test_a_second_run_says_that_it_is_there_and_changes_nothing(made: Path) -> None:
    before = made.read_bytes()
    shown = CliRunner().invoke(main, ["demo", "--database", str(made), "--seed", "1"])
    assert (shown.exit_code, made.read_bytes()) == (0, before)
    assert "has already been created" in shown.stdout


def test_real_plans_are_never_mixed_with_a_demonstration(
    api: Deployment, made: Path, sqlite_url: str
) -> None:
    real = Path(sqlite_url.removeprefix("sqlite:///"))
    before = real.read_bytes()
    shown = CliRunner().invoke(main, ["demo", "--database", str(real)])
    assert (shown.exit_code, real.read_bytes()) == (1, before)
    assert "is used for other data" in shown.stderr
    assert "x-dabiao-demo" not in api.client.get("/healthz").headers
    environment = {"DABIAO_DATABASE_URL": f"sqlite:///{made}"}
    refused = CliRunner().invoke(main, ["load"], env=environment)
    assert refused.exit_code == 1
    assert "demonstration" in refused.stderr


def test_the_database_of_the_deployment_is_refused_before_it_is_there(tmp_path: Path) -> None:
    file = tmp_path / "dabiao.db"
    environment = {"DABIAO_DATABASE_URL": f"sqlite:///{file}"}
    # The same file by another way.
    command = ["demo", "--database", str(tmp_path / "." / tmp_path / "dabiao.db")]
    shown = CliRunner().invoke(main, command, env=environment)
    assert (shown.exit_code, file.exists()) == (1, False)


def test_a_file_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    foreign, text = tmp_path / "foreign.db", tmp_path / "notes.txt"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    text.write_text("these are notes, not a database\n" * 100, "utf-8")
    for file in (foreign, text):
        shown = CliRunner().invoke(main, ["demo", "--database", str(file)])
        assert shown.exit_code == 1
        assert str(file) in shown.stderr
    with pytest.raises(NotMixed):
        _make(foreign, read_plan_file(PLAN_FILE), seed=1)
    assert text.read_text("utf-8").startswith("these are notes")


def test_nothing_is_dated_in_the_future(tmp_path: Path) -> None:
    # In the middle of the first reporting days.
    now = datetime(2022, 4, 12, tzinfo=UTC)
    file = _make(tmp_path / "early.db", read_plan_file(PLAN_FILE), seed=3, now=now)
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT max(recorded_at), count(*) FROM ledger").fetchone()
    assert found[0] < "2022-04-12"
    assert 1 < found[1] < 20


def test_a_file_name_may_hold_what_an_address_may_not(tmp_path: Path) -> None:
    file = tmp_path / "demo 100% ?x=1#.db"
    assert make_demo(
        file, read_plan_file(PLAN_FILE), real=REAL, seed=1, now=datetime(2022, 1, 2, tzinfo=UTC)
    )
    assert file.exists()
    assert settings_of(file).is_embedded


def test_the_command_serves_what_it_made(made: Path) -> None:
    with started("demo", "--database", str(made), "--serve", "--port", "0") as address:
        answer = httpx.get(f"{address}/healthz", trust_env=False).json()
    assert answer == {"demo": True, "status": "ok"}


def _entries(demo: Deployment, action: str) -> list[dict[str, Any]]:
    """The entries of the ledger that did this, as an office sees it."""
    headers = demo.key("reader")
    found = demo.client.get(f"{CITY}/ledger?limit=1000", headers=headers).json()["items"]
    return [entry for entry in found if entry["action"] == action]


def _texts(value: Any, name: str = "") -> Iterator[str]:
    """What was written by hand in an entry: its reasons, notes and explanations."""
    if isinstance(value, dict):
        for each, below in value.items():
            yield from _texts(below, each)
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below, name)
    elif value and name in {"reason", "note", "explanation", "correction_reason"}:
        yield value


_DIGESTS = "SELECT digest FROM ledger ORDER BY revision"


def _make(file: Path, document: PlanDocument, *, seed: int, now: datetime = SPRING) -> Path:
    assert make_demo(file, document, real=REAL, seed=seed, now=now)
    return file


def _digests(file: Path) -> Rows:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(_DIGESTS).fetchall()
