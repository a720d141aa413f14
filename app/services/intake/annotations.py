"""What became of each row of a file, for the workbook that goes back to the clerk."""

from app.domain.checks.finding import Finding, PlanNames
from app.formats.forms.annotated import CellNote, RowAt
from app.services.intake.submission import Judgement
from app.words.findings import say_finding


class Annotations:
    """Gathers, while a file is judged, what is to be written beside its rows."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.notes: dict[RowAt, tuple[CellNote, ...]] = {}
        self.results: dict[RowAt, str] = {}

    def add(self, judged: Judgement, names: PlanNames) -> None:
        """Note the change and the findings of every row of a submission."""
        general = tuple(self._note(finding, names) for finding in judged.general)
        for figure in judged.figures:
            at = (figure.sent.raw.sheet, figure.sent.raw.row)
            self.results[at] = figure.change.value
            notes = (*general, *(self._note(finding, names) for finding in figure.findings))
            if notes:
                self.notes[at] = notes

    def refuse(self) -> None:
        """Say of every row that would have changed something that nothing was stored."""
        for at, result in self.results.items():
            if result != "unchanged":
                self.results[at] = "rejected"

    def _note(self, finding: Finding, names: PlanNames) -> CellNote:
        return CellNote(
            column=finding.column,
            severity=finding.severity,
            message=say_finding(finding, self.language, names),
        )
