"""A column has one name in each language, wherever it is shown, and says what it holds."""

import re
from pathlib import Path

import pytest

from app.factory import create_app
from app.formats.intake.cells import COLUMNS as FORM_COLUMNS
from app.formats.tables.table import columns_of
from app.schemas.base import Page
from app.schemas.calendar import OutstandingFigure
from app.schemas.gaps.row import CONTEXT_FIELDS
from app.words.book import LANGUAGES, define_column, label_column, texts

ROOT = Path(__file__).parents[2]
# The sections of other books that name columns, or SDMX concepts and lists that are columns.
NAMING = {"columns", "concepts", "codelists", "beside"}
# The lists of a plan's own codes are called by their plural.
PLURALS = {"INDICATOR", "AREA"}
# Names that columns have had beside their own.
RETIRED = [
    "缺数原因",
    "原始报送值",
    "原始报送单位",
    "公布的增速",
    "是否为约数",
    "是否取整",
    "目标性质",
    "路径应达值",
    "与路径的差距",
    "已实现的年均速度",
    "所需的年均速度",
    "期末预测",
    "完成概率",
    "起用时期",
    "净值或总值",
    "审核结果",
    "核实性问题数",
]


def _columns() -> set[str]:
    """The columns of every list of the API, which are those of its files."""
    create_app()
    rows = {page.__pydantic_generic_metadata__["args"][0] for page in Page.__subclasses__()}
    tables = [each for each in rows if each.__module__.startswith("app.")]
    return {
        column.name
        for table in (*tables, OutstandingFigure)
        for column in columns_of(table, also=tuple(CONTEXT_FIELDS))
    }


def test_the_book_has_every_column_of_every_table_and_form_and_no_other() -> None:
    assert set(texts("columns", "en")) == _columns() | set(FORM_COLUMNS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_has_a_name_and_a_description_in_whole_sentences(language: str) -> None:
    for column in texts("columns", language):
        name, told = label_column(column, language), define_column(column, language)
        assert name == name.strip().rstrip(".。"), column
        assert told.endswith("。" if language == "zh" else "."), column
        assert bool(re.search("[\u4e00-\u9fff]", name)) is (language == "zh"), column
    english = [define_column(column, "en") for column in texts("columns", "en")]
    assert min(len(told.split()) for told in english) >= 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_other_book_has_a_second_name_for_a_column(language: str) -> None:
    for file in (ROOT / "app" / "words" / language).glob("*.yaml"):
        sections = texts(file.stem, language)
        for section in NAMING & set(sections) - PLURALS:
            for key in set(sections[section]) - PLURALS:
                assert key.removeprefix("CL_").lower() not in texts("columns", "en"), (file, key)


def test_names_that_columns_once_had_are_gone_from_every_book() -> None:
    for file in (ROOT / "app" / "words" / "zh").glob("*.yaml"):
        text = file.read_text("utf-8")
        assert [name for name in RETIRED if name in text] == [], file.name
