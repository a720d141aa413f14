"""What became of each row of a file, for the workbook that goes back to the clerk."""

from dataclasses import replace

from app.domain.checks.finding import Finding, PlanNames, Severity
from app.errors.bodies import FileRefused
from app.formats.forms.annotated import CellNote, RowAt
from app.services.intake.submission import Effect, Judgement
from app.words.findings import say_finding
from app.words.messages import say_failure


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

    def add_refusal(self, refused: FileRefused) -> bool:
        """Note why the file was not read at one of its rows; False where it is about no row."""
        facts = refused.facts
        row, sheet = facts.get("row"), facts.get("sheet")
        if not isinstance(row, int):
            return False
        message = say_failure(refused.code, facts, self.language).detail
        column = None if facts.get("column") is None else str(facts["column"])
        note = CellNote(column=column, severity=Severity.ERROR, message=message)
        at = (None if sheet is None else str(sheet), row)
        self.notes, self.results = {at: (note,)}, {at: Effect.REJECTED.value}
        return True

    def refuse(self) -> None:
        """Say of every row that would have changed something that nothing was stored."""
        for at, result in self.results.items():
            if result != "unchanged":
                self.results[at] = "rejected"

    def _note(self, finding: Finding, names: PlanNames) -> CellNote:
        return CellNote(
            column=finding.column,
            severity=finding.severity,
            # The note is beside the cell.
            message=say_finding(replace(finding, cell=None), self.language, names),
        )
