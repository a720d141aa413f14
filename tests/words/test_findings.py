"""Every finding is produced by its check, and said in both languages and registers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.reports.bodies import read_submission
from app.domain.accumulation import Basis, MissingReason
from app.domain.checks.finding import Fact, Finding, FindingCode
from app.domain.checks.first import Surroundings
from app.domain.quantity import ObsStatus, PriceBasis
from app.domain.series import Observed, Series
from app.domain.time.period import Period
from app.formats.intake.cells import COLUMNS, CellFault
from app.formats.intake.file import FileRow, IntakeFile, IntakeTable
from app.formats.plans.plan_file import read_plan_file
from app.formats.workbook.grid import Why
from app.schemas.document.plan import PlanDocument
from app.schemas.reports.inputs import ReportInput
from app.services.calendar.extensions import Extensions
from app.services.intake.file_submissions import read_rows
from app.services.intake.judging import IntakeRules, judge
from app.services.intake.live import LiveFigures
from app.services.intake.submission import Submission
from app.services.state.definitions import PlanDefinition
from app.words.book import LANGUAGES, name_code
from app.words.findings import say_finding
from tests.words.speech import CLERK, LITERALS, check_speech

SEED = Path(__file__).parents[2] / "seeds" / "plans" / "china-software-2025.yaml"
REVENUE, PARKS, PROFIT = (
    "software_business_revenue",
    "china_software_parks",
    "software_profit_total",
)
AREA, PERIOD = "guangdong", "2024-Q4"


def _observed(period: str, value: object, basis: Basis = Basis.YTD) -> Observed:
    if isinstance(value, MissingReason):
        return Observed(period=Period.parse(period), value=None, missing_reason=value, revision=3)
    amount = Decimal(str(value))
    return Observed(period=Period.parse(period), value=amount, basis=basis, revision=3)


def _figure(indicator: object = REVENUE, **given: object) -> dict[str, object]:
    return {"indicator": indicator, "value": 20000, "unit": "亿元", "basis": "ytd", **given}


REVENUES = [("2023-Q4", 19000), ("2024-Q1", 4500), ("2024-Q2", 9500), ("2024-Q3", 14500)]
HISTORY = {REVENUE: [_observed(*each) for each in REVENUES]}
LEVELS = [f"{year}-Q{quarter}" for year in (2022, 2023) for quarter in range(1, 5)]
# What was sent, with the figures on record that it is held against.
SENT: list[tuple[FindingCode, list[dict[str, object]], dict[str, list[Observed]]]] = [
    (FindingCode.VALUE_TYPE, [_figure(value="很多")], {}),
    (FindingCode.VALUE_TYPE, [_figure(value="1,234")], {}),
    (FindingCode.VALUE_TYPE, [_figure(value="１２")], {}),  # noqa: RUF001 - full width
    (FindingCode.VALUE_TYPE, [_figure(value=" ")], {}),
    (FindingCode.VALUE_REQUIRED, [_figure(value=None)], {}),
    (FindingCode.VALUE_AND_MISSING_REASON, [_figure(missing_reason="withheld")], {}),
    (FindingCode.MISSING_REASON_INVALID, [_figure(value=None, missing_reason="甲")], {}),
    (FindingCode.GROWTH_INVALID, [_figure(growth_percent="11.2%")], {}),
    (FindingCode.GROWTH_INVALID, [_figure(growth_percent=Decimal("1.123456789"))], {}),
    (FindingCode.GROWTH_INVALID, [_figure(growth_percent="-")], {}),
    (FindingCode.GROWTH_INVALID, [_figure(growth_percent="一成")], {}),
    (FindingCode.PRICE_BASIS_INVALID, [_figure(price_basis="甲")], {}),
    (FindingCode.OBS_STATUS_INVALID, [_figure(obs_status="甲")], {}),
    (FindingCode.UNIT_REQUIRED, [_figure(unit=None)], {}),
    (FindingCode.UNIT_NOT_ALLOWED, [_figure(unit="人")], {}),
    (FindingCode.BASIS_REQUIRED, [_figure(basis=None)], {}),
    (FindingCode.BASIS_NOT_ALLOWED, [_figure(basis="甲")], {}),
    (FindingCode.NEGATIVE, [_figure(value=-1)], {}),
    (FindingCode.NOT_INTEGER, [_figure(PARKS, value=Decimal("1.5"), unit="家", basis="level")], {}),
    (FindingCode.OUT_OF_RANGE, [_figure(value=10**10)], {}),
    (FindingCode.OUT_OF_RANGE, [_figure(value=10**9, unit="万亿元")], {}),
    (FindingCode.PRECISION, [_figure(value=Decimal("1.123456789"))], {}),
    (FindingCode.UNKNOWN_INDICATOR, [_figure("甲")], {}),
    (FindingCode.UNKNOWN_INDICATOR, [_figure(None)], {}),
    (FindingCode.NOT_REPORTABLE, [_figure("software_revenue_growth")], {}),
    (FindingCode.DUPLICATE_FIGURE, [_figure(), _figure()], {}),
    (FindingCode.ALREADY_REPORTED, [_figure()], {REVENUE: [_observed(PERIOD, 19999)]}),
    (
        FindingCode.ALREADY_REPORTED,
        [_figure()],
        {REVENUE: [_observed(PERIOD, MissingReason.NOT_REPORTED)]},
    ),
    (
        FindingCode.ALREADY_REPORTED,
        [{"indicator": REVENUE, "missing_reason": "withheld"}],
        {REVENUE: [_observed(PERIOD, 19999)]},
    ),
    (
        FindingCode.ALREADY_REPORTED,
        [_figure(growth_percent=Decimal("11.2"), price_basis="constant", obs_status="P")],
        {REVENUE: [_observed(PERIOD, 20000)]},
    ),
    (
        FindingCode.ALREADY_REPORTED,
        [_figure(growth_percent=Decimal("11.2"))],
        {REVENUE: [_observed(PERIOD, 20000)]},
    ),
    (
        FindingCode.ALREADY_REPORTED,
        [_figure(price_basis="current")],
        {REVENUE: [_observed(PERIOD, 20000)]},
    ),
    (FindingCode.RUNNING_TOTAL_FELL, [_figure(value=14000)], HISTORY),
    (FindingCode.SCALE_SLIP, [_figure(value=200000000)], HISTORY),
    (FindingCode.SCALE_SLIP, [_figure(value=20)], {REVENUE: [_observed("2023-Q4", 19000)]}),
    (
        FindingCode.OUTLIER,
        [_figure(PARKS, value=500, unit="家", basis="level")],
        {PARKS: [_observed(p, 100 + n, Basis.LEVEL) for n, p in enumerate(LEVELS)]},
    ),
    (
        FindingCode.CHANGE_FROM_CONSTANT,
        [_figure(PARKS, value=12, unit="家", basis="level")],
        {PARKS: [_observed(p, 10, Basis.LEVEL) for p in LEVELS]},
    ),
    (
        FindingCode.DOES_NOT_ADD_UP,
        [_figure(value=20000), _figure(value=6000, basis="quarter")],
        HISTORY,
    ),
    (
        FindingCode.DOES_NOT_ADD_UP,
        [_figure(value=20000), _figure(value=6000, basis="quarter")],
        {REVENUE: [_observed("2024-Q3", 15000)]},
    ),
    (FindingCode.FELL_TO_ZERO, [_figure(value=0)], HISTORY),
    *(
        (FindingCode.VALUE_TYPE, [_figure(value=text)], {})
        for text in ("1 234", "1,23", "-", "12.5%", "2024-07-01", "#REF!", "=A1+B1", "TRUE")
    ),
    (FindingCode.VALUE_TYPE, [_figure(value="1.2E+05")], {}),
    (FindingCode.VALUE_TYPE, [_figure(value="812.4亿元")], {}),
    (FindingCode.JUMP, [_figure(value=21000)], HISTORY),
    (FindingCode.RULE_VIOLATED, [_figure(value=100), _figure(PROFIT, value=200)], {}),
]
_BESIDE = replace(_observed("2023-Q4", 50000000), area="jiangsu")
_BELOW = replace(_observed("2023-Q4", 1), area="jiangsu")
# What a first figure of 20000 can be held against.
AROUND = (
    Surroundings(target=Decimal(19999)),
    Surroundings(wholes=(_BELOW,)),
    Surroundings(largest_part=_BESIDE),
    Surroundings(largest_other=_BELOW),
    Surroundings(smallest_other=_BESIDE),
)
# What a cell of a file may be beside what it holds.
FAULTS = [
    *(
        CellFault(
            "value",
            FindingCode.NOT_AS_SHOWN,
            {"why": why.value, "value": "812400", "shown": "81.2"},
        )
        for why in Why
        if why is not Why.NOT_CALCULATED
    ),
    CellFault("value", FindingCode.NOT_CALCULATED, {"value": "0"}),
    CellFault("note", FindingCode.TEXT_INVALID, {"value": "甲", "why": "long", "limit": 4000}),
    CellFault("note", FindingCode.TEXT_INVALID, {"value": "甲", "why": "unseen", "name": "U+200B"}),
    *(
        CellFault(column, code, {"value": "甲", "candidates": candidates})
        for column, code, candidates in (
            ("area", FindingCode.UNKNOWN_AREA, "guangdong jiangsu"),
            ("indicator", FindingCode.UNKNOWN_INDICATOR, f"{REVENUE} {PROFIT}"),
            ("basis", FindingCode.BASIS_REQUIRED, "ytd since_start"),
            ("missing_reason", FindingCode.MISSING_REASON_INVALID, "withheld not_due"),
        )
    ),
]


@pytest.fixture(scope="module")
def definition() -> PlanDefinition:
    """The national plan, with a question about jumps and quarters that close."""
    document = read_plan_file(SEED).model_dump(mode="json")
    for each in document["indicators"]:
        each["checks"]["jump_percent"] = "5" if each["code"] == REVENUE else None
    document["settings"]["deadlines"]["closes_after_days"] = 30
    return PlanDefinition(document=PlanDocument.model_validate(document), revision=1)


def _rules(definition: PlanDefinition, today: date, **extended: date) -> IntakeRules:
    quarter = Period.parse(PERIOD).index
    granted: dict[tuple[str | None, int | None], date] = {
        (area, quarter): day for area, day in extended.items()
    }
    first = Period.parse("2021-Q1")
    return IntakeRules(
        definition=definition, first_period=first, today=today, extensions=Extensions(granted)
    )


def _from_body(figures: list[dict[str, object]], **place: str) -> Submission:
    content = {"area": AREA, "period": PERIOD, "figures": figures, **place}
    return read_submission(ReportInput.model_validate(content))


def _from_file(
    definition: PlanDefinition,
    figures: list[dict[str, object]],
    *faults: CellFault,
    sheets: Sequence[str] = ("填报表",),
) -> list[Submission]:
    """The same figures as rows of a sheet, below a form that is about the area."""
    about = {"area": AREA, "period": PERIOD}
    cells: Any = [tuple({**about, **each}.get(name) for name in COLUMNS) for each in figures]
    rows = [FileRow(number, row, faults) for number, row in enumerate(cells, start=7)]
    tables = tuple(
        IntakeTable(
            sheet=sheet,
            header_area=AREA,
            header_period=PERIOD,
            positions=tuple(range(len(COLUMNS))),
            rows=iter(rows),
        )
        for sheet in sheets
    )
    file = read_rows(IntakeFile(tables=tables, passed_over=()))
    return list(file.submissions(definition))


def _from_place(definition: PlanDefinition, place: dict[str, str]) -> list[Submission]:
    return _from_file(definition, [_figure(**place)])


def _live(definition: PlanDefinition, figures: dict[str, list[Observed]]) -> LiveFigures:
    rules = definition.rules
    return {
        code: Series.of(all_, accumulation=rules.indicators[code].accumulation, start=rules.start)
        for code, all_ in figures.items()
    }


def _all_found(definition: PlanDefinition) -> Iterator[tuple[FindingCode | None, Finding]]:
    """Every finding, with the one that was to be provoked, of bodies and of files."""
    today = date(2025, 1, 20)
    rules = _rules(definition, today)
    for code, figures, live in SENT:
        for sent in (_from_body(figures), *_from_file(definition, figures)):
            found = judge(rules, sent, _live(definition, live)).findings
            assert code in {each.code for each in found}, (code, found)
            yield from ((code, each) for each in found)
    for place, day, extended in (
        ({"area": "乙"}, today, {}),
        ({"period": "2024"}, today, {}),
        ({"period": "2030-Q1"}, today, {}),
        ({"period": "2025-Q1"}, today, {}),
        ({}, date(2025, 6, 1), {}),
        ({}, date(2025, 6, 1), {AREA: date(2025, 5, 1)}),
    ):
        rules = _rules(definition, day, **extended)
        for sent in (
            _from_body([_figure()], **place),
            *_from_place(definition, place),
        ):
            yield from ((None, each) for each in judge(rules, sent, {}).findings)
    for known in AROUND:
        around = replace(_rules(definition, today), look_around=lambda *_, known=known: known)
        for sent in (_from_body([_figure()]), *_from_file(definition, [_figure()])):
            (doubted,) = judge(around, sent, {}).findings
            yield FindingCode.IMPLAUSIBLE_FIRST, doubted
    body = _from_body([_figure(note="", extra="x")])
    yield from ((None, each) for each in judge(rules, body, {}).findings)


def _found_in_files(definition: PlanDefinition) -> Iterator[Finding]:
    """What only the rows of a file can give rise to."""
    rules = _rules(definition, date(2025, 1, 20))
    sent = [
        *(each for fault in FAULTS for each in _from_file(definition, [_figure()], fault)),
        *_from_file(definition, [_figure()], sheets=("甲", "乙")),
        *_from_file(definition, [_figure(basis="quarter", period="2024年1-12月")]),
    ]
    for each in sent:
        yield from judge(rules, each, {}).findings


@pytest.fixture(scope="module")
def found(definition: PlanDefinition) -> list[Finding]:
    provoked = [finding for _, finding in _all_found(definition)]
    return [*provoked, *_found_in_files(definition)]


def test_every_finding_there_is_was_provoked(found: list[Finding]) -> None:
    assert {finding.code for finding in found} == set(FindingCode)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_is_a_whole_sentence_in_the_language(
    definition: PlanDefinition, found: list[Finding], language: str
) -> None:
    names = definition.names_in(language)
    typed = {"APP", "extra", *definition.indicators, *definition.areas, *Basis, *MissingReason}
    typed |= {*ObsStatus, *PriceBasis, "growth_percent", "price_basis", "obs_status"}
    typed |= {"indicator", "value", "unit", "note", "null", "#REF!", "TRUE"}
    for finding in found:
        check_speech(say_finding(finding, language, names), language, typed=typed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clerk_reads_names_and_no_code(
    definition: PlanDefinition, found: list[Finding], language: str
) -> None:
    names = definition.names_in(language)
    codes = {*definition.indicators, *definition.areas, *Basis, *MissingReason} - {
        "level",
        "quarter",
        "withheld",
        *(each.lower() for each in names.areas.values()),
    }
    codes |= LITERALS - CLERK - {"true", "false", "basis", "1e", "1e-", "ratio", "facts", "targets"}
    of_files = [finding for finding in found if finding.is_in_file]
    assert {finding.code for finding in of_files} >= set(FindingCode) - {
        FindingCode.UNKNOWN_FIELD,
        FindingCode.TEXT_INVALID,
    }
    for finding in of_files:
        said = say_finding(finding, language, names)
        assert [code for code in codes if code in said] == [], said


def test_the_examples_of_the_guide(definition: PlanDefinition, found: list[Finding]) -> None:
    said = {
        (each.code.value, each.is_in_file): say_finding(each, "zh", definition.names_in("zh"))
        for each in reversed(found)
    }
    revenue = "规模以上企业软件业务收入"
    assert said["basis_not_allowed", True] == (
        f"F7 单元格，{revenue}：口径“甲”不适用于该指标。请改为“当季数”或“年初至本季末累计数”。"
    )
    assert said["basis_not_allowed", False] == (
        f"{REVENUE}：口径“甲”不适用于该指标。应为 quarter（当季数）或 ytd（年初至本季末累计数）。"
    )
    assert said["period_closed", True] == (
        "B7 单元格，2024-Q4 的填报期已截止，自 2025-02-15 起不再接受报送（应报日为 2025-01-15，"
        "其后 30 天截止）。如需补报，请说明原因，向管理员申请延期。"
    )


def test_what_is_on_record_is_a_figure_or_a_reason(definition: PlanDefinition) -> None:
    known = definition.names_in("en")
    facts: dict[str, Fact] = {
        "value": "5",
        "unit": "家",
        "live": "4",
        "live_basis": "level",
        "live_revision": 2,
    }
    finding = Finding(code=FindingCode.ALREADY_REPORTED, pointer="/x", indicator="p", facts=facts)
    assert say_finding(finding, "en", known) == (
        "p: 4 家 (level at the end of the period) has been on record since revision 2, "
        "and 5 is different. To change it, send a correction_reason."
    )
    beside: dict[str, Fact] = {
        "live_obs_status": "P",
        "live_growth_percent": "11.2",
        "live_price_basis": "constant",
        "obs_status": "A",
        "growth_percent": "11.3",
        "price_basis": None,
    }
    differs = replace(finding, facts={**facts, "why": "beside", **beside})
    assert say_finding(differs, "en", known) == (
        "p: the value has been on record since revision 2, but its status or growth is different. "
        "On record: preliminary figure and 11.2 % growth at constant prices. Now: normal value and "
        "11.3 % growth. To change it, send a correction_reason."
    )
    missing = replace(finding, facts={**facts, "live": "withheld", "live_basis": None})
    assert "the missing reason 'withheld' has been on record" in say_finding(missing, "en", known)


@pytest.mark.parametrize("said", ["ytd", "年初至本季末累计数", "Running total since 1 January"])
def test_what_a_message_tells_a_clerk_to_write_is_taken(
    definition: PlanDefinition, said: str
) -> None:
    [sent] = _from_file(definition, [_figure(basis=said)])
    [judged] = judge(_rules(definition, date(2025, 1, 20)), sent, {}).figures
    assert judged.findings == []
    assert judged.sound is not None
    assert judged.sound.basis is Basis.YTD


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_missing_reason_is_taken_by_its_name(
    definition: PlanDefinition, language: str
) -> None:
    for reason in MissingReason:
        name = name_code("missing_reason", reason, language)
        [sent] = _from_file(definition, [{"indicator": REVENUE, "missing_reason": name}])
        [judged] = judge(_rules(definition, date(2025, 1, 20)), sent, {}).figures
        assert judged.sound is not None
        assert judged.sound.missing_reason is reason


_AMOUNTS = st.one_of(
    st.none(),
    st.sampled_from(["-", "1,234", "812.4亿元", "5%", "#REF!", "TRUE", True, " ", "很多"]),
    st.integers(-(10**6), 10**11),
    st.decimals(-(10**4), 10**7, places=3),
)
_CELLS = st.fixed_dictionaries(
    {
        "indicator": st.sampled_from([REVENUE, PARKS, PROFIT, "software_revenue_growth", "甲"]),
        "value": _AMOUNTS,
        "unit": st.sampled_from(["亿元", "万元", "家", "人", None]),
        "basis": st.sampled_from([*Basis, "甲", None]),
    },
    optional={
        "missing_reason": st.sampled_from([*MissingReason, "甲"]),
        "growth_percent": _AMOUNTS,
        "price_basis": st.sampled_from([*PriceBasis, "甲"]),
        "obs_status": st.sampled_from([*ObsStatus, "甲"]),
    },
)
_KNOWN = st.one_of(st.sampled_from(list(MissingReason)), st.integers(0, 10**6))
_LEAKS = ("None", "Decimal(", "{", "}", "Basis.", "Reason.", "Status.", "True", "False", "nan")


@settings(max_examples=150, deadline=None)
@given(
    figures=st.lists(_CELLS, min_size=1, max_size=3),
    before=st.lists(_KNOWN, max_size=6),
    day=st.sampled_from([date(2024, 12, 1), date(2025, 1, 20), date(2025, 6, 1)]),
    until=st.sampled_from([{}, {AREA: date(2025, 5, 1)}, {AREA: date(2030, 5, 1)}]),
)
def test_whatever_is_sent_no_message_holds_what_is_python_s(
    definition: PlanDefinition,
    figures: list[dict[str, object]],
    before: list[object],
    day: date,
    until: dict[str, date],
) -> None:
    quarters = [str(Period.parse(PERIOD).shift(back)) for back in range(-len(before) + 1, 1)]
    live = _live(
        definition, {REVENUE: [_observed(*each) for each in zip(quarters, before, strict=True)]}
    )
    sent = [_from_body(figures), *_from_file(definition, figures, sheets=("甲", "乙"))]
    rules = _rules(definition, day, **until)
    for finding in (each for one in sent for each in judge(rules, one, live).findings):
        for language in LANGUAGES:
            said = say_finding(finding, language, definition.names_in(language))
            assert [leak for leak in _LEAKS if leak in said] == [], said
