"""A plan file: one YAML file that states a whole plan, read with every fault at once.

Each fault names the file, the line and the field, so that the person who wrote the file can
go to the place and mend it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

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

MAX_BYTES = 5_000_000
WHOLE_FILE = "document"
_LONGEST_ECHO = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFault:
    """One thing that is wrong with a plan file. ``line`` counts from 1."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.message}"


class PlanFileInvalid(Exception):
    """A plan file cannot be loaded; ``faults`` holds every reason, in the file's order."""

    def __init__(self, faults: Iterable[PlanFault]) -> None:
        """Keep the faults, sorted by line."""
        self.faults = sorted(faults, key=lambda fault: fault.line)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def read_plan_file(path: Path) -> PlanDocument:
    """The plan that the file states.

    Numbers are read exactly as written. Raises PlanFileInvalid with every fault when the
    file is missing, too large, not UTF-8, not YAML, or not a plan.
    """
    file = str(path)
    try:
        tree = read_tree(_read_text(path))
    except YamlRefused as refused:
        fault = PlanFault(file=file, line=refused.line, field=WHOLE_FILE, message=refused.message)
        raise PlanFileInvalid([fault]) from refused
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
        message = f"cannot be read: {refused.strerror}"
        raise _refused_whole(path, message) from refused
    if len(written) > MAX_BYTES:
        raise _refused_whole(path, f"larger than {MAX_BYTES} bytes; a plan is a small file")
    try:
        return written.decode("utf-8-sig")
    except UnicodeDecodeError as refused:
        line = written.count(b"\n", 0, refused.start) + 1
        message = "not UTF-8 here; save the file as UTF-8"
        raise _refused_whole(path, message, line=line) from refused


def _refused_whole(path: Path, message: str, *, line: int = 1) -> PlanFileInvalid:
    return PlanFileInvalid(
        [PlanFault(file=str(path), line=line, field=WHOLE_FILE, message=message)]
    )


def _repeated_key_faults(file: str, tree: Tree) -> Iterator[PlanFault]:
    for repeated in tree.repeated_keys:
        yield PlanFault(
            file=file,
            line=repeated.line,
            field=_dotted(repeated.loc),
            message=f"the key is already on line {repeated.first_line}; keep one of the two",
        )


def _field_faults(file: str, root: yaml.Node, refused: ValidationError) -> Iterator[PlanFault]:
    for error in refused.errors(include_url=False):
        yield _fault(file, root, error["loc"], _message(error))


def _reference_faults(file: str, root: yaml.Node, document: PlanDocument) -> Iterator[PlanFault]:
    for broken in find_reference_faults(document):
        yield _fault(file, root, broken.loc, broken.message)


def _fault(file: str, root: yaml.Node, loc: Loc, message: str) -> PlanFault:
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
    return PlanFault(file=file, line=line, field=_dotted(found) or WHOLE_FILE, message=message)


def _dotted(loc: Iterable[str | int]) -> str:
    """``("targets", 3, "value")`` as ``targets[3].value``."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return "".join(steps).removeprefix(".")


def _message(error: ErrorDetails) -> str:
    match error["type"]:
        case "missing":
            return "the field is required and is not there"
        case "extra_forbidden":
            return "a plan file has no such field here"
        case "value_error":
            return str(error["ctx"]["error"])
        case "invalid-json-value":
            return f"write {error['input']} in quotes: facts and context keep decimals as text"
        case _:
            return f"{error['msg']}{_received(error['input'])}"


def _received(given: object) -> str:
    if isinstance(given, dict | list):
        return ""
    written = str(given) if isinstance(given, Decimal) else repr(given)
    return f"; received {written[:_LONGEST_ECHO]}"
