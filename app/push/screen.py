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

LANGUAGES = ("en", "zh")
MOST_ROWS = 200
# What is not read on a screen is not wrapped to one.
PIPE_WIDTH = 240

_COLUMNS = ("sheet", "row", "column", "severity", "code", "message")
_STYLES = {"error": "red", "query": "yellow"}
_WORDS = {
    "sheet": ("Sheet", "工作表"),
    "row": ("Row", "行"),
    "column": ("Column", "列"),
    "severity": ("Severity", "级别"),
    "code": ("Code", "代码"),
    "message": ("Message", "说明"),
    "error": ("error", "错误"),
    "query": ("query", "核实"),
    "sending": ("Sending", "正在发送"),
    "checking": ("The server is checking", "服务器正在审核"),
    "stored": ("Stored.", "已保存。"),
    "unchanged": ("Unchanged: there was nothing to store.", "无变化：无需保存。"),
    "partly": (
        "Taken in part: the rows with findings were not.",
        "部分数据已接收，有问题的行未接收。",
    ),
    "dry_run": ("Dry run: nothing was stored.", "试运行：未保存任何数据。"),
    "counts": (
        "created {created}, updated {updated}, unchanged {unchanged}, rejected {rejected}",
        "新增 {created}，更新 {updated}，无变化 {unchanged}，拒绝 {rejected}",
    ),
    "more": (
        "... and {count} more. --annotated shows all of them beside the cells.",
        "……另有 {count} 条。使用 --annotated 可在单元格旁查看全部意见。",
    ),
    "written": ("Findings beside the cells: {path}", "已在单元格旁标注意见：{path}"),
    "demo": (
        "This server holds a demonstration: its figures are simulated.",
        "该服务器为演示环境，数据为模拟数据。",
    ),
    "clear_text": (
        "{url} is not encrypted: others on the way can read the key.",
        "{url} 未加密，密钥可能被他人读取。",
    ),
    "again": ("{why} Trying again in {seconds} s.", "{why} {seconds} 秒后重试。"),
    "busy": ("The server answered {status}.", "服务器返回 {status}。"),
    "unreachable": ("Not reached: {why}.", "无法连接：{why}。"),
    "gave_up": (
        "{why} Gave up after {attempts} attempt(s). It is safe to send the file again later.",
        "{why} 已尝试 {attempts} 次，停止重试。稍后可放心重新发送该文件。",
    ),
    "not_our_answer": (
        "The answer ({status}) is not Dabiao's. Is --url right?",
        "收到的响应（{status}）不是达标系统的响应。请检查 --url。",
    ),
    "moved": (
        "The server points to {place}. Your key was not sent there. If it is right: --url.",
        "服务器指向 {place}。密钥未发送到该地址；确认无误后请作为 --url 使用。",
    ),
    "file_empty": ("{file} is empty.", "{file} 是空文件。"),
    "same_file": (
        "--annotated would overwrite {file} before it is sent. Give another name.",
        "--annotated 会在发送前覆盖 {file}。请使用其他文件名。",
    ),
    "key_unusable": (
        "{file} must hold one key and nothing else.",
        "{file} 只能包含一个密钥，不得有其他内容。",
    ),
    "url_unusable": (
        "--url must begin with http:// or https:// and hold no user name.",
        "--url 须以 http:// 或 https:// 开头，且不含用户名。",
    ),
    "plan_open": ("Say which plan with --plan: {plans}.", "请用 --plan 指定规划：{plans}。"),
}


class Screen:
    """Says things in a language: results, warnings, a table, and how far a file is sent."""

    def __init__(self, language: str) -> None:
        self.language, self._place = language, LANGUAGES.index(language)
        self._out, self._beside = Console(highlight=False), Console(stderr=True, highlight=False)
        for console in (self._out, self._beside):
            if not console.is_terminal:
                console.width = PIPE_WIDTH

    def word(self, name: str, **facts: object) -> str:
        """A sentence in the language."""
        return _WORDS[name][self._place].format(**facts)

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
        is_known = name == "severity" and value in _STYLES
        return _plain(self.word(str(value)) if is_known else "" if value is None else str(value))


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
