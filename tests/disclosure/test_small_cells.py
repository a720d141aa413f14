"""Small counts of a plan with a rule: nobody but the office and the district itself reads them."""

import pytest
import sqlalchemy as sa

from app.schemas.document.plan import PlanDocument
from app.schemas.document.references import find_reference_faults
from app.services.plans.loading import load_plan
from app.services.plans.revisions import revise_plan
from tests.conftest import NOW, Deployment
from tests.disclosure.counted import (
    COUNTED,
    FIRMS,
    counts,
    load_counted,
    make_counted,
    read,
    read_row,
    report,
)

YEAR = "2023-Q4"
SQL = "SELECT DISTINCT indicator FROM v_observation"
FIVE = {"east": 2, "west": 40, "north": 20, "south": 7, "hills": 8}


@pytest.fixture
def counted(deployment: Deployment) -> Deployment:
    load_counted(deployment, counts(FIRMS, YEAR, **FIVE))
    return deployment


def test_a_small_count_is_withheld_with_all_that_follows_from_it(counted):
    row = read_row(counted, "east")
    assert (row["period"], row["actual"], row["reasons"]["actual"]) == (YEAR, None, "withheld")
    for name in ("gap", "gap_percent", "attainment_percent", "progress_percent", "share_percent"):
        assert row[name] is None, name
        assert row["reasons"][name] == "withheld", name
    assert (row["rank"], row["rating"]) == (None, "unable_to_assess")


def test_the_two_smallest_others_are_withheld_so_that_the_total_is_shown(counted):
    rows = {area: read_row(counted, area) for area in ("city", *FIVE)}
    assert {area: row["actual"] for area, row in rows.items()} == {
        "city": 77,
        "east": None,
        "west": 40,
        "north": 20,
        "south": None,
        "hills": None,
    }
    assert (rows["city"]["areas_expected"], rows["city"]["areas_reported"]) == (5, 5)
    assert [rows[area]["rank"] for area in ("west", "north")] == [1, 2]
    assert rows["west"]["rank_of"] == 2
    assert rows["city"]["gap"] == 223


def test_the_detail_names_no_withheld_part_and_gives_the_parts_that_are_shown(counted):
    found = read(counted, f"/gaps/{FIRMS}", area="city")
    parts = {each["area"]: each["last"] for each in found["contributions"]}
    assert parts == {"east": None, "west": 40, "north": 20, "south": None, "hills": None}
    inputs = {each["area"]: each["value"] for each in found["explain"]["inputs"]}
    assert inputs == {"east": None, "west": 40, "north": 20, "south": None, "hills": None}
    assert found["actual"] == 77
    assert found["like_for_like_gap"] is None
    assert found["reasons"]["like_for_like_gap"] == "withheld"


def test_figures_and_the_ledger_hold_no_withheld_count(counted):
    rows = {row["area"]: row for row in read(counted, "/observations")["items"]}
    assert (rows["east"]["value"], rows["east"]["reported_value"]) == (None, None)
    assert rows["east"]["missing_reason"] == "withheld"
    assert rows["west"]["value"] == 40
    entries = read(counted, "/ledger")["items"]
    assert [each["payload"] is None for each in entries if each["action"] == "observe"] == [True]
    office = counted.key("reviewer", owner="office")
    entries = read(counted, "/ledger", office)["items"]
    assert [each["payload"] is None for each in entries] == [False, False]


def test_the_office_sees_every_count_and_so_does_a_reader_with_a_key(counted):
    for role in ("administrator", "reviewer", "reader"):
        key = counted.key(role, owner=role)
        assert read_row(counted, "east", key)["actual"] == 2
        assert read_row(counted, "city", key)["rank"] is None
        rows = read(counted, "/observations", key)["items"]
        assert {row["area"]: row["value"] for row in rows} == FIVE


def test_a_district_sees_its_own_counts_beside_what_the_public_sees(counted):
    key = counted.key("reporter", "east", owner="east")
    assert read_row(counted, "east", key)["actual"] is None
    found = {a: read_row(counted, a, key, view="provisional")["actual"] for a in ("city", *FIVE)}
    assert found == {
        "city": 77,
        "east": 2,
        "west": 40,
        "north": 20,
        "south": None,
        "hills": None,
    }
    rows = read(counted, "/observations", key, view="provisional")["items"]
    shown = {row["area"]: row["value"] for row in rows if row["value"] is not None}
    assert shown == {"east": 2, "west": 40, "north": 20}


def test_a_ready_answer_of_the_office_is_given_to_no_one_who_may_not_see_it(counted):
    office = counted.key("reviewer", owner="office")
    district = counted.key("reporter", "east", owner="east")
    path = f"{COUNTED}/gaps?indicator={FIRMS}&area=east"
    for headers, actual in 2 * [(office, 2), (district, None), ({}, None)]:
        found = counted.client.get(path, headers=headers)
        assert found.json()["items"][0]["actual"] == actual


