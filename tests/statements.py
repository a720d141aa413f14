"""What SQLAlchemy has compiled, for all databases of a kind: each engine alone compiles it again.

Each test has an engine of its own, and to compile its statements takes longer than to run them.
"""

from collections.abc import Hashable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.util import LRUCache

from app import engines
from app.settings import Settings

_MAKE_ENGINE = engines.make_engine


class Compiled:
    """The statements of every engine, by the kind of its database instead of its dialect."""

    def __init__(self) -> None:
        self._kept: LRUCache[Hashable, Any] = LRUCache(5000)

    def get(self, key: tuple[Any, ...]) -> Any:
        """What a statement was compiled to; None where it was not."""
        return self._kept.get(_shared(key))

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        self._kept[_shared(key)] = compiled


_COMPILED = Compiled()


def make_engine(settings: Settings, *, serves: bool) -> sa.Engine:
    """An engine as the program makes it, that knows what others have compiled."""
    engine = _MAKE_ENGINE(settings, serves=serves)
    engine.update_execution_options(compiled_cache=_COMPILED)
    return engine


def _shared(key: tuple[Any, ...]) -> Hashable:
    dialect, *statement = key
    return (dialect.name, *statement)
