"""A quarter beside its running total: the total is the figure, the quarter a check of it.

A Chinese report has both columns (本季, 累计). What was on record before plus the quarter must be
the total.
"""

from collections import defaultdict
from collections.abc import Sequence

from app.domain.accumulation import Basis
from app.domain.checks.finding import Fact, FindingCode
from app.domain.checks.quarters import find_imbalance
from app.domain.plan import PlanRules
from app.domain.time.period import Period
from app.schemas.document.indicators import IndicatorEntry
from app.services.intake.live import LiveFigures, history_of
from app.services.intake.saying import say_of_figure
from app.services.intake.submission import Effect, JudgedFigure, SentFigure

_TOTALS = ({Basis.QUARTER, Basis.YTD}, {Basis.QUARTER, Basis.SINCE_START})


def find_quarters_beside(figures: Sequence[SentFigure]) -> dict[int, int]:
    """The places of the figures that check another one, with the place of that one."""
    codes = [figure.raw.indicator for figure in figures]
    named = [(place, code) for place, code in enumerate(codes) if isinstance(code, str)]
    if len({code for _, code in named}) == len(named):
        return {}
    places = defaultdict(list)
    for place, code in named:
        places[code].append(place)
    found = {}
    for pair in places.values():
        bases = [figures[place].raw.basis for place in pair]
        has_values = all(figures[place].raw.value is not None for place in pair)
        is_pair = len(bases) == len(set(map(str, bases))) and set(map(str, bases)) in _TOTALS
        if is_pair and has_values:
            quarter, total = sorted(pair, key=lambda place: figures[place].raw.basis != "quarter")
            found[quarter] = total
    return found


def check_sum(
    total: JudgedFigure,
    quarter: JudgedFigure,
    period: Period,
    indicator: IndicatorEntry,
    live: LiveFigures,
    rules: PlanRules,
) -> None:
    """Keep the quarter beside its total, and say where they do not add up."""
    now, alone = total.sound, quarter.sound
    if now is None or alone is None or now.value is None or alone.value is None:
        return
    total.quarter = alone.value
    history = history_of(live, indicator.code, rules, without=period)
    found = find_imbalance(history, period, now.value, now.basis, alone.value)
    if found is not None:
        facts: dict[str, Fact] = {
            "value": f"{now.value:f}",
            "unit": indicator.unit,
            "quarter": f"{alone.value:f}",
            "quarter_row": quarter.sent.raw.row,
            "before": f"{found.before:f}",
            "before_period": str(period.shift(-1)),
            "sum": f"{found.sum:f}",
            "why": None if found.has_history else "first",
        }
        said = say_of_figure(FindingCode.DOES_NOT_ADD_UP, total.sent, "value", facts)
        total.findings.append(said)


def follow_total(quarter: JudgedFigure, total: JudgedFigure) -> None:
    """A check is of no use where its total is not taken."""
    if total.change is Effect.REJECTED:
        quarter.change, quarter.sound = Effect.REJECTED, None
