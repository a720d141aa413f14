"""What a figure is asked about: each question by the area's own history, with its evidence."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.accumulation import Accumulation, Basis, MissingReason
from app.domain.checks.figure import RawFigure, SoundFigure
from app.domain.checks.finding import Finding, FindingCode, Severity
from app.domain.checks.outliers import judge_constant, judge_outlier, score
from app.domain.checks.queries import Questions, question_figure
from app.domain.series import Observed, Series
from app.domain.time.period import Period

RAW = RawFigure(pointer="/figures/0", row=1, indicator="value_added")
START = date(2022, 1, 1)


def series(
    figures: dict[str, str],
    basis: Basis = Basis.YTD,
    accumulation: Accumulation = Accumulation.ANNUAL_FLOW,
) -> Series:
    """A history with a value at each period."""
    observed = [
        Observed(period=Period.parse(period), value=Decimal(value), basis=basis)
        for period, value in figures.items()
    ]
    return Series.of(observed, accumulation=accumulation, start=START)


def ask(
    value: str,
    period: str,
    history: Series,
    *,
    basis: Basis = Basis.YTD,
    unit: str = "亿元",
    reported_unit: str | None = None,
    questions: Questions | None = None,
) -> list[Finding]:
    """The questions about a figure, in the indicator's own unit unless another is named."""
    figure = SoundFigure(
        value=Decimal(value),
        basis=basis,
        missing_reason=None,
        reported_value=Decimal(value),
        reported_unit=reported_unit or unit,
    )
    asked = questions or Questions(unit=unit)
    return question_figure(figure, Period.parse(period), history, asked, RAW)


def codes(found: list[Finding]) -> list[FindingCode]:
    """The codes of findings."""
    return [finding.code for finding in found]


YEAR = {"2024-Q1": "120", "2024-Q2": "260", "2024-Q3": "410"}


def test_a_running_total_that_falls_is_asked_about_with_its_neighbour() -> None:
    found = ask("400", "2024-Q4", series(YEAR))
    assert codes(found) == [FindingCode.RUNNING_TOTAL_FELL]
    assert found[0].severity is Severity.QUERY
    assert found[0].facts["neighbour"] == "410"
    assert found[0].facts["neighbour_period"] == "2024-Q3"


def test_the_neighbour_is_the_nearest_in_time_in_whatever_order_figures_came() -> None:
    found = ask("200", "2024-Q3", series({"2024-Q2": "260", "2024-Q4": "190", "2024-Q1": "120"}))
    assert [each.facts["neighbour_period"] for each in found] == ["2024-Q2", "2024-Q4"]


def test_the_first_quarter_of_the_next_year_starts_again() -> None:
    assert ask("80", "2025-Q1", series({**YEAR, "2024-Q4": "400"})) == []


def test_a_running_total_above_the_one_after_it_is_asked_about() -> None:
    found = ask("420", "2024-Q2", series({"2024-Q1": "120", "2024-Q3": "410"}))
    assert codes(found) == [FindingCode.RUNNING_TOTAL_FELL]
    assert found[0].facts["side"] == "after"


def test_a_late_running_total_between_its_neighbours_is_not_asked_about() -> None:
    neighbours = series({"2024-Q1": "120", "2024-Q3": "410"})

    assert ask("260", "2024-Q2", neighbours) == []
    assert ask("120", "2024-Q2", neighbours) == ask("410", "2024-Q2", neighbours) == []


def test_of_later_figures_the_first_that_is_a_total_too_is_compared() -> None:
    quarter = Observed(period=Period(2024, 3), value=Decimal(10), basis=Basis.QUARTER)
    total = Observed(period=Period(2024, 4), value=Decimal(410), basis=Basis.YTD)
    later = Series.of([quarter, total], accumulation=Accumulation.ANNUAL_FLOW, start=START)

    [found] = ask("420", "2024-Q2", later)
    assert found.facts["neighbour_period"] == "2024-Q4"
    assert ask("400", "2024-Q2", later) == []


def test_a_total_since_the_start_is_compared_across_years() -> None:
    history = series({"2023-Q4": "900"}, Basis.SINCE_START, Accumulation.INCREMENT)
    found = ask("800", "2024-Q1", history, basis=Basis.SINCE_START, unit="人")
    assert codes(found) == [FindingCode.RUNNING_TOTAL_FELL]


