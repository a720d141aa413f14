"""What a reader should know of a value that is there, and of what was made of it."""

from app.domain.coverage import Actual
from app.domain.measures import Situation
from app.domain.outlook.look_ahead import is_broken
from app.domain.outlook.projection import Projection
from app.domain.path import PathKind
from app.domain.quantity import Flag, ObsStatus, Undefined
from app.domain.rating import Verdict


def flags_of(
    given: Situation, actual: Actual, verdict: Verdict, outlook: Projection
) -> tuple[Flag, ...]:
    """The flags of a row that has a target: of its actual, its measures and its rating."""
    target, value = given.target, given.value
    is_strict_equal = value == target.value and not target.is_met_by(target.value)
    is_bent = target.path is PathKind.GEOMETRIC and target.effective_path is PathKind.LINEAR
    conditions = [
        (is_strict_equal, Flag.AT_THRESHOLD),
        (target.is_ratio_unstable, Flag.RATIO_UNSTABLE),
        (is_bent, Flag.LINEAR_ONLY),
        (is_broken(target, given.since), Flag.BREAK_IN_SERIES),
    ]
    own = tuple(flag for holds, flag in conditions if holds)
    return (*qualify(actual), *own, *verdict.flags, *outlook.flags)


def qualify(actual: Actual) -> tuple[Flag, ...]:
    """What qualifies a value by itself: areas missing, age, a break, how sure its inputs are."""
    if isinstance(actual.value, Undefined):
        return ()
    conditions = [
        (actual.is_partial, Flag.PARTIAL_COVERAGE),
        (actual.oldest_age > 0, Flag.CARRIED_FORWARD),
        (actual.since is not None and actual.since == actual.period, Flag.BREAK_IN_SERIES),
    ]
    return (*(flag for holds, flag in conditions if holds), *qualify_inputs(actual))


def status_of(actual: Actual) -> ObsStatus | Undefined:
    """How final a value is: no more so than the least final figure used.

    ``B`` where its series breaks at the very period.
    """
    if isinstance(actual.value, Undefined):
        return actual.value
    used = {each.obs_status for each in actual.inputs}
    for status in (ObsStatus.PRELIMINARY, ObsStatus.ESTIMATED):
        if status in used:
            return status
    is_break = actual.since is not None and actual.since == actual.data_period
    return ObsStatus.BREAK if is_break else ObsStatus.NORMAL


def qualify_inputs(actual: Actual) -> tuple[Flag, ...]:
    """Whether any of the figures used is preliminary, or known in rounded form only."""
    conditions = [
        (any(each.obs_status.is_preliminary for each in actual.inputs), Flag.PRELIMINARY_INPUT),
        (any(each.is_rounded for each in actual.inputs), Flag.ROUNDED_INPUT),
    ]
    return tuple(flag for holds, flag in conditions if holds)
