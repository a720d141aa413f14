"""The page where its scripts do not run: targets, gaps and links, written by the server."""

import re
from collections.abc import Callable

from app.domain.rating import Rating
from app.words.book import texts
from tests.conftest import Deployment

CITY = "shenzhen-software-2025"


def read(api: Deployment, query: str = f"?plan={CITY}&lang=en") -> str:
    found = api.client.get(f"/{query}")
    assert (found.status_code, found.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return found.text


def test_the_targets_of_a_plan_are_a_table(api: Deployment) -> None:
    page = read(api)
    assert '<h1 class="headline">Shenzhen Action Plan for Cultivating' in page
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page)
    assert rows[0][0] == ("Value added of the software and information services cluster")
    assert len(rows) == 7
    cells = re.findall("<td.*?>(.*?)</td>", rows[0][1])
    # Nothing is reported yet: the target is known, the rest is a dash.
    assert [cells[0], cells[1], cells[2], cells[3]] == ["—", "—", "4,200 100 million yuan", "—"]
    assert cells[5] == texts("codes", "en")["rating"][Rating.UNABLE_TO_ASSESS.value]


def test_the_gap_is_the_one_that_the_api_answers(api: Deployment) -> None:
    clerk = api.key("reporter", "nanshan")
    figure = {
        "indicator": "new_software_workers",
        "value": 800,
        "unit": "人",
        "basis": "since_start",
    }
    report = {"area": "nanshan", "period": "2023-Q1", "figures": [figure]}
    sent = api.client.post(f"/api/v1/plans/{CITY}/reports", json=report, headers=clerk)
    assert sent.status_code == 201, sent.text
    assert "800" not in read(api)
    reviewer = api.key("reviewer")
    place = f"/api/v1/plans/{CITY}/reports/{sent.json()['report']['id']}/approve"
    assert api.client.post(place, json={}, headers=reviewer).status_code == 200
    page = read(api)
    assert '2023-Q1</td><td class="nw">800 persons</td>' in page
    assert ">199,200 persons</td>" in page


def test_links_lead_to_what_needs_no_script(api: Deployment) -> None:
    page = read(api, f"?plan={CITY}&lang=zh")
    links = {each.replace("&amp;", "&") for each in re.findall('href="([^"]+)"', page)}
    base = f"/api/v1/plans/{CITY}"
    assert links >= {
        f"{base}/gaps?format=csv",
        f"{base}/gaps?format=xlsx",
        f"{base}/briefing?format=html&lang=zh",
        f"{base}/assessment?format=html&lang=zh",
        f"/?lang=en&plan={CITY}",
        "/docs",
    }
    assert api.client.get(f"{base}/briefing?format=html&lang=zh").status_code == 200


def test_what_an_address_says_is_shown_as_text(api: Deployment) -> None:
    page = read(api, "?plan=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&lang=en")
    assert "<script>alert" not in page
    assert '<h1 class="headline">Dabiao</h1>' in page


def test_figures_that_need_a_key_are_not_on_the_page(
    deploy: Callable[..., Deployment], sqlite_url: str
) -> None:
    closed = deploy(sqlite_url, read_access="key")
    page = read(closed)
    assert "Shenzhen" not in page
    assert 'href="/docs"' in page
