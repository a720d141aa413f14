"""Where the files are that the program needs beside its code: migrations and bundled plans."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def find_resource(name: str) -> Path:
    """A file or folder: in a wheel inside the package, in the repository beside it."""
    inside = _PACKAGE / name
    return inside if inside.exists() else _PACKAGE.parent / name