def test_a_quarters_own_figure_may_be_below_the_one_before() -> None:
    assert (
        ask("70", "2024-Q2", series({"2024-Q1": "120"}, Basis.QUARTER), basis=Basis.QUARTER) == []
    )


def test_a_figure_in_the_wrong_unit_is_named_with_the_unit_it_looks_like() -> None:
    found = ask("26000000", "2024-Q4", series({"2023-Q4": "2600"}))
    assert codes(found) == [FindingCode.SCALE_SLIP]
    assert found[0].facts["factor"] == 10000
    assert found[0].facts["looks_like"] == "万元"
    assert found[0].facts["direction"] == "large"


def test_a_figure_ten_thousand_times_too_small_looks_like_the_larger_unit() -> None:
    history = series({"2023-Q4": "120000"}, Basis.LEVEL, Accumulation.LEVEL)
    found = ask("12", "2024-Q4", history, basis=Basis.LEVEL, unit="人")
    assert found[0].facts["looks_like"] == "万人"
    assert found[0].facts["direction"] == "small"


def test_a_slip_of_three_places_has_no_unit_that_it_looks_like() -> None:
    found = ask("2600000", "2024-Q4", series({"2023-Q4": "2600"}))
    assert found[0].facts["factor"] == 1000
    assert found[0].facts["looks_like"] is None


@pytest.mark.parametrize(("value", "count"), [("310", 1), ("29", 0), ("500", 0)])
def test_a_slip_of_one_place_is_asked_about_within_a_fifth(value: str, count: int) -> None:
    history = series({"2023-Q4": "31" if value != "29" else "2.9"})
    assert len(ask(value, "2024-Q4", history)) == count


@pytest.mark.parametrize(
    ("value", "factor"),
    [
        ("333", None),
        ("334", 1000),
        ("3000", 1000),
        ("3001", 1000),
        ("3334", 10000),
        ("30000", 10000),
        ("30001", 10000),
        ("100000000", 100000000),
    ],
)
def test_a_slip_of_scale_is_asked_about_within_a_factor_of_three(
    value: str, factor: int | None
) -> None:
    found = ask(value, "2024-Q4", series({"2023-Q4": "1"}))
    assert [each.facts["factor"] for each in found] == ([] if factor is None else [factor])


def test_a_figure_too_small_is_asked_about_within_a_factor_of_three_too() -> None:
    history = series({"2023-Q4": "250000"})
    assert ask("10", "2024-Q4", history)[0].facts["factor"] == 10000
    assert ask("8", "2024-Q4", history)[0].facts["factor"] == 10000


def test_a_ratio_between_units_of_another_dimension_looks_like_no_unit() -> None:
    """A hundred million times as much money is 元 for 亿元; people have no such unit."""
    history = series({"2023-Q4": "100"}, Basis.LEVEL, Accumulation.LEVEL)
    (found,) = ask("10000000000", "2024-Q4", history, basis=Basis.LEVEL, unit="人")
    assert (found.facts["factor"], found.facts["looks_like"]) == (10**8, None)


def test_the_unit_it_looks_like_goes_by_the_unit_that_was_reported() -> None:
    found = ask("26000000", "2024-Q4", series({"2023-Q4": "2600"}), reported_unit="万元")
    assert found[0].facts["reported_unit"] == "万元"
    assert found[0].facts["looks_like"] == "元"


def test_without_a_reported_unit_it_goes_by_the_indicators() -> None:
    figure = SoundFigure(
        value=Decimal(26000000),
        basis=Basis.YTD,
        missing_reason=None,
        reported_value=None,
        reported_unit=None,
    )
    history, asked = series({"2023-Q4": "2600"}), Questions(unit="亿元")

    (found,) = question_figure(figure, Period(2024, 4), history, asked, RAW)
    assert found.facts["looks_like"] == "万元"


@pytest.mark.parametrize(
    ("was", "value", "count"),
    [
        ("100", "799", 0),
        ("100", "800", 1),
        ("100", "1200", 1),
        ("100", "1201", 0),
        ("30", "300", 1),
        ("29.9", "299", 0),
    ],
)
def test_a_slip_of_one_place_lies_from_8_to_12_times_of_30_or_more(
    was: str, value: str, count: int
) -> None:
    found = ask(value, "2024-Q4", series({"2023-Q4": was}))
    assert [each.facts["factor"] for each in found] == [10] * count


