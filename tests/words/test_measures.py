"""A measure is written in two places: its formula, and its words. All else is made from these."""

import json
import subprocess
import sys
from pathlib import Path

from app.domain.gap import MEASURES
from app.schemas.gaps.row import Measures
from app.sdmx.words import CONCEPTS
from app.words.book import LANGUAGES, texts

ROOT = Path(__file__).parents[2]
# What a contributor writes for a measure of their own: the formula, and its words.
A_NEW_MEASURE = """
import json
from types import MappingProxyType
from app.domain import measures
from app.domain.quantity import MeasureUnit, known
from app.words import book

@measures.measure(MeasureUnit.PERCENT, "100 - progress_percent")
def remaining_percent(given):
    return 100 - known(measures.progress_percent(given))

said = {"name": "Remaining", "description": "What is still to go, in percent."}
read = book.texts
book.texts = lambda subject, language: MappingProxyType(
    {**read(subject, language), **({"remaining_percent": said} if subject == "columns" else {})}
)

from datetime import date
from decimal import Decimal
from app.domain.coverage import Actual
from app.domain.gap import MEASURES, assess
from app.domain.path import PathKind
from app.domain.rating import Bands
from app.domain.path import Comparator, Direction
from app.domain.target import Target
from app.domain.time.period import Period
from app.formats.tables.table import columns_of
from app.schemas.gaps.row import GapRow
from app.sdmx.words import CONCEPTS, make_components

target = Target(
    value=Decimal(200), comparator=Comparator.GTE, deadline=Period(2025), path=PathKind.LINEAR,
    direction=Direction.INCREASE, baseline=Decimal(100), baseline_period=Period(2021),
)
actual = Actual(period=Period(2023), value=Decimal(130))
column = next(each for each in columns_of(GapRow) if each.name == "remaining_percent")
lists = {"INDICATOR": None, "AREA": None}
print(json.dumps({
    "value": str(assess(target, actual, bands=Bands()).remaining_percent),
    "after": list(GapRow.model_fields)[list(GapRow.model_fields).index("remaining_percent") - 1],
    "described": GapRow.model_fields["remaining_percent"].description,
    "column": [column.kind, column.definition, column.is_percent],
    "formula": MEASURES["remaining_percent"].formula,
    "concept": next(i.name.en for i in CONCEPTS.items if i.id == "REMAINING_PERCENT"),
    "attribute": next(
        c.text_type for c in make_components("GAP", lists) if c.field == "remaining_percent"
    ),
}))
"""


def test_a_formula_and_its_words_make_a_row_a_file_an_explanation_and_a_concept() -> None:
    made = subprocess.run(
        [sys.executable, "-c", A_NEW_MEASURE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(made.stdout) == {
        "value": "70",
        "after": "growth_ratio",
        "described": "What is still to go, in percent.",
        "column": ["number", "What is still to go, in percent.", True],
        "formula": "100 - progress_percent",
        "concept": "Remaining",
        "attribute": "Double",
    }


def test_every_measure_is_a_column_of_the_row_in_the_order_of_the_registry() -> None:
    columns = [name for name in Measures.model_fields if name in MEASURES]
    assert [name for name in MEASURES if name != "actual"] == columns[1:]
    assert columns[0] == "actual"


def test_every_measure_has_words_in_both_languages() -> None:
    for language in LANGUAGES:
        assert set(MEASURES) <= set(texts("columns", language))


def test_every_measure_but_facts_of_the_target_and_the_rating_has_a_formula() -> None:
    without = {name for name, measure in MEASURES.items() if not measure.formula}
    assert without == {"path", "rating_index", "rating_basis", "rating_threshold"}


def test_the_concepts_of_measures_are_called_as_their_columns() -> None:
    names = {item.id.lower(): item.name for item in CONCEPTS.items}
    for measure in MEASURES.keys() & names.keys():
        for language in LANGUAGES:
            found = getattr(names[measure], language)
            assert found == texts("columns", language)[measure]["name"]
