"""Which observations are asked for: by key, by component, by time (SDMX-REST, data queries)."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from app.domain.checks import Fact
from app.domain.period import Period
from app.errors import Fault, ParametersInvalid
from app.formats.sdmx_model import TIME, Component, Dataflow, Role

Cells = Mapping[str, str]
Test = Callable[[str], bool]
WILDCARDS = frozenset({"", "*", "all"})
_NUMBERS = frozenset({"Double", "Integer"})
_TERM = re.compile(r"(?:(eq|ne|lt|le|gt|ge|co|nc|sw|ew):)?(.*)", re.DOTALL)
# A plus that was not encoded arrives as a space.
_AND = re.compile(r"[+ ]")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
_ORDERS: Mapping[str, Callable[[Decimal, Decimal], bool]] = MappingProxyType(
    {
        "eq": operator.eq,
        "ne": operator.ne,
        "lt": operator.lt,
        "le": operator.le,
        "gt": operator.gt,
        "ge": operator.ge,
    }
)
_TEXTS: Mapping[str, Callable[[str, str], bool]] = MappingProxyType(
    {
        "eq": operator.eq,
        "ne": operator.ne,
        "lt": operator.lt,
        "le": operator.le,
        "gt": operator.gt,
        "ge": operator.ge,
        "co": lambda cell, part: part in cell,
        "nc": lambda cell, part: part not in cell,
        "sw": str.startswith,
        "ew": str.endswith,
    }
)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What an observation must fulfil: one of the keys, and every test of a component."""

    keys: tuple[Mapping[str, frozenset[str]], ...]
    tests: Mapping[str, Test]

    def accepts(self, cells: Cells) -> bool:
        """Whether the cells that are known so far fulfil it; the dimensions always are."""
        return any(
            all(cells[name] in codes for name, codes in key.items()) for key in self.keys
        ) and all(test(cells[name]) for name, test in self.tests.items() if name in cells)

    def accepts_all(self, cells: Cells) -> bool:
        """Whether a whole observation fulfils it: a cell without a value fulfils no test."""
        return self.accepts(cells) and self.tests.keys() <= cells.keys()


def make_selection(
    flow: Dataflow,
    *,
    keys: str,
    filters: Mapping[str, str],
    start: str | None = None,
    end: str | None = None,
) -> Selection:
    """What is asked for; ParametersInvalid for what the flow does not have.

    ``keys``: keys after commas, each of codes after dots; plus stands between alternatives.
    ``filters``: expressions such as ``ge:2020+le:2021,2024`` by component; a comma is *or*.
    """
    components = {each.id: each for each in flow.structure.components}
    tests: dict[str, Test] = {}
    for name, expression in filters.items():
        if name not in components:
            raise _refused(f"c[{name}]", name, allowed=" ".join(components))
        tests[name] = _read_expression(components[name], expression)
    for bound, written in (("ge", start), ("le", end)):
        if written is not None:
            parameter = "startPeriod" if bound == "ge" else "endPeriod"
            tests[TIME] = _both(tests.get(TIME), _time_test(bound, written, parameter))
    found = tuple(_read_key(flow, key) for key in keys.split(","))
    return Selection(keys=found, tests=tests)


def choose_components(
    flow: Dataflow, *, attributes: str, has_values: bool
) -> tuple[Component, ...]:
    """The columns that are shown: no times where there are neither values nor attributes of them.

    ``attributes``: dsd, all, none, series, obs, or ids after commas; ParametersInvalid for others.
    """
    everything = flow.structure.components
    of_all = {each.id for each in everything if each.role is Role.ATTRIBUTE}
    of_series = {each.id for each in everything if each.is_of_series}
    known = dict.fromkeys(("dsd", "all"), of_all) | {each: {each} for each in of_all}
    known |= {word: set() for word in ("none", "msd", "dataset")}
    known |= {"series": of_series, "obs": of_all - of_series}
    words = attributes.split(",")
    for word in words:
        if word not in known:
            raise _refused("attributes", word, allowed=" ".join(sorted(known)))
    chosen = {each for word in words for each in known[word]}
    roles = {Role.DIMENSION} | ({Role.MEASURE} if has_values else set())
    if has_values or chosen - of_series:
        roles.add(Role.TIME)
    return tuple(each for each in everything if each.id in chosen or each.role in roles)