def test_a_slip_of_one_place_in_a_loss_is_asked_about_too() -> None:
    found = ask("-1000", "2024-Q4", series({"2023-Q4": "-100"}))
    assert FindingCode.SCALE_SLIP in codes(found)


def test_what_no_two_units_are_apart_is_asked_about_by_its_power_of_ten() -> None:
    (found,) = ask("100000000", "2024-Q4", series({"2023-Q4": "0.00000001"}))
    assert (found.facts["factor"], found.facts["looks_like"]) == (10**16, None)


@pytest.mark.parametrize(
    ("was", "value", "factor"),
    [
        ("31", "929", None),
        ("31", "930", 10),
        ("31", "1000", 100),
        ("29", "899", None),
        ("900", "30.1", None),
        ("900", "30", 10),
        ("1000000", "30000", 100),
        ("5", "1200", 100),
        ("1", "40", None),
    ],
)
def test_a_change_beyond_30_times_is_asked_about_unless_both_are_small(
    was: str, value: str, factor: int | None
) -> None:
    found = ask(value, "2024-Q4", series({"2023-Q4": was}))
    assert [each.facts["factor"] for each in found] == ([] if factor is None else [factor])


@pytest.mark.parametrize(
    ("basis", "accumulation", "unit"),
    [
        (Basis.YTD, Accumulation.ANNUAL_FLOW, "亿元"),
        (Basis.QUARTER, Accumulation.ANNUAL_FLOW, "亿元"),
        (Basis.SINCE_START, Accumulation.INCREMENT, "人"),
        (Basis.LEVEL, Accumulation.LEVEL, "家"),
    ],
)
def test_9800_then_a_million_then_100_is_asked_about_from_the_second_on(
    basis: Basis, accumulation: Accumulation, unit: str
) -> None:
    known = {"2024-Q1": "9800"}
    for period, value, direction in (
        ("2024-Q2", "1000000", "large"),
        ("2024-Q3", "100", "small"),
    ):
        found = ask(value, period, series(known, basis, accumulation), basis=basis, unit=unit)
        slips = [each for each in found if each.code is FindingCode.SCALE_SLIP]
        assert [each.facts["direction"] for each in slips] == [direction]
        known[period] = value


def test_a_figure_is_held_against_one_on_another_basis_by_its_pace() -> None:
    history = series({"2024-Q1": "200"}, Basis.QUARTER)
    assert ask("6000000", "2024-Q3", history)[0].facts["factor"] == 10000
    assert ask("600", "2024-Q3", history) == []


def test_a_figure_of_an_earlier_quarter_is_held_against_a_later_one() -> None:
    history = series({"2024-Q4": "800"})
    (found,) = ask("7000000", "2023-Q4", history)
    assert (found.facts["factor"], found.facts["reference_period"]) == (10000, "2024-Q4")


def test_where_there_is_no_other_figure_a_correction_is_held_against_what_it_replaces() -> None:
    def correct(value: str, was: str, history: Series) -> list[object]:
        figure = SoundFigure(
            value=Decimal(value),
            basis=Basis.YTD,
            missing_reason=None,
            reported_value=None,
            reported_unit=None,
        )
        replaced = Observed(period=Period(2024, 4), value=Decimal(was), basis=Basis.YTD)
        asked = Questions(unit="亿元")
        found = question_figure(figure, Period(2024, 4), history, asked, RAW, replaced=replaced)
        return [each.facts["factor"] for each in found if each.code is FindingCode.SCALE_SLIP]

    assert correct("8124000", "812.4", series({})) == [10000]
    assert correct("813", "812.4", series({})) == []
    # A slip that is put right agrees with what else is known.
    assert correct("812.4", "8124000", series({"2023-Q4": "700"})) == []


@pytest.mark.parametrize(
    ("basis", "accumulation", "before"),
    [
        (Basis.YTD, Accumulation.ANNUAL_FLOW, {"2024-Q3": "260"}),
        (Basis.YTD, Accumulation.ANNUAL_FLOW, {"2023-Q4": "400"}),
        (Basis.SINCE_START, Accumulation.INCREMENT, {"2024-Q3": "9"}),
        (Basis.LEVEL, Accumulation.LEVEL, {"2024-Q2": "12"}),
        (Basis.QUARTER, Accumulation.ANNUAL_FLOW, {"2024-Q2": "0", "2024-Q3": "3"}),
    ],
)
def test_a_fall_to_exactly_0_is_asked_about_once(
    basis: Basis, accumulation: Accumulation, before: dict[str, str]
) -> None:
    [found] = ask("0", "2024-Q4", series(before, basis, accumulation), basis=basis)
    last = list(before)[-1]
    assert (found.code, found.severity) == (FindingCode.FELL_TO_ZERO, Severity.QUERY)
    assert found.facts["reference"] == before[last]
    assert found.facts["reference_period"] == last


