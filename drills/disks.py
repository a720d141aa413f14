"""Disks of a drill's own: one that can be cut off from power, and one that is small."""

import array
import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The file system stops at once and does not write its journal (EXT4_IOC_SHUTDOWN, NOLOGFLUSH):
# whatever was not waited for is gone, as in a power cut.
_SHUTDOWN, _NO_LOG_FLUSH = 0x8004587D, 2


@contextmanager
def image(folder: Path, megabytes: int = 256) -> Iterator[Path]:
    """An ext4 file system in a file, mounted; where it is mounted."""
    file, place = folder / "disk.img", folder / "disk"
    place.mkdir()
    # Other name spaces would keep a copy of the mount, and with it the file system that is cut off.
    _run("mount", "--bind", str(folder), str(folder))
    _run("mount", "--make-shared", str(folder))
    with file.open("wb") as disk:
        disk.truncate(megabytes * 1024**2)
    _run("mkfs.ext4", "-q", "-F", str(file))
    mount(file, place)
    try:
        yield place
    finally:
        for each in (place, folder):
            subprocess.run(["umount", "-l", str(each)], check=False, capture_output=True)
        file.unlink()


def mount(file: Path, place: Path) -> None:
    """Mount a file system in a file."""
    _run("mount", "-o", "loop", str(file), str(place))


def cut_power(place: Path) -> None:
    """Stop a file system as a power cut does."""
    number = os.open(place, os.O_RDONLY)
    try:
        fcntl.ioctl(number, _SHUTDOWN, array.array("I", [_NO_LOG_FLUSH]))
    finally:
        os.close(number)


def turn_on(folder: Path) -> None:
    """Mount the file system again, as a machine does that starts."""
    _run("umount", str(folder / "disk"))
    mount(folder / "disk.img", folder / "disk")


@contextmanager
def read_only(*files: Path) -> Iterator[None]:
    """Nobody may change these files for as long as the block lasts, whoever has opened them."""
    names = [str(file) for file in files]
    _run("chattr", "+i", *names)
    try:
        yield
    finally:
        _run("chattr", "-i", *names)


@contextmanager
def small(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk in memory of this size."""
    place = folder / "small"
    place.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place))
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
