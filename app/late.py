"""Parts that few of those who start the program need, loaded when they are first asked for.

A server's start is for the most part the loading of modules: one that writes workbooks, makes a
demonstration or changes the schema is loaded by those who want that.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def late(module: str, name: str) -> Callable[..., Any]:
    """A function or class of a module that is loaded with its first call.

    >>> late("fractions", "Fraction")(1, 2)
    Fraction(1, 2)
    """

    def call(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - as the function that is called
        return getattr(import_module(module), name)(*given, **named)

    return call