def test_a_0_after_a_0_and_a_first_0_are_no_fall() -> None:
    assert ask("0", "2024-Q4", series({"2024-Q3": "0"})) == []
    assert ask("0", "2024-Q4", series({})) == []


def test_a_quarter_of_0_is_held_against_the_quarter_before_and_not_its_total() -> None:
    same_total = series({"2024-Q2": "260", "2024-Q3": "260"})
    assert ask("0", "2024-Q4", same_total, basis=Basis.QUARTER) == []
    risen = series({"2024-Q2": "200", "2024-Q3": "260"})
    [found] = ask("0", "2024-Q4", risen, basis=Basis.QUARTER)
    assert (found.code, found.facts["reference"]) == (FindingCode.FELL_TO_ZERO, "60")


@pytest.mark.parametrize(
    ("value", "change"),
    [("3900", None), ("3901", "50.04"), ("1300", None), ("1299", "-50.04")],
)
def test_a_jump_is_beyond_the_limit_upwards_or_downwards(value: str, change: str | None) -> None:
    limited = Questions(unit="亿元", jump_percent=Decimal(50))

    found = ask(value, "2024-Q4", series({"2023-Q4": "2600"}), questions=limited)
    assert [each.facts["change_percent"] for each in found] == ([] if change is None else [change])


def test_both_sides_of_a_pace_are_those_of_one_quarter() -> None:
    limited = Questions(unit="亿元", jump_percent=Decimal(50))

    assert ask("400", "2024-Q4", series({"2024-Q2": "200"}), questions=limited) == []


def test_without_a_start_totals_are_compared_as_they_are() -> None:
    total = Observed(period=Period(2024, 1), value=Decimal(100), basis=Basis.SINCE_START)
    history = Series.of([total], accumulation=Accumulation.INCREMENT, start=None)
    limited = Questions(unit="人", jump_percent=Decimal(50))

    found = ask("200", "2024-Q2", history, basis=Basis.SINCE_START, unit="人", questions=limited)
    assert [each.facts["change_percent"] for each in found] == ["100.00"]


def test_the_pace_of_a_total_since_the_start_counts_the_quarter_of_the_start() -> None:
    """10 in the first quarter, 60 in three: twice the pace."""
    history = series({"2022-Q1": "10"}, Basis.SINCE_START, Accumulation.INCREMENT)
    limited = Questions(unit="人", jump_percent=Decimal(50))

    found = ask("60", "2022-Q3", history, basis=Basis.SINCE_START, unit="人", questions=limited)
    assert [each.facts["change_percent"] for each in found] == ["100.00"]


def test_a_first_figure_is_no_jump() -> None:
    limited = Questions(unit="亿元", jump_percent=Decimal(50))
    assert ask("4000", "2024-Q4", series({}), questions=limited) == []


def test_a_level_has_no_pace() -> None:
    history = series({"2022-Q1": "100"}, Basis.LEVEL, Accumulation.LEVEL)
    limited = Questions(unit="人", jump_percent=Decimal(50))
    assert ask("110", "2024-Q4", history, basis=Basis.LEVEL, unit="人", questions=limited) == []


def test_without_last_year_the_pace_of_a_quarter_is_compared() -> None:
    """100 after one quarter and 400 after four are the same pace."""
    assert ask("400", "2024-Q4", series({"2024-Q1": "100"})) == []
    found = ask("4000000", "2024-Q4", series({"2024-Q1": "100"}))
    assert found[0].facts["factor"] == 10000


def test_totals_since_the_start_are_compared_by_their_pace() -> None:
    history = series({"2022-Q4": "40"}, Basis.SINCE_START, Accumulation.INCREMENT)
    assert ask("160", "2025-Q4", history, basis=Basis.SINCE_START, unit="人") == []


