"""A figure on its way through the intake, and what is said of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.checks.figure import SoundFigure
from app.domain.checks.finding import Fact, Finding, FindingCode, Severity, shown
from app.services.intake.submission import Effect, SentFigure


@dataclass(slots=True, kw_only=True)
class Draft:
    """A figure on its way: checked and compared, not questioned yet."""

    sent: SentFigure
    indicator: str | None
    sound: SoundFigure | None
    change: Effect
    previous: Decimal | None = None
    # The quarter that was given beside a running total, in the indicator's unit.
    quarter: Decimal | None = None
    findings: list[Finding]


def say_of_figure(
    code: FindingCode,
    sent: SentFigure,
    name: str,
    facts: Mapping[str, Fact],
    *,
    severity: Severity = Severity.ERROR,
) -> Finding:
    """A finding at one field of a figure."""
    known = sent.raw.indicator if isinstance(sent.raw.indicator, str) else None
    return Finding(
        code=code,
        severity=severity,
        pointer=f"{sent.raw.pointer}/{name}",
        row=sent.raw.row,
        sheet=sent.raw.sheet,
        column=name,
        indicator=None if known is None else shown(known),
        facts=facts,
    )


def place_finding(finding: Finding, letters: Mapping[str, str], part: int) -> Finding:
    """The finding with its place in what was sent; in a workbook, the cell."""
    letter = letters.get(finding.column or "")
    cell = None if letter is None else f"{letter}{finding.row}"
    return replace(finding, cell=cell, part=part)
