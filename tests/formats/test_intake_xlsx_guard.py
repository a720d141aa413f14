"""A workbook that is unsafe or none at all is refused before it costs memory or time."""

import struct
import time
import zlib
from io import BytesIO
from zipfile import ZIP_LZMA, ZipFile

import pytest

from app.errors.bodies import FileRefused
from app.formats.workbook import guard
from app.formats.workbook.xml import XmlPart
from app.words.messages import say_failure
from tests.workbooks.raw import GOOD, HEADING, MAIN, OFFICE, Book, read, relations_xml, zipped

TABLE = {"A": [HEADING, GOOD]}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LINK = (
    f'<Relationship Id="x" Type="{OFFICE}/%s" Target="http://example.com" TargetMode="External"/>'
)


def refused(content: bytes) -> str:
    began = time.perf_counter()
    with pytest.raises(FileRefused) as caught:
        read(content)
    assert time.perf_counter() - began < 20
    for language in ("en", "zh"):
        assert "{" not in say_failure("file_refused", caught.value.facts, language).detail
    return str(caught.value.facts["why"])


def with_parts(**parts: bytes | str) -> bytes:
    """A good workbook with these parts instead or besides."""
    return Book(
        TABLE, extra={name.replace("__", "/"): part for name, part in parts.items()}
    ).build()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (OLE + b"x" * 100, "old_workbook"),
        (OLE + b"x" * 400_000 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (zipped({"word/document.xml": "<w/>"}), "not_a_workbook"),
        (zipped({"xl/workbook.bin": b"x"}), "binary_workbook"),
        (b"PK\x03\x04", "damaged"),
        (Book(TABLE).build()[:-30], "damaged"),
        (with_parts(**{"xl/vbaProject.bin": b"x"}), "macros"),
        (with_parts(**{"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
        (
            with_parts(**{"[Content_Types].xml": "<Types>application/x.macroEnabled+xml</Types>"}),
            "macros",
        ),
        (with_parts(**{"xl/externalLinks/externalLink1.xml": b"x"}), "external_links"),
        (with_parts(**{"xl/connections.xml": b"x"}), "external_links"),
        (with_parts(**{"a.rels": relations_xml(LINK % "image")}), "external_links"),
        (with_parts(**{f"p{number}": b"" for number in range(1001)}), "too_many_parts"),
        (with_parts(**{f"p{number:05}" * 9: b"" for number in range(6000)}), "too_many_parts"),
        (with_parts(**{"XL/Workbook.xml": b"x"}), "damaged"),
        (with_parts(**{"xl/media/image1.png": bytes(2_000_000)}), "packed_too_tightly"),
    ],
)
def test_what_is_no_plain_workbook_is_refused_with_its_reason(content, why):
    assert refused(content) == why


def test_links_to_click_on_are_harmless():
    rels = {"xl/worksheets/_rels/sheet1.xml.rels": relations_xml(LINK % "hyperlink")}
    assert len(read(with_parts(**rels))) == 1


def test_what_unpacks_to_more_than_the_bound_is_refused(monkeypatch):
    monkeypatch.setattr(guard, "MAX_UNPACKED_BYTES", 3000)
    assert refused(with_parts(x=b"x" * 3000)) == "too_large_unpacked"
    monkeypatch.undo()
    monkeypatch.setattr(guard, "MAX_PART_BYTES", 2999)
    assert refused(with_parts(x=b"x" * 3000)) == "too_large_unpacked"


def test_a_directory_that_lies_about_sizes_gains_nothing():
    """A sheet of 200 MB that claims to have 100 bytes, and one that claims a large share."""
    packer = zlib.compressobj(wbits=-15)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(200)) + packer.flush()
    good = Book(TABLE).build()
    with ZipFile(BytesIO(good)) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
        sheet = good[part.header_offset + 30 + len(part.filename) :][: part.compress_size]
    assert good.count(sheet) == 1
    for claimed in (100, part.file_size):
        content = bytearray(good.replace(sheet, packed + bytes(len(sheet))))
        shift = len(packed)
        at = content.index(b"PK\x01\x02", shift)
        while content[at : at + 4] == b"PK\x01\x02":
            sizes = struct.unpack_from("<3H", content, at + 28)
            name = bytes(content[at + 46 : at + 46 + sizes[0]])
            if name == b"xl/worksheets/sheet1.xml":
                struct.pack_into("<2L", content, at + 20, len(packed) + len(sheet), claimed)
            offset = struct.unpack_from("<L", content, at + 42)[0]
            if offset > part.header_offset:
                struct.pack_into("<L", content, at + 42, offset + shift)
            at += 46 + sum(sizes)
        end = content.rindex(b"PK\x05\x06")
        start = struct.unpack_from("<L", content, end + 16)[0]
        struct.pack_into("<L", content, end + 16, start + shift)
        assert refused(bytes(content)) == "damaged"


def test_parts_that_lie_upon_each_other_are_refused():
    good = Book(TABLE, extra={"a": "x" * 5000, "b": "y"}).build()
    with ZipFile(BytesIO(good)) as archive:
        first, second = archive.getinfo("a"), archive.getinfo("b")
    content = bytearray(good)
    at = content.rindex(b"PK\x01\x02" + content[content.rindex(b"PK\x01\x02") + 4 :][:42] + b"b")
    struct.pack_into("<3L", content, at + 16, first.CRC, len(good), first.file_size)
    struct.pack_into("<L", content, at + 42, first.header_offset)
    assert second.compress_size < len(good)
    assert refused(bytes(content)) == "damaged"


def test_other_packings_and_passwords_are_refused():
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        for name, part in Book(TABLE).parts().items():
            archive.writestr(name, part, ZIP_LZMA)
    assert refused(target.getvalue()) == "damaged"
    content = bytearray(Book(TABLE).build())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    assert refused(bytes(content)) == "encrypted"


BOMB = f"""<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<worksheet xmlns="{MAIN}"><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>"""
OPEN = f'<worksheet xmlns="{MAIN}"><sheetData>'


@pytest.mark.parametrize(
    "xml",
    [
        BOMB,
        '<!DOCTYPE w SYSTEM "file:///etc/passwd"><w/>',
        "",
        "no xml",
        "<worksheet>",
        OPEN + "<row>",
        OPEN.encode("utf-16"),
        OPEN + "\0",
    ],
)
def test_what_is_no_plain_xml_is_damage(xml):
    assert refused(with_parts(**{"xl/worksheets/sheet1.xml": xml})) == "damaged"


class Endless(BytesIO):
    """A part of 64 MiB, and how much of it was read."""

    def __init__(self, beginning: str, pattern: str) -> None:
        super().__init__()
        self.beginning = OPEN + beginning
        self.pattern = pattern
        self.taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        if self.taken == 0:
            self.taken = 1
            return self.beginning.encode()
        count = (size or 0) // len(self.pattern)
        start = self.taken
        self.taken += count * len(self.pattern)
        if self.taken > 64 * 1024**2:
            return b""
        numbered = "{}" in self.pattern
        whole = "".join(self.pattern.replace("{}", f"{start + n:x}") for n in range(count))
        return (whole if numbered else self.pattern * count).encode()


@pytest.mark.parametrize(
    ("beginning", "pattern"),
    [
        ("", "<row>"),
        ("", "<a{}/>"),
        ("", '<a xmlns:p{}="u"/>'),
        ("", '<a b{}="u"/>'),
        ('<a b="', "x"),
        ("<!--", "x"),
        ("<?", "x"),
        ("<", "x"),
    ],
)
def test_xml_that_costs_out_of_proportion_is_refused_at_its_beginning(beginning, pattern):
    part = Endless(beginning, pattern)
    with pytest.raises(FileRefused):
        XmlPart(opening={}, closing={}).read_all(part)
    assert part.taken < 1024**2


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize("xml", ["", "<x", BOMB])
def test_damaged_parts_of_the_workbook_are_damage(part, xml):
    assert refused(with_parts(**{part: xml})) in {"damaged", "no_heading"}


@pytest.mark.parametrize("name", ["", "a" * 32, "a/b", "'a", "a\u200bb"])
def test_sheet_names_that_excel_does_not_take_are_damage(name):
    assert refused(Book({name: [HEADING]}).build()) == "damaged"


def test_an_endless_text_takes_no_more_than_a_long_one():
    text = "".join(f"{number} " for number in range(2_000_000))
    xml = f'{OPEN}<row><c r="A1" t="str"><v>{text}</v></c></row></sheetData></worksheet>'
    assert refused(with_parts(**{"xl/worksheets/sheet1.xml": xml})) == "no_heading"


@pytest.mark.parametrize(("claimed", "is_read"), [(0, True), (600_000, False)])
def test_archives_with_a_64_bit_directory_are_read_and_bounded_too(claimed, is_read):
    """Programs in Java write these whatever the size."""
    good = Book(TABLE).build()
    end = good.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<H2L", good, end + 10)
    record = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, claimed or size, start
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    content = good[:end] + record + locator + good[end:]
    if is_read:
        assert len(read(content)) == 1
    else:
        assert refused(content) == "too_many_parts"
