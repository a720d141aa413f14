"""What an intake knows of a plan: its rules, and the live figures of its areas.

Live is, for each key, the newest submitted or approved figure. Whoever writes one report after the
other keeps what it knows under the digest of the ledger's head: that says all that was written
before, so what is kept is never stale, and of no use after a write that was undone.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.checks.quarters import follow, leave_out
from app.domain.columns import SeriesKey
from app.domain.plan import PlanRules
from app.domain.series import Observed, Series
from app.domain.targets import Targets
from app.domain.time.period import Period
from app.services.calendar.extensions import Extensions, load_extensions
from app.services.intake.submission import Judgement
from app.services.ledger.entries import Action, PlanHead
from app.services.ledger.recording import StoredRow
from app.services.reports.earlier import load_returned_periods
from app.services.state.definitions import PlanDefinition, get_definition
from app.services.state.figures import to_observed
from app.services.state.official import read_history
from app.services.state.pending import find_pending_rows
from app.services.state.targets import load_targets
from app.tables import Indicator, LedgerEntry, Observation, Report

# By indicator; the figures of a series are in the order in which they became known.
LiveFigures = dict[str, Series]
# By report the figures that wait for a decision on it: period and indicator.
Waiting = dict[str, set[tuple[str, str]]]

# Heads whose knowledge is kept, figures kept for each, and entries that it is led over.
_HEADS, _FIGURES, _ENTRIES = 8, 20_000, 100
# What these entries change is known by the report that they are about.
_OF_REPORTS = frozenset({Action.APPROVE, Action.RETURN, Action.WITHDRAW})
_OF_NO_INTAKE = frozenset({Action.NOTE_PROGRESS, Action.PUBLISH})
_HEAD = ("revision", "action", "subject", "digest")
# By indicator, as the key has it: else every figure of the plan would be gone through.
_OFFICIAL = sa.select(
    *(col(getattr(Observation, name)) for name in Observation.model_fields)
).where(
    col(Observation.plan) == sa.bindparam("plan"),
    col(Observation.area) == sa.bindparam("area"),
    col(Observation.indicator).in_(
        select(Indicator.code).where(col(Indicator.plan) == sa.bindparam("plan"))
    ),
)


@dataclass(frozen=True, slots=True)
class AreaFigures:
    """The live figures of an area, and those that wait."""

    live: LiveFigures
    waiting: Waiting
    # The periods for which a report was ever returned.
    returned_periods: frozenset[str] = frozenset()

    def copy(self) -> "AreaFigures":
        """The same, for one who changes it."""
        waiting = {report: {*keys} for report, keys in self.waiting.items()}
        return AreaFigures({**self.live}, waiting, self.returned_periods)

    def add(
        self, report: str, figures: Sequence[StoredRow], rules: PlanRules, *, is_official: bool
    ) -> None:
        """Let the figures of a new report be live; they wait unless they are official at once."""
        for figure in figures:
            observed = to_observed(figure)
            if is_official:
                observed = replace(observed, is_provisional=False)
            _make_live(self.live, figure.indicator, observed, rules)
        for known in [known for known, keys in self.waiting.items() if not keys]:
            del self.waiting[known]
        if not is_official:
            self.waiting[report] = {(each.period, each.indicator) for each in figures}

    @property
    def size(self) -> int:
        """How many figures are live."""
        return sum(len(each.by_index) for each in self.live.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIntake:
    """The rules of a plan at its head, and the figures of the areas that reported last."""

    revision: int
    definition: PlanDefinition
    first_period: Period
    targets: Targets
    extensions: Extensions
    areas: Mapping[str, AreaFigures]
    # How many figures those are.
    size: int = 0

    def at(self, revision: int, areas: Mapping[str, AreaFigures | None]) -> "KnownIntake":
        """The same at a later head, with these areas as they are now; None where not known."""
        kept = {code: each for code, each in self.areas.items() if code not in areas}
        new = {code: each for code, each in areas.items() if each is not None}
        size = self.size + sum(each.size for each in new.values())
        size -= sum(each.size for code, each in self.areas.items() if code in areas)
        kept |= new
        while size > _FIGURES and kept:
            size -= kept.pop(next(iter(kept))).size
        return replace(self, revision=revision, areas=kept, size=size)


# By plan, and by the digest of its head.
KnownIntakes = OrderedDict[tuple[str, str], KnownIntake]


def load_known(session: Session, plan: PlanHead) -> KnownIntake:
    """What is known of a locked plan, or led over from what was; else read from the tables."""
    kept: KnownIntakes = session.info.get("intakes", KnownIntakes())
    found = kept.get((plan.code, plan.digest)) or _follow(session, plan, kept)
    return found or _load(session, plan)


def keep_known(session: Session, plan: PlanHead, known: KnownIntake) -> None:
    """Keep what is known of the plan's new head, where the session's owner keeps such."""
    kept: KnownIntakes | None = session.info.get("intakes")
    if kept is not None:
        kept[plan.code, plan.digest] = known
        while len(kept) > _HEADS:
            kept.popitem(last=False)


def load_area(
    session: Session, plan: PlanHead, area: str, definition: PlanDefinition
) -> AreaFigures:
    """The newest submitted or approved figures of an area, and those that wait.

    Before them, those that it reported for the plan before.
    """
    rules, connection = definition.rules, session.connection()
    asked = {"plan": plan.code, "area": area}
    rows = connection.execute(_OFFICIAL, asked).all()
    pending = find_pending_rows(session, plan.code, area, revision=plan.revision)
    found: dict[str, list[Observed]] = {}
    history = read_history(
        session, lambda: nullcontext(connection), definition, until=plan.revision
    )
    if history is not None:
        earlier = {code: history.get(SeriesKey(code, area), {}) for code in definition.indicators}
        found = {code: [*of.values()] for code, of in earlier.items() if of}
    for row in sorted([*rows, *pending], key=lambda each: each.revision):
        found.setdefault(row.indicator, []).append(to_observed(row))
    live = {code: _series(code, figures, rules) for code, figures in found.items()}
    waiting: Waiting = {}
    for figure in pending:
        waiting.setdefault(figure.report_id, set()).add((figure.period, figure.indicator))
    return AreaFigures(live, waiting, load_returned_periods(session, plan, area))


def find_live(live: LiveFigures, indicator: str, period: Period) -> Observed | None:
    """The live figure of an indicator for a period, if there is one."""
    return live[indicator].at(period) if indicator in live else None


def history_of(live: LiveFigures, indicator: str, rules: PlanRules, *, without: Period) -> Series:
    """The live figures of an indicator that one for the period is held against."""
    return leave_out(live.get(indicator) or _series(indicator, (), rules), without)


def apply_judgement(judged: Judgement, live: LiveFigures, rules: PlanRules) -> None:
    """Let accepted figures count as live, so that later ones are held against them."""
    for figure in judged.accepted:
        if judged.period is not None and figure.sound is not None and figure.indicator is not None:
            _make_live(live, figure.indicator, figure.sound.at(judged.period), rules)


def _make_live(live: LiveFigures, indicator: str, figure: Observed, rules: PlanRules) -> None:
    live[indicator] = follow(live.get(indicator) or _series(indicator, (), rules), figure)


def _series(indicator: str, figures: Sequence[Observed], rules: PlanRules) -> Series:
    accumulation = rules.indicators[indicator].accumulation
    return Series.of(figures, accumulation=accumulation, start=rules.start)


def _load(session: Session, plan: PlanHead) -> KnownIntake:
    definition = get_definition(session, plan.code, revision=plan.revision)
    rules = definition.rules
    targets = load_targets(session, plan.code, rules, revision=plan.revision).targets
    return KnownIntake(
        revision=plan.revision,
        definition=definition,
        first_period=targets.first_period(rules),
        targets=targets,
        extensions=load_extensions(session, plan.code, revision=plan.revision),
        areas={},
    )


def _follow(session: Session, plan: PlanHead, kept: KnownIntakes) -> KnownIntake | None:
    """What was known of an earlier head, without the areas that were written to since.

    None where the rules may have changed, or too much was written.
    """
    earlier = {
        each.revision: (digest, each)
        for (code, digest), each in kept.items()
        if code == plan.code and plan.revision - _ENTRIES <= each.revision <= plan.revision
    }
    query = (
        sa.select(*(col(getattr(LedgerEntry, name)) for name in _HEAD))
        .where(col(LedgerEntry.plan) == plan.code)
        .where(col(LedgerEntry.revision) >= min(earlier, default=plan.revision))
        .order_by(col(LedgerEntry.revision).desc())
    )
    later: list[sa.Row[tuple[int, str, str, str]]] = []
    for entry in session.connection().execute(query):
        digest, known = earlier.get(entry.revision, ("", None))
        # What was kept of a write that was undone has another digest.
        if known is not None and digest == entry.digest:
            return _lead(session, plan, known, later)
        later.append(entry)
    return None


def _lead(
    session: Session,
    plan: PlanHead,
    known: KnownIntake,
    later: Sequence[sa.Row[tuple[int, str, str, str]]],
) -> KnownIntake | None:
    """What was known, led over the entries since; None where they may change the rules."""
    actions = {each.action for each in later} - _OF_NO_INTAKE
    if not actions <= _OF_REPORTS | {Action.SUBMIT}:
        return None
    decided = [each.subject for each in later if each.action in _OF_REPORTS]
    of_plan = sa.select(col(Report.area)).where(col(Report.plan) == plan.code)
    # Apart: with one condition or the other, every report of the plan would be gone through.
    touched = sa.union(
        of_plan.where(col(Report.revision) > known.revision),
        of_plan.where(col(Report.id).in_(decided)),
    )
    areas = session.connection().scalars(touched)
    return known.at(plan.revision, dict.fromkeys(areas))
