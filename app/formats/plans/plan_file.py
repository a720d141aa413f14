"""A plan file: one YAML file that states a whole plan, read with every fault at once.

Each fault names the file, the line and the field, so that the person who wrote the file can
go to the place and mend it.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from difflib import get_close_matches
from pathlib import Path

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.domain.checks.finding import Fact, shown
from app.errors.fault import name_rule
from app.formats.plans.plan_schema import list_fields
from app.formats.plans.yaml_tree import (
    Loc,
    Plain,
    Tree,
    YamlRefused,
    line_of,
    read_tree,
    step_down,
    to_plain,
)
from app.schemas.document.figures import ReferenceFault
from app.schemas.document.plan import PlanDocument
from app.schemas.document.references import find_reference_faults
from app.words.messages import say_plan_fault

MAX_BYTES = 5_000_000
WHOLE_FILE = "document"
# What these say is about the field, or about several fields of the entry.
_WITHOUT_VALUE = frozenset({"missing", "extra_forbidden", "target_open"})
# What these say is which values there are.
_CHOICES = frozenset({"enum", "literal_error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFault:
    """One thing that is wrong with a plan file. ``line`` counts from 1."""

    file: str
    line: int
    field: str
    rule: str
    facts: Mapping[str, Fact] = dataclass_field(default_factory=dict)

    def say(self, language: str) -> str:
        """The place, and what is wrong there, in a language."""
        message = say_plan_fault(self.rule, self.facts, language)
        return f"{self.file}:{self.line}: {self.field}: {message}"


class PlanFileInvalid(Exception):
    """A plan file cannot be loaded; ``faults`` holds every reason, in the file's order."""

    def __init__(self, faults: Iterable[PlanFault]) -> None:
        """Keep the faults, sorted by line."""
        self.faults = sorted(faults, key=lambda fault: fault.line)
        super().__init__(self.say("en"))

    def say(self, language: str) -> str:
        """Every fault, each on a line of its own, in a language."""
        return "\n".join(fault.say(language) for fault in self.faults)


def read_plan_file(path: Path) -> PlanDocument:
    """The plan that the file states.

    Numbers are read exactly as written. Raises PlanFileInvalid with every fault when the
    file is missing, too large, not UTF-8, not YAML, or not a plan.
    """
    file = str(path)
    try:
        tree = read_tree(_read_text(path))
    except YamlRefused as refused:
        raise _refused_whole(path, refused.line, refused.rule, **refused.facts) from refused
    repeated = _repeated_key_faults(file, tree)
    content = to_plain(tree.root)
    try:
        document = PlanDocument.model_validate(content)
    except ValidationError as refused:
        found = _field_faults(file, tree.root, refused)
        beside = _faults_beside(file, tree.root, content, refused)
        raise PlanFileInvalid([*repeated, *found, *beside]) from refused
    faults = [*repeated, *_reference_faults(file, tree.root, document)]
    if faults:
        raise PlanFileInvalid(faults)
    return document


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            written = opened.read(MAX_BYTES + 1)
    except OSError as refused:
        is_missing = isinstance(refused, FileNotFoundError)
        rule = "file_missing" if is_missing else "file_unreadable"
        raise _refused_whole(path, 1, rule) from refused
    if len(written) > MAX_BYTES:
        raise _refused_whole(path, 1, "file_too_large", limit=MAX_BYTES)
    try:
        return written.decode("utf-8-sig")
    except UnicodeDecodeError as refused:
        line = written.count(b"\n", 0, refused.start) + 1
        raise _refused_whole(path, line, "file_not_utf8") from refused


def _refused_whole(path: Path, line: int, rule: str, **facts: Fact) -> PlanFileInvalid:
    fault = PlanFault(file=str(path), line=line, field=WHOLE_FILE, rule=rule, facts=facts)
    return PlanFileInvalid([fault])


def _repeated_key_faults(file: str, tree: Tree) -> Iterator[PlanFault]:
    for repeated in tree.repeated_keys:
        yield PlanFault(
            file=file,
            line=repeated.line,
            field=_dotted(repeated.loc),
            rule="key_twice",
            facts={"line": repeated.first_line},
        )


