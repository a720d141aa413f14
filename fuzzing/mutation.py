"""How an input becomes another one: bytes are changed, or the text inside a workbook's parts."""

import io
from collections.abc import Callable, Mapping, Sequence
from random import Random
from types import MappingProxyType
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# What the readers look for, so that chance need not spell it.
_TEXT = (
    "\0",
    "\u200b",
    "\ufeff",
    "\ud7ff",
    "\uff11",
    "亿元",
    "\u202e",
    "é",
    "e\u0301",
    "\r\n",
    '"',
    "'=",
)
_JSON = (
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "null",
    "true",
    "1e400",
    "-0",
    "NaN",
    "\\ud800",
    "\\u0000",
)
_XML = ("<row>", "</row>", "<c>", '<c t="s">', "<v>", "</v>", "&#0;", "<![CDATA[", "<!DOCTYPE a>")
_XML_2 = (
    'r="XFD1"',
    'r="A0"',
    't="b"',
    't="e"',
    's="1"',
    "_x0000_",
    'hidden="1"',
    "<f>",
    "<is><t>",
)
_PERIODS = (
    "2024",
    "-Q3",
    "年",
    "第三季度",
    "1-9月",
    "上半年",
    "T00:00:00",
    "Z",
    "+08:00",
    "-A1",
    "0000",
)
TOKENS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "json": (*_TEXT, *_JSON),
        "csv": (*_TEXT, ",", ";", "\t", '""', "area,period,indicator,value,unit,basis"),
        "xlsx": (*_TEXT, *_XML, *_XML_2),
        "period": (*_TEXT, *_PERIODS),
    }
)
_MOST_CHANGES = 4
_LONGEST_SPAN = 40
# Nothing found so far needed more, and a corpus of small files is quick to try.
LONGEST = 16 * 1024
# A zip is sound after most changes, so that its parts are reached.
_SHARE_OF_PARTS = 0.9


def mutate(kind: str, content: bytes, other: bytes, chance: Random) -> bytes:
    """A new input of this kind, from one of the corpus and a second one to take pieces of."""
    if kind == "xlsx" and chance.random() < _SHARE_OF_PARTS:
        parts, more = _parts_of(content), _parts_of(other)
        if parts:
            name = chance.choice([*parts])
            parts[name] = _change(kind, parts[name], more.get(name, b""), chance)
            return zip_parts(parts)
    return _change(kind, content, other, chance)[:LONGEST]


def zip_parts(parts: Mapping[str, bytes]) -> bytes:
    """An archive of these parts, the same whenever it is made."""
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return target.getvalue()


def _parts_of(content: bytes) -> dict[str, bytes]:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # noqa: BLE001 - what cannot be taken apart is changed as a whole
        return {}


def _change(kind: str, content: bytes, other: bytes, chance: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, _MOST_CHANGES)):
        chance.choice(_CHANGES)(kind, changed, other, chance)
    return bytes(changed)


def _put_byte(_: str, changed: bytearray, __: bytes, chance: Random) -> None:
    at = chance.randint(0, len(changed))
    changed[at : at + chance.randint(0, 1)] = bytes([chance.randrange(256)])


def _put_token(kind: str, changed: bytearray, _: bytes, chance: Random) -> None:
    at, span = chance.randint(0, len(changed)), chance.choice((0, 0, 1, 3, _LONGEST_SPAN))
    changed[at : at + span] = chance.choice(TOKENS[kind]).encode()


def _put_sign(_: str, changed: bytearray, __: bytes, chance: Random) -> None:
    at = chance.randint(0, len(changed))
    code = chance.randrange(chance.choice((0x80, 0x3000, 0xD800, 0x110000)))
    changed[at:at] = chr(code).encode("utf-8", "replace")


def _cut(_: str, changed: bytearray, __: bytes, chance: Random) -> None:
    at = chance.randint(0, len(changed))
    del changed[at : at + chance.randint(1, _LONGEST_SPAN)]


def _repeat(_: str, changed: bytearray, __: bytes, chance: Random) -> None:
    at = chance.randint(0, len(changed))
    span = bytes(changed[at : at + chance.randint(1, _LONGEST_SPAN)])
    if len(changed) < LONGEST:
        changed[at:at] = span * chance.choice((1, 1, 2, 40))


def _splice(_: str, changed: bytearray, other: bytes, chance: Random) -> None:
    start, at = chance.randint(0, len(other)), chance.randint(0, len(changed))
    changed[at:at] = other[start : start + chance.randint(1, 4 * _LONGEST_SPAN)]


_CHANGES: Sequence[Callable[[str, bytearray, bytes, Random], None]] = (
    _put_byte,
    _put_token,
    _put_token,
    _put_sign,
    _cut,
    _repeat,
    _splice,
)
