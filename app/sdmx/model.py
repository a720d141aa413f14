"""What SDMX is made of, however it is written: artefacts and how they refer to one another.

Names are those of the SDMX information model 2.1.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

AGENCY = "DABIAO"
TIME = "TIME_PERIOD"
MEASURE = "OBS_VALUE"
ALL_DIMENSIONS = "AllDimensions"

# The cells of an observation by component; one without a value is not there.
ObservationCells: TypeAlias = dict[str, str]


class ArtefactKind(StrEnum):
    """The kinds of artefacts there are, as SDMX-REST names them in paths."""

    DATAFLOW = "dataflow"
    DATA_STRUCTURE = "datastructure"
    CODELIST = "codelist"
    CONCEPT_SCHEME = "conceptscheme"
    AGENCY_SCHEME = "agencyscheme"

    @property
    def package(self) -> str:
        """The package of the information model that the kind is in."""
        return _CLASSES[self][0]

    @property
    def class_name(self) -> str:
        """The class of the information model."""
        return _CLASSES[self][1]


_CLASSES = {
    ArtefactKind.DATAFLOW: ("datastructure", "Dataflow"),
    ArtefactKind.DATA_STRUCTURE: ("datastructure", "DataStructure"),
    ArtefactKind.CODELIST: ("codelist", "Codelist"),
    ArtefactKind.CONCEPT_SCHEME: ("conceptscheme", "ConceptScheme"),
    ArtefactKind.AGENCY_SCHEME: ("base", "AgencyScheme"),
}


class ComponentRole(StrEnum):
    """What a component is in its data structure."""

    DIMENSION = "dimension"
    TIME = "time"
    MEASURE = "measure"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name in the two languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """What has an agency, an id and a version. A version never changes."""

    kind: ArtefactKind
    id: str
    version: str
    name: Name
    agency: str = AGENCY

    @property
    def short_urn(self) -> str:
        """The agency, id and version, as data say what they belong to."""
        return f"{self.agency}:{self.id}({self.version})"

    @property
    def urn(self) -> str:
        """The name by which other artefacts refer to this one."""
        return _urn(self.kind.package, self.kind.class_name, self.short_urn)

    @property
    def uses(self) -> tuple["Artefact", ...]:
        """The artefacts that this one refers to itself."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A code, a concept or an agency; ``parent`` is the code that it lies under."""

    id: str
    name: Name
    description: Name | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemScheme(Artefact):
    """A code list, a concept or agency scheme. ``is_partial``: only some of its items are here."""

    items: tuple[Item, ...]
    is_partial: bool = False

    def item_urn(self, item: str) -> str:
        """The name of one concept of the scheme."""
        return f"{_urn(self.kind.package, 'Concept', self.short_urn)}.{item}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A column of the data: coded, or of a type. ``field``: its name in the JSON answers."""

    id: str
    role: ComponentRole
    codes: ItemScheme | None
    text_type: str
    is_of_series: bool
    field: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataStructure(Artefact):
    """The columns of some data, in order, and the concepts that they stand for."""

    concepts: ItemScheme
    components: tuple[Component, ...]

    @property
    def uses(self) -> tuple[Artefact, ...]:
        """The concept scheme and the code lists, each once."""
        lists = {each.codes.id: each.codes for each in self.components if each.codes is not None}
        return (self.concepts, *lists.values())

    @property
    def key(self) -> tuple[Component, ...]:
        """The dimensions whose values name a series, in the order of the key."""
        return tuple(each for each in self.components if each.role is ComponentRole.DIMENSION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataflow(Artefact):
    """Data that can be asked for, in the columns of a data structure.

    ``recorded_at``: when this version became known.
    """

    structure: DataStructure
    recorded_at: datetime

    @property
    def uses(self) -> tuple[Artefact, ...]:
        """The data structure."""
        return (self.structure,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a message says of itself. ``is_test``: the figures are simulated."""

    id: str
    prepared: datetime
    is_test: bool
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Which values of each dimension there are data for, how many, and from when to when."""

    flow: Dataflow
    values: dict[str, list[str]]
    first_day: date
    last_day: date
    series: int
    observations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureMessage:
    """Artefacts; those whose URNs are in ``stubs`` come without what they consist of."""

    header: Header
    artefacts: tuple[Artefact, ...]
    stubs: frozenset[str] = frozenset()
    availability: Availability | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """Observations. ``valid_from``: since when these versions hold, where versions are wanted."""

    rows: list[ObservationCells]
    valid_from: datetime | None = None

    @property
    def action(self) -> str:
        """What a receiver is to do with the rows: take note, or replace what was known before."""
        return "Information" if self.valid_from is None else "Replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataMessage:
    """The data of a flow, in the components that were asked for; perhaps without observations."""

    header: Header
    flow: Dataflow
    components: tuple[Component, ...]
    is_flat: bool
    datasets: tuple[DataSet, ...]

    @property
    def has_observations(self) -> bool:
        """Whether there is more to tell than which series there are."""
        return any(each.role is ComponentRole.TIME for each in self.components)

    @property
    def rows(self) -> list[ObservationCells]:
        """The rows of all data sets."""
        return [row for each in self.datasets for row in each.rows]


def _urn(package: str, class_name: str, rest: str) -> str:
    return f"urn:sdmx:org.sdmx.infomodel.{package}.{class_name}={rest}"
