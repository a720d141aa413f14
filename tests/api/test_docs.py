"""The pages about the API: where to begin, and what each problem code means."""

import re

import pytest

from app.api.answers.statuses import STATUS
from app.domain.checks.finding import FindingCode
from tests.conftest import Deployment

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
JSON = {"Accept": "application/json"}
FIELDS = {"required", "unknown_field", "invalid", "unknown_code", "direction_conflict"}


def test_the_first_screen_says_in_both_languages_where_to_begin(read_api: Deployment) -> None:
    page = read_api.client.get("/docs").text
    header = page.partition("<header>")[2].partition("</header>")[0]
    english, chinese = header.split("</section>")[:2]
    assert 'lang="en"' in english
    assert "Where to begin" in english
    assert 'lang="zh"' in chinese
    assert "从这里开始" in chinese
    for language in (english, chinese):
        assert "<code>shenzhen-software-2025</code>" in language
        calls = re.findall(r'<li><a href="([^"]+)"><code>GET \1</code>', language)
        assert len(calls) == 3
        assert [read_api.client.get(call).status_code for call in calls] == [200, 200, 200]


@pytest.mark.parametrize("path", ["/docs", "/problems", "/problems/busy"])
@pytest.mark.parametrize(
    ("asked", "first", "second"), [("zh-CN,zh;q=0.9", "zh", "en"), ("fr", "en", "zh")]
)
def test_the_language_of_the_reader_comes_first(
    read_api: Deployment, path: str, asked: str, first: str, second: str
) -> None:
    found = read_api.client.get(path, headers={**HTML, "Accept-Language": asked})
    assert re.findall('lang="(..)"', found.text)[:3] == [first, first, second]
    assert "Accept-Language" in found.headers["vary"]


def test_the_type_of_a_problem_leads_to_its_explanation(read_api: Deployment) -> None:
    problem = read_api.client.get("/api/v1/me").json()
    found = read_api.client.get(problem["type"], headers=JSON)
    assert found.json() == {
        "code": "key_required",
        "type": "/problems/key_required",
        "status": [401],
        "en": {
            "title": "Key required",
            "detail": "This request needs a key. Send it in the header 'Authorization: Bearer "
            "<key>', or as the password of HTTP Basic.",
            "causes": [],
        },
        "zh": {
            "title": "需要密钥",
            "detail": "此操作需要密钥，请在请求头中发送“Authorization: Bearer <密钥>”，或作为 HTTP "
            "Basic 认证的密码发送。",
            "causes": [],
        },
    }


def test_a_browser_reads_it_as_a_page(read_api: Deployment) -> None:
    found = read_api.client.get("/problems/key_required", headers=HTML)
    assert found.headers["content-type"] == "text/html; charset=utf-8"
    assert found.headers["content-security-policy"].startswith("default-src 'none'")
    assert "Bearer &lt;key&gt;" in found.text
    assert "需要密钥" in found.text


def test_a_problem_with_several_causes_names_each(read_api: Deployment) -> None:
    found = read_api.client.get("/problems/invalid_as_of", headers=JSON).json()
    assert found["en"]["detail"] == "The as_of value '…' is not valid."
    assert len(found["en"]["causes"]) == len(found["zh"]["causes"]) == 5


def test_every_code_that_an_answer_may_hold_is_explained(read_api: Deployment) -> None:
    listed = read_api.client.get("/problems", headers=JSON).json()["items"]
    known = {each["code"]: each for each in listed}
    expected = {kind.code for kind in STATUS} | {code.value for code in FindingCode} | FIELDS
    expected |= {
        "report_refused",
        "decisions_refused",
        "internal_error",
        "method_not_allowed",
        "no_such_path",
    }
    assert expected <= set(known)
    for code, each in known.items():
        for language in ("en", "zh"):
            said = each[language]
            assert said["title"], code
            assert said["detail"], code
            assert "{" not in "".join([said["detail"], *said["causes"]]), code


def test_the_list_of_problems_is_a_page_with_an_entry_for_each(read_api: Deployment) -> None:
    page = read_api.client.get("/problems", headers=HTML).text
    for code in ("self_approval", "explanation_required", "unit_required"):
        assert f'<article id="{code}">' in page


@pytest.mark.parametrize("code", ["nothing", "plan_exists", "%3Cb%3E"])
def test_a_code_that_no_answer_holds_is_not_found(read_api: Deployment, code: str) -> None:
    found = read_api.client.get(f"/problems/{code}", headers=HTML)
    assert found.status_code == 404
    assert found.json()["code"] == "no_such_path"


def test_the_pages_answer_head_and_options(read_api: Deployment) -> None:
    for path in ("/docs", "/problems", "/problems/busy"):
        assert read_api.client.head(path).status_code == 200
        assert read_api.client.options(path).headers["allow"] == "GET, HEAD, OPTIONS"
