"""Entity tags: what a representation is known by, and which ones a client names."""

import re

# Of a tag, the digest alone: how the body was compressed changes nothing that it says.
_STRONG = re.compile(r'"([0-9a-f]{32})(?:-[a-z]+)?"')


def make_tag(digest: str) -> str:
    """The tag of a body by its SHA-256 digest in hexadecimal."""
    return f'"{digest[:32]}"'


def read_tags(header: str) -> frozenset[str]:
    """The strong tags in an ``If-Match``, as ``make_tag`` gives them.

    >>> sorted(read_tags('"0123456789abcdef0123456789abcdef-gzip", W/"x", "y"'))
    ['"0123456789abcdef0123456789abcdef"']
    """
    given = (_STRONG.fullmatch(part.strip()) for part in header.split(","))
    return frozenset(f'"{found[1]}"' for found in given if found)
