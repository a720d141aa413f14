"""A column has one name in each language, wherever it is shown, and says what it holds."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from app.factory import create_app
from app.formats.intake.cells import COLUMNS as FORM_COLUMNS
from app.formats.tables.beside import BESIDE
from app.formats.tables.table import Column, columns_of
from app.schemas.base import Columns, Page
from app.schemas.calendar import OutstandingFigure
from app.schemas.gaps.row import CONTEXT_FIELDS
from app.words.book import LANGUAGES, label_column, texts

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


def _tables() -> list[type[BaseModel]]:
    """The rows of every list of the API, which are those of its files."""
    create_app().state.late_routes.load()
    rows = {page.__pydantic_generic_metadata__["args"][0] for page in Page.__subclasses__()}
    return [*(each for each in rows if each.__module__.startswith("app.")), OutstandingFigure]


def _columns(table: type[BaseModel]) -> tuple[Column, ...]:
    return columns_of(table, also=tuple(CONTEXT_FIELDS))


def _described_by_the_book(model: type[Columns]) -> Iterator[str]:
    for each in model.__subclasses__():
        yield from _described_by_the_book(each)
        for name, field in each.model_fields.items():
            text = texts("columns", "en").get(name, {}).get("description")
            if field.description == text:
                yield name


def test_the_book_has_every_column_of_every_table_and_form_and_no_other() -> None:
    columns = {column.name for table in _tables() for column in _columns(table)}
    for language in LANGUAGES:
        assert set(texts("columns", language)) == columns | set(FORM_COLUMNS) | set(BESIDE)


def test_every_column_has_a_definition_in_both_languages() -> None:
    for table in _tables():
        for column in _columns(table):
            assert column.definition.endswith("."), (table, column.name)
            assert len(column.definition.split()) >= 4, (table, column.name)
            assert column.definition_zh.endswith("。"), (table, column.name)


def test_an_english_description_in_the_book_is_that_of_a_field() -> None:
    told = {name for name, each in texts("columns", "en").items() if "description" in each}
    assert told == set(_described_by_the_book(Columns)) | set(BESIDE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_is_in_its_language(language: str) -> None:
    for column in texts("columns", language):
        name = label_column(column, language)
        assert name == name.strip().rstrip(".。"), column
        assert bool(re.search("[\u4e00-\u9fff]", name)) is (language == "zh"), column


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
