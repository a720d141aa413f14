"""Many reports at once: as JSON, or as the file that a clerk keeps; and the form for it."""

from functools import partial
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.api.answers.files import XLSX_MEDIA_TYPE
from app.api.answers.problems import MEDIA_TYPE, refusal_status
from app.api.answers.statuses import STATUS
from app.api.answers.told import tell
from app.api.reports.bodies import (
    outcomes_as,
    read_submission,
    tell_status,
    view_findings,
)
from app.api.reports.preconditions import IfMatch, read_as_seen
from app.api.requests.accept import require_offered
from app.api.requests.dependencies import ReaderDep
from app.api.requests.idempotency import REPLAYED
from app.api.requests.media_type import JSON, require_media_type
from app.api.requests.parameters import PlanPath, Query
from app.api.requests.strict_json import load_strict
from app.api.requests.upload import FORM, FORMS, Upload, UploadDep, decode
from app.api.requests.writing import WriteDep, WriteRoute
from app.domain.time.period import Period
from app.errors.bodies import FileRefused
from app.errors.reports import SubmissionRefused
from app.formats.forms.annotated import annotate
from app.formats.forms.template import write_template
from app.formats.intake.file import read_intake_file
from app.schemas.reports.inputs import BatchInput, SubmitQuery, TemplateQuery
from app.schemas.reports.views import BatchReport, BatchResult, Summary
from app.services.access.keys import Principal
from app.services.intake.annotations import Annotations
from app.services.intake.file_submissions import read_rows
from app.services.intake.forms import make_form
from app.services.intake.submission import Mode, Sent, Submission, merge_submissions
from app.services.intake.submitting import Outcome, submit_reports
from app.services.state.plan import load_plan_at

router = APIRouter(prefix="/plans/{plan}/reports", tags=["reports"], route_class=WriteRoute)

FILE_TYPES = (
    "text/csv",
    XLSX_MEDIA_TYPE,
    "application/octet-stream",
    "application/vnd.ms-excel",
    # Read to say what it is, and how to save it.
    "application/vnd.oasis.opendocument.spreadsheet",
)


async def get_body_type(request: Request) -> str:
    """The media type of the body, judged before the body is received; MediaTypeUnsupported."""
    allowed = (JSON, *FORMS, *FILE_TYPES)
    return require_media_type(request, allowed, told=(JSON, *FILE_TYPES[:2], *FORMS))


BodyTypeDep = Annotated[str, Depends(get_body_type)]


async def get_answer_type(request: Request, body_type: BodyTypeDep) -> str:
    """The media type of the answer: only a file comes back as a workbook; FormatUnknown."""
    offered = (JSON,) if body_type == JSON else (JSON, XLSX_MEDIA_TYPE)
    return require_offered(request, offered)


AnswerTypeDep = Annotated[str, Depends(get_answer_type)]
_WORKBOOK = {"schema": {"type": "string", "format": "binary"}}
_BODIES = {
    "required": True,
    "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/BatchInput"}},
        "text/csv": {"schema": {"type": "string"}},
        XLSX_MEDIA_TYPE: _WORKBOOK,
        # Without a schema: a generator that meets one here makes no type for any of the bodies.
        FORM: {},
    },
}
_REFUSAL = {
    XLSX_MEDIA_TYPE: _WORKBOOK,
    MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
}
# The clerk's own workbook, with what was found, whatever the outcome.
_OUTCOMES: dict[int | str, dict[str, Any]] = {
    **{
        status: {**outcome, "content": {XLSX_MEDIA_TYPE: _WORKBOOK}}
        for status, outcome in outcomes_as(BatchResult).items()
    },
    201: {"content": {XLSX_MEDIA_TYPE: _WORKBOOK}},
    409: {"content": _REFUSAL, "description": "The reports conflict with the state of the plan."},
    422: {"content": _REFUSAL, "description": "The reports are not valid."},
}


@router.get(
    "/template",
    summary="Download the form",
    response_class=Response,
    response_description="The form as an Excel workbook.",
    responses={200: {"content": {XLSX_MEDIA_TYPE: {}}}},
)
def read_template(reader: ReaderDep, plan: PlanPath, query: Query[TemplateQuery]) -> Response:
    """Download the Excel form for one area and quarter, or for every area that reports. It shows
    the latest official values.
    """
    known = load_plan_at(reader.session, reader.open(plan, query))
    period = Period.parse(query.period).as_quarter
    body = write_template(make_form(known, area=query.area, period=period))
    name = f"{plan}-{query.area or 'all'}-{period}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=XLSX_MEDIA_TYPE, headers=headers)