def _field_faults(file: str, root: yaml.Node, refused: ValidationError) -> Iterator[PlanFault]:
    for error in refused.errors(include_url=False):
        facts = {**name_rule(error["type"], error.get("ctx", {})), **_received(error)}
        rule, more = _suggest(error, facts)
        yield _fault(file, root, error["loc"], rule, facts | more)


def _suggest(error: ErrorDetails, facts: Mapping[str, Fact]) -> tuple[str, dict[str, Fact]]:
    """The rule that was broken, with what was probably meant: a field, or one of the choices."""
    kind, loc = error["type"], error["loc"]
    if kind == "extra_forbidden":
        written, known = str(loc[-1]), list_fields(loc[:-1])
        rule = "extra_forbidden_close"
    elif kind in _CHOICES:
        written, known = str(error["input"]), str(facts["choices"]).split()
        rule = "choice_close"
    else:
        return kind, {}
    close = get_close_matches(written, known, n=1)
    return (rule, {"close": close[0]}) if close else (kind, {})


def _faults_beside(
    file: str, root: yaml.Node, content: Plain, refused: ValidationError
) -> Iterator[PlanFault]:
    """What is wrong between the entries that can be read, so that all is told at once.

    Nothing is said of what an entry that cannot be read may declare, nor where the plan itself,
    or a whole part of it, cannot be read.
    """
    if not isinstance(content, dict):
        return
    unread: dict[str, set[int]] = {}
    for error in refused.errors(include_url=False):
        part, place = (*error["loc"], None)[:2]
        if not isinstance(part, str) or not isinstance(place, int):
            return
        unread.setdefault(part, set()).add(place)
    kept, codes, rest = dict[str, list[int]](), set[object](), dict(content)
    for part, places in unread.items():
        rows = content[part]
        if not isinstance(rows, list):
            return
        kept[part] = [place for place in range(len(rows)) if place not in places]
        codes |= {row.get("code") for place in places if isinstance(row := rows[place], dict)}
        rest[part] = [rows[place] for place in kept[part]]
    with suppress(ValidationError):
        document = PlanDocument.model_validate(rest)
        for broken in find_reference_faults(document):
            if broken.facts.get("code") not in codes and broken.rule != "no_root":
                loc, facts = _as_written(broken, kept)
                yield _fault(file, root, loc, broken.rule, facts)


def _as_written(
    broken: ReferenceFault, kept: Mapping[str, list[int]]
) -> tuple[Loc, Mapping[str, Fact]]:
    """The place of a fault in the file, where entries before it were left out."""
    part, *rest = broken.loc
    places = kept.get(str(part))
    if places is None or not rest or not isinstance(rest[0], int):
        return broken.loc, broken.facts
    facts = dict(broken.facts)
    if isinstance(index := facts.get("index"), int):
        facts["index"] = places[index]
    return (part, places[rest[0]], *rest[1:]), facts


def _reference_faults(file: str, root: yaml.Node, document: PlanDocument) -> Iterator[PlanFault]:
    for broken in find_reference_faults(document):
        yield _fault(file, root, broken.loc, broken.rule, broken.facts)


def _fault(file: str, root: yaml.Node, loc: Loc, rule: str, facts: Mapping[str, Fact]) -> PlanFault:
    """Find the line by walking the tree along ``loc``, as far as the file goes.

    Steps that are not in the file are skipped: pydantic puts the names of the types that it
    tried between them. The last step is kept, for it names a field that is missing.
    """
    node, line, found = root, line_of(root), list[str | int]()
    for place, step in enumerate(loc):
        below = step_down(node, step)
        if below is not None:
            node, line = below.node, below.line
            found.append(step)
        elif place == len(loc) - 1 and step != "[key]":
            found.append(step)
    field = _dotted(found) or WHOLE_FILE
    return PlanFault(file=file, line=line, field=field, rule=rule, facts=facts)


def _dotted(loc: Iterable[str | int]) -> str:
    """``("targets", 3, "value")`` as ``targets[3].value``."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return "".join(steps).removeprefix(".")


def _received(error: ErrorDetails) -> dict[str, Fact]:
    """The value, where quoting it helps: a field that is missing or too many has none."""
    given = error["input"]
    is_own = error["type"] in _WITHOUT_VALUE or isinstance(given, dict | list)
    return {} if is_own else {"value": shown(given)}