def _read_key(flow: Dataflow, written: str) -> dict[str, frozenset[str]]:
    dimensions = flow.structure.key
    parts = [] if written in WILDCARDS else written.split(".")
    if len(parts) > len(dimensions):
        shape = ".".join(each.id for each in dimensions)
        raise _refused("key", written, rule="sdmx_key", shape=shape)
    return {
        each.id: frozenset(_known_code(each, code, "key") for code in part.split("+"))
        for each, part in zip(dimensions, parts, strict=False)
        if part not in WILDCARDS
    }


def _known_code(each: Component, code: str, parameter: str) -> str:
    """The code, which must be in the code list: a typo is no empty answer."""
    known = [] if each.codes is None else [item.id for item in each.codes.items]
    if each.codes is not None and code not in known:
        raise _refused(parameter, code, allowed=" ".join(known))
    return code


def _read_expression(each: Component, expression: str) -> Test:
    """One of the alternatives must hold, and of it every part."""
    parameter = f"c[{each.id}]"
    alternatives = [
        [_read_term(each, term, parameter) for term in _AND.split(alternative)]
        for alternative in expression.split(",")
    ]
    return lambda cell: any(all(test(cell) for test in tests) for tests in alternatives)


def _read_term(each: Component, term: str, parameter: str) -> Test:
    found = _TERM.fullmatch(term)
    comparison, written = (found[1] or "eq", found[2]) if found else ("eq", term)
    if each.id == TIME and comparison in _ORDERS:
        return _time_test(comparison, written, parameter)
    if each.text_type in _NUMBERS and each.codes is None and comparison in _ORDERS:
        number, order = _number(written, parameter), _ORDERS[comparison]
        return lambda cell: order(Decimal(cell), number)
    if comparison in {"eq", "ne"}:
        _known_code(each, written, parameter)
    compare = _TEXTS[comparison]
    return lambda cell: compare(cell, written)


def _number(written: str, parameter: str) -> Decimal:
    try:
        found = Decimal(written)
    except InvalidOperation as error:
        raise _refused(parameter, written, rule="sdmx_number") from error
    if not found.is_finite():
        raise _refused(parameter, written, rule="sdmx_number")
    return found


def _time_test(comparison: str, written: str, parameter: str) -> Test:
    span = read_span(written)
    if span is None:
        raise _refused(parameter, written, rule="sdmx_period")

    def is_within(cell: Span) -> bool:
        return span.first <= cell.first and cell.last <= span.last

    tests: dict[str, Callable[[Span], bool]] = {
        "eq": is_within,
        "ne": lambda cell: not is_within(cell),
        "lt": lambda cell: cell.last < span.first,
        "le": lambda cell: cell.last <= span.last,
        "gt": lambda cell: cell.first > span.last,
        "ge": lambda cell: cell.first >= span.first,
    }
    return lambda cell: tests[comparison](_span_of(Period.parse(cell)))


def read_span(written: str) -> Span | None:
    """The days of a year, quarter, month, day or instant; None for anything else."""
    try:
        return _span_of(Period.parse(written.removesuffix("-A1")))
    except ValueError:
        pass
    month = _MONTH.fullmatch(written)
    try:
        if month is not None:
            first = date(int(month[1]), int(month[2]), 1)
            following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
            return Span(first, date.fromordinal(following.toordinal() - 1))
        day = datetime.fromisoformat(written).date()
    except ValueError:
        return None
    return Span(day, day)


def _span_of(period: Period) -> Span:
    return Span(period.first_day, period.last_day)


def _both(one: Test | None, other: Test) -> Test:
    return other if one is None else lambda cell: one(cell) and other(cell)


def _refused(parameter: str, value: str, **facts: Fact) -> ParametersInvalid:
    code = "unknown_code" if "allowed" in facts else "invalid"
    fault = Fault(code=code, parameter=parameter, facts={"value": value, **facts})
    return ParametersInvalid([fault])
