"""Why a command stops, for the book to say: a reason by its name, and the facts."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EISDIR, ENOENT, ENOSPC, ENOTDIR, EPERM, EROFS
from pathlib import Path

from app.cli.words import say

_FILE_REASONS = {
    ENOENT: "not_there",
    EACCES: "forbidden",
    EPERM: "forbidden",
    EISDIR: "is_folder",
    ENOTDIR: "not_a_folder",
    EROFS: "read_only",
    ENOSPC: "full",
}


class Refused(Exception):
    """A command that cannot be done. ``reason`` names the sentence that says why."""

    exit_code = 1

    def __init__(self, reason: str, /, **facts: object) -> None:
        super().__init__(reason)
        self.reason, self.facts = reason, facts

    def say(self) -> str:
        """The sentence, in the language of the terminal."""
        return say("failures", self.reason, **self.facts)


class AlreadySaid(Refused):
    """What another part of the program has put into words, a sentence a line."""

    def __init__(self, sentences: str) -> None:
        super().__init__("said")
        self._sentences = sentences

    def say(self) -> str:
        """The sentences as they are."""
        return self._sentences


def say_file_reason(error: OSError) -> str:
    """Why the system would not read or write a file."""
    known = _FILE_REASONS.get(error.errno or 0, "other")
    return say("files", known, number=error.errno)


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """What the system refuses in here, it refuses of a file that is read."""
    yield from _refusing("cannot_read", file)


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """What the system refuses in here, it refuses of a file that is written."""
    yield from _refusing("cannot_write", file)


def _refusing(name: str, file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused(name, file=str(file), why=say_file_reason(error)) from error
