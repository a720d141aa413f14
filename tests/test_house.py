"""The rules of the house that can be counted: where things lie and what they are called."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APP = ROOT / "app"

MODULES_A_FOLDER = 14
LINES_A_MODULE = 300
# A module and its only reader that would be shorter than this together are one module.
LINES_OF_A_WHOLE = 200
MODULES_WITH_ONE_READER = 30
FORBIDDEN = {"utils", "helpers", "common", "manager", "data", "info", "item"}

# Not the file of a noun: what all routes share, their contract, and what operators ask.
SHARED_BY_ROUTES = {"requests", "answers", "contract", "system"}
# These read modules in order to list them: each is one room's table of contents.
LISTS = {"app.factory", "app.tables", "app.cli.commands"}
# Short, of one reader, and a module all the same.
EARNED = {
    "app.domain.outlook.seasonal": "a measure that the law defines apart from the year's estimate",
}

# A row of the database and the value that the maths makes of it have one name.
ROW_AND_VALUE = {"Area", "Indicator", "Plan", "Target"}

# What a newcomer reads first: the maths from a plan's rules to how it stands.
TEN_MINUTES = "plan series coverage figures target measures rating gap standing"
LINES_IN_TEN_MINUTES = 1500


def modules():
    """Every module by its dotted name; a package's own module is the package."""
    found = {}
    for path in APP.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def readers(found):
    """Which modules import each module."""
    known = defaultdict(set)
    for name, path in found.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                for each in node.names:
                    full = f"{node.module}.{each.name}"
                    known[full if full in found else node.module].add(name)
            elif isinstance(node, ast.Import):
                for each in node.names:
                    known[each.name].add(name)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                # Routes that are loaded late are named as a text: "api.gaps".
                known[f"app.{node.value.partition(':')[0]}"].add(name)
    return known


def read_once():
    """Modules whose only reader lies in the same layer, so that it could take them in.

    A use case that one route calls is not among them: layers keep the two apart. Nor is what a
    list names, as the factory does with routes.
    """
    found = modules()
    known = readers(found)
    for name, path in found.items():
        if path.name == "__init__.py" or len(known[name]) != 1:
            continue
        (reader,) = known[name]
        if reader not in LISTS and reader.split(".")[1] == name.split(".")[1]:
            yield name, reader


def lines_of(path):
    return len(path.read_text("utf-8").splitlines())


def names_in(folder):
    """The modules and rooms of a folder by name."""
    return {
        path.stem
        for path in folder.iterdir()
        if path.stem != "__init__" and (path.suffix == ".py" or (path / "__init__.py").exists())
    }


def test_no_folder_has_more_modules_than_a_person_can_look_over():
    folders = defaultdict(list)
    for path in APP.rglob("*.py"):
        if path.name != "__init__.py":
            folders[str(path.parent.relative_to(ROOT))].append(path.stem)
    assert {name: each for name, each in folders.items() if len(each) > MODULES_A_FOLDER} == {}


def test_no_module_is_so_long_that_it_must_be_split():
    lengths = {name: lines_of(path) for name, path in modules().items()}
    assert {name: each for name, each in lengths.items() if each > LINES_A_MODULE} == {}


def test_the_heart_is_read_in_ten_minutes():
    lengths = [lines_of(APP / "domain" / f"{name}.py") for name in TEN_MINUTES.split()]
    assert sum(lengths) < LINES_IN_TEN_MINUTES


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_readme_names_the_modules_of_the_ten_minutes_in_their_order(page):
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"^\d\. \[\w+\]\(app/domain/(\w+)\.py\)", text, re.MULTILINE)
    assert " ".join(named) == TEN_MINUTES


def test_no_module_has_a_name_that_says_nothing():
    assert [name for name in modules() if FORBIDDEN.intersection(name.split("."))] == []


def test_a_noun_has_the_same_file_name_in_routes_schemas_and_services():
    nouns = names_in(APP / "api") - SHARED_BY_ROUTES
    services = {path.stem for path in (APP / "services").rglob("*")}
    assert "targets" in nouns
    assert nouns - names_in(APP / "schemas") == set()
    assert nouns - services == set()


def types_in(path):
    """The public types that a module defines; constants are in capitals, variables one letter."""
    for node in ast.parse(path.read_text("utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        names = [each.id for each in targets if isinstance(each, ast.Name)]
        names += [node.name] if isinstance(node, ast.ClassDef) else []
        yield from (name for name in names if name[0].isupper() and not name.isupper())


def test_a_word_means_one_thing():
    places = defaultdict(set)
    for name, path in modules().items():
        for word in types_in(path):
            places[word].add(name)
    twice = {word for word, each in places.items() if len(each) > 1}
    assert twice - ROW_AND_VALUE == set()


def test_few_modules_have_one_reader_that_could_take_them_in():
    found = list(read_once())
    assert found
    assert len(found) <= MODULES_WITH_ONE_READER, found


def test_a_module_that_would_fit_into_its_only_reader_lies_in_it():
    found = modules()
    crumbs = {
        name
        for name, reader in read_once()
        if lines_of(found[name]) + lines_of(found[reader]) <= LINES_OF_A_WHOLE
    }
    assert crumbs - set(EARNED) == set()
