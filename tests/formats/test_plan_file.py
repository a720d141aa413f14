"""The bundled plans read, and a faulty file says where each of its faults is."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.accumulation import Measure
from app.formats.plans.plan_file import MAX_BYTES, PlanFault, PlanFileInvalid, read_plan_file
from app.schemas.document.plan import PlanDocument, TargetEntry

PLANS = Path(__file__).parents[2] / "seeds" / "plans"

SMALL_PLAN = """\
format: dabiao-plan/1
plan:
  code: tea-2025
  title_zh: 茶业计划
  title_en: Tea plan
  publisher_zh: 某市
  publisher_en: A city
  start_date: 2022-01-01
  start_year: 2022
  end_year: 2025
areas:
  - {code: hill, name_zh: 山, name_en: H, parent: null, level: city, reports: true, in_sum: false}
  - code: east
    name_zh: 东
    name_en: East
    parent: hill
    level: district
    reports: true
    in_sum: true
indicators:
  - {code: output, name_zh: 产值, name_en: Output, unit: 亿元, accumulation: annual_flow}
  - code: growers
    name_zh: 茶农
    name_en: Growers
    unit: 人
    accumulation: increment
    checks: {integer: true}
  - code: output_growth
    name_zh: 增速
    name_en: Growth
    unit: '%'
    measure: cagr
    of: output
    accumulation: level
targets:
  - indicator: output
    area: hill
    value: 12.50
    unit: 亿元
    comparator: gt
    commitment: stated
    deadline: '2025'
    baseline:
      value: 8
      period: '2021'
    path: milestones
    milestones:
      - {period: '2023', value: 10}
      - {period: 2024-Q2, value: 11}
    goal: g1
  - indicator: growers
    area: hill
    value: 2
    unit: 万人
    comparator: gte
    commitment: stated
    deadline: '2025'
    path: linear
goals:
  - code: g1
    title_zh: 目标
    title_en: Goal
    indicators: [output]
    qualitative:
      - {code: g1-q1, text_zh: 好茶, text_en: Good tea}
actions:
  - code: t1
    kind: task
    title_zh: 任务
    title_en: Task
    responsible_units: [tea_bureau]
    first_listed_unit: tea_bureau
    serves: {goals: [g1], indicators: [output], basis: inferred}
responsible_units:
  - {code: tea_bureau, name_zh: 茶局, name_en: Tea Bureau, kind: department}
observations:
  - indicator: output
    area: hill
    period: '2022'
    basis: ytd
    value: 8.10
    unit: 亿元
    source: {publisher: 某报}
  - indicator: growers
    area: east
    period: 2022-Q1
    basis: since_start
    value: 12
    unit: 人
    source: {publisher: 某报}
