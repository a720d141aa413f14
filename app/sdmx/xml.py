"""SDMX-ML 2.1 and 3.0, written piece by piece: what their messages share."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from app.sdmx.model import AGENCY, Artefact, ArtefactKind, Header, ItemScheme
from app.vocabulary import to_instant

_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas"
_PARTS = {
    "mes": "message",
    "com": "common",
    "str": "structure",
    "gen": "data/generic",
    "ss": "data/structurespecific",
}
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
# What no XML document may hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """A version of SDMX-ML. From 3.0 on an element refers to an artefact by its URN."""

    schemas: str
    has_urns: bool

    def namespace(self, prefix: str) -> str:
        """The namespace that a prefix stands for."""
        return f"{_SCHEMAS}/{self.schemas}/{_PARTS[prefix]}" if prefix in _PARTS else _INSTANCE


ML_2_1 = Dialect("v2_1", has_urns=False)
ML_3_0 = Dialect("v3_0", has_urns=True)


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


def reference(dialect: Dialect, name: str, artefact: Artefact) -> str:
    """An element that refers to an artefact."""
    if dialect.has_urns:
        return text(name, artefact.urn)
    place = {"id": artefact.id, "agencyID": AGENCY, "version": artefact.version}
    kind = {"class": artefact.kind.class_name, "package": artefact.kind.package}
    return element(name, {}, element("Ref", {**place, **kind}))


def local_reference(dialect: Dialect, name: str, code: str) -> str:
    """An element that refers to a part of the same artefact."""
    return text(name, code) if dialect.has_urns else element(name, {}, element("Ref", {"id": code}))


def concept_reference(dialect: Dialect, name: str, scheme: ItemScheme, concept: str) -> str:
    """An element that refers to a concept of a scheme."""
    if dialect.has_urns:
        return text(name, scheme.item_urn(concept))
    parent = {"maintainableParentID": scheme.id, "maintainableParentVersion": scheme.version}
    kind = {"class": "Concept", "package": ArtefactKind.CONCEPT_SCHEME.package}
    return element(name, {}, element("Ref", {"id": concept, **parent, "agencyID": AGENCY, **kind}))


def message(
    dialect: Dialect,
    name: str,
    prefixes: Iterable[str],
    *content: str,
    more: dict[str, str] | None = None,
) -> bytes:
    """A whole document; ``more`` are namespaces of its own."""
    spaces = {prefix: dialect.namespace(prefix) for prefix in prefixes} | (more or {})
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
