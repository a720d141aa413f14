"""The help of a command, from the book of words."""

import re
from io import StringIO
from shutil import get_terminal_size
from typing import Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from app.cli.words import find_words, say, terminal_language
from app.words.book import join

_MOST_COLUMNS = 100
_END_OF_SENTENCE = re.compile(r"(?<=\.) |(?<=。)")


def make_help(context: typer.Context) -> str:
    """Usage, what the command does, and a line for each argument, option and command below it."""
    command: Any = context.command
    words = find_words("commands")
    texts = words[_path(context)]
    parameters = command.get_params(context)
    arguments = [each for each in parameters if each.param_type_name == "argument"]
    options = [each for each in parameters if each.param_type_name == "option"]
    below = getattr(command, "commands", {})
    page = _Page()
    usage = _usage(context, arguments, has_more=bool(below))
    page.write(say("help", "usage", usage=usage))
    page.write(texts["about"], indent=2)
    page.list("arguments", [(_value(each), _explain(each, texts)) for each in arguments])
    page.list("options", [(_spell(each), _explain(each, texts)) for each in options])
    paths = {name: f"{_path(context)} {name}".strip() for name in below}
    page.list("commands", [(name, _summary(words[path])) for name, path in paths.items()])
    if below:
        page.write(say("help", "more", command=context.command_path))
    return page.text()


class _Page:
    """Paragraphs and lists, as wide as the terminal; a Chinese character takes two columns."""

    def __init__(self) -> None:
        self._file = StringIO()
        width = min(get_terminal_size().columns, _MOST_COLUMNS)
        self._console = Console(
            file=self._file, width=width, color_system=None, highlight=False, markup=False
        )

    def write(self, text: str, indent: int = 0) -> None:
        """A paragraph."""
        self._console.print(Padding(text, (0, 0, 1, indent)))

    def list(self, title: str, rows: list[tuple[str, str]]) -> None:
        """Names beside what they are; nothing when there are none."""
        if not rows:
            return
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        for name, text in rows:
            table.add_row(name, text)
        self._console.print(say("help", title))
        self._console.print(Padding(table, (0, 0, 1, 2)))

    def text(self) -> str:
        """All that was written."""
        lines = self._file.getvalue().rstrip().splitlines()
        return "\n".join(line.rstrip() for line in lines)


def _summary(texts: Any) -> str:  # noqa: ANN401 - texts nest
    """The first sentence of what a command does."""
    return _END_OF_SENTENCE.split(texts["about"])[0]


def _path(context: typer.Context) -> str:
    """The names of a command below the program: ``key create``; empty for the program itself."""
    names: list[str] = []
    at: Any = context
    while at.parent is not None:
        names.append(str(at.info_name))
        at = at.parent
    return " ".join(reversed(names))


def _usage(context: typer.Context, arguments: list[Any], *, has_more: bool) -> str:
    more = [say("help", "command")] if has_more else []
    words = [context.command_path, *more, say("help", "optional"), *map(_value, arguments)]
    return " ".join(words)


def _value(parameter: Any) -> str:  # noqa: ANN401 - Typer's class is not public
    return str(find_words("values")[parameter.name])


def _spell(option: Any) -> str:  # noqa: ANN401 - likewise
    names = ", ".join(option.opts)
    return names if option.is_flag else f"{names} {_value(option)}"


def _explain(parameter: Any, texts: Any) -> str:  # noqa: ANN401 - likewise
    """What a parameter is, what it may be, and what it is when left out."""
    if parameter.name == "help":
        return say("help", "help")
    parts = [str(texts[parameter.name])]
    if choices := parameter.type_descriptor.choices:
        values = join([str(each) for each in choices], terminal_language())
        parts.append(say("help", "one_of", values=values))
    if parameter.required:
        parts.append(say("help", "required"))
    elif parameter.default not in {None, False}:
        parts.append(say("help", "default", value=str(parameter.default)))
    return " ".join(parts)
