"""The live figures of an area: for each key the newest submitted or approved one."""

from collections import defaultdict

from sqlmodel import Session, col, select

from app.domain.series import Observed
from app.services.intake.submission import Judgement
from app.services.ledger.entries import PlanHead
from app.services.state.figures import to_observed
from app.services.state.pending import find_pending_figures
from app.tables import Figure, Indicator, Observation

# By indicator, then by the period's index.
LiveFigures = dict[str, dict[int, Observed]]


def load_live_figures(session: Session, plan: PlanHead, area: str) -> LiveFigures:
    """The newest submitted or approved figures of an area."""
    # By indicator, as the key has it: else every figure of the plan would be gone through.
    indicators = select(Indicator.code).where(Indicator.plan == plan.code)
    query = select(Observation).where(
        Observation.plan == plan.code,
        col(Observation.indicator).in_(indicators),
        Observation.area == area,
    )
    rows: list[Observation | Figure] = [*session.exec(query.order_by(col(Observation.revision)))]
    rows += find_pending_figures(session, plan.code, revision=plan.revision, area=area)
    live: LiveFigures = defaultdict(dict)
    for row in sorted(rows, key=lambda each: each.revision):
        observed = to_observed(row)
        live[row.indicator][observed.period.index] = observed
        session.expunge(row)
    return live


def apply_judgement(judged: Judgement, live: LiveFigures) -> None:
    """Let accepted figures count as live, so that later ones are held against them."""
    for figure in judged.accepted:
        if judged.period is not None and figure.sound is not None and figure.indicator is not None:
            live[figure.indicator][judged.period.index] = figure.sound.at(judged.period)
