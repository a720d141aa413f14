"""The newest schema at once: what the migrations make of an empty SQLite file is kept and copied.

One by one, each takes as long as the test that needs them; what each does is tested in
test_migration, which runs them all.
"""

import sqlite3
from contextlib import closing
from typing import Any

import sqlalchemy as sa

from app import migration

# As the program itself does it.
ONE_BY_ONE = migration._upgrade  # noqa: SLF001 - the one place where the tests are different
_KEPT: list[bytes] = []


def upgrade_at_once(config: Any, version: str) -> None:
    """Bring an empty SQLite file to the newest schema by a copy; any other database as always."""
    database = config.attributes["database"]
    if version != "head" or not database.is_sqlite or sa.inspect(database.engine).get_table_names():
        ONE_BY_ONE(config, version)
        return
    if not _KEPT:
        ONE_BY_ONE(config, version)
    with closing(database.engine.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        if _KEPT:
            with closing(sqlite3.connect(":memory:")) as kept:
                kept.deserialize(_KEPT[0])
                kept.backup(driver)
        else:
            content = bytearray(driver.serialize())
            # In memory there is no log of writes: this file is read without one.
            content[18:20] = b"\1\1"
            _KEPT.append(bytes(content))
