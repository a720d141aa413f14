"""The words of the SDMX structures cover what the columns hold, and nothing breaks the XML."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest
from lxml import etree  # type: ignore[import-untyped]
from pydantic import BaseModel

from app.domain.accumulation import ActualBasis, Basis, MissingReason
from app.domain.checks.unit import UNITS
from app.domain.path import Comparator
from app.domain.quantity import ObsStatus
from app.domain.rating import Rating
from app.domain.targets import Commitment
from app.schemas.gaps.row import GapRow
from app.schemas.observations import ObservationRow
from app.sdmx.datasets import write_csv_2, write_generic_data, write_structure_specific_data
from app.sdmx.model import (
    ArtefactKind,
    Dataflow,
    DataMessage,
    DataSet,
    DataStructure,
    Header,
    ItemScheme,
    Name,
    StructureMessage,
)
from app.sdmx.structure_xml import write_structure_xml
from app.sdmx.words import (
    CODELISTS,
    CONCEPTS,
    PLAN_CODELISTS,
    STATUSES,
    STRUCTURES,
    UNIT_CODES,
    make_components,
)
from app.sdmx.xml import ML_2_1, ML_3_0

ROWS: dict[str, type[BaseModel]] = {"OBS": ObservationRow, "GAP": GapRow}
# What XML, CSV or a reader of either might trip over.
UGLY = "<&'\"]]>, a\tb\nc\x00\x0b\ud800\ufffe =1+1 软件"
MADE_LEGAL = UGLY.translate(dict.fromkeys(map(ord, "\x00\x0b\ud800\ufffe"), "\ufffd"))
HEADER = Header(id="X-1", prepared=datetime(2026, 3, 2, tzinfo=UTC), is_test=False, language="en")


def _scheme(code: str) -> ItemScheme:
    return replace(CODELISTS["CL_FREQ"], id=code)


def _flow(structure: str, name: str = "x") -> Dataflow:
    components = make_components(structure, {code: _scheme(code) for code in PLAN_CODELISTS})
    identity: Any = {"id": "X", "version": "1.0.0", "name": Name(zh=name, en=name)}
    columns = DataStructure(
        **identity, kind=ArtefactKind.DATA_STRUCTURE, concepts=CONCEPTS, components=components
    )
    return Dataflow(
        **identity, kind=ArtefactKind.DATAFLOW, structure=columns, recorded_at=HEADER.prepared
    )


def _message(cells: dict[str, str]) -> DataMessage:
    flow = _flow("OBS")
    return DataMessage(
        header=HEADER,
        flow=flow,
        components=flow.structure.components,
        is_flat=False,
        datasets=(DataSet(rows=[cells]),),
    )


@pytest.mark.parametrize(
    ("codelist", "codes"),
    [
        ("CL_BASIS", Basis),
        ("CL_MISSING_REASON", MissingReason),
        ("CL_RATING", Rating),
        ("CL_COMPARATOR", Comparator),
        ("CL_COMMITMENT", Commitment),
        ("CL_ACTUAL_BASIS", ActualBasis),
    ],
)
def test_every_code_has_its_names(codelist: str, codes: type[StrEnum]) -> None:
    assert [item.id for item in CODELISTS[codelist].items] == [code.value for code in codes]


def test_every_unit_and_every_missing_reason_has_a_code() -> None:
    assert UNIT_CODES.keys() == UNITS.keys()
    assert STATUSES.keys() == {reason.value for reason in MissingReason}
    assert set(STATUSES.values()) | set(ObsStatus) == {
        i.id for i in CODELISTS["CL_OBS_STATUS"].items
    }


@pytest.mark.parametrize("structure", list(STRUCTURES))
def test_every_column_is_a_concept_and_a_field_of_the_json_row(structure: str) -> None:
    components = _flow(structure).structure.components
    concepts = {item.id for item in CONCEPTS.items}
    for each in components:
        assert each.id in concepts
        assert each.field is None or each.field in ROWS[structure].model_fields
    assert {each.id for each in components if each.field is None} <= {"FREQ", "OBS_STATUS"}


def test_no_concept_is_without_a_use_and_ids_are_legal() -> None:
    used = {each.id for code in STRUCTURES for each in _flow(code).structure.components}
    assert used == {item.id for item in CONCEPTS.items}
    for scheme in (CONCEPTS, *CODELISTS.values()):
        for item in scheme.items:
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", item.id)
            assert item.name.zh
            assert item.name.en.isascii()


def test_any_text_comes_through_xml_and_csv() -> None:
    key = {"FREQ": "Q", "INDICATOR": "i", "REF_AREA": "a", "TIME_PERIOD": "2024-Q3"}
    message = _message({**key, "OBS_VALUE": "1", "SOURCE": UGLY})
    generic = etree.fromstring(write_generic_data(message))
    (value,) = generic.xpath("//*[@id='SOURCE']/@value")
    assert value == MADE_LEGAL
    for dialect in (ML_2_1, ML_3_0):
        specific = etree.fromstring(write_structure_specific_data(dialect, message))
        assert specific.xpath("//@SOURCE") == [MADE_LEGAL]
    legal = _message({**key, "SOURCE": MADE_LEGAL})
    (row,) = csv.DictReader(io.StringIO(write_csv_2(legal).decode(), newline=""))
    assert row["SOURCE"] == MADE_LEGAL
    named = StructureMessage(header=HEADER, artefacts=(_flow("OBS", UGLY),))
    for dialect in (ML_2_1, ML_3_0):
        structures = etree.fromstring(write_structure_xml(dialect, named))
        assert structures.xpath("//*[@xml:lang='zh']/text()") == [MADE_LEGAL]
