"""The briefing of a quarter: the same facts as JSON, as a page to print and as a workbook."""

import base64
import hashlib
import io
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from app.formats.plans.plan_file import read_plan_file
from app.services.plans.loading import load_plan
from app.tables import Deployment as Mark
from tests.api.reads import CITY, DISTRICTS, NATION, approve, approve_at_once, submit
from tests.conftest import ROOT, Deployment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOSTILE = '<script>alert(1)</script> & counted "twice" </td>'
VOID = {"meta", "col"}


class Reading(HTMLParser):
    """What a page consists of: its tags, and the text within each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open[-1]][-1] += data

    def count(self, tag: str, **attributes: str) -> int:
        return sum(t == tag and attributes.items() <= a.items() for t, a in self.tags)


def _briefing(deployment: Deployment, plan: str, **query: Any) -> dict[str, Any]:
    found = deployment.client.get(f"{plan}/briefing", params={"period": "2024-Q4", **query})
    assert found.status_code == 200, found.text
    return dict(found.json())


def _page(deployment: Deployment, plan: str, **query: Any) -> str:
    wanted = {"period": "2024-Q4", "format": "html", **query}
    found = deployment.client.get(f"{plan}/briefing", params=wanted)
    assert found.status_code == 200, found.text
    assert found.headers["content-type"] == "text/html; charset=utf-8"
    return found.text


def _sheets(deployment: Deployment, plan: str, **query: Any) -> dict[str, list[list[Any]]]:
    wanted = {"period": "2024-Q4", "format": "xlsx", **query}
    found = deployment.client.get(f"{plan}/briefing", params=wanted)
    assert (found.status_code, found.headers["content-type"]) == (200, XLSX)
    book = CalamineWorkbook.from_filelike(io.BytesIO(found.content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def _formats(deployment: Deployment, plan: str) -> set[str]:
    """The number formats of a workbook."""
    found = deployment.client.get(f"{plan}/briefing?period=2024-Q4&format=xlsx")
    with ZipFile(io.BytesIO(found.content)) as archive:
        return set(re.findall(r'formatCode="([^"]*)"', archive.read("xl/styles.xml").decode()))


@pytest.fixture
def city(api: Deployment) -> Deployment:
    """Two of eleven districts have reported; one of them was corrected after a publication."""
    administrator = api.key("administrator")
    split = [("nanshan", 900, 500), ("futian", 500, 300)]
    targets = [
        {
            "indicator": "value_added",
            "area": area,
            "value": value,
            "baseline": {"value": baseline, "period": "2021"},
            "reason": "the city's target, split",
        }
        for area, value, baseline in split
    ]
    sent = api.client.post(f"{CITY}/targets", json={"targets": targets}, headers=administrator)
    assert sent.status_code == 201, sent.text
    approve(api, submit(api, "nanshan", 812.4), submit(api, "futian", 310))
    api.client.post(f"{CITY}/publications", json={"name": "winter"}, headers=administrator)
    approve(
        api,
        submit(api, "nanshan", 712.4, correction_reason=HOSTILE),
        submit(api, "futian", 3, indicator="rd_institutions", unit="家", basis="since_start"),
    )
    return api


def test_the_national_plan_at_the_end_of_2024(reads: Deployment) -> None:
    found = _briefing(reads, NATION)
    assert (found["period"], found["area"], found["simulated"]) == ("2024-Q4", "china", False)
    assert found["headline"]["by_rating"]["on_track"] == 2
    assert (found["headline"]["targets"], found["headline"]["unable_to_assess"]) == (4, 2)
    revenue = found["targets"][0]
    assert (revenue["actual"], revenue["target"], revenue["gap"]) == (137276, 140000, 2724)
    assert revenue["attainment_percent"] == pytest.approx(98.0542857142857)
    assert (revenue["previous_actual"], revenue["previous_rating"]) == (133929, "on_track")
    assert found["laggards"] == []
    # The ministry has published no number of parks, apps or heads.
    assert (found["areas_expected"], found["areas_silent"]) == (5, 0)
    assert [(each["area"], each["reported"], each["expected"]) for each in found["silent"]] == [
        ("china", 3, 8)
    ]
    # All of it was loaded at once, after the quarter: there is nothing to compare with.
    assert found["changes"] == {"since": None, "new_figures": [], "restated": [], "moved": []}


def test_a_row_is_that_of_the_gap_table(city: Deployment) -> None:
    found = _briefing(city, CITY)["targets"]
    listed = city.client.get(f"{CITY}/gaps", params={"period": "2024-Q4", "limit": 1000}).json()
    rows = {(row["indicator"], row["area"]): row for row in listed["items"] if row["target"]}
    assert len(found) == len(rows) == 9
    for each in found:
        reasons = each["reasons"]
        for name in ("previous_actual", "previous_rating"):
            assert (each.pop(name) is None) == (reasons.pop(name, None) is not None)
        assert each == rows[each["indicator"], each["area"]]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh",
            ["2024年第4季度", "进展顺利", "规模以上企业软件业务收入", "不适用于增速目标", "亿元"],
        ),
        (
            "en",
            ["2024 Q4", "On track", "Software business revenue", "not defined for growth targets"],
        ),
    ],
)
def test_the_page_has_the_published_figures(
    read_api: Deployment, language: str, words: list[str]
) -> None:
    page = _page(read_api, NATION, lang=language)
    for shown in ("137,276", "140,000", "2,724", "98.05", "95.33", "80.00", "-1.88", "13.88"):
        assert f">{shown}<" in page, shown
    for word in words:
        assert word in page, word
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page


def test_nine_of_eleven_districts_are_silent_and_the_city_is_not_rated(city: Deployment) -> None:
    found = _briefing(city, CITY)
    assert (found["areas_expected"], found["areas_silent"]) == (11, 9)
    silent = [each["area"] for each in found["silent"] if each["reported"] == 0]
    assert silent == [area for area in DISTRICTS if area not in {"nanshan", "futian"}]
    whole = found["targets"][0]
    assert (whole["area"], whole["actual"], whole["rating"]) == (
        "shenzhen",
        1022.4,
        "unable_to_assess",
    )
    assert found["headline"]["by_rating"]["unable_to_assess"] == 7
    page = _page(city, CITY)
    assert "应报地区 11 个，其中 9 个地区各项数据均未报送。" in page
    assert page.count(">均未报送<") == 9
    assert "2/11<small>有地区缺报</small>" in page
    # What is unknown is a dash with its reason, and never a zero.
    assert ">—<small>没有数据</small>" in page


def test_the_worst_laggard_comes_first(city: Deployment) -> None:
    found = _briefing(city, CITY)["laggards"]
    assert [(row["area"], row["rating"]) for row in found] == [
        ("futian", "off_track"),
        ("nanshan", "acceleration_needed"),
    ]
    assert found[0]["path_gap"] == pytest.approx(130.06, abs=0.01)
    laggards = _sheets(city, CITY)["滞后目标"]
    rows = [row for row in laggards if row[1] in {"福田区", "南山区"}]
    assert [(row[1], row[2]) for row in rows] == [("福田区", "明显滞后"), ("南山区", "需加快")]
    # A sheet holds the exact values, and shows two decimals.
    assert [row[7] for row in rows] == pytest.approx(
        [130.0558683966967, 64.60601923340543], rel=1e-12
    )


def test_what_changed_since_the_last_publication_is_told(city: Deployment) -> None:
    changes = _briefing(city, CITY)["changes"]
    assert changes["since"]["publication"] == "winter"
    (restated,) = changes["restated"]
    assert (restated["area"], restated["before"], restated["after"]) == ("nanshan", 812.4, 712.4)
    assert restated["reason"] == HOSTILE
    (new,) = changes["new_figures"]
    assert (new["area"], new["indicator"], new["after"]) == ("futian", "rd_institutions", 3)
    moved = [
        (each["area"], each["field"], each["before"], each["after"]) for each in changes["moved"]
    ]
    assert moved == [("nanshan", "rating", "on_track", "acceleration_needed")]
    # As it was published, there was no publication before it.
    assert _briefing(city, CITY, as_of="winter")["changes"]["since"] is None
    # A briefing on an earlier quarter does not tell of later ones.
    assert _briefing(city, CITY, period="2024-Q3")["changes"]["restated"] == []


def test_without_a_publication_changes_count_from_the_end_of_the_quarter_before(
    api: Deployment,
) -> None:
    document = read_plan_file(ROOT / "seeds" / "plans" / "shenzhen-software-2025.yaml")
    code = "early-2025"
    plan = document.plan.model_copy(update={"code": code})
    with api.database.write_transaction() as session:
        at = datetime(2025, 1, 10, tzinfo=UTC)
        load_plan(session, document.model_copy(update={"plan": plan}), now=at)
    body = {
        "area": "shenzhen",
        "value": 4300,
        "indicator": "value_added",
        "reason": "raised",
    }
    sent = api.client.post(
        f"/api/v1/plans/{code}/targets", json=body, headers=api.key("administrator")
    )
    assert sent.status_code == 201, sent.text
    path = f"/api/v1/plans/{code}"
    changes = _briefing(api, path, period="2025-Q2")["changes"]
    assert changes["since"] == {
        "revision": 1,
        "recorded_at": "2025-01-10T00:00:00Z",
        "publication": None,
    }
    assert [(each["field"], each["before"], each["after"]) for each in changes["moved"]] == [
        ("target", 4200, 4300)
    ]
    page = _page(api, path, period="2025-Q2", lang="en")
    assert "the data at the end of the previous quarter (revision 1)" in page
    assert ">4,300<" in page
    # When the first quarter began, the plan was not there.
    assert _briefing(api, path, period="2025-Q1")["changes"]["since"] is None
    assert _briefing(api, path, period="2025-Q2", as_of=1)["changes"]["since"] is None


def test_hostile_text_stays_text(city: Deployment) -> None:
    page = _page(city, CITY)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; counted &quot;twice&quot;" in page
    reading = Reading(page)
    assert reading.count("script") == 0
    changes = list(_sheets(city, CITY).values())[-1]
    assert HOSTILE in {cell for row in changes for cell in row}


def test_the_page_stands_alone_and_says_what_its_parts_are(city: Deployment) -> None:
    answer = city.client.get(f"{CITY}/briefing?period=2024-Q4&format=html&lang=en")
    reading = Reading(answer.text)
    assert reading.open == []
    assert (reading.count("h1"), reading.count("html", lang="en")) == (1, 1)
    assert reading.texts["h2"] == [
        *("Headline", "Targets", "Tasks of the year", "Laggards"),
        *("Reporting", "Growth", "Changes", "Annex"),
    ]
    assert reading.count("table") == reading.count("caption") == 9
    assert all(reading.texts["caption"])
    assert reading.count("th") == reading.count("th", scope="col") + reading.count(
        "th", scope="row"
    )
    # Nothing is fetched, run or styled but by the one style that the policy names.
    assert not re.search(r"https?:|url\(|@import", answer.text)
    names = {name for _, attributes in reading.tags for name in attributes}
    drawn = {"viewbox", "preserveaspectratio", "aria-hidden", "x1", "x2", "y1", "y2", "height"}
    plain = {"lang", "charset", "name", "content", "class", "scope", "width"}
    assert names == plain | drawn
    digest = base64.b64encode(hashlib.sha256(reading.texts["style"][0].encode()).digest())
    policy = answer.headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest.decode()}';")
    # Every coloured cell says in words what its colour says.
    coloured = re.findall(r'class="(?:good|query|error)[^>]*>([^<]+)<', answer.text)
    assert coloured
    assert all(re.search(r"[A-Za-z]|\d+/\d+", text) for text in coloured)


def test_the_workbook_has_a_sheet_for_each_part_and_numbers_as_numbers(
    read_api: Deployment,
) -> None:
    sheets = _sheets(read_api, NATION)
    assert list(sheets) == [
        "概览",
        "目标进展",
        "年度任务",
        "滞后目标",
        "报送情况",
        "增速与贡献",
        "变动",
    ]
    (row,) = [row for row in sheets["目标进展"] if row[0] == "规模以上企业软件业务收入"]
    assert row[2:8] == [">", 140000, "2025", 137276, "亿元", 2724]
    # The values themselves, attainment, progress, that of the path, and the time elapsed.
    progress = 100 * (137276 - 81616) / (140000 - 81616)
    path = 100 * (81616 * (140000 / 81616) ** 0.8 - 81616) / (140000 - 81616)
    assert row[8:12] == pytest.approx([98.05428571428571, progress, path, 80], rel=1e-12)
    assert (round(progress, 2), round(path, 2)) == (95.33, 75.47)
    # Of a district there are no areas to count.
    assert row[12:] == ["进展顺利", "进展顺利", "—"]
    assert _formats(read_api, NATION) >= {"#,##0.00_ ", "#,##0_ "}
    (apps,) = [row for row in sheets["目标进展"] if row[0] == "工业APP数量"]
    assert apps[5] == "— 应报未报"
    english = _sheets(read_api, NATION, lang="en")
    assert list(english) == [
        *("Headline", "Targets", "Tasks of the year", "Laggards"),
        *("Reporting", "Growth", "Changes"),
    ]
    assert ["No target is behind or missed."] in [row[:1] for row in english["Laggards"]]


@pytest.mark.parametrize("form", ["json", "html", "xlsx"])
def test_as_of_a_revision_it_is_the_same_for_ever(city: Deployment, form: str) -> None:
    at = city.client.get(f"{CITY}/ledger/head").json()["revision"]
    url = f"{CITY}/briefing?period=2024-Q4&as_of={at}&format={form}"
    before = city.client.get(url)
    city.clock.now += timedelta(days=400)
    approve(city, submit(city, "luohu", 77))
    after = city.client.get(url)
    assert after.content == before.content
    assert "immutable" in after.headers["cache-control"]
    assert city.client.get(url.replace(f"as_of={at}&", "")).content != before.content


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ("period=2024-Q5", "period", "2024-Q5"),
        ("period=2026-Q1", "period", "2021-Q1 to 2025-Q4"),
        ("period=2020", "period", "2021-Q1 to 2025-Q4"),
        ("period=2024&lang=fr", "lang", "zh"),
        ("period=2024&format=csv", "format", "html"),
        ("period=2024&area=nanshan", "area", ""),
    ],
)
def test_what_cannot_be_answered_is_422(
    read_api: Deployment, query: str, parameter: str, said: str
) -> None:
    found = read_api.client.get(f"{CITY}/briefing?{query}")
    assert found.status_code == 422
    (error,) = found.json()["errors"]
    assert error["parameter"] == parameter
    assert said in error["message"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        (XLSX, XLSX),
        ("image/png", None),
    ],
)
def test_the_accept_header_chooses_the_form(
    read_api: Deployment, accept: str, media_type: str | None
) -> None:
    found = read_api.client.get(f"{NATION}/briefing?period=2024", headers={"Accept": accept})
    if media_type is None:
        assert (found.status_code, found.json()["code"]) == (406, "not_acceptable")
    else:
        assert (found.status_code, found.headers["content-type"]) == (200, media_type)


def test_a_plan_that_is_not_there_has_no_briefing(read_api: Deployment) -> None:
    found = read_api.client.get("/api/v1/plans/none/briefing?period=2024")
    assert (found.status_code, found.json()["code"]) == (404, "unknown_plan")


def test_a_provisional_briefing_needs_a_key_and_says_what_it_is(api: Deployment) -> None:
    submit(api, "nanshan", 812.4)
    url = f"{CITY}/briefing?period=2024-Q4&view=provisional"
    assert api.client.get(url).status_code == 401
    reader = api.key("reader")
    found = api.client.get(url, headers=reader).json()
    assert (found["targets"][0]["actual"], found["targets"][0]["provisional"]) == (812.4, True)
    assert found["areas_silent"] == 10
    page = api.client.get(f"{url}&format=html", headers=reader).text
    assert "含已报送但尚未审核的数据" in page
    assert "<small>待审核</small>" in page
    assert "仅含已审核的正式数据" not in page
    assert "812.40" not in _page(api, CITY)


def test_a_figure_withheld_is_outstanding_with_its_reason(api: Deployment) -> None:
    withheld: dict[str, Any] = {"missing_reason": "withheld", "unit": None, "basis": None}
    approve(api, submit(api, "futian", None, **withheld))
    page = _page(api, CITY)
    assert "软件与信息服务产业集群增加值（不予提供、已逾期）" in page


def test_before_a_quarter_has_ended_nothing_is_due(api: Deployment) -> None:
    api.clock.now = datetime(2025, 11, 1, tzinfo=UTC)
    found = _briefing(api, CITY, period="2025-Q4")
    assert (found["areas_expected"], found["silent"]) == (0, [])
    assert "本季度尚无应报数据。" in _page(api, CITY, period="2025-Q4")
    api.clock.now = datetime(2026, 1, 5, tzinfo=UTC)
    # It has ended, and is not overdue yet.
    assert "逾期" not in _page(api, CITY, period="2025-Q4")


def test_a_demonstration_says_so_on_paper_too(api: Deployment) -> None:
    with api.database.write_transaction() as session:
        session.add(Mark(kind="demo", marked_at=api.clock.now))
    assert _briefing(api, CITY)["simulated"] is True
    assert "数据均为模拟" in _page(api, CITY)
    assert all("模拟" in str(sheet) for sheet in _sheets(api, CITY).values())


def test_where_everything_is_reported_no_area_is_named(api: Deployment) -> None:
    yearly = ("revenue_10bn_plus", "revenue_1bn_10bn")
    assert "应报数据均已报送" not in _page(api, CITY)
    body = {
        "reports": [
            {
                "area": area,
                "period": "2024-Q4",
                "figures": [
                    {"indicator": "value_added", "value": 390, "unit": "亿元", "basis": "ytd"},
                    *(
                        {"indicator": code, "missing_reason": "not_applicable"}
                        for code in (
                            "rd_institutions",
                            "new_software_workers",
                            "industrial_space",
                            "national_key_software_enterprises",
                            *yearly,
                        )
                    ),
                ],
            }
            for area in DISTRICTS
        ]
    }
    sent = api.client.post(
        f"{CITY}/reports/batch", json=body, headers=api.key("reporter", *DISTRICTS)
    )
    assert sent.status_code == 201, sent.text
    approve_at_once(api, [each["id"] for each in sent.json()["reports"]])
    page = _page(api, CITY)
    assert "应报数据均已报送" in page
    assert ">11/11<" in page
    assert ">102.14<" in page


def test_a_target_that_begins_with_the_quarter_had_no_rating_before_it(api: Deployment) -> None:
    body = {
        "area": "luohu",
        "indicator": "value_added",
        "value": 100,
        "baseline": {"value": 50, "period": "2021"},
        "valid_from": "2024-Q4",
        "reason": "a late share",
    }
    sent = api.client.post(f"{CITY}/targets", json=body, headers=api.key("administrator"))
    assert sent.status_code == 201, sent.text
    (row,) = [row for row in _briefing(api, CITY)["targets"] if row["area"] == "luohu"]
    assert row["previous_rating"] is None
    assert row["reasons"]["previous_rating"] == "no_target"
    (shown,) = [row for row in _sheets(api, CITY)["目标进展"] if row[1] == "罗湖区"]
    assert shown[12:14] == ["无法评价", "—"]
    earlier = _briefing(api, CITY, period="2024-Q3")["targets"]
    assert "luohu" not in {row["area"] for row in earlier}


def test_the_first_page_says_how_the_plan_stands_and_draws_it(city: Deployment) -> None:
    page = _page(city, CITY)
    front = page[page.index('<section class="front">') : page.index("</section>")]
    said = re.findall(r'<p class="lead">([^<]*)</p>', front)
    assert said == [
        "截至2024年第4季度末，深圳市 7 项目标中：无法评价 7 项。",
        "软件与信息服务产业集群增加值（2024-Q4）1,022.40 亿元，为目标值的 24.34%。",
    ]
    closing = re.findall(r"<li>([^<]*)</li>", front)
    silent = "罗湖区、宝安区、龙岗区、盐田区、龙华区、坪山区、光明区、大鹏新区和深汕特别合作区"
    assert closing[1:] == [
        "与上季度相比，各项目标的评价没有变化。",
        f"应报地区 11 个，其中 9 个地区各项数据均未报送。均未报送的地区：{silent}。",
    ]
    assert closing[0].startswith("与发布版“winter”")
    # Every target of the city has a bar, and every task, and what is unknown has none but says why.
    assert front.count('<div class="bar">') == 7 + 6
    assert "无法评价<small>有地区缺报</small>" in front


def test_a_bar_is_as_long_as_the_progress_and_its_mark_where_the_path_is(
    read_api: Deployment,
) -> None:
    page = _page(read_api, NATION, lang="en")
    (bar,) = re.findall(
        r"<span>Software business revenue[^<]*</span><svg[^>]*>(.*?)</svg><span>(.*?)</span>",
        page[: page.index("Tasks of the year")],
    )
    # 100 (137276 - 81616)/(140000 - 81616), and the geometric path after four of five years.
    assert 'class="good" y="2" width="95.33"' in bar[0]
    assert 'class="mark" x1="75.47" x2="75.47"' in bar[0]
    assert bar[1] == "95.33 % · On track"


def test_areas_are_ranked_in_the_first_target_that_is_their_sum(city: Deployment) -> None:
    found = _briefing(city, CITY)
    assert found["ranking_by"] == "actual"
    ranked = [(each["rank"], each["area"], each["actual"]) for each in found["ranking"]]
    assert ranked[:3] == [(1, "nanshan", 712.4), (2, "futian", 310), (None, "luohu", None)]
    assert {each["indicator"] for each in found["ranking"]} == {"value_added"}
    # The regions' figures for 2025 are not published, so none is ranked.
    assert _briefing(city, NATION, period="2025-Q4")["ranking"] == []


def test_without_a_period_it_is_the_last_quarter_with_figures(city: Deployment) -> None:
    for plan, last in ((CITY, "2024-Q4"), (NATION, "2025-Q4")):
        found = city.client.get(f"{plan}/briefing").json()
        assert found["period"] == last
    early = city.client.get(f"{CITY}/briefing?as_of=1").json()
    # Without a figure, the last quarter of the plan that has ended.
    assert early["period"] == "2025-Q4"


def test_the_tasks_of_the_year_are_told_in_its_fourth_quarter_alone(city: Deployment) -> None:
    tasks = _briefing(city, NATION, period="2025-Q4")["tasks"]
    assert [(each["indicator"], each["task"], each["year_actual"]) for each in tasks] == [
        ("software_business_revenue", 140000, 154831)
    ]
    assert _briefing(city, NATION, period="2025-Q3")["tasks"] == []
    assert "年度任务" not in _page(city, NATION, period="2025-Q3")


def test_nobody_is_named_in_a_briefing(city: Deployment) -> None:
    approve(city, submit(city, "yantian", 55))
    names = {"clerk of nanshan", "the reviewer"}
    changes = _briefing(city, CITY)["changes"]
    listed = city.client.get(f"{CITY}/diff?from=1", headers=city.key("reader")).json()
    names |= {each["changed_by"] for each in listed["figures"]}
    assert names
    assert all("changed_by" not in each for each in changes["restated"] + changes["new_figures"])
    for name in names:
        assert name not in _page(city, CITY)
        assert all(name not in map(str, r) for rows in _sheets(city, CITY).values() for r in rows)
