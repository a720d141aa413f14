"""The push client: against the API itself, and against servers that are away for a moment."""

import csv
import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from app.cli.commands import main
from app.push.client import CSV_MEDIA_TYPE, XLSX_MEDIA_TYPE, PushOrder, push
from app.push.outcome import ExitCode
from app.push.screen import MOST_ROWS, Screen
from tests.conftest import Deployment
from tests.writing import head, nothing_stored, provisional_values

PLAN = "shenzhen-software-2025"
URL = "https://dabiao.test"
HEADING = ("area", "period", "indicator", "value", "unit", "basis", "explanation")
GOOD = ("nanshan", "2024-Q3", "value_added", 812.4, "亿元", "ytd", "")
FALLEN = ("nanshan", "2024-Q4", "value_added", 700, "亿元", "ytd", "")
BROKEN = ("nanshan", "2024-Q3", "rd_institutions", 12.5, "家", "since_start", "")

Answer = httpx.Response | httpx.TransportError | Callable[[httpx.Request], httpx.Response]


@dataclass
class Network(httpx.BaseTransport):
    """Leads to the API; ``answers`` come first, one for each request."""

    deployment: Deployment | None = None
    answers: list[Answer] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else self.forward
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)

    def forward(self, request: httpx.Request) -> httpx.Response:
        assert self.deployment is not None
        # The test's client asks for the encodings that it can unpack, not for those of the caller.
        sent = {n: v for n, v in request.headers.items() if n != "accept-encoding"}
        found = self.deployment.client.request(
            request.method, request.url.raw_path.decode(), content=request.content, headers=sent
        )
        # The content is unpacked already.
        headers = {n: v for n, v in found.headers.items() if n != "content-encoding"}
        return httpx.Response(found.status_code, headers=headers, content=found.content)

    def keys(self) -> list[str]:
        return [request.headers["idempotency-key"] for request in self.requests]


@dataclass
class Desk:
    """A clerk's desk: a folder with a key in it, a network, and the pauses that were made."""

    folder: Path
    network: Network
    headers: dict[str, str] = field(default_factory=dict)
    pauses: list[float] = field(default_factory=list)

    def write(self, *rows: tuple[object, ...], name: str = "figures.csv") -> Path:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([HEADING, *rows])
        path = self.folder / name
        path.write_text(text.getvalue(), "utf-8-sig")
        return path

    def write_workbook(self, *rows: tuple[object, ...]) -> Path:
        # The name says nothing: what a file is shows in its content.
        path = self.folder / "figures.dat"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("三季度")
            for place, row in enumerate([HEADING, *rows]):
                sheet.write_row(place, 0, row)
        return path

    def order(self, file: Path, **changed: Any) -> PushOrder:
        key_file = self.folder / "key.txt"
        key = self.headers.get("Authorization", "Bearer dabiao_x_y").removeprefix("Bearer ")
        key_file.write_text(f"{key}\n", "utf-8")
        return replace(PushOrder(file=file, url=URL, key_file=key_file, plan=PLAN), **changed)

    def push(self, file: Path, **changed: Any) -> ExitCode:
        return push(self.order(file, **changed), transport=self.network, wait=self.pauses.append)


@pytest.fixture
def desk(api: Deployment, tmp_path: Path) -> Desk:
    """The desk of Nanshan's clerk, with a line to the API."""
    return Desk(tmp_path, Network(api), api.key("reporter", "nanshan", owner="nanshan-clerk"))


@pytest.fixture
def away(tmp_path: Path) -> Desk:
    """A desk whose line leads to no API: only the given answers come."""
    return Desk(tmp_path, Network())


