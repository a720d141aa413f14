"""What the command line says, in the language of the terminal."""

import os
from collections.abc import Mapping
from typing import Any

from app.words.book import fill, texts


def terminal_language() -> str:
    """The language of the terminal: zh or en (default), by the first variable that is set."""
    known = [os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    return "zh" if next(filter(None, known), "").startswith("zh") else "en"


def find_words(room: str) -> Mapping[str, Any]:
    """The texts of one room of the book's part for the command line."""
    found: Mapping[str, Any] = texts("cli", terminal_language())[room]
    return found


def say(room: str, key: str, /, **facts: object) -> str:
    """A text with its facts."""
    return fill(str(find_words(room)[key]), facts)
