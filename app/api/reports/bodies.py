"""From the body of a report to what the service judges, and from its outcome to an answer."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.checks.figure import RawFigure
from app.domain.checks.finding import Finding, FindingCode, shown
from app.domain.checks.written import says_something
from app.schemas.base import Answer
from app.schemas.reports.inputs import ReportInput
from app.schemas.reports.views import FindingView
from app.services.access.keys import Principal
from app.services.intake.submission import Effect, SentFigure, Submission
from app.services.intake.submitting import Outcome
from app.services.reports.reports import view_finding

MAX_TEXT = 4000
_FIELDS = (
    "indicator",
    "value",
    "unit",
    "basis",
    "missing_reason",
    "growth_percent",
    "price_basis",
    "obs_status",
    "note",
)


def read_submission(given: ReportInput, *, pointer: str = "", part: int = 0) -> Submission:
    """The submission in a body. What is wrong with a figure becomes that figure's finding."""
    return Submission(
        area=given.area,
        period=given.period,
        figures=tuple(
            _read_figure(each, place, given.explanations or {}, pointer=pointer, part=part)
            for place, each in enumerate(given.figures)
        ),
        correction_reason=given.correction_reason,
        pointer=pointer,
        part=part,
    )


def outcomes_as(model: type[Answer]) -> dict[int | str, dict[str, Any]]:
    """How the contract shows the outcomes of a submission besides 201."""
    return {
        200: {"model": model, "description": "Nothing was saved: no change, or a dry run."},
        207: {"model": model, "description": "Some figures were saved, others were rejected."},
    }


def tell_status(outcome: Outcome, *, is_dry_run: bool) -> int:
    """201 when stored, 207 when stored in part, 200 when nothing was (api, Writes)."""
    if outcome.counts.by_change[Effect.REJECTED] > 0:
        return 207
    return 201 if outcome.reports and not is_dry_run else 200


def view_findings(outcome: Outcome, caller: Principal) -> list[FindingView]:
    """What the checks said, in the caller's language."""
    return [view_finding(each, caller.language, outcome.names) for each in outcome.findings]


def _read_figure(
    sent: object, place: int, explanations: Mapping[str, str], *, pointer: str, part: int
) -> SentFigure:
    at, row = f"{pointer}/figures/{place}", place + 1
    if not isinstance(sent, dict):
        finding = _finding(FindingCode.VALUE_TYPE, at, row, sent)
        raw = RawFigure(pointer=at, row=row, part=part, value=sent)
        return SentFigure(raw=raw, faults=(finding,))
    raw = RawFigure(
        pointer=at,
        row=row,
        part=part,
        indicator=sent.get("indicator"),
        value=sent.get("value"),
        unit=sent.get("unit"),
        basis=sent.get("basis"),
        missing_reason=sent.get("missing_reason"),
        growth_percent=sent.get("growth_percent"),
        price_basis=sent.get("price_basis"),
        obs_status=sent.get("obs_status"),
    )
    note, indicator = sent.get("note"), sent.get("indicator")
    return SentFigure(
        raw=raw,
        note=note if isinstance(note, str) else None,
        explanation=explanations.get(indicator) if isinstance(indicator, str) else None,
        faults=tuple(_field_faults(sent, at, row)),
    )


def _field_faults(sent: dict[str, object], at: str, row: int) -> Iterator[Finding]:
    for name in sent:
        if name not in _FIELDS:
            yield _finding(FindingCode.UNKNOWN_FIELD, f"{at}/{shown(name)}", row, name)
    note = sent.get("note")
    is_text = isinstance(note, str) and len(note) <= MAX_TEXT and says_something(note)
    if note is not None and not is_text:
        yield _finding(FindingCode.TEXT_INVALID, f"{at}/note", row, note)


def _finding(code: FindingCode, pointer: str, row: int, value: object) -> Finding:
    facts = {"value": shown(value), "hint": "number", "allowed": " ".join(_FIELDS)}
    return Finding(code=code, pointer=pointer, row=row, facts=facts)
