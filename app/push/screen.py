"""What a person at the terminal sees of a push, in Chinese or English.

Results go to the standard output; progress and complaints beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from app.words.book import fill, join, label_column, name_code, texts

MOST_ROWS = 200
# What is not read on a screen is not wrapped to one.
PIPE_WIDTH = 240

_COLUMNS = ("sheet", "row", "column", "severity", "message")
_STYLES = {"error": "red", "query": "yellow"}


class Screen:
    """Says things in a language: results, warnings, a table, and how far a file is sent."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._out, self._beside = Console(highlight=False), Console(stderr=True, highlight=False)
        for console in (self._out, self._beside):
            if not console.is_terminal:
                console.width = PIPE_WIDTH

    def word(self, name: str, **facts: object) -> str:
        """A sentence in the language."""
        return fill(texts("push", self.language)[name], facts)

    def list(self, names: Sequence[str]) -> str:
        """Names in a sentence."""
        return join(names, self.language, word="and")

    def tell(self, name: str, **facts: object) -> None:
        """Say a result."""
        self._out.print(_plain(self.word(name, **facts)))

    def warn(self, name: str, **facts: object) -> None:
        """Say something beside the results."""
        self.warn_text(self.word(name, **facts))

    def warn_text(self, text: str) -> None:
        """Say what somebody else has put into words."""
        self._beside.print(_plain(text))

    def show_findings(self, findings: Sequence[Mapping[str, Any]]) -> None:
        """A table of what the checks said; a column that no finding fills is left out."""
        shown = findings[:MOST_ROWS]
        filled = [n for n in _COLUMNS if any(each.get(n) is not None for each in shown)]
        if not shown:
            return
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for name in filled:
            is_long = name in {"sheet", "message"}
            table.add_column(self.word(name), no_wrap=not is_long, overflow="fold")
        for each in shown:
            style = _STYLES.get(str(each.get("severity")), "")
            table.add_row(*(self._cell(name, each.get(name)) for name in filled), style=style)
        self._out.print(table)
        if len(findings) > len(shown):
            self.tell("more", count=len(findings) - len(shown))

    @contextmanager
    def progress(self, size: int) -> Iterator["Sending"]:
        """A bar for a file of so many bytes; nothing where nobody watches."""
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        is_unseen = not self._beside.is_terminal
        with Progress(*columns, console=self._beside, transient=True, disable=is_unseen) as bar:
            yield Sending(self, bar, bar.add_task("", total=size), size)

    def _cell(self, name: str, value: object) -> Text:
        """A cell of the table: a column and a severity by their names, all else as it is."""
        text = "" if value is None else str(value)
        if name == "severity" and value in _STYLES:
            text = name_code("severity", text, self.language)
        elif name == "column" and value is not None:
            text = label_column(text, self.language)
        return _plain(text)


class Sending:
    """How far a file is sent; an attempt begins at the beginning."""

    def __init__(self, screen: Screen, bar: Progress, task: TaskID, size: int) -> None:
        self._screen, self._bar, self._task, self._size = screen, bar, task, size

    def begin(self) -> None:
        """Nothing is sent yet."""
        self._bar.reset(self._task, description=self._screen.word("sending"))

    def advance(self, count: int) -> None:
        """So many bytes more are sent; after the last the server has the word."""
        self._bar.update(self._task, advance=count)
        if self._bar.tasks[0].completed >= self._size:
            self._bar.update(self._task, description=self._screen.word("checking"))


def _plain(text: str) -> Text:
    """A text as it stands: brackets are no markup, and nothing in it steers the terminal."""
    return Text("".join(sign if sign.isprintable() else "�" for sign in text))
