"""Which observations and columns are asked for (SDMX-REST, data queries)."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import TypeAlias

from app.errors.failure import ParametersInvalid
from app.errors.fault import Fault, invalid_parameter, unknown_in_parameter
from app.sdmx.model import TIME, Component, ComponentRole, Dataflow
from app.sdmx.query import Span

Test: TypeAlias = Callable[[str], bool]

WILDCARDS = frozenset({"", "*", "all"})
# A plus that was not encoded arrives as a space.
_AND = re.compile(r"[+ ]")
_ON_TIME: Mapping[str, Callable[[Span, Span], bool]] = MappingProxyType(
    {
        "eq": lambda cell, span: span.first <= cell.first and cell.last <= span.last,
        "ne": lambda cell, span: cell.first < span.first or span.last < cell.last,
        "lt": lambda cell, span: cell.last < span.first,
        "le": lambda cell, span: cell.last <= span.last,
        "gt": lambda cell, span: cell.first > span.last,
        "ge": lambda cell, span: cell.first >= span.first,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What an observation must fulfil: one of the keys, and the test of each component."""

    keys: tuple[Mapping[str, frozenset[str]], ...]
    tests: Mapping[str, Test]

    def accepts(self, cells: Mapping[str, str], *, are_all: bool = True) -> bool:
        """Whether an observation fulfils it: a cell without a value fulfils no test.

        With ``are_all`` false only the dimensions are there, and no other cell is tested.
        """
        if are_all and not self.tests.keys() <= cells.keys():
            return False
        return any(
            all(cells[name] in codes for name, codes in key.items()) for key in self.keys
        ) and all(test(cells[name]) for name, test in self.tests.items() if name in cells)


def make_selection(flow: Dataflow, *, keys: str, filters: Mapping[str, str]) -> Selection:
    """What is asked for; ParametersInvalid for what the flow does not have.

    ``keys``: keys after commas, each of codes after dots; plus stands between alternatives.
    ``filters``: by component, alternatives after commas, each of conditions joined by plus.
    """
    components = {each.id: each for each in flow.structure.components}
    unknown = [name for name in filters if name not in components]
    if unknown:
        raise _refused(unknown_in_parameter(f"c[{unknown[0]}]", unknown[0], components))
    return Selection(
        keys=tuple(_read_key(flow, key) for key in keys.split(",")),
        tests={name: _read(components[name], written) for name, written in filters.items()},
    )


def choose_components(
    flow: Dataflow, *, attributes: str, has_values: bool
) -> tuple[Component, ...]:
    """The columns that are shown: no times where there are neither values nor what goes with them.

    ``attributes``: all, series or none.
    """

    def is_shown(each: Component) -> bool:
        if each.role is ComponentRole.ATTRIBUTE:
            return attributes == "all" or (attributes == "series" and each.is_of_series)
        if each.role is ComponentRole.TIME:
            return has_values or attributes == "all"
        return each.role is ComponentRole.DIMENSION or has_values

    return tuple(each for each in flow.structure.components if is_shown(each))


def _read_key(flow: Dataflow, written: str) -> dict[str, frozenset[str]]:
    dimensions = flow.structure.key
    parts = [] if written in WILDCARDS else written.split(".")
    if len(parts) > len(dimensions):
        shape = ".".join(each.id for each in dimensions)
        raise _refused(invalid_parameter("key", written, "sdmx_key", shape=shape))
    return {
        each.id: frozenset(_code(each, code, "key") for code in part.split("+"))
        for each, part in zip(dimensions, parts, strict=False)
        if part not in WILDCARDS
    }


def _read(each: Component, expression: str) -> Test:
    alternatives = [
        [_read_term(each, term) for term in _AND.split(alternative)]
        for alternative in expression.split(",")
    ]
    if each.id == TIME:
        for alternative in expression.split(","):
            _require_forward(alternative, f"c[{TIME}]")
    return lambda cell: any(all(test(cell) for test in tests) for tests in alternatives)


def _read_term(each: Component, term: str) -> Test:
    name, _, written = term.partition(":")
    if name not in _ON_TIME:
        name, written = "eq", term
    parameter = f"c[{each.id}]"
    if each.id == TIME:
        span, holds = _span(written, parameter), _ON_TIME[name]
        return lambda cell: holds(Span.parse(cell), span)
    if each.codes is None:
        number, compare = _number(written, parameter), getattr(operator, name)
        return lambda cell: bool(compare(Decimal(cell), number))
    if name not in {"eq", "ne"}:
        raise _refused(unknown_in_parameter(parameter, term, ("eq", "ne")))
    if name == "eq" and written == "*":
        return bool
    code = _code(each, written, parameter)
    return lambda cell: (cell == code) is (name == "eq")


def _require_forward(alternative: str, parameter: str) -> None:
    bounds = dict(term.partition(":")[::2] for term in _AND.split(alternative))
    first, last = (bounds.get(a) or bounds.get(b) for a, b in (("ge", "gt"), ("le", "lt")))
    if first and last and _span(last, parameter).last < _span(first, parameter).first:
        raise _refused(invalid_parameter(parameter, last, "range_forward", first=first))


def _code(each: Component, written: str, parameter: str) -> str:
    """The code, which must be in the code list: a typo is no empty answer."""
    known = [] if each.codes is None else [item.id for item in each.codes.items]
    if written not in known:
        raise _refused(unknown_in_parameter(parameter, written, known))
    return written


def _span(written: str, parameter: str) -> Span:
    try:
        return Span.parse(written)
    except (ValueError, OverflowError) as error:
        raise _refused(invalid_parameter(parameter, written, "sdmx_period")) from error


def _number(written: str, parameter: str) -> Decimal:
    try:
        found = Decimal(written)
    except InvalidOperation as error:
        raise _refused(invalid_parameter(parameter, written, "sdmx_number")) from error
    if found.is_nan():
        raise _refused(invalid_parameter(parameter, written, "sdmx_number"))
    return found


def _refused(fault: Fault) -> ParametersInvalid:
    return ParametersInvalid([fault])
