"""SDMX-ML 2.1, written piece by piece: what its messages share."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from app.sdmx.model import AGENCY, Artefact, ArtefactKind, Header
from app.vocabulary import to_instant

_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
NAMESPACES = {
    "mes": f"{_SCHEMAS}/message",
    "com": f"{_SCHEMAS}/common",
    "str": f"{_SCHEMAS}/structure",
    "gen": f"{_SCHEMAS}/data/generic",
    "ss": f"{_SCHEMAS}/data/structurespecific",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
# What no XML document may hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(name: str, attributes: Mapping[str, str | None], *content: str) -> str:
    """An element with its attributes (None is left out) around content that is XML already."""
    opened, inner = start(name, attributes), "".join(content)
    return f"{opened}{inner}</{name}>" if inner else f"{opened[:-1]}/>"


def start(name: str, attributes: Mapping[str, str | None]) -> str:
    """The tag that begins an element."""
    pairs = [f" {key}={_quoted(value)}" for key, value in attributes.items() if value is not None]
    return f"<{name}{''.join(pairs)}>"


def text(name: str, value: str, **attributes: str) -> str:
    """An element with a text."""
    return element(name, {**attributes}, escape(_allowed(value)))


def reference(name: str, artefact: Artefact) -> str:
    """An element that refers to an artefact."""
    place = {"id": artefact.id, "agencyID": AGENCY, "version": artefact.version}
    kind = {"class": artefact.kind.class_name, "package": artefact.kind.package}
    return element(name, {}, element("Ref", {**place, **kind}))


def concept_reference(name: str, scheme: Artefact, concept: str) -> str:
    """An element that refers to a concept of a scheme."""
    parent = {"maintainableParentID": scheme.id, "maintainableParentVersion": scheme.version}
    kind = {"class": "Concept", "package": ArtefactKind.CONCEPT_SCHEME.package}
    return element(name, {}, element("Ref", {"id": concept, **parent, "agencyID": AGENCY, **kind}))


def message(
    name: str, prefixes: Iterable[str], *content: str, more: dict[str, str] | None = None
) -> bytes:
    """A whole document; ``more`` are namespaces of its own."""
    spaces = {prefix: NAMESPACES[prefix] for prefix in prefixes} | (more or {})
    root = start(name, {f"xmlns:{key}": space for key, space in spaces.items()})
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    # Piece by piece: the text of a large document is never in memory as a whole.
    return b"".join(p.encode() for p in (declaration, root, *content, f"</{name}>\n"))


def header(said: Header, *structures: str) -> str:
    """The header of a message."""
    return element(
        "mes:Header",
        {},
        text("mes:ID", said.id),
        text("mes:Test", "true" if said.is_test else "false"),
        text("mes:Prepared", to_instant(said.prepared)),
        element("mes:Sender", {"id": AGENCY}),
        *structures,
    )


# The same codes come again and again.
@lru_cache(maxsize=65536)
def _quoted(value: str) -> str:
    return quoteattr(_allowed(value))


def _allowed(value: str) -> str:
    return _FORBIDDEN.sub("\ufffd", value)
