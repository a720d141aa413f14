"""Query parameters as one model a route."""

from typing import Annotated, TypeAlias, TypeVar

import fastapi

Model = TypeVar("Model")

# One model holds all parameters of a route, so that any other is refused.
Query: TypeAlias = Annotated[Model, fastapi.Query()]
