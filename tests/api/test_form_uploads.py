"""A file in a form, as browsers and ``curl -F`` send it: the same as the file by itself."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.api.answers.files import XLSX_MEDIA_TYPE
from app.words.book import LANGUAGES
from tests.conftest import Deployment
from tests.writing import CITY, nothing_stored, official_values, provisional_values

BATCH = f"{CITY}/reports/batch"
HEADING = "area,period,indicator,value,unit,basis\n"
CSV = f"{HEADING}nanshan,2024-Q1,value_added,120,亿元,ytd\n".encode()
Headers = dict[str, str]


def upload(
    deployment: Deployment, headers: Headers, *files: Any, query: str = "", **more: Any
) -> Any:
    return deployment.client.post(f"{BATCH}{query}", files=list(files), headers=headers, **more)


def form(*parts: bytes, boundary: bytes = b"cut", end: bytes = b"--cut--\r\n") -> bytes:
    return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + end


def part(disposition: str, content: bytes = CSV) -> bytes:
    return f"Content-Disposition: form-data; {disposition}\r\n\r\n".encode() + content


FIELD = (
    "The form has the field '{}' besides the file, which would have been ignored. "
    "Send the file alone; options belong in the address."
)
FILE = part('name="file"; filename="q1.csv"')


def send(deployment: Deployment, headers: Headers, body: bytes | Iterator[bytes]) -> Any:
    kind = {"Content-Type": "multipart/form-data; boundary=cut"}
    return deployment.client.post(BATCH, content=body, headers=headers | kind)


@pytest.fixture
def nanshan(deployment: Deployment) -> Headers:
    return deployment.key("reporter", "nanshan")


@pytest.mark.parametrize("field", ["file", "表格", "upload[]"])
def test_a_form_with_a_file_is_the_file(
    deployment: Deployment, nanshan: Headers, field: str
) -> None:
    answer = upload(deployment, nanshan, (field, ("一季度.csv", CSV, "text/plain")))
    assert answer.status_code == 201, answer.text
    assert answer.json()["summary"]["created"] == 1
    assert provisional_values(deployment, nanshan) == [120]
    assert official_values(deployment) == []


def test_the_form_of_a_district_is_taken_as_downloaded(
    deployment: Deployment, nanshan: Headers
) -> None:
    workbook = deployment.client.get(
        f"{CITY}/reports/template?area=nanshan&period=2024-Q1", headers=nanshan
    ).content
    file = ("file", ("form.xlsx", workbook, XLSX_MEDIA_TYPE))
    as_body = deployment.client.post(
        BATCH, content=workbook, headers=nanshan | {"Content-Type": XLSX_MEDIA_TYPE}
    )
    in_form = upload(deployment, nanshan, file)
    assert (in_form.status_code, in_form.json().get("code")) == (
        as_body.status_code,
        as_body.json().get("code"),
    )
    marked = upload(deployment, nanshan | {"Accept": XLSX_MEDIA_TYPE}, file)
    assert marked.headers["content-type"] == XLSX_MEDIA_TYPE


def test_a_dry_run_of_a_form_stores_nothing(deployment: Deployment, nanshan: Headers) -> None:
    with nothing_stored(deployment):
        dry = upload(deployment, nanshan, ("file", ("q1.csv", CSV)), query="?dry_run=true")
    assert (dry.status_code, dry.json()["applied"]) == (200, False)


def test_a_retry_is_known_by_the_file_and_not_by_the_boundary(
    deployment: Deployment, nanshan: Headers
) -> None:
    retry = nanshan | {"Idempotency-Key": "first-quarter"}
    first = upload(deployment, retry, ("file", ("q1.csv", CSV)))
    again = upload(deployment, retry, ("again", ("copy.csv", CSV)))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotent-replayed"] == "true"
    other = upload(deployment, retry, ("file", ("q1.csv", CSV.replace(b"120", b"121"))))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_form_may_come_in_pieces_of_any_size(api: Deployment) -> None:
    nanshan = api.key("reporter", "nanshan")
    # What looks like the end of the file, but is not.
    content = CSV + b"\r\n--cu\r\n".replace(b"\r\n", b"\n")
    body = form(part('name="file"; filename="q1.csv"', content))
    whole = send(api, nanshan, body)
    single = send(api, nanshan, (body[place : place + 1] for place in range(len(body))))
    assert whole.json()["errors"] == single.json()["errors"]
    assert send(api, nanshan, iter([form(FILE)[:90], form(FILE)[90:]])).status_code == 201


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (form(FILE, FILE), "The form has several files. Send one file at a time."),
        (
            form(FILE, part('name="mode"', b"partial")),
            FIELD.format("mode"),
        ),
        (
            form(part('name="file"')),
            FIELD.format("file"),
        ),
        (
            form(),
            "The form has no file. Choose the file that you filled in and saved.",
        ),
        (
            form(part('name="file"; filename=""', b"")),
            "The file is empty. Choose the file that you filled in and saved.",
        ),
        (form(FILE, end=b""), "The form with the file is incomplete or damaged. Send it again."),
        (b"", "The form with the file is incomplete or damaged. Send it again."),
        (CSV, "The form with the file is incomplete or damaged. Send it again."),
        (
            form(b"no header\r\n\r\n"),
            "The form with the file is incomplete or damaged. Send it again.",
        ),
    ],
)
def test_a_form_that_is_not_one_file_is_refused(api: Deployment, body: bytes, why: str) -> None:
    nanshan = api.key("reporter", "nanshan")
    with nothing_stored(api):
        answer = send(api, nanshan, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "file_refused")
    assert answer.json()["detail"] == f"{why} Nothing was saved."


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_without_a_boundary_is_damaged(api: Deployment, language: str) -> None:
    headers = api.key("reporter", "nanshan") | {"Accept-Language": language}
    kind = {"Content-Type": "multipart/form-data"}
    answer = api.client.post(BATCH, content=form(FILE), headers=headers | kind)
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        {
            "en": "The form with the file is incomplete or damaged. Send it again. "
            "Nothing was saved.",
            "zh": "表单不完整或已损坏，请重新提交。未保存任何数据。",
        }[language],
    )


def test_a_form_is_as_large_as_a_file_may_be_and_leaves_nothing_behind(
    deploy: Callable[..., Deployment],
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    api = deploy(sqlite_url, max_file_bytes=2_000_000)
    nanshan = api.key("reporter", "nanshan")
    before = sorted(tmp_path.iterdir())
    lines = b"nanshan,2024-Q1,value_added,120,\xe4\xba\xbf\xe5\x85\x83,ytd\n"
    large = HEADING.encode() + lines * (1_900_000 // len(lines))
    taken = upload(api, nanshan, ("file", ("q1.csv", large)), query="?dry_run=true")
    assert taken.status_code == 422
    assert {each["code"] for each in taken.json()["errors"]} == {"duplicate_figure"}
    refused = upload(api, nanshan, ("file", ("q1.csv", large + lines * 4000)))
    assert (refused.status_code, refused.json()["code"]) == (413, "payload_too_large")
    assert sorted(tmp_path.iterdir()) == before


def test_the_contract_shows_the_form(api: Deployment) -> None:
    document = api.client.get("/openapi.json").json()
    body = document["paths"]["/api/v1/plans/{plan}/reports/batch"]["post"]["requestBody"]
    assert "multipart/form-data" in body["content"]


def test_a_form_is_no_body_of_a_single_report(api: Deployment) -> None:
    answer = api.client.post(
        f"{CITY}/reports", files={"file": CSV}, headers=api.key("reporter", "nanshan")
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
