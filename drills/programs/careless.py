"""The program with SQLite that does not wait for the disk: the control of a power cut."""

from typing import Any

from app import engines

_prepare = engines._prepare_sqlite  # noqa: SLF001 - what the control takes away


def _prepare_carelessly(connection: Any, _record: object) -> None:  # noqa: ANN401 - the raw driver
    _prepare(connection, _record)
    connection.execute("PRAGMA synchronous=NORMAL")


if __name__ == "__main__":
    engines._prepare_sqlite = _prepare_carelessly  # noqa: SLF001 - likewise
    from app.cli.commands import main

    main()
