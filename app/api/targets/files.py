"""Targets and the tasks of years as files: the form to fill in, and what comes back."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from app.api.answers.files import XLSX_MEDIA_TYPE
from app.api.requests.dependencies import ReaderDep
from app.api.requests.media_type import require_media_type
from app.api.requests.parameters import PlanPath, Query, require_plan_year
from app.api.requests.upload import FORMS, UploadDep, decode
from app.api.requests.writing import WriteDep, WriteRoute
from app.api.targets.targets import tell_revised
from app.formats.forms.tasks import write_task_form
from app.formats.intake.tasks import read_task_file
from app.schemas.targets.targets import RevisionResult
from app.schemas.targets.tasks import TaskFileQuery, TaskFormQuery
from app.services.state.plan import load_plan_at
from app.services.targets.revisions import revise_targets_by_file
from app.services.targets.task_file import make_task_form

router = APIRouter(prefix="/plans/{plan}/targets", tags=["targets"], route_class=WriteRoute)

FILE_TYPES = ("text/csv", XLSX_MEDIA_TYPE, "application/octet-stream")
_WORKBOOK = {"schema": {"type": "string", "format": "binary"}}
_BODIES: dict[str, Any] = {
    "required": True,
    "content": {"text/csv": {"schema": {"type": "string"}}, XLSX_MEDIA_TYPE: _WORKBOOK},
}


async def get_file_type(request: Request) -> str:
    """The media type of the file, judged before it is received; MediaTypeUnsupported."""
    return require_media_type(request, (*FORMS, *FILE_TYPES), told=(*FILE_TYPES[:2], *FORMS))


FileTypeDep = Annotated[str, Depends(get_file_type)]


@router.get(
    "/template",
    summary="Download the task form",
    response_class=Response,
    response_description="The form as an Excel workbook.",
    responses={200: {"content": {XLSX_MEDIA_TYPE: {}}}},
)
def read_task_form(reader: ReaderDep, plan: PlanPath, query: Query[TaskFormQuery]) -> Response:
    """Download the Excel form for the tasks of a year. Each row is for one indicator and area, and
    shows the result of the year before, the value on the path and the present task.
    """
    known = load_plan_at(reader.session, reader.open(plan, query))
    require_plan_year(known, query.year)
    body = write_task_form(make_task_form(reader.session, known, year=query.year))
    name = f"{plan}-tasks-{query.year}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=XLSX_MEDIA_TYPE, headers=headers)


@router.post(
    "/batch",
    summary="Revise targets by a file",
    operation_id="revise_targets_by_file",
    status_code=201,
    response_model=RevisionResult,
    response_description="The targets were saved.",
    responses={200: {"model": RevisionResult, "description": "Every target was so already."}},
    openapi_extra={"requestBody": _BODIES},
)
async def post_target_file(
    request: Request,
    write: WriteDep,
    plan: PlanPath,
    query: Query[TaskFileQuery],
    file_type: FileTypeDep,  # noqa: ARG001 - it refuses what is no file
    upload: UploadDep,
) -> Response:
    """Revise targets and set the tasks of years with a CSV file or an Excel workbook.

    The columns have the names of the form, in either language. Rows without a value are skipped,
    and a row with a year is a task. Needs an administrator's key.
    """
    lines = await decode(request, partial(read_task_file, upload.file, size=upload.size))
    work = partial(revise_targets_by_file, lines=lines, reason=query.reason)
    return await write(plan, work, tell_revised)