def test_a_history_of_zeros_asks_nothing_about_scale() -> None:
    assert ask("26000000", "2024-Q4", series({"2023-Q4": "0"})) == []


def test_a_change_of_sign_is_no_slip_of_scale() -> None:
    history = series({"2023-Q4": "-2600"})
    assert FindingCode.SCALE_SLIP not in codes(ask("26000000", "2024-Q4", history))


def test_a_jump_is_asked_about_only_where_the_plan_sets_a_limit() -> None:
    history = series({"2023-Q4": "2600"})
    assert ask("4000", "2024-Q4", history) == []
    limited = Questions(unit="亿元", jump_percent=Decimal(50))
    found = ask("4000", "2024-Q4", history, questions=limited)
    assert codes(found) == [FindingCode.JUMP]
    assert found[0].facts["change_percent"] == "53.85"
    assert ask("3800", "2024-Q4", history, questions=limited) == []


def test_a_jump_is_held_against_the_same_quarter_of_last_year_before_any_later_one() -> None:
    history = series({"2023-Q4": "100", "2024-Q3": "200"}, Basis.LEVEL, Accumulation.LEVEL)
    limited = Questions(unit="人", jump_percent=Decimal(50))

    found = ask("210", "2024-Q4", history, basis=Basis.LEVEL, unit="人", questions=limited)
    assert codes(found) == [FindingCode.JUMP]
    assert found[0].facts["change_percent"] == "110.00"
    assert found[0].facts["reference"] == "100"
    assert found[0].facts["reference_period"] == "2023-Q4"


STEADY = {
    "2022-Q1": "100", "2022-Q2": "102", "2022-Q3": "98", "2022-Q4": "101",
    "2023-Q1": "99", "2023-Q2": "103", "2023-Q3": "97", "2023-Q4": "100",
}  # fmt: skip


def test_an_outlier_is_asked_about_from_eight_points_on() -> None:
    history = series(STEADY, Basis.LEVEL, Accumulation.LEVEL)
    found = ask("180", "2024-Q1", history, basis=Basis.LEVEL, unit="人")
    assert codes(found) == [FindingCode.OUTLIER]
    assert found[0].facts["points"] == 8
    shorter = dict(list(STEADY.items())[1:])
    history = series(shorter, Basis.LEVEL, Accumulation.LEVEL)
    assert ask("180", "2024-Q1", history, basis=Basis.LEVEL, unit="人") == []


@pytest.mark.parametrize(("value", "count"), [("110", 0), ("111", 1), ("90", 0), ("89", 1)])
def test_unless_the_plan_says_otherwise_three_and_a_half_deviations_are_usual(
    value: str, count: int
) -> None:
    """Median 100 and median distance 2: a deviation is 2.97, and 10.38 the limit."""
    history = series(STEADY, Basis.LEVEL, Accumulation.LEVEL)
    assert len(ask(value, "2024-Q1", history, basis=Basis.LEVEL, unit="人")) == count


def test_a_running_total_is_judged_by_what_the_quarter_added() -> None:
    ytd = {}
    for year in (2022, 2023):
        for quarter in range(1, 5):
            ytd[f"{year}-Q{quarter}"] = str(100 * quarter + quarter % 2)
    found = ask("240", "2024-Q1", series(ytd))
    assert codes(found) == [FindingCode.OUTLIER]
    assert found[0].facts["compared"] == "240"
    history = series({**ytd, "2024-Q1": "100"})
    assert codes(ask("340", "2024-Q2", history)) == [FindingCode.OUTLIER]


@pytest.mark.parametrize(
    ("accumulation", "basis", "value"),
    [
        (Accumulation.INCREMENT, Basis.SINCE_START, "980"),
        (Accumulation.ANNUAL_FLOW, Basis.YTD, "280"),
    ],
)
def test_what_a_total_adds_to_quarters_is_judged(
    accumulation: Accumulation, basis: Basis, value: str
) -> None:
    """Eight quarters of 800 together, then 180: in a total since the start, or after one of 100."""
    period = "2024-Q1" if basis is Basis.SINCE_START else "2024-Q2"
    quarters = STEADY if basis is Basis.SINCE_START else {**STEADY, "2024-Q1": "100"}

    found = ask(value, period, series(quarters, Basis.QUARTER, accumulation), basis=basis)
    assert codes(found) == [FindingCode.OUTLIER]
    assert found[0].facts["compared"] == "180"


