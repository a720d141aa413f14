"""The share of an area in the one above it, and its rank among those beside it."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.domain.bulletin.announced import announce
from app.domain.columns import FigureColumns
from app.domain.figures import Figures
from app.domain.parts.place import RankBy, rank_areas
from app.domain.path import Direction
from app.domain.plan import Area, PlanRules
from app.domain.quantity import Quantity, Reason, Undefined, sum_exactly
from app.domain.standing import Plan, stand
from app.domain.targets import SetTarget, Targets
from app.domain.time.period import Period
from tests.domain.plans import GROWTH, REVENUE, RULES, columns, set_target

D = Decimal
END = Period.parse("2023-Q4")
CITIES = ("east", "west", "north", "south")


def _rules() -> PlanRules:
    areas = {each: Area(code=each, parent="province", in_sum=True) for each in CITIES}
    return replace(RULES, areas={**RULES.areas, **areas})


def _place(
    figures: FigureColumns,
    area: str,
    *targets: SetTarget,
    by: RankBy = RankBy.ACTUAL,
    at: Period = END,
) -> dict[str, Quantity | str | int]:
    rules = _rules()
    plan = Plan(rules, Figures(rules, figures), Targets(targets))
    return announce(plan, stand(plan, REVENUE, area, at), rank_by=by)


def _year(period: str, **values: int) -> FigureColumns:
    return columns(*(("revenue", area, period, value) for area, value in values.items()))


WHOLE = _year("2023-Q4", east=50, west=30, north=30, south=90, port=40)
BEFORE = _year("2022-Q4", east=40, west=30, north=30, south=100)
BOTH = {key: {**BEFORE.get(key, {}), **column} for key, column in WHOLE.items()}


def test_a_share_is_of_the_area_above() -> None:
    said = _place(BOTH, "east")
    assert (said["share_percent"], said["share_change"]) == (25, 5)


def test_the_root_and_an_area_outside_the_sum_have_no_share() -> None:
    assert _place(BOTH, "province")["share_percent"] == Undefined(Reason.NOT_APPLICABLE)
    assert _place(BOTH, "port")["share_percent"] == Undefined(Reason.NOT_APPLICABLE)


def test_with_an_area_silent_there_is_no_share() -> None:
    some = {key: column for key, column in BOTH.items() if key.area != "west"}
    assert _place(some, "east")["share_percent"] == Undefined(Reason.PARTIAL_COVERAGE)


def test_nothing_has_a_share_of_a_whole_that_is_not_positive() -> None:
    none = _year("2023-Q4", east=5, west=-5, north=0, south=0)
    assert _place(none, "east")["share_percent"] == Undefined(Reason.NOT_POSITIVE)


def test_no_change_of_a_share_crosses_a_break() -> None:
    broken = replace(REVENUE, breaks=(Period.parse("2023-Q1"),))
    rules = replace(_rules(), indicators={**RULES.indicators, "revenue": broken})
    plan = Plan(rules, Figures(rules, BOTH), Targets([]))
    said = announce(plan, stand(plan, broken, "east", END))
    assert (said["share_percent"], said["share_change"]) == (25, Undefined(Reason.BREAK_IN_SERIES))


def test_equals_share_a_rank_and_the_next_one_is_passed_over() -> None:
    ranks = [(_place(BOTH, area)["rank"], _place(BOTH, area)["rank_of"]) for area in CITIES]
    assert ranks == [(2, 4), (3, 4), (3, 4), (1, 4)]
    values: dict[str, Quantity] = {
        "a": D(1),
        "b": D(2),
        "c": D(2),
        "d": D(3),
        "e": Undefined(Reason.NO_DATA),
    }
    assert rank_areas(values, Direction.INCREASE) == {"d": 1, "b": 2, "c": 2, "a": 4}


def test_where_a_decrease_is_wanted_the_lowest_is_best() -> None:
    target = set_target(50)
    less = replace(target, target=replace(target.target, direction=Direction.DECREASE))
    assert _place(BOTH, "south", less)["rank"] == 4
    assert _place(BOTH, "west", less)["rank"] == 1


def test_an_area_without_a_value_has_no_rank_and_counts_for_none() -> None:
    some = {key: column for key, column in BOTH.items() if key.area != "west"}
    assert _place(some, "west")["rank"] == Undefined(Reason.NOT_REPORTED)
    assert (_place(some, "south")["rank"], _place(some, "south")["rank_of"]) == (1, 3)


def test_an_area_that_nothing_is_beside_has_no_rank() -> None:
    for alone in ("province", "port"):
        said = _place(BOTH, alone)
        assert said["rank"] == said["rank_of"] == Undefined(Reason.NOT_APPLICABLE)


def test_areas_are_ranked_by_what_is_asked_for() -> None:
    # Growth: east 25 %, west and north 0, south -10 %.
    assert _place(BOTH, "south", by=RankBy.YOY_PERCENT)["rank"] == 4
    assert _place(BOTH, "east", by=RankBy.SHARE_PERCENT)["rank"] == 2
    targets = [
        set_target(200, area="east", base=D(20)),
        set_target(40, area="west", base=D(20)),
    ]
    # Attainment: east 25 %, west 75 %; what is still to go: 75 % and 25 % of the target.
    assert _place(BOTH, "west", *targets, by=RankBy.ATTAINMENT_PERCENT)["rank"] == 1
    assert _place(BOTH, "west", *targets, by=RankBy.GAP_PERCENT)["rank"] == 1
    assert _place(BOTH, "east", *targets, by=RankBy.PROGRESS_PERCENT)["rank_of"] == 2
    assert _place(BOTH, "south", *targets, by=RankBy.GAP_PERCENT)["rank"] == Undefined(
        Reason.NO_TARGET
    )


def test_a_sum_that_lacks_areas_has_no_rank() -> None:
    below = Area(code="quarter", parent="east", in_sum=True)
    more = Area(code="other", parent="east", in_sum=True)
    rules = replace(_rules(), areas={**_rules().areas, "quarter": below, "other": more})
    figures = _year("2023-Q4", quarter=5, west=30)
    plan = Plan(rules, Figures(rules, figures), Targets([]))
    said = announce(plan, stand(plan, REVENUE, "east", END))
    assert said["rank"] == Undefined(Reason.PARTIAL_COVERAGE)


def test_the_growth_of_areas_is_ranked_by_their_own_targets() -> None:
    targets = [
        set_target(12, indicator="growth", area=area, base=D(20)) for area in ("east", "south")
    ]
    rules = _rules()
    plan = Plan(rules, Figures(rules, BOTH), Targets(targets))
    said = announce(plan, stand(plan, GROWTH, "south", END))
    assert (said["rank"], said["rank_of"]) == (1, 2)


amounts = st.integers(min_value=1, max_value=10**9)


@given(values=st.tuples(amounts, amounts, amounts, amounts), factor=st.sampled_from([1, 10, 10**4]))
def test_shares_sum_to_100_and_no_rank_depends_on_the_unit(
    values: tuple[int, ...], factor: int
) -> None:
    plain = _year("2023-Q4", **dict(zip(CITIES, values, strict=True)))
    other = _year("2023-Q4", **{a: v * factor for a, v in zip(CITIES, values, strict=True)})
    shares = [_place(plain, area)["share_percent"] for area in CITIES]
    known = [each for each in shares if isinstance(each, Decimal)]
    assert len(known) == len(CITIES)
    assert abs(sum_exactly(known) - 100) < D("1e-30")
    ranks = [_place(plain, area)["rank"] for area in CITIES]
    assert ranks == [_place(other, area)["rank"] for area in CITIES]