def test_a_csv_is_stored_under_a_key_of_its_content_and_run(
    desk: Desk, api: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    file = desk.write(GOOD)
    assert desk.push(file) is ExitCode.STORED
    assert provisional_values(api, desk.headers) == [812.4]
    (request,) = desk.network.requests
    assert request.headers["content-type"] == CSV_MEDIA_TYPE
    assert request.headers["content-length"] == str(file.stat().st_size)
    assert desk.network.keys()[0].startswith(
        f"push-{hashlib.sha256(file.read_bytes()).hexdigest()}-"
    )
    assert capsys.readouterr().out.splitlines() == [
        "New: 1. Updated: 0. Unchanged: 0. Rejected: 0.",
        "Saved.",
    ]


def test_a_workbook_is_known_by_its_content_and_findings_name_sheet_row_and_column(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.push(desk.write_workbook(GOOD, BROKEN)) is ExitCode.REFUSED
    assert desk.network.requests[0].headers["content-type"] == XLSX_MEDIA_TYPE
    shown = capsys.readouterr()
    assert "Nothing was saved" in shown.err
    heading, row = (line.split() for line in shown.out.splitlines() if "o" in line)
    assert heading == ["Sheet", "Row", "Column", "Kind", "Message"]
    assert row[:4] == ["三季度", "3", "Value", "Error"]
    assert "rd_institutions" not in shown.out
    assert "not_integer" not in shown.out


def test_pushing_again_is_a_new_request_that_changes_nothing(
    desk: Desk, api: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    file = desk.write(GOOD)
    desk.push(file)
    before = head(api)
    assert desk.push(file) is ExitCode.STORED
    assert head(api) == before
    assert len(set(desk.network.keys())) == 2
    assert capsys.readouterr().out.endswith("Nothing has changed, so nothing was saved.\n")


def test_a_dry_run_says_the_same_and_stores_nothing(
    desk: Desk, api: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    with nothing_stored(api):
        assert desk.push(desk.write(GOOD), is_dry_run=True) is ExitCode.STORED
    assert capsys.readouterr().out.splitlines() == [
        "New: 1. Updated: 0. Unchanged: 0. Rejected: 0.",
        "This was a trial run. Nothing was saved.",
    ]


def test_partial_mode_stores_the_good_rows_and_says_so_in_chinese(
    desk: Desk, api: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    file = desk.write(GOOD, FALLEN, BROKEN)
    assert desk.push(file, mode="partial", language="zh") is ExitCode.PARTLY_STORED
    assert provisional_values(api, desk.headers) == [812.4]
    shown = capsys.readouterr().out
    assert [row.split()[:3] for row in shown.splitlines()[:5] if "数值" in row] == [
        ["3", "数值", "疑问"],
        ["4", "数值", "错误"],
    ]
    assert "请填写整数" in shown
    assert shown.endswith(
        "新增 1 条，更正 0 条，无变化 0 条，未接受 2 条。\n部分数据已保存，上列各行未保存。\n"
    )


def test_another_value_without_a_reason_is_a_conflict(desk: Desk) -> None:
    desk.push(desk.write(GOOD))
    other = (*GOOD[:3], 900, *GOOD[4:])
    assert desk.push(desk.write(other)) is ExitCode.REFUSED


def test_another_area_is_not_permitted(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.push(desk.write(("futian", *GOOD[1:]))) is ExitCode.NO_ACCESS
    assert "not for futian" in capsys.readouterr().err


def test_an_unknown_key_opens_nothing(desk: Desk) -> None:
    desk.headers = {"Authorization": "Bearer dabiao_no_such"}
    assert desk.push(desk.write(GOOD)) is ExitCode.NO_ACCESS


def test_the_plan_may_be_left_out_where_the_key_shows_only_one(
    desk: Desk, api: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    file = desk.write(GOOD)
    assert desk.push(file, plan=None) is ExitCode.UNUSABLE
    assert f"china-software-2025, {PLAN}" in capsys.readouterr().err
    desk.headers = api.key("reporter", "nanshan", plan=PLAN)
    assert desk.push(file, plan=None) is ExitCode.STORED


def test_a_key_that_may_not_list_the_plans_is_told_so(desk: Desk) -> None:
    desk.headers = {"Authorization": "Bearer dabiao_no_such"}
    assert desk.push(desk.write(GOOD), plan=None) is ExitCode.NO_ACCESS


def test_the_annotated_workbook_is_written_before_anything_is_stored(
    desk: Desk, api: Deployment
) -> None:
    target = desk.folder / "findings.xlsx"
    file = desk.write(GOOD, BROKEN)
    assert desk.push(file, mode="partial", annotated=target) is ExitCode.PARTLY_STORED
    assert [request.url.params["dry_run"] for request in desk.network.requests] == ["true", "false"]
    with target.open("rb") as book:
        rows = CalamineWorkbook.from_filelike(book).get_sheet_by_index(0).to_python()
    assert any("12.5" in str(cell) and "whole" in str(cell) for row in rows for cell in row)
    assert provisional_values(api, desk.headers) == [812.4]


def test_what_may_pass_is_tried_again_under_the_same_key(desk: Desk, api: Deployment) -> None:
    running = {"code": "idempotency_in_progress", "detail": "still running", "errors": []}
    desk.network.answers = [
        httpx.ConnectError("refused"),
        httpx.Response(503, headers={"Retry-After": "7"}),
        httpx.ReadTimeout("slow"),
        httpx.Response(429, headers={"Retry-After": "3"}),
        httpx.Response(409, json=running),
    ]
    file = desk.write(GOOD)
    assert desk.push(file) is ExitCode.STORED
    assert desk.pauses == [1, 7, 4, 8, 16]
    assert len(desk.network.requests) == 6
    assert len(set(desk.network.keys())) == 1
    assert {request.content for request in desk.network.requests} == {file.read_bytes()}
    assert provisional_values(api, desk.headers) == [812.4]


def test_an_answer_that_is_lost_on_the_way_stores_nothing_twice(
    desk: Desk, api: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    def lose(request: httpx.Request) -> httpx.Response:
        assert desk.network.forward(request).status_code == 201
        raise httpx.ReadError("reset", request=request)

    desk.network.answers = [lose]
    assert desk.push(desk.write(GOOD)) is ExitCode.STORED
    # The stored answer came again: the second attempt was not judged anew.
    assert "New: 1. Updated: 0. Unchanged: 0." in capsys.readouterr().out
    reports = api.client.get(f"/api/v1/plans/{PLAN}/reports", headers=desk.headers).json()
    assert reports["total"] == 1


def test_it_gives_up_after_the_retries(away: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    away.network.answers = [httpx.ConnectError("refused")] * 3
    assert away.push(away.write(GOOD), retries=2) is ExitCode.NO_SERVER
    assert away.pauses == [1, 2]
    assert "Stopped after 3 attempt(s)" in capsys.readouterr().err


def test_pauses_grow_up_to_a_limit(away: Desk) -> None:
    away.network.answers = [httpx.Response(503) for _ in range(9)]
    assert away.push(away.write(GOOD), retries=8) is ExitCode.NO_SERVER
    assert away.pauses == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a_server_that_asks_for_an_hour_is_not_waited_for(away: Desk) -> None:
    away.network.answers = [httpx.Response(503, headers={"Retry-After": "3600"})]
    assert away.push(away.write(GOOD)) is ExitCode.NO_SERVER
    assert away.pauses == []


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("in 200 seconds", 100, 200),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 1, 1),
        ("soon", 1, 1),
    ],
    ids=["an instant", "an instant that has passed", "nonsense"],
)
def test_the_pause_may_be_asked_for_as_an_instant(
    away: Desk, text: str, least: int, most: int
) -> None:
    # The instant is made here: long before, when the tests are collected, it could pass.
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=200), usegmt=True)
    asked = text.replace("in 200 seconds", soon)
    away.network.answers = [httpx.Response(503, headers={"Retry-After": asked}), _done()]
    assert away.push(away.write(GOOD)) is ExitCode.STORED
    assert least <= away.pauses[0] <= most


def test_a_certificate_that_does_not_hold_is_not_tried_again(away: Desk) -> None:
    away.network.answers = [httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed")]
    assert away.push(away.write(GOOD)) is ExitCode.NO_SERVER
    assert away.pauses == []


def test_the_key_is_not_carried_to_where_a_server_points(
    away: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    there = {"Location": "https://elsewhere.test/api/v1"}
    away.network.answers = [httpx.Response(307, headers=there)]
    assert away.push(away.write(GOOD)) is ExitCode.UNUSABLE
    assert [request.url.host for request in away.network.requests] == ["dabiao.test"]
    assert "https://elsewhere.test" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(200, html="<h1>Welcome</h1>"), ExitCode.NO_SERVER),
        (httpx.Response(200, json=[1]), ExitCode.NO_SERVER),
        (httpx.Response(500, json={"detail": "went wrong", "errors": []}), ExitCode.NO_SERVER),
        (httpx.Response(404, html="nginx"), ExitCode.UNUSABLE),
        (httpx.Response(413, json={"detail": "too large", "errors": []}), ExitCode.UNUSABLE),
    ],
    ids=["a page", "a list", "a failure", "no API", "too large"],
)
def test_an_answer_that_is_no_result_has_its_own_exit_code(
    away: Desk, answer: httpx.Response, code: ExitCode
) -> None:
    away.network.answers = [answer]
    assert away.push(away.write(GOOD)) is code
    assert away.pauses == []


def test_an_unknown_plan_is_a_wrong_argument(desk: Desk) -> None:
    assert desk.push(desk.write(GOOD), plan="no-such/plan") is ExitCode.UNUSABLE


def test_a_file_without_a_heading_is_refused_by_the_server(desk: Desk) -> None:
    file = desk.folder / "figures.csv"
    file.write_text("1,2,3\n", "utf-8")
    assert desk.push(file) is ExitCode.UNUSABLE


def test_what_cannot_be_sent_is_said_before_anything_is_sent(
    away: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    file, empty = away.write(GOOD), away.folder / "empty.csv"
    empty.touch()
    order = away.order(file)
    not_a_key = {"two words": b"one two", "nothing": b"", "no text": b"\xff\xfe"}
    for name, content in not_a_key.items():
        (away.folder / name).write_bytes(content)
    wrong: list[dict[str, Any]] = [
        {"file": empty},
        {"file": away.folder / "missing.csv"},
        {"file": away.folder},
        {"annotated": file},
        {"annotated": away.folder / "no folder" / "out.xlsx"},
        {"key_file": away.folder / "missing.txt"},
        *({"key_file": away.folder / name} for name in not_a_key),
        *(
            {"url": url}
            for url in ("dabiao.test", "ftp://x", "https://", "https://a:b@x", "http://x:port")
        ),
    ]
    for each in wrong:
        book = httpx.Response(200, headers={"content-type": XLSX_MEDIA_TYPE})
        network = Network(answers=[book])
        assert push(replace(order, **each), transport=network) is ExitCode.UNUSABLE, each
        assert all(request.url.params["dry_run"] == "true" for request in network.requests)
        assert capsys.readouterr().err


def test_an_address_may_name_the_api_and_a_folder(away: Desk) -> None:
    for url in (f"{URL}/", f"{URL}/api/v1", f"{URL}/api/v1/", f"{URL}/city"):
        away.network.answers = [_done()]
        assert away.push(away.write(GOOD), url=url) is ExitCode.STORED
    base = f"/api/v1/plans/{PLAN}/reports/batch"
    assert [request.url.path for request in away.network.requests] == [
        *[base] * 3,
        f"/city{base}",
    ]


def test_a_key_in_clear_text_and_a_demonstration_are_warned_of(
    away: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    done = _done()
    done.headers["X-Dabiao-Demo"] = "true"
    away.network.answers = [done]
    away.push(away.write(GOOD), url="http://dabiao.test")
    assert capsys.readouterr().err.splitlines() == [
        (
            "The connection to http://dabiao.test is not encrypted. "
            "Others may read the key on its way."
        ),
        "This server is a demonstration. Its figures are simulated.",
    ]
    away.network.answers = [_done()]
    away.push(away.write(GOOD), url="http://127.0.0.1:8000")
    assert capsys.readouterr().err == ""


def test_findings_steer_no_terminal_and_many_are_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    finding = {"row": 2, "code": "value_type", "message": "[red]x[/red] \x1b[31m"}
    Screen("en").show_findings([finding] * (MOST_ROWS + 3))
    shown = capsys.readouterr().out
    assert "[red]x[/red] �[31m" in shown
    assert "3 more are not shown." in shown
    Screen("en").show_findings([])
    assert capsys.readouterr().out == ""


def test_a_person_at_a_terminal_sees_how_far_it_is(
    away: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    away.network.answers = [_done()]
    away.push(away.write(GOOD))
    assert "The server is checking" in capsys.readouterr().err


def test_a_large_file_is_streamed_with_its_length(away: Desk, listener: "Listener") -> None:
    file = away.folder / "large.csv"
    file.write_bytes(b"x" * 300_000)
    assert push(away.order(file, url=listener.url, retries=0)) is ExitCode.STORED
    assert listener.body == file.read_bytes()
    assert "transfer-encoding" not in listener.headers
    assert listener.headers["accept-language"] == "en"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], ExitCode.UNUSABLE),
        (["--no-such"], ExitCode.UNUSABLE),
        (["--url", "http://127.0.0.1:9", "--mode", "some"], ExitCode.UNUSABLE),
        (["--url", "http://127.0.0.1:9", "--retries", "0"], ExitCode.NO_SERVER),
        (["--url", "ftp://x"], ExitCode.UNUSABLE),
    ],
    ids=["no address", "no such option", "no such mode", "nobody there", "no web address"],
)
def test_the_command_exits_with_the_codes_of_the_client(
    away: Desk, words: list[str], code: ExitCode
) -> None:
    order = away.order(away.write(GOOD))
    command = ["push", str(order.file), "--key-file", str(order.key_file), "--plan", PLAN, *words]
    assert CliRunner().invoke(main, command).exit_code == code


@pytest.mark.parametrize(
    ("environment", "words", "said"),
    [
        ({"LANG": "zh_CN.UTF-8"}, [], "无法连接"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN"}, [], "无法连接"),
        ({"LANG": "zh_CN.UTF-8"}, ["--lang", "en"], "cannot be reached"),
        ({"LANG": "C"}, [], "cannot be reached"),
    ],
)
def test_the_language_is_asked_for_or_that_of_the_environment(
    away: Desk, environment: dict[str, str], words: list[str], said: str
) -> None:
    order = away.order(away.write(GOOD))
    command = ["push", str(order.file), "--key-file", str(order.key_file), "--plan", PLAN]
    known: dict[str, str | None] = {"LC_ALL": None, "LC_MESSAGES": None, **environment}
    target = ["--url", "http://127.0.0.1:9", "--retries", "0"]
    shown = CliRunner().invoke(main, [*command, *target, *words], env=known)
    assert said in shown.stderr


@dataclass
class Listener:
    """A server on this machine that takes one file."""

    url: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server of the standard library, for one request."""
    found = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.headers = {name.lower(): value for name, value in self.headers.items()}
            found.body = self.rfile.read(int(found.headers["content-length"]))
            answer = _done()
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_words: object) -> None:
            """Nothing: the test reads what came."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.timeout = 10
        found.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield found
        thread.join()


def _done() -> httpx.Response:
    counts = {"created": 1, "updated": 0, "unchanged": 0, "rejected": 0}
    content = {"applied": True, "reports": [], "summary": counts, "findings": []}
    return httpx.Response(201, json=content)