context:
  share: '0.5'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A line of the small plan written wrongly, and the fault that the reader must report."""

    line: int
    written: str
    field: str
    says: str
    at: int | None = None


FIELD_MISTAKES = [
    Mistake(line=1, written="format: dabiao-plan/9", field="format", says="dabiao-plan/1"),
    Mistake(line=5, written="", field="plan.title_en", says="required", at=2),
    Mistake(line=5, written="  title_fr: Thé", field="plan.title_fr", says="no such field"),
    Mistake(line=8, written="  start_date: 2022-13-01", field="plan.start_date", says="date"),
    Mistake(line=5, written="  title_en: 2025", field="plan.title_en", says="'2025'"),
    Mistake(line=13, written="  - code: East", field="areas[1].code", says="'East'"),
    Mistake(line=18, written="    reports: maybe", field="areas[1].reports", says="true or false"),
    Mistake(line=25, written="    unit: 斤", field="indicators[1].unit", says="'斤'"),
    Mistake(
        line=32,
        written="    measure: ratio",
        field="indicators[2]",
        says="ratio",
        at=28,
    ),
    Mistake(line=38, written="    value: many", field="targets[0].value", says="number"),
    Mistake(line=38, written="    value: .nan", field="targets[0].value", says=".nan"),
    Mistake(
        line=38,
        written="    value: true",
        field="targets[0].value",
        says="'true'",
    ),
    Mistake(
        line=42,
        written="    deadline: 2025年",
        field="targets[0].deadline",
        says="Use a year",
    ),
    Mistake(line=42, written="    area: hill", field="targets[0].area", says="line 37"),
    Mistake(line=92, written="  share: 0.5", field="context.share", says="in quotation marks"),
    Mistake(
        line=92, written="  a: [1, {b: 0.5}]", field="context.a[1].b", says="in quotation marks"
    ),
]

REFERENCE_MISTAKES = [
    Mistake(line=13, written="  - code: hill", field="areas[1].code", says="declared twice"),
    Mistake(line=16, written="    parent: hil", field="areas[1].parent", says="mean 'hill'"),
    Mistake(
        line=16, written="    parent: null", field="areas[1].parent", says="Give this one a parent"
    ),
    Mistake(
        line=16,
        written="    parent: east",
        field="areas[1].parent",
        says="inside itself",
    ),
    Mistake(
        line=12,
        written="  - {code: hill, name_zh: 山, name_en: H, parent: east, level: city,"
        " reports: true, in_sum: true}",
        field="areas",
        says="No area has the parent null",
        at=11,
    ),
    Mistake(line=22, written="  - code: output", field="indicators[1].code", says="twice"),
    Mistake(
        line=33, written="    of: input", field="indicators[2].of", says="no indicator 'input'"
    ),
    Mistake(
        line=33,
        written="    of: output_growth",
        field="indicators[2].of",
        says="calculated itself",
    ),
    Mistake(
        line=36,
        written="  - indicator: tea",
        field="targets[0].indicator",
        says="'tea'",
    ),
    Mistake(line=37, written="    area: west", field="targets[0].area", says="'west'"),
    Mistake(
        line=51,
        written="  - indicator: output",
        field="targets[1].unit",
        says="亿元",
        at=54,
    ),
    Mistake(line=50, written="    goal: g2", field="targets[0].goal", says="'g2'"),
    Mistake(line=60, written="  - code: g2", field="targets[0].goal", says="'g1'", at=50),
    Mistake(
        line=63,
        written="    indicators: [x]",
        field="goals[0].indicators[0]",
        says="'x'",
    ),
    Mistake(
        line=71,
        written="    responsible_units: [tea_bureau, x]",
        field="actions[0].responsible_units[1]",
        says="no responsible unit 'x'",
    ),
    Mistake(
        line=72,
        written="    first_listed_unit: x",
        field="actions[0].first_listed_unit",
        says="no responsible unit",
    ),
    Mistake(
        line=73,
        written="    serves: {goals: [g3], basis: inferred}",
        field="actions[0].serves.goals[0]",
        says="no goal",
    ),
    Mistake(
        line=73,
        written="    serves: {indicators: [z], basis: inferred}",
        field="actions[0].serves.indicators[0]",
        says="no indicator",
    ),
    Mistake(
        line=73,
        written="    serves: {qualitative_goals: [g1-q2], basis: inferred}",
        field="actions[0].serves.qualitative_goals[0]",
        says="no qualitative goal 'g1-q2'",
    ),
    Mistake(
        line=73,
        written="    projects: [p9]",
        field="actions[0].projects[0]",
        says="no action 'p9'",
    ),
    Mistake(
        line=73,
        written="    text_extent: whole",
        field="actions[0]",
        says="no text the extent 'not_available'",
        at=67,
    ),
    Mistake(
        line=73,
        written="    text_zh: 种茶",
        field="actions[0]",
        says="A text has the extent 'whole' or 'excerpt'",
        at=67,
    ),
]

FIGURE_MISTAKES = [
    Mistake(
        line=40,
        written="    comparator: lte\n    direction: increase",
        field="targets[0].comparator",
        says="'lte' needs the direction 'decrease'",
    ),
    Mistake(
        line=41,
        written="    commitment: stated\n    direction: decrease",
        field="targets[0].comparator",
        says="'gt' needs the direction 'increase'",
        at=40,
    ),
    Mistake(line=39, written="    unit: 人", field="targets[0].unit", says="亿元"),
    Mistake(line=39, written="    unit: 斤", field="targets[0].unit", says="斤"),
    Mistake(
        line=38,
        written="    value: 10000000000",
        field="targets[0].value",
        says="not below",
    ),
    Mistake(line=38, written="    value: 1e999999", field="targets[0].value", says="range"),
    Mistake(line=38, written="    value: 1e-99", field="targets[0].value", says="range"),
    Mistake(
        line=38,
        written="    value: 1.000000001",
        field="targets[0].value",
        says="8 decimal places",
    ),
    Mistake(
        line=38,
        written="    value: 1234567890.123456",
        field="targets[0].value",
        says="16 significant digits",
    ),
    Mistake(line=53, written="    value: 1.23456", field="targets[1].value", says="whole"),
    Mistake(
        line=44,
        written="      value: 1e11",
        field="targets[0].baseline.value",
        says="below",
    ),
    Mistake(
        line=48,
        written="      - {period: '2023', value: 1e11}",
        field="targets[0].milestones[0].value",
        says="below",
    ),
    Mistake(
        line=45,
        written="      period: 2025-Q4",
        field="targets[0].baseline.period",
        says="not before the deadline",
    ),
    Mistake(
        line=49,
        written="      - {period: 2025-Q4, value: 11}",
        field="targets[0].milestones[1].period",
        says="not between 2021 and the deadline 2025",
    ),
    Mistake(
        line=49,
        written="      - {period: 2023-Q4, value: 11}",
        field="targets[0].milestones[1].period",
        says="two milestones",
    ),
    Mistake(
        line=77,
        written="  - indicator: x",
        field="observations[0].indicator",
        says="'x'",
    ),
    Mistake(line=78, written="    area: x", field="observations[0].area", says="'x'"),
    Mistake(
        line=80,
        written="    basis: level",
        field="observations[0].basis",
        says="quarter or ytd",
    ),
    Mistake(line=82, written="    unit: 人", field="observations[0].unit", says="亿元"),
    Mistake(line=88, written="    value: 12.5", field="observations[1].value", says="whole"),
    Mistake(
        line=77,
        written="  - indicator: output_growth",
        field="observations[0].indicator",
        says="takes no figures",
    ),
]


def write_plan(folder: Path, text: str) -> Path:
    path = folder / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(path: Path) -> list[PlanFault]:
    with pytest.raises(PlanFileInvalid) as refused:
        read_plan_file(path)
    return refused.value.faults


def target_of(plan: PlanDocument, indicator: str) -> TargetEntry:
    return next(target for target in plan.targets if target.indicator == indicator)


@pytest.fixture(scope="module")
def city() -> PlanDocument:
    return read_plan_file(PLANS / "shenzhen-software-2025.yaml")


@pytest.fixture(scope="module")
def nation() -> PlanDocument:
    return read_plan_file(PLANS / "china-software-2025.yaml")


def test_the_city_plan_is_whole(city: PlanDocument) -> None:
    kinds = [action.kind for action in city.actions]
    assert len(city.goals) == 5
    assert len(city.targets) == len(city.indicators) == 7
    assert sum(len(goal.qualitative) for goal in city.goals) == 10
    assert [kinds.count(kind) for kind in ("task", "project", "safeguard")] == [6, 9, 4]
    assert len(city.responsible_units) == 22
    assert len(city.areas) == 13
    assert len([area for area in city.areas if area.reports]) == 11
    assert [area.reports for area in city.areas] == [area.in_sum for area in city.areas]
    assert city.observations == []


@pytest.mark.parametrize(
    ("indicator", "clause"),
    [
        ("value_added", "到2025年,软件与信息服务产业集群增加值突破4200亿元"),
        ("new_software_workers", "新增软件从业人员达到20万人以上"),
        ("national_key_software_enterprises", "力争国家重点软件企业数量达50家以上"),
    ],
)
def test_the_city_clauses_are_verbatim(city: PlanDocument, indicator: str, clause: str) -> None:
    assert target_of(city, indicator).clause_zh == clause


def test_the_city_plan_starts_in_2022_from_2300(city: PlanDocument) -> None:
    baseline = target_of(city, "value_added").baseline
    assert city.plan.start_date == date(2022, 1, 1)
    assert baseline is not None
    assert (baseline.value, baseline.period) == (Decimal(2300), "2021")


def test_the_national_plan_is_whole(nation: PlanDocument) -> None:
    assert len(nation.targets) == 4
    assert len(nation.observations) == 101
    assert len(nation.areas) == 11
    clause = "到2025年,规模以上企业软件业务收入突破14万亿元"
    assert target_of(nation, "software_business_revenue").clause_zh == clause


def test_the_regions_of_2024_add_up_to_the_nation(nation: PlanDocument) -> None:
    revenue = {
        figure.area: figure.value
        for figure in nation.observations
        if figure.indicator == "software_business_revenue" and figure.period == "2024-Q4"
    }
    regions = [area.code for area in nation.areas if area.in_sum]
    assert sorted(regions) == ["central", "east", "northeast", "west"]
    assert sum(revenue[region] for region in regions) == revenue["china"] == 137276


def test_the_growth_target_is_derived_from_revenue_since_2020(
    nation: PlanDocument,
) -> None:
    growth = next(each for each in nation.indicators if each.measure is Measure.CAGR)
    baseline = target_of(nation, growth.code).baseline
    assert growth.of == "software_business_revenue"
    assert baseline is not None
    assert (baseline.value, baseline.period) == (Decimal(81616), "2020")


def test_numbers_are_read_exactly_as_written(tmp_path: Path, nation: PlanDocument) -> None:
    plan = read_plan_file(write_plan(tmp_path, SMALL_PLAN))
    assert str(plan.targets[0].value) == "12.50"
    assert str(plan.observations[0].value) == "8.10"
    growth = [figure.published_growth_percent for figure in nation.observations]
    assert "10.0" in [str(percent) for percent in growth]


def test_words_that_yaml_1_1_took_for_booleans_stay_words(tmp_path: Path) -> None:
    written = SMALL_PLAN.replace("{integer: true}", "{integer: true, outlier: off}")
    plan = read_plan_file(write_plan(tmp_path, written))
    assert plan.indicators[1].checks.outlier == "off"


@pytest.mark.parametrize(
    "mistake",
    [*FIELD_MISTAKES, *REFERENCE_MISTAKES, *FIGURE_MISTAKES],
    ids=lambda m: m.written,
)
def test_a_fault_names_its_file_line_and_field(tmp_path: Path, mistake: Mistake) -> None:
    lines = SMALL_PLAN.splitlines()
    lines[mistake.line - 1] = mistake.written
    path = write_plan(tmp_path, "\n".join(lines))
    found = [
        fault
        for fault in faults_of(path)
        if (fault.line, fault.field) == (mistake.at or mistake.line, mistake.field)
    ]
    assert [fault.file for fault in found] == [str(path)]
    assert mistake.says in found[0].say("en")


def test_every_code_list_refuses_a_code_twice(tmp_path: Path) -> None:
    repeated = SMALL_PLAN
    for row in ("      - {code: g1-q1,", "  - {code: tea_bureau,"):
        line = next(line for line in SMALL_PLAN.splitlines() if line.startswith(row))
        repeated = repeated.replace(line, f"{line}\n{line}")
    fields = [fault.field for fault in faults_of(write_plan(tmp_path, repeated))]
    assert fields == ["goals[0].qualitative[1].code", "responsible_units[1].code"]


def test_a_figure_is_given_once_for_a_point_of_time(tmp_path: Path) -> None:
    second = SMALL_PLAN.replace(
        "  - indicator: growers\n    area: east\n    period: 2022-Q1\n    basis: since_start",
        "  - indicator: output\n    area: hill\n    period: 2022-Q4\n    basis: ytd",
    ).replace("value: 12\n    unit: 人", "value: 12\n    unit: 亿元")
    [fault] = faults_of(write_plan(tmp_path, second))
    assert (fault.line, fault.field) == (86, "observations[1].period")
    assert "observations[0]" in fault.say("en")


def test_an_area_has_one_target_for_an_indicator(tmp_path: Path) -> None:
    second = SMALL_PLAN.replace(
        "  - indicator: growers\n    area: hill\n    value: 2\n    unit: 万人",
        "  - indicator: output\n    area: hill\n    value: 2\n    unit: 亿元",
    )
    [fault] = faults_of(write_plan(tmp_path, second))
    assert (fault.line, fault.field) == (51, "targets[1].indicator")


def test_every_fault_is_reported_at_once_in_the_order_of_the_file(
    tmp_path: Path,
) -> None:
    written = SMALL_PLAN.replace("start_year: 2022", "start_year: soon")
    written = written.replace("  end_year: 2025", "  end_year: 2025\n  end_year: 2026")
    written = written.replace("path: linear", "path: curved")
    path = write_plan(tmp_path, written)
    with pytest.raises(PlanFileInvalid) as refused:
        read_plan_file(path)
    places = [line.split(": ")[:2] for line in str(refused.value).splitlines()]
    assert places == [
        [f"{path}:9", "plan.start_year"],
        [f"{path}:11", "plan.end_year"],
        [f"{path}:59", "targets[1].path"],
    ]


@pytest.mark.parametrize(
    ("written", "line", "says"),
    [
        ("", 1, "empty"),
        ("- a\n- b\n", 1, "fields below"),
        ("plan:\n  a: [1\nb: 2\n", 3, "not valid YAML"),
        ("a: 1\n\tb: 2\n", 2, "not valid YAML"),
        ("a: 1\nb: \x07\n", 2, "control character"),
        ("a: &x [1]\nb: *x\n", 2, "alias *x"),
        ("a: 1\nb: !!python/object/apply:os.system ['true']\n", 2, "The tag"),
        ("a: 1\n? [b]\n: 2\n", 2, "key"),
        ("a: 1\n---\nb: 2\n", 2, "second YAML document"),
        ("a:\n  " + "[" * 60 + "]" * 60, 2, "nested"),
    ],
)
def test_text_that_is_no_plain_yaml_is_refused(
    tmp_path: Path, written: str, line: int, says: str
) -> None:
    faults = faults_of(write_plan(tmp_path, written))
    assert says in faults[0].say("en")
    assert (faults[0].line, faults[0].field) == (line, "document")


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    [fault] = faults_of(tmp_path / "absent.yaml")
    absent = tmp_path / "absent.yaml"
    assert fault.say("en") == f"{absent}:1: document: There is no such file."
    assert fault.say("zh") == f"{absent}:1: document: 没有该文件。"


def test_a_folder_is_a_fault(tmp_path: Path) -> None:
    [fault] = faults_of(tmp_path)
    assert "cannot be read" in fault.say("en")


def test_text_that_is_not_utf_8_is_refused_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes("format: x\nplan: 茶\n".encode("gb18030"))
    [fault] = faults_of(path)
    assert (fault.line, "UTF-8" in fault.say("en")) == (2, True)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(SMALL_PLAN.encode("utf-8-sig"))
    assert read_plan_file(path).plan.code == "tea-2025"


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    [fault] = faults_of(write_plan(tmp_path, "#" * (MAX_BYTES + 1)))
    assert "more than 5000000 bytes" in fault.say("en")
