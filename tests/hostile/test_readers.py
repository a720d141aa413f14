"""The corpus of `make fuzz`, replayed: every input gives a value or a failure of our own."""

import time
from pathlib import Path

import pytest

from fuzzing.properties import READERS, read_as

CORPUS = Path(__file__).with_name("corpus")
# Most take some milliseconds.
SECONDS = 2.0


@pytest.mark.parametrize("kind", READERS)
def test_every_input_of_the_corpus_is_read_or_refused_in_time(kind: str) -> None:
    """A value that is accepted is the same again, read from what is written of it."""
    inputs = {path.name: path.read_bytes() for path in sorted((CORPUS / kind).iterdir())}
    slow, accepted = [], 0
    for name, content in inputs.items():
        begun = time.process_time()
        accepted += read_as(kind, content)
        slow += [name] if time.process_time() - begun > SECONDS else []
    assert slow == []
    # Neither all of it nor nothing: what is refused everywhere would test nothing further in.
    assert 0 < accepted < len(inputs)


def test_the_corpus_is_small() -> None:
    sizes = {path.name: path.stat().st_size for path in CORPUS.glob("*/*")}
    assert {name: size for name, size in sizes.items() if size > 16 * 1024} == {}
    assert sum(sizes.values()) < 1024 * 1024
