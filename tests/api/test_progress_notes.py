"""Progress on goals and actions without a number, and the reviewers' queue."""

from tests.conftest import Deployment
from tests.writing import CITY, figure, submit

NOTE = {"status": "in_progress", "note": "two colleges founded", "evidence": "notice 12"}


def test_a_responsible_unit_notes_progress_and_it_shows(deployment: Deployment) -> None:
    client = deployment.client
    action = client.get(f"{CITY}/actions").json()["items"][0]
    unit = action["responsible_units"][0]
    key = deployment.key("reader", owner="bureau", responsible_unit=unit)
    noted = client.post(f"{CITY}/progress/{action['code']}", json=NOTE, headers=key)
    assert noted.status_code == 201
    shown = client.get(f"{CITY}/actions").json()["items"][0]["progress"]
    assert [(each["status"], each["noted_by"]) for each in shown] == [("in_progress", "bureau")]
    before = client.get(f"{CITY}/actions", params={"as_of": "1"}).json()["items"][0]
    assert before["progress"] == []


def test_a_unit_that_is_not_responsible_is_refused(deployment: Deployment) -> None:
    key = deployment.key("reader", responsible_unit="civil_affairs_bureau")
    answer = deployment.client.post(f"{CITY}/progress/t1", json=NOTE, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (403, "unit_not_allowed")
    plain = deployment.key("reporter", "nanshan")
    assert (
        deployment.client.post(f"{CITY}/progress/t1", json=NOTE, headers=plain).status_code == 403
    )


def test_an_administrator_notes_progress_on_a_qualitative_goal(deployment: Deployment) -> None:
    key = deployment.key("administrator")
    path = f"{CITY}/progress/g1-q1"
    for status in ("in_progress", "completed"):
        body = {**NOTE, "status": status}
        assert deployment.client.post(path, json=body, headers=key).status_code == 201
    goals = deployment.client.get(f"{CITY}/goals").json()["items"]
    notes = goals[0]["qualitative"][0]["progress"]
    assert [each["status"] for each in notes] == ["completed", "in_progress"]


def test_a_qualitative_goal_is_noted_by_the_units_of_the_actions_that_serve_it(
    deployment: Deployment,
) -> None:
    path = f"{CITY}/progress/g3-q2"
    # The actions t5 and p8 serve it: the universities are responsible for the second.
    serving = deployment.key("reader", responsible_unit="universities")
    assert deployment.client.post(path, json=NOTE, headers=serving).status_code == 201
    # t5 alone serves the other qualitative goal of g3.
    other = f"{CITY}/progress/g3-q1"
    refused = deployment.client.post(other, json=NOTE, headers=serving)
    assert (refused.status_code, refused.json()["code"]) == (403, "unit_not_allowed")


def test_there_is_no_progress_on_what_the_plan_does_not_name(api: Deployment) -> None:
    key = api.key("administrator")
    assert api.client.post(f"{CITY}/progress/x9", json=NOTE, headers=key).status_code == 404
    wrong = api.client.post(f"{CITY}/progress/t1", json={**NOTE, "status": "?"}, headers=key)
    assert wrong.json()["errors"][0]["pointer"] == "/status"


def test_the_queue_puts_questions_before_changes_before_lateness(deployment: Deployment) -> None:
    key = deployment.key("reporter", "nanshan", owner="nanshan")
    submit(deployment, key, figure(value=100), period="2024-Q1", explanations={})
    submit(deployment, key, figure(value=250), period="2024-Q2", explanations={})
    again = {"correction_reason": "recount"}
    submit(deployment, key, figure(value=220), period="2024-Q2", explanations={}, **again)
    submit(deployment, key, figure(value=90), period="2024-Q3")
    query = {"status": "submitted", "sort": "-risk"}
    reviewer = deployment.key("reviewer")
    found = deployment.client.get(f"{CITY}/reports", params=query, headers=reviewer).json()
    queue = [(each["period"], each["risk"]) for each in found["items"]]
    assert queue == [("2024-Q3", 1001), ("2024-Q2", 13), ("2024-Q1", 1)]
    assert found["items"][0]["queries"] == 1
    assert found["items"][1]["largest_change_percent"] == 12
    assert found["items"][1]["figures"][0]["previous_value"] == 250
    assert found["items"][0]["allowed_actions"] == ["approve", "return"]
