"""Data as SDMX-CSV 1.0.0 and 2.0.0: every cell as it is, without marks for spreadsheets."""

import csv
import io

from app.sdmx.model import DataMessage


def write_csv_1(content: DataMessage) -> bytes:
    """SDMX-CSV 1.0.0: the flow, then the components."""
    return _write(content, ["DATAFLOW"], [content.flow.short_urn])


def write_csv_2(content: DataMessage) -> bytes:
    """SDMX-CSV 2.0.0: the flow, what to do with the row, then the components."""
    action = "R" if any(each.valid_from for each in content.datasets) else "I"
    place = ["dataflow", content.flow.short_urn, action]
    return _write(content, ["STRUCTURE", "STRUCTURE_ID", "ACTION"], place)


def _write(content: DataMessage, columns: list[str], place: list[str]) -> bytes:
    names = [each.id for each in content.components]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*columns, *names])
    rows = [tuple(row.get(name, "") for name in names) for row in content.rows]
    # Without observations many rows say the same of their series.
    shown = rows if content.has_observations else list(dict.fromkeys(rows))
    writer.writerows([*place, *row] for row in shown)
    return out.getvalue().encode()
