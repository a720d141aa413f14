"""What every table shares: named constraints, and exact columns."""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

_SCALE = Decimal(10) ** 8
_PLACES = Decimal("1e-8")

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class ExactValue(TypeDecorator[Decimal]):
    """An exact figure: NUMERIC(19, 8) on PostgreSQL, a 64-bit integer of 1e-8 on SQLite.

    Excess scale is an error here, never rounded: intake has refused it before.
    """

    impl = sa.Numeric(19, 8)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's own type
        """The column type of the dialect."""
        is_sqlite = dialect.name == "sqlite"
        return dialect.type_descriptor(sa.BigInteger() if is_sqlite else sa.Numeric(19, 8))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | int | None:
        """The stored form of a figure; ValueError where it would not be exact."""
        if value is None:
            return None
        scaled = value * _SCALE
        if scaled != scaled.to_integral_value() or abs(scaled) >= 10**18:
            raise ValueError(f"{value} has no exact stored form")
        return int(scaled) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401
        """The figure, without trailing zeros."""
        if value is None:
            return None
        number = Decimal(value) * _PLACES if dialect.name == "sqlite" else Decimal(value)
        shortest = number.normalize()
        return shortest.quantize(1) if int(shortest.as_tuple().exponent) > 0 else shortest


def exact_column(**options: Any) -> Decimal | None:  # noqa: ANN401 - SQLModel's own signature
    """A nullable exact figure column."""
    found: Decimal | None = Field(default=None, sa_type=ExactValue, nullable=True, **options)
    return found


def text_column(**options: Any) -> Any:  # noqa: ANN401 - SQLModel's own signature
    """A column for text of any length: canonical JSON is kept to the byte."""
    return Field(sa_type=sa.Text, **options)


def belongs_to(*columns: str, table: str, keys: tuple[str, ...]) -> sa.ForeignKeyConstraint:
    """A composite foreign key."""
    return sa.ForeignKeyConstraint(list(columns), [f"{table}.{key}" for key in keys])
