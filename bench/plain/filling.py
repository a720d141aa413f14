"""The plain program's database, with the areas, targets and figures of a plan.

A process of its own, since its tables have the names of Dabiao's: `FILE DOCUMENT.json`.
"""

import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel, create_engine

from bench.plain.tables import Area, Observation, Target

# Targets in the units that figures are reported in.
_FACTORS = {"万平方米": 10_000, "万人": 10_000}


def fill(file: Path, document: Mapping[str, Any]) -> None:
    """Make the database."""
    engine = create_engine(f"sqlite:///{file}")
    SQLModel.metadata.create_all(engine)
    units = {each["code"]: each for each in document["indicators"]}
    start = date.fromisoformat(document["plan"]["start_date"])
    end = document["plan"]["end_year"]
    with Session(engine) as session:
        session.add_all(
            Area(code=each["code"], name=each["name_en"], parent=each.get("parent"))
            for each in document["areas"]
            if each.get("parent") is None or each.get("in_sum")
        )
        session.add_all(
            Target(
                indicator=each["indicator"],
                name=units[each["indicator"]]["name_en"],
                unit=units[each["indicator"]]["unit"],
                accumulation=units[each["indicator"]]["accumulation"],
                value=each["value"] * _FACTORS.get(each["unit"], 1),
                baseline=(each.get("baseline") or {}).get("value", 0),
                start=start,
                deadline=date(end, 12, 31),
            )
            for each in document["targets"]
        )
        session.flush()
        session.add_all(
            Observation(
                reported_value=each["value"],
                reported_unit=each["unit"],
                **{name: value for name, value in each.items() if name != "source"},
            )
            for each in document["observations"]
        )
        session.commit()
    engine.dispose()


if __name__ == "__main__":
    fill(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")))
