"""YAML as the parser's own nodes, which know their lines, with numbers exactly as written.

The rules are those of YAML 1.2: a boolean is true or false and nothing else, so that ``off``
and ``no`` are words, and a date is text until a date field reads it. Aliases, tags and deep
nesting are refused: a plan file needs none of them and a hostile one lives on them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

import yaml

from app.domain.checks.finding import Fact

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
class Entry:
    """What stands under a key, or at a place of a list; ``line`` is where it begins."""

    line: int
    node: yaml.Node


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedKey:
    """A key that its mapping already has; the first one was kept."""

    loc: Loc
    line: int
    first_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A whole file."""

    root: yaml.Node
    repeated_keys: list[RepeatedKey]


class YamlRefused(Exception):
    """The text is no YAML, or uses what a plan file may not use."""

    def __init__(self, line: int, rule: str, **facts: Fact) -> None:
        """Refuse the text at this line, counted from 1, by a rule of the book."""
        super().__init__(f"line {line}: {rule}")
        self.line, self.rule, self.facts = line, rule, facts


def read_tree(text: str) -> Tree:
    """The tree of a text that holds one YAML document.

    >>> to_plain(read_tree("{share: 0.10, day: 2022-01-01, outlier: off}").root)
    {'share': Decimal('0.10'), 'day': '2022-01-01', 'outlier': 'off'}

    Raises YamlRefused at the first line that cannot be read.
    """
    unprintable = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if unprintable is not None:
        line = text.count("\n", 0, unprintable.start()) + 1
        raise YamlRefused(line, "yaml_control_character", name=f"U+{ord(unprintable[0]):04X}")
    try:
        # Before any node is made: composing follows aliases, and nests as deep as the text.
        _refuse_what_is_not_plain(yaml.parse(text, Loader=_PARSER))
        root = yaml.compose(text, Loader=_PARSER)
    except yaml.MarkedYAMLError as refused:
        mark = refused.problem_mark or refused.context_mark
        raise YamlRefused(mark.line + 1 if mark else 1, "yaml_syntax") from refused
    if root is None:
        raise YamlRefused(1, "file_empty")
    return Tree(root=root, repeated_keys=list(_repeated_keys(root, ())))


def to_plain(node: yaml.Node) -> Plain:
    """The node as Python values: dict, list, text, true, false, null, int and Decimal."""
    if isinstance(node, yaml.MappingNode):
        return {key: to_plain(entry.node) for key, entry in _entries(node).items()}
    if isinstance(node, yaml.SequenceNode):
        return [to_plain(part) for part in node.value]
    is_plain = isinstance(node, yaml.ScalarNode) and not node.style
    return _scalar(node.value) if is_plain else str(node.value)


def step_down(node: yaml.Node, step: str | int) -> Entry | None:
    """What is one step below: under a key of a mapping, or at a place of a list."""
    if isinstance(node, yaml.MappingNode):
        return _entries(node).get(str(step))
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        part = node.value[step]
        return Entry(line=line_of(part), node=part)
    return None


def line_of(marked: yaml.Node | yaml.Event) -> int:
    """The line on which it begins, counted from 1."""
    return marked.start_mark.line + 1 if marked.start_mark else 1


def _refuse_what_is_not_plain(events: Iterable[yaml.Event]) -> None:
    depth = documents = 0
    for event in events:
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            raise YamlRefused(line_of(event), "yaml_second_document")
        if isinstance(event, yaml.NodeEvent):
            _refuse_node(event, depth)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)


def _refuse_node(event: yaml.NodeEvent, depth: int) -> None:
    tag = getattr(event, "tag", None)
    if isinstance(event, yaml.AliasEvent):
        raise YamlRefused(line_of(event), "yaml_alias", name=event.anchor)
    if tag is not None:
        raise YamlRefused(line_of(event), "yaml_tag", name=str(tag))
    if depth > MAX_DEPTH:
        raise YamlRefused(line_of(event), "yaml_too_deep", limit=MAX_DEPTH)


def _entries(node: yaml.MappingNode) -> dict[str, Entry]:
    """The value under each key, with the line of the key; of a repeated key the first."""
    found: dict[str, Entry] = {}
    for key, value in node.value:
        found.setdefault(key.value, Entry(line=line_of(key), node=value))
    return found


def _repeated_keys(node: yaml.Node, loc: Loc) -> Iterator[RepeatedKey]:
    if isinstance(node, yaml.SequenceNode):
        for place, part in enumerate(node.value):
            yield from _repeated_keys(part, (*loc, place))
    if not isinstance(node, yaml.MappingNode):
        return
    first_lines: dict[str, int] = {}
    for key, value in node.value:
        line = line_of(key)
        if not isinstance(key, yaml.ScalarNode):
            raise YamlRefused(line, "yaml_key")
        if key.value in first_lines:
            first_line = first_lines[key.value]
            yield RepeatedKey(loc=(*loc, key.value), line=line, first_line=first_line)
        first_lines.setdefault(key.value, line)
        yield from _repeated_keys(value, (*loc, key.value))


def _scalar(text: str) -> bool | int | Decimal | str | None:
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= _LONGEST_NUMBER:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text):
            return Decimal(text)
    return text
