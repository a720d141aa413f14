"""A plan file: one YAML file that states a whole plan, read with every fault at once.

Each fault names the file, the line and the field, so that the person who wrote the file can
go to the place and mend it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from pathlib import Path

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.domain.checks.finding import Fact, shown
from app.errors.fault import name_rule
from app.formats.plans.yaml_tree import (
    Loc,
    Tree,
    YamlRefused,
    line_of,
    read_tree,
    step_down,
    to_plain,
)
from app.schemas.document.plan import PlanDocument
from app.schemas.document.references import find_reference_faults
from app.words.messages import say_plan_fault

MAX_BYTES = 5_000_000
WHOLE_FILE = "document"
# What these say is about the field, or about several fields of the entry.
_WITHOUT_VALUE = frozenset({"missing", "extra_forbidden"})


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
    try:
        document = PlanDocument.model_validate(to_plain(tree.root))
    except ValidationError as refused:
        raise PlanFileInvalid([*repeated, *_field_faults(file, tree.root, refused)]) from refused
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
        yield _fault(file, root, error["loc"], error["type"], facts)


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
