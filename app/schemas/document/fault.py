"""A fault that only a plan as a whole can show: each field is right, together they are not."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFault:
    """What is wrong, and where: ``loc`` is the way through the document to the field."""

    loc: tuple[str | int, ...]
    message: str
