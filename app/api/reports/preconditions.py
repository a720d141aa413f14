"""``If-Match``: a report is decided on, or corrected, only as the client has read it.

The tag is that of ``GET /plans/{plan}/reports/{report}``. Without the header nothing is asked.
"""

import hashlib
from typing import Annotated, TypeAlias

from fastapi import Header
from pydantic import BaseModel

from app.api.answers.tags import make_tag, read_tags
from app.services.reports.earlier import AsSeen

# Not by a dependency: each one that a route has costs every request of it.
IfMatch: TypeAlias = Annotated[
    str | None,
    Header(
        description="The `ETag` of the report as it was last read. If the report has changed "
        "since, nothing is saved and the answer is 412."
    ),
]


def read_as_seen(if_match: str | None) -> AsSeen | None:
    """Whether a report reads as the client says; None where the client does not say."""
    if if_match is None:
        return None
    if if_match.strip() == "*":
        return _is_any
    tags = read_tags(if_match)
    return lambda view: _tag_of(view) in tags


def _is_any(_: BaseModel) -> bool:
    return True


def _tag_of(view: BaseModel) -> str:
    return make_tag(hashlib.sha256(view.model_dump_json().encode()).hexdigest())
