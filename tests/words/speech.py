"""What a sentence of the book must never hold, and the literal names that it may."""

import re

# Names that are typed or shown as they are, in any language.
LITERALS = {
    *(
        "GET /api/v1/plans",
        "/docs",
        "Authorization: Bearer",
        "HTTP Basic",
        "Retry-After",
        "If-Match",
        "ETag",
    ),
    *("as_of", "asOf", "explanations", "missing_reason", "correction_reason", "basis", "facts"),
    *("observations", "https://example.org/dabiao", "https", "whsec_", "base64"),
    *("DABIAO_HOOK_ADDRESSES", "follows_indicators"),
    *(
        "targets",
        "tasks",
        "on_track",
        "acceleration_needed",
        "milestones",
        "ratio",
        "true",
        "false",
    ),
    *("2026-07-31T00:00:00Z", "2024-Q3", "JSON", "UTF-8", "GB18030", "BOM", "YAML", "MiB"),
    *("1e-", "1e", "U+200B", "Excel 97-2003", "Excel", "WPS", "CSV", "Dabiao", ".xlsx", ".xls"),
    *(".xlsb", ".ods", ".et", "PDF", "XML", "OpenDocument", "LibreOffice"),
}
# What a clerk knows: the programs and the kinds of files.
CLERK = {"Excel 97-2003", "Excel", "WPS", "CSV", "UTF-8", "GB18030", ".xlsx", ".xls", "MiB"} | {
    "U+200B",
    "2024-Q3",
}
_WORD = re.compile(r"[A-Za-z]{2,}")


def check_speech(said: str, language: str, *, typed: set[str] | None = None) -> None:
    """Nothing is unfilled, nothing is Python's, and in Chinese nothing is English.

    ``typed``: what the reader wrote, or may write, in so many letters.
    """
    assert said
    for leak in ("{", "None", "Decimal(", "'',", "“”", "  "):
        assert leak not in said, said
    if language == "zh":
        rest = said
        for name in sorted({*LITERALS, *(typed or set())}, key=len, reverse=True):
            rest = rest.replace(name, "")
        assert _WORD.findall(rest) == [], said
        assert any("\u4e00" <= sign <= "\u9fff" for sign in said), said