@router.post(
    "/batch",
    summary="Submit many reports",
    operation_id="submit_reports",
    status_code=201,
    response_model=BatchResult,
    response_description="The reports were saved.",
    responses=_OUTCOMES,
    openapi_extra={"requestBody": _BODIES},
)
async def submit_batch(
    request: Request,
    write: WriteDep,
    plan: PlanPath,
    query: Query[SubmitQuery],
    body_type: BodyTypeDep,
    answer_type: AnswerTypeDep,
    upload: UploadDep,
    if_match: IfMatch = None,
) -> Response:
    """Submit many reports in one revision: as JSON, as CSV or as an Excel workbook, which may also
    be the one file of a form (`multipart/form-data`).

    If a file was sent and `Accept` asks for a workbook, the answer is that file as a workbook with
    the findings beside its cells. Status codes are those of a single report. `If-Match` must then
    name the newest report of every area and quarter.
    """
    caller = write.principal
    notes = Annotations(caller.language) if answer_type == XLSX_MEDIA_TYPE else None
    passed_over: tuple[str, ...] = ()
    try:
        body = await decode(request, partial(_read, upload, body_type))
        passed_over = body.passed_over
        work = partial(
            submit_reports,
            sent=body.sent,
            mode=Mode(query.mode),
            as_seen=read_as_seen(if_match),
            on_judged=notes.add if notes else None,
        )
        tell_it = partial(
            _tell, caller=caller, is_dry_run=query.dry_run, passed_over=body.passed_over
        )
        told = await write(plan, work, tell_it, is_dry_run=query.dry_run)
    except SubmissionRefused as refused:
        if notes is None:
            refused.passed_over = passed_over
            raise
        notes.refuse()
        status = refusal_status(refused)
    except FileRefused as refused:
        # Where it is about a row, the row can be marked.
        if notes is None or not notes.add_refusal(refused):
            raise
        status = STATUS[FileRefused]
    else:
        # Of an answer that is repeated there are no notes: nothing was judged.
        if notes is None or REPLAYED in told.headers:
            return told
        status = told.status_code
    return await decode(request, partial(_annotated, upload, notes, status))


class _Body(NamedTuple):
    """What was sent, and the sheets of it that hold no figures."""

    sent: Sent
    passed_over: tuple[str, ...] = ()


def _read(upload: Upload, media_type: str) -> _Body:
    """The submissions in the body, by its media type; a file's kind is judged by its content."""
    if media_type == JSON:
        reports = _read_json(upload.file.read())
        return _Body(lambda _: reports)
    file = read_rows(read_intake_file(upload.file, size=upload.size))
    return _Body(file.submissions, file.passed_over)


def _read_json(body: bytes) -> list[Submission]:
    try:
        given = BatchInput.model_validate(load_strict(body))
    except ValidationError as invalid:
        found = [{**error, "loc": ("body", *error["loc"])} for error in invalid.errors()]
        raise RequestValidationError(found) from invalid
    read = [
        read_submission(report, pointer=f"/reports/{place}", part=place)
        for place, report in enumerate(given.reports)
    ]
    return merge_submissions(read)


def _tell(
    outcome: Outcome, *, caller: Principal, is_dry_run: bool, passed_over: tuple[str, ...]
) -> Response:
    result = BatchResult(
        applied=bool(outcome.reports) and not is_dry_run,
        reports=[
            BatchReport(
                id=each.id,
                status=outcome.status,
                revision=outcome.revision,
                area=each.area,
                period=each.period,
                late=each.late,
                figures=each.figures,
                resubmits=each.resubmits,
            )
            for each in outcome.reports
        ],
        summary=Summary(**outcome.counts.as_summary()),
        findings=view_findings(outcome, caller),
        passed_over=list(passed_over),
    )
    return tell(result, tell_status(outcome, is_dry_run=is_dry_run))


def _annotated(upload: Upload, notes: Annotations, status: int) -> Response:
    """The clerk's own workbook, with what was found beside the cells."""
    with annotate(
        upload.file, notes.notes, results=notes.results, language=notes.language
    ) as workbook:
        body = workbook.read()
    headers = {"Content-Disposition": 'attachment; filename="findings.xlsx"'}
    return Response(body, status, media_type=XLSX_MEDIA_TYPE, headers=headers)
