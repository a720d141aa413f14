"""What every answer shares: strict models, and lists with their pages."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Row = TypeVar("Row", bound=BaseModel)


class Answer(BaseModel):
    """A part of an answer: no defaults, so that nothing is left out by accident."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Input(BaseModel):
    """A part of a request: unknown fields are refused, so that a typo is never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Answer, Generic[Row]):
    """One page of a list."""

    items: list[Row] = Field(description="The rows of this page.")
    total: int = Field(description="How many rows the whole list has.")
    next: str | None = Field(description="Where the next page is; null on the last.")
