"""A simulated office at work: districts report and a reviewer decides, each through the intake.

Nothing is written past the checks: a figure that they ask about is explained, as a clerk would.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random

from sqlmodel import Session

from app.demo.bureau import REVIEWER, Bureau, sign_in
from app.demo.districts import split_targets
from app.demo.figures import choose_absent, shape, share_out, simulate_figures
from app.demo.occasions import Occasion, plan_occasions
from app.demo.texts import CORRECTION, EXPLANATION, too_large
from app.demo.timeline import Slip, Step, choose_cast, plan_steps
from app.domain.accumulation import MissingReason
from app.domain.checks.due import falls_on
from app.domain.checks.figure import RawFigure
from app.domain.checks.unit import UNITS, convert, units_of_dimension
from app.domain.quantity import EXACT
from app.domain.time.period import Period, quarters_between
from app.errors.reports import SubmissionRefused
from app.schemas.document.indicators import IndicatorEntry
from app.schemas.reports.decisions import ReturnReason
from app.services.access.keys import Role
from app.services.intake.submission import Mode, SentFigure, Submission
from app.services.intake.submitting import Outcome, submit_reports
from app.services.ledger.entries import Action
from app.services.reports.decisions import Ruling, decide_report
from app.services.state.definitions import get_definition
from app.services.state.targets import load_targets

# A slip leaves out a part of the first figure, or writes a digit too many.
SLIPS = {Slip.TOO_SMALL: Decimal("0.94"), Slip.TEN_TIMES: Decimal(10)}
RETURN_CODE = ReturnReason.WRONG_VALUE
SMALLER = 10_000


class Office:
    """The districts and the reviewer, with what each will report and when."""

    def __init__(self, session: Session, plan: str, chance: Random) -> None:
        self.session, self.plan = session, plan
        self.definition = get_definition(session, plan, revision=1)
        document = self.definition.document
        first, last = Period(document.plan.start_year, 1), Period(document.plan.end_year, 4)
        periods = list(quarters_between(first, last))
        reporting = [area for area in document.areas if area.reports]
        areas = [area.code for area in reporting]
        shares = share_out(reporting, chance)
        targets = load_targets(session, plan, self.definition.rules, revision=1).targets
        self.figures = simulate_figures(self.definition, targets, shares, periods, chance)
        largest = max(shares, key=lambda area: shares[area])
        cast = choose_cast(areas, periods, largest=largest, chance=chance)
        steps = plan_steps(cast, self.definition.calendar, areas, periods, chance)
        split = split_targets(self.definition, targets, shares, chance)
        self.bureau = Bureau(session, self.definition, split)
        self.absent = choose_absent(self.figures, self.definition, chance)
        self.in_small_units = chance.choice(areas)
        occasions = plan_occasions(document, periods, chance)
        agenda: list[Step | Occasion] = [*steps, *occasions]
        self.agenda = sorted(agenda, key=lambda each: (each.at, each.subject))
        self.reports: dict[tuple[str, Period], str] = {}

    def work_until(self, now: datetime) -> None:
        """Do everything that falls before the instant, in its order."""
        for each in self.agenda:
            if each.at > now:
                break
            if not isinstance(each, Step):
                self.bureau.mark(each)
            elif each.action is Action.SUBMIT:
                self._submit(each)
            else:
                self._decide(each)

    def _submit(self, step: Step) -> None:
        submission = Submission(
            area=step.area,
            period=str(step.period),
            figures=tuple(self._fill_in(step)),
            correction_reason=CORRECTION if step.is_correction else None,
        )
        try:
            outcome = self._send(submission, step.at)
        except SubmissionRefused as refused:
            # As a clerk does: looks up what is asked about, and sends it again with the answer.
            asked = {finding.row for finding in refused.findings}
            answered = [
                replace(each, explanation=EXPLANATION if each.raw.row in asked else None)
                for each in submission.figures
            ]
            outcome = self._send(replace(submission, figures=tuple(answered)), step.at)
        self.reports[step.area, step.period] = outcome.reports[0].id

    def _send(self, submission: Submission, at: datetime) -> Outcome:
        area = submission.area
        return submit_reports(
            self.session,
            sign_in(self.plan, f"demo-{area}", Role.REPORTER, areas=frozenset({area})),
            plan_code=self.plan,
            sent=lambda _: [submission],
            mode=Mode.ATOMIC,
            now=at,
        )

    def _fill_in(self, step: Step) -> Iterator[SentFigure]:
        for row, (indicator, value) in enumerate(self._asked_for(step), start=1):
            raw = RawFigure(pointer=f"/figures/{row - 1}", row=row, indicator=indicator.code)
            if (indicator.code, step.area, step.period.index) == self.absent:
                yield SentFigure(raw=replace(raw, missing_reason=MissingReason.NOT_YET_AVAILABLE))
                continue
            told = value
            if step.slip is not None and row == 1:
                told = shape(indicator, EXACT.multiply(value, SLIPS[step.slip]))
            unit = self._unit_of(indicator, step.area)
            told = convert(told, from_unit=indicator.unit, to_unit=unit)
            basis = indicator.accumulation.bases[-1]
            yield SentFigure(raw=replace(raw, value=told, unit=unit, basis=basis))

    def _asked_for(self, step: Step) -> list[tuple[IndicatorEntry, Decimal]]:
        """The indicators that are due, with the figures to be reported."""
        rules = self.definition.rules
        return [
            (indicator, self.figures[key])
            for indicator in self.definition.document.indicators
            if (key := (indicator.code, step.area, step.period.index)) in self.figures
            and falls_on(rules, rules.indicators[indicator.code], step.period)
        ]

    def _unit_of(self, indicator: IndicatorEntry, area: str) -> str:
        """The unit that the area writes: one of them counts in ten thousandths where it can."""
        known = [indicator.unit]
        if area == self.in_small_units:
            small = UNITS[indicator.unit].factor / SMALLER
            alike = units_of_dimension(indicator.unit)
            known = [unit for unit in alike if UNITS[unit].factor == small] or known
        return known[0]

    def _decide(self, step: Step) -> None:
        ruling = Ruling(report=self.reports[step.area, step.period], action=step.action)
        if step.action is Action.RETURN:
            indicator, _ = self._asked_for(step)[0]
            reason = too_large(indicator.name_zh, indicator.name_en)
            ruling = replace(ruling, reason_code=RETURN_CODE, reason=reason)
        decide_report(
            self.session,
            sign_in(self.plan, REVIEWER, Role.REVIEWER),
            plan_code=self.plan,
            ruling=ruling,
            now=step.at,
        )
