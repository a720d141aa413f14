"""A file of figures sent to a server, and what came back as an exit code.

An attempt that fails on the way is repeated under the idempotency key of its run, so that
nothing is stored twice. Another run is another request.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from app.push.attempts import Stop, ask, connect, content_of
from app.push.outcome import ExitCode
from app.push.screen import Screen, Sending

XLSX_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_MEDIA_TYPE = "text/csv"
BLOCK_BYTES = 64 * 1024

_ZIP_MAGIC = b"PK\x03\x04"
_JSON = "application/json, application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushOrder:
    """What is sent, where to, and how. Without a plan, the server must show exactly one."""

    file: Path
    url: str
    key_file: Path
    plan: str | None = None
    mode: str = "atomic"
    is_dry_run: bool = False
    annotated: Path | None = None
    retries: int = 5
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cargo:
    """The file as it is sent. The idempotency key holds for this run alone."""

    file: Path
    size: int
    media_type: str
    idempotency_key: str


def push(
    order: PushOrder,
    *,
    transport: httpx.BaseTransport | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> ExitCode:
    """Send a file and show the answer. ``wait`` gets the seconds until the next attempt."""
    screen = Screen(order.language)
    try:
        cargo = _load(order)
        connection = connect(screen, url=order.url, key_file=order.key_file, transport=transport)
        with connection as client:
            return _Push(order, cargo, client, screen, wait).run()
    except Stop as stop:
        if stop.word is not None:
            screen.warn(stop.word, **stop.facts)
        return stop.code
    except OSError as error:
        is_missing = isinstance(error, FileNotFoundError)
        screen.warn("file_missing" if is_missing else "file_unreadable", file=error.filename)
        return ExitCode.UNUSABLE


class _Push:
    """One run, with what its requests share."""

    def __init__(
        self,
        order: PushOrder,
        cargo: _Cargo,
        client: httpx.Client,
        screen: Screen,
        wait: Callable[[float], None],
    ) -> None:
        self.order, self.cargo, self.client = order, cargo, client
        self.screen, self.wait = screen, wait

    def run(self) -> ExitCode:
        """Find the plan, fetch the annotated workbook where it is wanted, send, show."""
        order = self.order
        place = f"plans/{quote(order.plan or self._find_plan(), safe='')}/reports/batch"
        if order.annotated is not None:
            # Asked for first: once the figures are stored, there is nothing to say of them.
            answer = self._post(place, accept=XLSX_MEDIA_TYPE, is_dry_run=True)
            if answer.headers.get("content-type") == XLSX_MEDIA_TYPE:
                order.annotated.write_bytes(answer.content)
                self.screen.tell("written", path=order.annotated)
        return self._show(self._post(place, accept=_JSON, is_dry_run=order.is_dry_run))

    def _find_plan(self) -> str:
        answer = self._ask(lambda: self.client.build_request("GET", "plans"))
        content = content_of(answer)
        if answer.status_code != httpx.codes.OK or "items" not in content:
            raise Stop(self._show(answer))
        plans = [str(each["plan"]) for each in content["items"]]
        if not plans:
            raise Stop(ExitCode.UNUSABLE, "plan_none")
        if len(plans) > 1:
            raise Stop(ExitCode.UNUSABLE, "plan_open", plans=", ".join(plans))
        return plans[0]

    def _post(self, place: str, *, accept: str, is_dry_run: bool) -> httpx.Response:
        cargo = self.cargo
        headers = {
            "Accept": accept,
            "Content-Type": cargo.media_type,
            "Content-Length": str(cargo.size),
            "Idempotency-Key": cargo.idempotency_key,
        }
        query = {"mode": self.order.mode, "dry_run": str(is_dry_run).lower()}
        with self.screen.progress(cargo.size) as sending:
            return self._ask(
                lambda: self.client.build_request(
                    "POST", place, params=query, headers=headers, content=_read(cargo, sending)
                )
            )

    def _ask(self, build: Callable[[], httpx.Request]) -> httpx.Response:
        retries, wait = self.order.retries, self.wait
        return ask(self.client, self.screen, build, retries=retries, wait=wait)

    def _show(self, answer: httpx.Response) -> ExitCode:
        content, screen = content_of(answer), self.screen
        if "x-dabiao-demo" in answer.headers:
            screen.warn("demo")
        if answer.is_redirect:
            screen.warn("moved", place=answer.headers["location"])
        elif "detail" in content:
            screen.warn_text(str(content["detail"]))
        elif "summary" not in content:
            screen.warn("not_our_answer", status=answer.status_code)
        screen.show_findings(content.get("findings", content.get("errors", [])))
        if content.get("passed_over"):
            screen.warn("passed_over", sheets=screen.list(content["passed_over"]))
        if "summary" in content:
            screen.tell("counts", **content["summary"])
        code = _judge(answer, content)
        if code in {ExitCode.STORED, ExitCode.PARTLY_STORED}:
            screen.tell(self._name_success(code, is_applied=bool(content.get("applied"))))
        return code

    def _name_success(self, code: ExitCode, *, is_applied: bool) -> str:
        if self.order.is_dry_run:
            return "dry_run"
        if code is ExitCode.PARTLY_STORED:
            return "partly"
        return "stored" if is_applied else "unchanged"


def _load(order: PushOrder) -> _Cargo:
    """What the file is: by its content, whatever its name says. Its key, made for this run."""
    digest, size, head = hashlib.sha256(), 0, b""
    if order.annotated is not None and order.annotated.resolve() == order.file.resolve():
        raise Stop(ExitCode.UNUSABLE, "same_file", file=order.file)
    with order.file.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            head = head or block[: len(_ZIP_MAGIC)]
            digest.update(block)
            size += len(block)
    if size == 0:
        raise Stop(ExitCode.UNUSABLE, "file_empty", file=order.file)
    return _Cargo(
        file=order.file,
        size=size,
        media_type=XLSX_MEDIA_TYPE if head == _ZIP_MAGIC else CSV_MEDIA_TYPE,
        idempotency_key=f"push-{digest.hexdigest()}-{secrets.token_hex(16)}",
    )


def _read(cargo: _Cargo, sending: Sending) -> Iterator[bytes]:
    sending.begin()
    with cargo.file.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block
            sending.advance(len(block))


def _judge(answer: httpx.Response, content: dict[str, Any]) -> ExitCode:
    """The exit code of an answer. A 422 without a finding is about the file or the request."""
    status, known = answer.status_code, httpx.codes
    has_findings = any("severity" in each for each in content.get("errors", []))
    if status in {known.UNAUTHORIZED, known.FORBIDDEN}:
        return ExitCode.NO_ACCESS
    if status == known.CONFLICT or (status == known.UNPROCESSABLE_ENTITY and has_findings):
        return ExitCode.REFUSED
    if answer.is_success and "summary" in content:
        is_partly = status == known.MULTI_STATUS
        return ExitCode.PARTLY_STORED if is_partly else ExitCode.STORED
    is_ours = answer.is_redirect or answer.is_client_error
    return ExitCode.UNUSABLE if is_ours else ExitCode.NO_SERVER
