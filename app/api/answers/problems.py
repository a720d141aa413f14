"""Failures as RFC 9457 problems."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    InternalError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from app.api.answers.security import log_refusal, log_refusals
from app.api.answers.statuses import STATUS
from app.api.requests.accept import choose_language
from app.api.requests.refusals import RangeInvalid
from app.domain.checks.finding import Finding, PlanNames, shown
from app.engines import is_gone
from app.errors import access, bodies, failure, plans, reports
from app.errors.failure import Failure, ParametersInvalid
from app.errors.fault import Fault, name_rule
from app.errors.reports import DecisionsRefused, SubmissionRefused
from app.schemas.base import ProblemError
from app.services.intake.submission import is_conflict_only, is_question_only
from app.services.reports.reports import view_finding
from app.words.findings import say_finding
from app.words.messages import say_failure, say_fault

MEDIA_TYPE = "application/problem+json"
# No such table, no such column, and a database that can only be read.
_NOT_OF_THE_REQUEST = ("42P01", "42703", "25006")
RETRY_AFTER_SECONDS = 2
_RETRIABLE = (
    failure.StorageUnavailable,
    failure.DatabaseUnavailable,
    failure.IssuerUnavailable,
    failure.OutcomeUnknown,
    failure.Busy,
    failure.TooManyReads,
    reports.IdempotencyInProgress,
)
_CHALLENGES = ('Bearer realm="dabiao"', 'Basic realm="dabiao", charset="UTF-8"')
# At the word Basic a browser asks for a password, which is neither a token nor a ticket.
_OF_TICKET, _OF_TOKEN = _CHALLENGES[:1], ('Bearer realm="dabiao", error="invalid_token"',)
_CHALLENGES_OF: Mapping[type[Failure], Sequence[str]] = MappingProxyType(
    {access.TicketInvalid: _OF_TICKET, access.TokenInvalid: _OF_TOKEN}
)
# Refused for want of a good key or of a right, by another status.
_LOGGED = (access.Hidden, failure.IssuerUnavailable)
_LOG = logging.getLogger("dabiao")

# What forbids one decision among many, by its code. Whatever else is wrong with one is 422.
_STATUS_OF_ONE = {
    each.code: STATUS[each]
    for each in (
        reports.AlreadyDecided,
        reports.Superseded,
        reports.PreconditionFailed,
        reports.SelfApproval,
    )
}
_GRAVEST_FIRST = (422, 409, 412, 403)


def install_problems(app: FastAPI) -> None:
    """Tell every failure as a problem."""
    app.add_exception_handler(Failure, tell_failure)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(OperationalError, _on_storage)
    app.add_exception_handler(ProgrammingError, _on_schema)
    app.add_exception_handler(InternalError, _on_schema)
    app.add_exception_handler(DatabaseError, _on_damage)
    app.add_exception_handler(PoolTimeoutError, _on_storage)


def make_problem(
    request: Request,
    status: int,
    code: str,
    *,
    facts: dict[str, Any] | None = None,
    items: Sequence[dict[str, Any]] = (),
    extra: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """The answer to a request that was not carried out."""
    language = _language(request)
    sentence = say_failure(code, facts or {}, language)
    content = {
        "type": f"/problems/{code}",
        "title": sentence.title,
        "status": status,
        "detail": sentence.detail,
        "instance": quote(request.url.path),
        "code": code,
        "errors": list(items),
        **(extra or {}),
    }
    known = {"Content-Language": language, **(headers or {})}
    return JSONResponse(content, status, headers=known, media_type=MEDIA_TYPE)


def tell_failure(request: Request, failure: Exception) -> JSONResponse:
    """The problem that a failure is told as."""
    if isinstance(failure, SubmissionRefused):
        return _on_refusal(request, failure)
    if isinstance(failure, ParametersInvalid):
        items = [_fault_item(fault, _language(request)) for fault in failure.faults]
        return make_problem(request, 422, failure.told_by, items=items)
    if isinstance(failure, DecisionsRefused):
        return _on_decisions_refused(request, failure)
    if not isinstance(failure, Failure):
        raise failure
    status = STATUS[type(failure)]
    if status in {401, 403, 429} or isinstance(failure, _LOGGED):
        log_refusal(request, failure.code, failure.facts)
    items = _awaited_items(failure, _language(request))
    problem = make_problem(
        request,
        status,
        failure.code,
        facts=failure.facts,
        items=items,
        headers=_headers_of(failure),
    )
    wanted = _CHALLENGES_OF.get(type(failure), _CHALLENGES)
    for challenge in wanted if status == 401 else ():
        # A header for each: many programs read only the first scheme of a header.
        problem.headers.append("WWW-Authenticate", challenge)
    return problem


def _headers_of(failure: Failure) -> dict[str, str]:
    if isinstance(failure, RangeInvalid):
        return {"Content-Range": f"bytes */{failure.facts['size']}"}
    if isinstance(failure, access.TooManyRequests):
        return {"Retry-After": str(failure.facts["seconds"])}
    return {"Retry-After": str(RETRY_AFTER_SECONDS)} if isinstance(failure, _RETRIABLE) else {}


def _awaited_items(failure: Failure, language: str) -> list[dict[str, Any]]:
    """The figures that a plan is waiting for, each with its place as facts."""
    awaited = failure.awaited if isinstance(failure, plans.PlanRunning) else []
    names = ("indicator", "area", "period", "due_on")
    return [
        {**_fault_item(each, language), "facts": {name: each.facts[name] for name in names}}
        for each in awaited
    ]


def _on_refusal(request: Request, failure: SubmissionRefused) -> JSONResponse:
    """409 where the plan's state alone forbids it; 422 otherwise (api, Writes)."""
    items = [finding_item(each, _language(request), failure.names) for each in failure.findings]
    status = refusal_status(failure)
    is_question = is_question_only(failure.findings)
    code = "explanation_required" if is_question else failure.code
    kinds = {finding.code.value for finding in failure.findings}
    # One kind of error is told by its own code: clients branch on it.
    extra = {"code": kinds.pop()} if len(kinds) == 1 and not is_question else {}
    return make_problem(
        request,
        status,
        code,
        facts=failure.facts,
        items=items,
        extra={"summary": failure.summary, **_passed_over(failure), **extra},
    )