def test_a_correction_takes_the_total_and_earlier_revisions_keep_what_they_showed(counted):
    before = read(counted, "/ledger/head")["revision"]
    report(counted, "east", YEAR, 1, correction_reason="one firm moved away")
    city = read_row(counted, "city", period=YEAR)
    assert (city["actual"], city["reasons"]["actual"]) == (None, "withheld")
    assert read_row(counted, "city", period=YEAR, as_of=before)["actual"] == 77
    assert read_row(counted, "east", period=YEAR, as_of=before)["actual"] is None
    now = read(counted, "/ledger/head")["revision"]
    found = read(counted, "/diff", **{"from": before, "to": now})
    (change,) = found["figures"]
    assert (change["area"], change["before"], change["after"], change["reason"]) == (
        "east",
        None,
        None,
        None,
    )


def test_a_count_that_falls_below_the_minimum_is_withheld_from_then_on(counted):
    before = read(counted, "/ledger/head")["revision"]
    report(counted, "west", YEAR, 2, correction_reason="counted again")
    assert read_row(counted, "west", period=YEAR, as_of=before)["actual"] == 40
    assert read_row(counted, "west", period=YEAR)["actual"] is None
    assert read_row(counted, "city", period=YEAR)["actual"] is None


def test_the_final_assessment_withholds_how_a_small_count_ended(deployment):
    load_counted(deployment, counts(FIRMS, "2025-Q4", **FIVE))
    ended = {each["area"]: each for each in read(deployment, "/assessment")["targets"]}
    assert (ended["east"]["period"], ended["east"]["actual"]) == ("2025-Q4", None)
    assert ended["east"]["reasons"]["actual"] == "withheld"
    assert [ended[area]["rating"] for area in ("east", "west")] == ["unable_to_assess", "missed"]
    assert (ended["city"]["actual"], ended["city"]["rating"]) == (77, "missed")


def test_published_growth_of_a_count_that_is_shown_would_give_the_one_before(deployment):
    west, *others = counts(FIRMS, YEAR, **{"west": 40, **FIVE})
    grown = {**west, "published_growth_percent": 5.3, "price_basis": "current"}
    load_counted(deployment, [grown, *others])
    row = read_row(deployment, "west")
    assert (row["actual"], row["published_growth_percent"]) == (40, None)
    office = read_row(deployment, "west", deployment.key("reviewer"))
    assert (office["actual"], office["published_growth_percent"]) == (40, 5.3)


def test_views_of_sql_have_no_figures_of_an_indicator_with_small_counts(counted):
    with counted.database.engine.connect() as connection:
        shown = connection.execute(sa.text(SQL)).scalars().all()
    assert FIRMS not in shown
    assert "software_export" in shown


def test_a_plan_without_the_rule_withholds_nothing(deployment):
    load_counted(deployment, counts(FIRMS, YEAR, **FIVE), small_cells={})
    assert read_row(deployment, "east")["actual"] == 2
    assert "small_cells" not in read(deployment, "")["settings"]


def test_a_rule_is_for_counts_that_add_up_on_one_level():
    wrong = make_counted([], small_cells={"indicators": ["revenue", "firm_share", "nothing"]})
    faults = [(each.rule, each.loc[-1]) for each in find_reference_faults(wrong)]
    assert faults == [
        ("unknown_reference", 2),
        ("small_cells_of_counts", 0),
        ("small_cells_of_counts", 1),
    ]
    stated = make_counted([]).model_dump(mode="json")
    stated["areas"][2]["parent"] = "east"
    nested = PlanDocument.model_validate(stated)
    assert [each.rule for each in find_reference_faults(nested)] == ["small_cells_one_level"]


def test_a_rule_that_is_added_later_withholds_from_then_on(deployment):
    figures = counts(FIRMS, YEAR, **FIVE)
    load_counted(deployment, figures, small_cells={})
    before = read(deployment, "/ledger/head")["revision"]
    with deployment.database.write_transaction() as session:
        revise_plan(session, make_counted(figures), reason="a rule", now=NOW)
    assert read_row(deployment, "east")["actual"] is None
    assert read_row(deployment, "east", as_of=before)["actual"] == 2
    assert read_row(deployment, "city")["actual"] == 77


def test_a_plan_that_follows_knows_nothing_of_what_the_earlier_one_withholds(counted):
    stated = make_counted([], small_cells={}).model_dump(mode="json")
    stated["plan"] |= {"code": "next-plan", "follows": "small-plan"}
    stated["plan"] |= {"start_date": "2026-01-01", "start_year": 2026, "end_year": 2030}
    for each in stated["targets"]:
        each["deadline"] = "2030"
    with counted.database.write_transaction() as session:
        assert load_plan(session, PlanDocument.model_validate(stated), now=NOW)
    office = counted.key("administrator", owner="office")
    found = counted.client.get(
        f"/api/v1/plans/next-plan/gaps?indicator={FIRMS}&period={YEAR}", headers=office
    )
    rows = {row["area"]: row["actual"] for row in found.json()["items"]}
    assert (rows["east"], rows["south"], rows["west"], rows["north"]) == (None, None, 40, 20)
