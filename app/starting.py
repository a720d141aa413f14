"""A start: what it leaves for later, and how it ends.

It is for the most part the loading of modules. What few of those who start the program need, such
as writing workbooks, making a demonstration or changing the schema, is loaded by those who do.
"""

import gc
from collections.abc import Callable
from functools import cache
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


@cache
def settle() -> None:
    """Look for garbage from now on, but not in what a start has made: that stays."""
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)
