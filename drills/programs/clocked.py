"""The program with a clock that is as many seconds off as the file DRILL_CLOCK says."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import factory


def _now() -> datetime:
    shift = float(Path(os.environ["DRILL_CLOCK"]).read_text("utf-8") or 0)
    return datetime.now(UTC) + timedelta(seconds=shift)


if __name__ == "__main__":
    factory._now = _now  # noqa: SLF001 - the clock of the machine is not the drill's to change
    from app.cli.commands import main

    main()
