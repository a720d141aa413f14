"""What became of a push, for scripts."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of ``dabiao push``."""

    STORED = 0
    REFUSED = 1
    PARTLY_STORED = 2
    NO_ACCESS = 3
    NO_SERVER = 4
    UNUSABLE = 5