def _on_decisions_refused(request: Request, failure: DecisionsRefused) -> JSONResponse:
    """422 where a decision is not valid; else the first status that a single one would have."""
    kinds = {fault.code for fault in failure.faults}
    log_refusals(request, failure.faults)
    found = {_STATUS_OF_ONE.get(kind, 422) for kind in kinds}
    status = next(each for each in _GRAVEST_FIRST if each in found)
    items = [_fault_item(fault, _language(request)) for fault in failure.faults]
    # One kind of error is told by its own code, as where figures are refused.
    extra = {"code": kinds.pop()} if len(kinds) == 1 else {}
    return make_problem(
        request, status, failure.code, facts=failure.facts, items=items, extra=extra
    )


def _passed_over(failure: SubmissionRefused) -> dict[str, list[str]]:
    return {"passed_over": list(failure.passed_over)} if failure.passed_over else {}


def refusal_status(failure: SubmissionRefused) -> int:
    """409 where the state of the plan alone forbids it, else 422."""
    return 409 if is_conflict_only(failure.findings) else 422


def finding_item(finding: Finding, language: str, names: PlanNames) -> dict[str, Any]:
    """A finding as an error of a problem."""
    return view_finding(finding, language, names).model_dump(mode="json")


def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    if any(each["type"] == "json_invalid" for each in found):
        return tell_failure(request, bodies.BodyMalformed(why="empty"))
    language = _language(request)
    items = [_fault_item(_fault(each), language) for each in found]
    return make_problem(request, 422, "invalid_parameter", items=items)


def _fault(error: dict[str, Any]) -> Fault:
    place, *rest = error["loc"]
    # The name of a shape that the body may have is no place in the body.
    rest = rest[1:] if rest[:1] in (["one"], ["several"]) else rest
    kind = error["type"]
    code = kind if kind in {"missing", "extra_forbidden"} else "invalid"
    # A place in a list of values is not the name of a parameter.
    name = str(rest[-1 if place == "body" else 0]) if rest else place
    facts = {
        "name": shown(name),
        "value": shown(error.get("input")),
        **name_rule(error["type"], error.get("ctx", {})),
    }
    if place == "body":
        pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in rest)
        return Fault(code=code, pointer=pointer, facts=facts)
    return Fault(code=code, parameter=name, facts=facts)


def find_fault(error: Mapping[str, Any], pointer: str) -> Fault:
    """What a model found wrong with a part of the body, which is at ``pointer``."""
    found = _fault({**error, "loc": ("body", *error["loc"])})
    return replace(found, pointer=f"{pointer}{found.pointer}")


def tell_fault(request: Request, fault: Fault) -> ProblemError:
    """A fault of one thing among several, as an answer about the others tells it."""
    return ProblemError(**_fault_item(fault, _language(request)))


def _fault_item(fault: Fault, language: str) -> dict[str, Any]:
    names = {"extra_forbidden": "unknown_field", "missing": "required"}
    return {
        "pointer": fault.pointer,
        "parameter": fault.parameter,
        "row": fault.row,
        "code": names.get(fault.code, fault.code),
        "message": _say(fault, language),
    }


def _say(fault: Fault, language: str) -> str:
    if fault.finding is not None:
        return say_finding(fault.finding, language)
    return say_fault(fault.code, fault.facts, language)


def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        allowed = request.app.state.allowed_methods(request.url.path)
        facts = {"method": request.method, "allowed": allowed}
        headers = {"Allow": allowed}
        return make_problem(request, 405, "method_not_allowed", facts=facts, headers=headers)
    if status == 404:
        return make_problem(request, 404, "no_such_path")
    return make_problem(request, 400, "malformed_json", facts={"why": "unreadable"})


def _on_schema(request: Request, error: Exception) -> JSONResponse:
    """A schema that is not there yet or another version's, or no writing: as on SQLite."""
    origin = error.orig if isinstance(error, DBAPIError) else None
    if getattr(origin, "sqlstate", None) in _NOT_OF_THE_REQUEST:
        return _on_storage(request, error)
    raise error


def _on_damage(request: Request, error: Exception) -> JSONResponse:
    """What SQLite says of a damaged file. Its subclasses are faults of a statement."""
    if type(error) is DatabaseError:
        return _on_storage(request, error)
    raise error


def _on_storage(request: Request, error: Exception) -> JSONResponse:
    _LOG.error("storage unavailable", exc_info=error)
    is_unreachable = is_gone(error)
    told = failure.DatabaseUnavailable() if is_unreachable else failure.StorageUnavailable()
    return tell_failure(request, told)


def _language(request: Request) -> str:
    return choose_language(request.headers.get("accept-language"))