def test_an_increment_within_its_year_is_judged_by_what_the_quarter_added() -> None:
    ytd = {f"{year}-Q{q}": str(100 * q + q % 2) for year in (2022, 2023) for q in range(1, 5)}
    history = series({**ytd, "2024-Q1": "100"}, accumulation=Accumulation.INCREMENT)

    found = ask("280", "2024-Q2", history)
    assert codes(found) == [FindingCode.OUTLIER]
    assert found[0].facts["compared"] == "180"


def test_a_total_without_the_one_before_it_is_not_judged_for_outliers() -> None:
    history = series(STEADY, Basis.SINCE_START, Accumulation.INCREMENT)
    questions = Questions(unit="人", running_total_fell=False, scale_slip=False)
    found = ask("500", "2024-Q3", history, basis=Basis.SINCE_START, unit="人", questions=questions)
    assert found == []


def test_outliers_can_be_off_and_the_constant_still_asks() -> None:
    history = series(STEADY, Basis.LEVEL, Accumulation.LEVEL)
    off = Questions(unit="人", outlier="off")
    assert ask("180", "2024-Q1", history, basis=Basis.LEVEL, unit="人", questions=off) == []
    constant = series(dict.fromkeys(STEADY, "50"), Basis.LEVEL, Accumulation.LEVEL)
    found = ask("51", "2024-Q1", constant, basis=Basis.LEVEL, unit="人", questions=off)
    assert codes(found) == [FindingCode.CHANGE_FROM_CONSTANT]
    unasked = Questions(unit="人", outlier="off", change_from_constant=False)
    assert ask("51", "2024-Q1", constant, basis=Basis.LEVEL, unit="人", questions=unasked) == []


@pytest.mark.parametrize(
    ("value", "basis"), [(None, None), (None, Basis.YTD), (Decimal(400), None)]
)
def test_nothing_is_asked_about_a_missing_figure(
    value: Decimal | None, basis: Basis | None
) -> None:
    figure = SoundFigure(
        value=value,
        basis=basis,
        missing_reason=MissingReason.WITHHELD,
        reported_value=None,
        reported_unit=None,
    )
    questions = Questions(unit="亿元")
    steady = series(STEADY, Basis.LEVEL, Accumulation.LEVEL)

    assert question_figure(figure, Period(2024, 4), series(YEAR), questions, RAW) == []
    assert question_figure(figure, Period(2024, 1), steady, questions, RAW) == []


def test_every_question_can_be_switched_off() -> None:
    quiet = Questions(unit="亿元", running_total_fell=False, scale_slip=False)
    assert ask("26000000", "2024-Q4", series({"2023-Q4": "2600"}), questions=quiet) == []
    assert ask("400", "2024-Q4", series(YEAR), questions=quiet) == []


def test_the_plain_z_score_gives_the_published_bounds() -> None:
    found = score(
        Decimal(9000),
        centre=Decimal("1524.5555"),
        spread=Decimal("2654.4661"),
        threshold=Decimal("2.5"),
    )
    assert round(found.z, 4) == Decimal("2.8162")
    assert (round(found.low, 2), round(found.high, 2)) == (Decimal("-5111.61"), Decimal("8160.72"))


def test_the_plain_z_score_counts_the_new_value_in() -> None:
    earlier = [Decimal(590)] * 4 + [Decimal(500), Decimal(680), Decimal(610), Decimal(570)]
    found = judge_outlier(Decimal(9000), earlier, method="z", threshold=Decimal("2.5"))
    assert found is not None
    assert Decimal("2.8") < found.z < Decimal("2.8285")
    assert judge_outlier(Decimal(600), earlier, method="z", threshold=Decimal("2.5")) is None


def test_equal_values_have_no_spread_and_no_outlier() -> None:
    same = [Decimal(5)] * 8
    assert judge_outlier(Decimal(5), same, method="modified_z", threshold=Decimal(3)) is None
    assert judge_constant(Decimal(5), same) is None
    assert judge_constant(Decimal(6), same) == Decimal(5)


def test_half_of_the_values_agreeing_still_leaves_a_spread() -> None:
    earlier = [Decimal(5)] * 7 + [Decimal(6)]
    found = judge_outlier(Decimal(50), earlier, method="modified_z", threshold=Decimal("3.5"))
    assert found is not None
