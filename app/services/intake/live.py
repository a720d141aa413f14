"""The live figures of an area: for each key the newest submitted or approved one."""

from collections import defaultdict

from sqlmodel import Session, col, select

from app.domain.accumulation import Basis, MissingReason
from app.domain.checks.figure import SoundFigure
from app.domain.series import Observed
from app.domain.time.period import Period
from app.services.intake.pending import find_pending_figures
from app.services.intake.submission import Judgement
from app.tables import Figure, Observation, Plan

# By indicator, then by the period's index.
LiveFigures = dict[str, dict[int, Observed]]


def load_live_figures(session: Session, plan: Plan, area: str) -> LiveFigures:
    """The newest submitted or approved figures of an area."""
    query = select(Observation).where(Observation.plan == plan.code, Observation.area == area)
    rows: list[Observation | Figure] = [*session.exec(query.order_by(col(Observation.revision)))]
    rows += find_pending_figures(session, plan.code, revision=plan.revision, area=area)
    live: LiveFigures = defaultdict(dict)
    for row in sorted(rows, key=lambda each: each.revision):
        period = Period.parse(row.period)
        live[row.indicator][period.index] = _observe(row, period)
        session.expunge(row)
    return live


def apply_judgement(judged: Judgement, live: LiveFigures) -> None:
    """Let accepted figures count as live, so that later ones are held against them."""
    for figure in judged.accepted:
        if judged.period is not None and figure.sound is not None and figure.indicator is not None:
            live[figure.indicator][judged.period.index] = as_observed(figure.sound, judged.period)


def _observe(row: Observation | Figure, period: Period) -> Observed:
    return Observed(
        period=period,
        value=row.value,
        basis=None if row.basis is None else Basis(row.basis),
        missing_reason=None if row.missing_reason is None else MissingReason(row.missing_reason),
        revision=row.revision,
    )


def as_observed(figure: SoundFigure, period: Period) -> Observed:
    """A checked figure as the series of its area would have it."""
    return Observed(
        period=period,
        value=figure.value,
        basis=figure.basis,
        missing_reason=figure.missing_reason,
    )
