"""YAML as a tree of nodes that remember their lines, with numbers exactly as written.

The rules are those of YAML 1.2: a boolean is true or false and nothing else, so that ``off``
and ``no`` are words, and a date is text until a date field reads it. Aliases, tags and deep
nesting are refused: a plan file needs none of them and a hostile one lives on them.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

import yaml

Plain: TypeAlias = "bool | int | Decimal | str | list[Plain] | dict[str, Plain] | None"
Loc: TypeAlias = tuple[str | int, ...]

MAX_DEPTH = 40
# The C parser is ten times as fast; both give the same events.
_PARSER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", re.ASCII)
# A longer one is left as text: no figure has so many digits, and int() refuses thousands.
_LONGEST_NUMBER = 60
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A scalar."""

    line: int
    value: bool | int | Decimal | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A sequence."""

    line: int
    parts: "list[Node]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A mapping: the node under each key, and the line that each key stands on."""

    line: int
    parts: "dict[str, Node]"
    key_lines: dict[str, int]


Node: TypeAlias = Leaf | Listing | Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedKey:
    """A key that its mapping already has; the first one was kept."""

    loc: Loc
    line: int
    first_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A whole file."""

    root: Node
    repeated_keys: list[RepeatedKey]


class YamlRefused(Exception):
    """The text is no YAML, or uses what a plan file may not use."""

    def __init__(self, *, line: int, message: str) -> None:
        """Refuse the text at this line, counted from 1."""
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message


def read_tree(text: str) -> Tree:
    """The tree of a text that holds one YAML document.

    >>> to_plain(read_tree("{share: 0.10, day: 2022-01-01, outlier: off}").root)
    {'share': Decimal('0.10'), 'day': '2022-01-01', 'outlier': 'off'}

    Raises YamlRefused at the first line that cannot be read.
    """
    unprintable = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if unprintable is not None:
        line = text.count("\n", 0, unprintable.start()) + 1
        raise YamlRefused(line=line, message=f"not YAML: control character {unprintable[0]!r}")
    composer = _Composer(text)
    try:
        return Tree(root=composer.read_document(), repeated_keys=composer.repeated_keys)
    except yaml.MarkedYAMLError as refused:
        mark = refused.problem_mark or refused.context_mark
        problem = " ".join(str(part) for part in (refused.context, refused.problem) if part)
        line = mark.line + 1 if mark else 1
        raise YamlRefused(line=line, message=f"not YAML: {problem}") from refused


def to_plain(node: Node) -> Plain:
    """The node as Python values: dict, list, text, true, false, null, int and Decimal."""
    match node:
        case Leaf():
            return node.value
        case Listing():
            return [to_plain(part) for part in node.parts]
        case Mapping():
            return {key: to_plain(part) for key, part in node.parts.items()}


class _Composer:
    """Builds the tree from the parser's events."""

    def __init__(self, text: str) -> None:
        self.repeated_keys: list[RepeatedKey] = []
        self._events = iter(yaml.parse(text, Loader=_PARSER))

    def read_document(self) -> Node:
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise YamlRefused(line=1, message="the file is empty")
        root = self._read_node(next(self._events), ())
        next(self._events)
        following = next(self._events)
        if not isinstance(following, yaml.StreamEndEvent):
            message = "a second YAML document begins here; a plan file holds one"
            raise YamlRefused(line=_line(following), message=message)
        return root

    def _read_node(self, event: yaml.Event, loc: Loc) -> Node:
        if isinstance(event, yaml.AliasEvent):
            message = f"alias *{event.anchor}: aliases are not read; write the value out"
            raise YamlRefused(line=_line(event), message=message)
        if len(loc) > MAX_DEPTH:
            message = f"nested more than {MAX_DEPTH} deep"
            raise YamlRefused(line=_line(event), message=message)
        if isinstance(event, yaml.ScalarEvent):
            _refuse_tag(event)
            is_quoted = not event.implicit[0]
            value = event.value if is_quoted else _scalar(event.value)
            return Leaf(line=_line(event), value=value)
        if isinstance(event, yaml.MappingStartEvent):
            return self._read_mapping(event, loc)
        return self._read_listing(event, loc)

    def _read_listing(self, start: yaml.Event, loc: Loc) -> Listing:
        _refuse_tag(start)
        parts: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            parts.append(self._read_node(event, (*loc, len(parts))))
        return Listing(line=_line(start), parts=parts)

    def _read_mapping(self, start: yaml.Event, loc: Loc) -> Mapping:
        _refuse_tag(start)
        parts: dict[str, Node] = {}
        key_lines: dict[str, int] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise YamlRefused(line=_line(event), message="a key must be plain text")
            key, line = event.value, _line(event)
            node = self._read_node(next(self._events), (*loc, key))
            if key in parts:
                self.repeated_keys.append(
                    RepeatedKey(loc=(*loc, key), line=line, first_line=key_lines[key])
                )
                continue
            parts[key], key_lines[key] = node, line
        return Mapping(line=_line(start), parts=parts, key_lines=key_lines)


def _refuse_tag(event: yaml.Event) -> None:
    tag = getattr(event, "tag", None)
    if tag is not None:
        message = f"tag {tag}: tags are not read; leave it out"
        raise YamlRefused(line=_line(event), message=message)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(text: str) -> bool | int | Decimal | str | None:
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= _LONGEST_NUMBER:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text):
            return Decimal(text)
    return text
