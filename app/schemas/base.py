"""What every answer shares: strict models, and lists with their pages."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from app.words.book import define_column

Row = TypeVar("Row", bound=BaseModel)


class Answer(BaseModel):
    """A part of an answer: no defaults, so that nothing is left out by accident."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Columns(Answer):
    """A part of an answer whose fields are columns: what they are is in the book of words."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Describe each field that does not describe itself; one that the book lacks fails."""
        for name, field in cls.model_fields.items():
            if field.description is None:
                field.description = define_column(name, "en")
        cls.model_rebuild(force=True)


class Input(BaseModel):
    """A part of a request: unknown fields are refused, so that a typo is never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Answer, Generic[Row]):
    """One page of a list."""

    # A generic model does not hand its docstring on to its concrete ones.
    model_config = ConfigDict(json_schema_extra={"description": "One page of a list of rows."})

    items: list[Row] = Field(description="The rows on this page, in the order asked for.")
    total: int = Field(description="Number of rows in the whole list, over all pages.")
    next: str | None = Field(description="Path and query of the next page. Null on the last page.")


class DocumentPart(BaseModel):
    """Any part of a plan file: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
