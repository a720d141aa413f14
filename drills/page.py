"""The tables of docs/reliability.md: what was promised, what was found, and what controls lost."""

from pathlib import Path

from drills.service import Note

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reliability.md"


def write_table(group: str, notes: list[Note]) -> None:
    """Replace the table of a group of drills."""
    begin, end = f"<!-- {group} -->\n", f"<!-- end of {group} -->\n"
    rows = ["| fault | promise | found | control |\n", "|---|---|---|---|\n"]
    rows += [
        f"| {each.fault} | {each.promised} | {'' if each.is_kept else '**broken**: '}{each.found} "
        f"| {each.control or 'none needed'} |\n"
        for each in notes
    ]
    text = PAGE.read_text("utf-8")
    before, rest = text.split(begin, 1)
    after = rest.split(end, 1)[1]
    PAGE.write_text(f"{before}{begin}{''.join(rows)}{end}{after}", "utf-8")
