"""A file of many figures is written piece by piece: its length takes no more memory."""

import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO

import pytest
from sqlmodel import Session

from app.database import Database
from app.formats.tables.csv import write_csv
from app.formats.tables.parquet import write_parquet
from app.formats.tables.table import Table, columns_of
from app.migration import migrate
from app.schemas.document.plan import PlanDocument
from app.schemas.observations import ObservationRow
from app.services.ledger.snapshots import take_snapshot
from app.services.plans.loading import load_plan
from app.services.state.keys import FigureFilter
from app.services.state.observations import list_observations
from app.services.state.plan import load_plan_at
from app.settings import Settings
from bench.filling import add_figures
from bench.plans import Size, indicators, make_document
from tests.conftest import NOW

SIZE = Size(areas=25, indicators=5, quarters=40)
SHORT, LONG = 2_000, 5_000
MEBIBYTE = 1024 * 1024

Writer = Callable[[Table, IO[bytes]], None]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("large")
    with Database(Settings(database_url=f"sqlite:///{folder}/large.db")) as database:
        migrate(database)
        document = PlanDocument.model_validate(make_document("large-0", SIZE))
        with database.write_transaction() as writing:
            load_plan(writing, document, now=NOW)
        add_figures(database, SIZE)
        with database.read_session() as reading:
            yield reading


def _peak(write: Writer, rows: Callable[[], Sequence[ObservationRow]]) -> float:
    """The most memory that the rows and the file take at once, in MiB."""
    tracemalloc.start()
    try:
        found = rows()
        columns = columns_of(ObservationRow)
        table = Table(name="observations", columns=columns, rows=found, total=len(found))
        with TemporaryFile() as target:
            write(table, target)
            assert target.tell() > 0
        return tracemalloc.get_traced_memory()[1] / MEBIBYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_a_longer_file_takes_no_more_memory(session: Session, write: Writer) -> None:
    known = load_plan_at(session, take_snapshot(session, "large-0", now=NOW))
    wanted = FigureFilter(indicators=tuple(each.code for each in indicators(SIZE)))

    def some(most: int) -> Sequence[ObservationRow]:
        return list_observations(session, known, wanted)[:most]

    # What is kept from one file to the next is there already.
    _peak(write, lambda: some(SHORT))
    short, long = _peak(write, lambda: some(SHORT)), _peak(write, lambda: some(LONG))
    assert long < short + 1
    # The same file from rows that are all there at once.
    assert _peak(write, lambda: list(some(LONG))) > long + 2
