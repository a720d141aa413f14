"""What a write is answered with: a model as JSON, under the status that it has."""

from fastapi import Response
from pydantic import BaseModel


def tell_done(model: BaseModel) -> Response:
    """200: what was there is changed."""
    return tell(model, 200)


def tell_created(model: BaseModel) -> Response:
    """201: something new is stored."""
    return tell(model, 201)


def tell(model: BaseModel, status: int, *, location: str | None = None) -> Response:
    """A model with its status, and where it can be read."""
    headers = {} if location is None else {"Location": location}
    return Response(model.model_dump_json(), status, media_type="application/json", headers=headers)
