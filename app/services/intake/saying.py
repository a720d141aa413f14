"""What is said of a figure, or of a report, and where it stands in what was sent."""

from collections.abc import Mapping
from dataclasses import replace

from app.domain.checks.finding import Fact, Finding, FindingCode, Severity, shown
from app.services.intake.submission import SentFigure


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
