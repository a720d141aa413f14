"""What the plan itself asks for by a given time."""

from decimal import Decimal

import pytest

from app.domain.path import Milestone, PathKind, path_value

D = Decimal


def at(elapsed: str, kind: PathKind, *milestones: tuple[str, str]) -> Decimal:
    return path_value(
        baseline=D(2300),
        target=D(4200),
        elapsed=D(elapsed),
        kind=kind,
        milestones=tuple(Milestone(elapsed=D(e), value=D(v)) for e, v in milestones),
    )


@pytest.mark.parametrize("kind", list(PathKind))
def test_every_path_begins_at_the_baseline_and_ends_at_the_target(kind: PathKind) -> None:
    assert at("0", kind, ("0.5", "3000")) == 2300
    assert at("1", kind, ("0.5", "3000")) == 4200


@pytest.mark.parametrize("kind", list(PathKind))
def test_no_path_goes_beyond_its_ends(kind: PathKind) -> None:
    assert at("-0.1", kind) == 2300
    assert at("1.1", kind) == 4200


def test_a_linear_path_is_half_way_at_half_time() -> None:
    assert at("0.5", PathKind.LINEAR) == 3250


def test_a_linear_path_knows_no_milestones() -> None:
    assert at("0.5", PathKind.LINEAR, ("0.5", "4000")) == 3250


def test_a_geometric_path_is_at_the_geometric_mean_at_half_time() -> None:
    """The root of 2300 times 4200 is 3108.0540535840."""
    assert round(at("0.5", PathKind.GEOMETRIC), 10) == D("3108.0540535840")


def test_a_geometric_path_ends_at_the_very_number_of_its_target() -> None:
    """Three times a rounded third of ten is a little less than ten."""
    end = path_value(baseline=D(3), target=D(10), elapsed=D(1), kind=PathKind.GEOMETRIC)

    assert end == 10


def test_a_falling_geometric_path_is_the_same_curve_backwards() -> None:
    halved = path_value(baseline=D(1600), target=D(100), elapsed=D("0.75"), kind=PathKind.GEOMETRIC)

    assert round(halved, 20) == 200


@pytest.mark.parametrize(
    ("elapsed", "expected"),
    [("0.125", "2400"), ("0.25", "2500"), ("0.5", "3000"), ("0.75", "3500"), ("0.875", "3850")],
)
def test_milestones_are_joined_by_straight_lines(elapsed: str, expected: str) -> None:
    """Given out of order: 2500 after a quarter of the time, 3500 after three."""
    found = at(elapsed, PathKind.MILESTONES, ("0.75", "3500"), ("0.25", "2500"))

    assert found == D(expected)


def test_without_milestones_their_path_is_linear() -> None:
    assert at("0.3", PathKind.MILESTONES) == at("0.3", PathKind.LINEAR) == 2870


def test_milestones_at_the_ends_leave_no_step_of_no_length() -> None:
    found = at("0.5", PathKind.MILESTONES, ("0", "2000"), ("1", "4000"))

    assert found == 3000


def test_a_path_through_milestones_is_right_to_forty_digits() -> None:
    found = path_value(
        baseline=D(0),
        target=D(3),
        elapsed=D("0." + 40 * "3"),
        kind=PathKind.MILESTONES,
        milestones=(Milestone(elapsed=D("0.1"), value=D("0.3")),),
    )

    assert abs(found - 1) < D("1e-38")
