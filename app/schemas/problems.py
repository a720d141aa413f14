"""Problems (RFC 9457): what is told of a request that was not carried out."""

from pydantic import Field

from app.schemas.base import Answer, ProblemError
from app.schemas.reports.views import Summary


class Problem(Answer):
    """A problem (RFC 9457), in the language that `Accept-Language` asks for."""

    type: str = Field(
        description="Path that identifies the kind, for example `/problems/key_required`."
    )
    title: str = Field(description="Short name of the kind of problem.")
    status: int = Field(description="HTTP status code of the answer.")
    detail: str = Field(
        description="What is wrong with this request, the value received and what to do."
    )
    instance: str = Field(description="Path of the request that failed.")
    code: str = Field(description="Stable code of the problem, for example `key_required`.")
    errors: list[ProblemError] = Field(
        description="Every error found, each with its location, code and message. Empty if "
        "no part of the request is named."
    )
    summary: Summary | None = Field(
        default=None, description="Number of figures by outcome, where a report was refused."
    )
