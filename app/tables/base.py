"""What every table shares: named constraints, and exact columns."""

from decimal import Context, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

_PLACES = 18
_LIMIT = Decimal(10) ** 20
# A text of no more characters is below the limit, and has no more places than there are.
_SHORT = 20
# More digits than a figure has, so that nothing is rounded on the way.
_EXACT = Context(prec=60)

# Nothing is validated by a table's model, so it is never built.
SQLModel.model_config["defer_build"] = True
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class ExactValue(TypeDecorator[Decimal]):
    """An exact figure: NUMERIC(38, 18) on PostgreSQL, its digits as text on SQLite.

    A figure in 元 with two decimals has ten of them in 亿元: no 64-bit integer holds those, and
    a number of SQLite is a float. Excess scale is an error here, never rounded: intake has
    refused it before.
    """

    impl = sa.Numeric(38, _PLACES)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's own type
        """The column type of the dialect."""
        is_sqlite = dialect.name == "sqlite"
        return dialect.type_descriptor(sa.Text() if is_sqlite else sa.Numeric(38, _PLACES))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | str | None:
        """The stored form of a figure; ValueError where it would not be exact."""
        if value is None:
            return None
        text = str(value)
        # Most figures are in the shortest form already.
        is_short = text.isdigit() or ("." in text and text[-1] != "0" and "E" not in text)
        if is_short and len(text) <= _SHORT:
            return text if dialect.name == "sqlite" else value
        kept = value.normalize(_EXACT) if value.is_finite() else value
        if not kept.is_finite() or kept.copy_abs() >= _LIMIT or not _has_room(kept):
            raise ValueError(f"{value} has no exact stored form")
        return f"{_EXACT.add(kept, 0):f}" if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401
        """The figure, without trailing zeros."""
        if value is None:
            return None
        # The text is in the shortest form already.
        return Decimal(value) if dialect.name == "sqlite" else shortest(value)


def _has_room(value: Decimal) -> bool:
    return int(value.as_tuple().exponent) >= -_PLACES


def shortest(value: Decimal) -> Decimal:
    """The number without trailing zeros or an exponent; zero has no sign."""
    shortest = value.normalize(_EXACT)
    whole = int(shortest.as_tuple().exponent) > 0
    return shortest.quantize(1, context=_EXACT) if whole else shortest + 0


def exact_column(**options: Any) -> Decimal | None:  # noqa: ANN401 - SQLModel's own signature
    """A nullable exact figure column."""
    found: Decimal | None = Field(default=None, sa_type=ExactValue, nullable=True, **options)
    return found


def status_column() -> str:
    """The status of a figure in the codes of SDMX: ``A``, normal, unless something else is said."""
    found: str = Field(default="A", sa_column_kwargs={"server_default": "A"})
    return found


def text_column(**options: Any) -> Any:  # noqa: ANN401 - SQLModel's own signature
    """A column for text of any length: canonical JSON is kept to the byte."""
    return Field(sa_type=sa.Text, **options)


def belongs_to(*columns: str, table: str, keys: tuple[str, ...]) -> sa.ForeignKeyConstraint:
    """A composite foreign key."""
    return sa.ForeignKeyConstraint(list(columns), [f"{table}.{key}" for key in keys])
