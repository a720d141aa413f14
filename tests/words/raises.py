"""What the code raises, found in its syntax: the name of each failure or rule, with its facts.

A name may be a variable: then the texts that it can hold are found where it is given them, so that
a sentence is missing for none of them.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

APP = Path(__file__).parents[2] / "app"

# What is wrong with a setting is said by the command line, and tested there.
SETTINGS = APP / "settings.py"
# Which argument of a call is the rule.
RULES = {
    "invalid_field": 2,
    "invalid_parameter": 2,
    "break_rule": 1,
    "YamlRefused": 1,
    "_refused_whole": 2,
    "PydanticCustomError": 0,
}


@dataclass(frozen=True)
class Said:
    """One sentence that the code may need: its name or its literal facts, and all facts' names."""

    at: str
    name: str
    literal: tuple[tuple[str, str], ...]
    facts: frozenset[str]
    is_open: bool  # further facts come from a variable


@dataclass(frozen=True)
class _Place:
    call: ast.Call
    function: ast.AST
    module: ast.Module
    at: str


@cache
def _calls() -> list[_Place]:
    found: list[_Place] = []
    for file in sorted(set(APP.rglob("*.py")) - {SETTINGS}):
        module = ast.parse(file.read_text("utf-8"))
        path = file.relative_to(APP.parent)
        # Each node with the innermost function around it.
        within: list[tuple[ast.AST, ast.AST]] = [(module, module)]
        for node, function in within:
            if isinstance(node, ast.Call):
                found.append(_Place(node, function, module, f"{path}:{node.lineno}"))
            inner = node if isinstance(node, ast.FunctionDef) else function
            within += [(child, inner) for child in ast.iter_child_nodes(node)]
    return found


def rules() -> Iterator[Said]:
    """Every rule that a fault names."""
    for place in _calls():
        name, call = _name(place.call.func), place.call
        if name not in RULES or len(call.args) <= RULES[name]:
            continue
        if place.at.startswith("app/settings.py"):
            # What is wrong with a setting is said by the words of the command line.
            continue
        facts, is_open = _facts(place)
        if name == "PydanticCustomError":
            facts |= _keys(call.args[2], place) if len(call.args) > 2 else frozenset()
        for rule in _texts(call.args[RULES[name]], place):
            yield Said(place.at, rule, (), facts, is_open)


def failures(names: set[str]) -> Iterator[Said]:
    """Every failure of these classes that is raised, with what is known of its facts."""
    for place in _calls():
        name = _name(place.call.func)
        if name == "refuse":
            yield from _refusals(place)
        if name in names:
            facts, is_open = _facts(place)
            for literal in _literals(place):
                yield Said(place.at, name, literal, facts, is_open)


def _refusals(place: _Place) -> Iterator[Said]:
    """What is refused of a grid: a file, with its sheet."""
    if not place.call.args:
        return
    facts, is_open = _facts(place)
    for why in _texts(place.call.args[0], place):
        yield Said(place.at, "FileRefused", (("why", why),), facts | {"why", "sheet"}, is_open)


def _literals(place: _Place) -> list[tuple[tuple[str, str], ...]]:
    """The facts that are texts in the code, in every combination that can come."""
    known: list[tuple[tuple[str, str], ...]] = [()]
    for keyword in place.call.keywords:
        if keyword.arg in {"why", "kind"}:
            texts = _texts(keyword.value, place)
            known = [(*each, (keyword.arg, text)) for each in known for text in texts]
    return known


def _facts(place: _Place) -> tuple[frozenset[str], bool]:
    names = {keyword.arg for keyword in place.call.keywords if keyword.arg}
    is_open = False
    for keyword in place.call.keywords:
        if keyword.arg is None:
            keys = _keys(keyword.value, place)
            is_open |= not keys
            names |= keys
    return frozenset(names), is_open


def _keys(value: ast.expr, place: _Place) -> frozenset[str]:
    """The keys of a dict, written here or assigned to the variable before."""
    if isinstance(value, ast.Name):
        assigned = [given for given in _assigned(value.id, place) if isinstance(given, ast.Dict)]
        return frozenset().union(*(_keys(given, place) for given in assigned))
    if not isinstance(value, ast.Dict):
        return frozenset()
    return frozenset(str(k.value) for k in value.keys if isinstance(k, ast.Constant))


def _texts(value: ast.expr, place: _Place) -> list[str]:
    """The texts that an expression can be; a parameter is what the module's calls give."""
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    if isinstance(value, ast.IfExp):
        return [*_texts(value.body, place), *_texts(value.orelse, place)]
    if isinstance(value, ast.Attribute) and value.attr.isupper():
        return [value.attr.lower().replace("data_structure", "datastructure")]
    if isinstance(value, ast.Name):
        given = _assigned(value.id, place) or _passed(value.id, place)
        return [text for each in given for text in _texts(each, place)]
    return []


def _assigned(name: str, place: _Place) -> list[ast.expr]:
    """What a variable is assigned in the function, or runs over in a loop."""
    found: list[ast.expr] = []
    for node in ast.walk(place.function):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        if any(isinstance(t, ast.Name) and t.id == name for t in targets):
            found.append(node.value)  # type: ignore[attr-defined]
        if isinstance(node, ast.For | ast.comprehension):
            found += _run_over(name, node.target, node.iter, place)
    return found


def _run_over(name: str, target: ast.expr, over: ast.expr, place: _Place) -> list[ast.expr]:
    first = target.elts[0] if isinstance(target, ast.Tuple) else target
    if not (isinstance(first, ast.Name) and first.id == name):
        return []
    if isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute):
        over = over.func.value
    if isinstance(over, ast.Name):
        constants = [n for n in place.module.body if isinstance(n, ast.Assign | ast.AnnAssign)]
        for node in constants:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Name) and t.id == over.id for t in targets) and node.value:
                over = node.value
                break
    if isinstance(over, ast.Call) and over.args:
        over = over.args[0]
    if isinstance(over, ast.Dict):
        return [key for key in over.keys if key is not None]
    return list(over.elts) if isinstance(over, ast.Tuple | ast.List) else []


def _passed(name: str, place: _Place) -> list[ast.expr]:
    """What the module's calls of the function give for its parameter."""
    function = place.function
    if not isinstance(function, ast.FunctionDef):
        return []
    names = [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]
    if name not in names:
        return []
    at, found = names.index(name), list[ast.expr]()
    for node in ast.walk(place.module):
        if isinstance(node, ast.Call) and _name(node.func) == function.name:
            found += [node.args[at]] if len(node.args) > at else []
            found += [each.value for each in node.keywords if each.arg == name]
    return found


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
