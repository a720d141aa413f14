"""What is written in a text: a number that was meant, and signs that nobody sees.

Nothing is repaired: the check says what is there, and what to type instead.
"""

import re
import unicodedata
from collections.abc import Callable

from app.domain.checks.finding import Fact
from app.domain.checks.unit import UNITS

_MISSING_MARKS = frozenset(
    [
        *(
            "-",
            "--",
            "---",
            "\u2013",
            "\u2014",
            "\u2014\u2014",
            "\u2015",
            "\u2500",
            "_",
            "/",
            "\\",
            "//",
        ),
        *(".", "..", "...", "......", "\u2026", "x", "*", "\u25cb", "\u25cb\u25cb", "?"),
        *("n/a", "na", "#n/a", "n.a.", "n.a", "nil", "none", "null", "tbd", "tbc", "missing"),
        *(
            "无",
            "暂无",
            "没有",
            "缺",
            "缺失",
            "未报",
            "未填",
            "未统计",
            "未产生",
            "不详",
            "不适用",
            "空",
        ),
        *("待定", "待报", "待补", "无数据", "暂无数据", "保密", "not available", "no data"),
    ]
)
_ERRORS = re.compile(r"#(ref!|div/0!|value!|name\?|num!|null!|spill!|calc!|field!|getting_data)")
_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_PLAIN = re.compile(_NUMBER.replace("(?:\\d{1,3}(?:,\\d{3})+|\\d+)", "\\d+"), re.ASCII)
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_SPACED = re.compile(r"[-+]?\d+([ '_]+\d+)+(\.\d+)?", re.ASCII)
_PERCENTAGE = re.compile(rf"({_NUMBER}) ?[%‰]", re.ASCII)
_EXPONENT = re.compile(r"[-+]?\d+(\.\d*)?e[-+]?\d+", re.ASCII)
_DAY = re.compile(
    r"(\d{4}([-/])\d{1,2}(\2\d{1,2})?|\d{4}\.\d{1,2}\.\d{1,2}|\d{1,2}([-/])\d{1,2}\4\d{2,4}"
    r"|\d{4}年(\d{1,2}月(\d{1,2}日)?)?|\d{1,2}月\d{1,2}日)( \d{1,2}:\d{2}(:\d{2})?)?"
    r"|\d{4}-\d{2}-\d{2}t[\d:.]+z?|\d{1,2}:\d{2}(:\d{2})?|#{3,}",
    re.ASCII,
)
_WITH_UNIT = re.compile(rf"([¥$€£]?) ?({_NUMBER}) ?([^\d\s.,:/%-][^\d]{{0,15}})?", re.ASCII)
_COMMAS = re.compile(r"[-+]?[\d,.;]+", re.ASCII)
_LONGEST_NUMBER = 64
# Control characters, lone surrogates, and characters that hide text or turn its direction.
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_JOINER, _EMOJI_FORM, _FLAG = "\u200d", "\ufe0f", "\U0001f3f4"
_SYMBOLS = frozenset({"So", "Sk", "Sm"})
# Letters by their kind, which nothing is seen of.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
_TRUTHS = frozenset({"true", "false", "是", "否", "yes", "no"})


def say_what_is_written(text: str) -> dict[str, Fact]:
    """The kind of text (``hint``), and the number that it seems to mean (``meant``).

    >>> say_what_is_written("1,234.5"), say_what_is_written("812.4亿元")["unit_inside"]
    ({'hint': 'thousands_separators', 'meant': '1234.5'}, '亿元')
    """
    if len(text) > _LONGEST_NUMBER:
        return {"hint": "number"}
    bare = " ".join(text.split())
    # Compatibility forms: an ellipsis and a dash keep their own marks.
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
    if not plain:
        return {"hint": "empty_text"}
    if {plain, bare.casefold()} & _MISSING_MARKS:
        return {"hint": "missing_mark"}
    for hint, is_so in _KINDS.items():
        if is_so(plain):
            return {"hint": hint}
    return _find_meant(bare, plain)


def find_unseen(text: str) -> str | None:
    """The first sign of a text that no reader sees, as U+200B; line breaks and tabs are none.

    The joiners and tags inside emoji are of them.

    >>> find_unseen("a\u200bb"), find_unseen("\U0001f468\u200d\U0001f469")
    ('U+200B', None)
    """
    if text.isprintable():
        return None
    for place, sign in enumerate(text):
        is_unseen = unicodedata.category(sign) in _UNSEEN and sign not in "\n\t"
        if is_unseen and not _is_of_emoji(text, place):
            return f"U+{ord(sign):04X}"
    return None


def says_something(text: str) -> bool:
    """Whether a text can be a reason: blanks, punctuation and what nobody sees say nothing.

    >>> [says_something(text) for text in ("见附件", "Q3", "\u3000……\u200b", "-/-")]
    [True, True, False, False]
    """
    return any(sign.isalnum() and sign not in _FILLERS for sign in text)


def _is_of_emoji(text: str, place: int) -> bool:
    """A joiner between two symbols, or a tag that spells the name of a flag."""
    if text[place] == _JOINER:
        before, after = text[:place].rstrip(_EMOJI_FORM)[-1:], text[place + 1 : place + 2]
        return all(each and unicodedata.category(each) in _SYMBOLS for each in (before, after))
    if not "\U000e0020" <= text[place] <= "\U000e007f":
        return False
    return text[:place].rstrip("".join(map(chr, range(0xE0020, 0xE0080)))).endswith(_FLAG)


def _find_meant(bare: str, plain: str) -> dict[str, Fact]:
    """A number is in it, but not it alone."""
    if _GROUPED.fullmatch(plain):
        return {"hint": "thousands_separators", "meant": plain.replace(",", "")}
    if _SPACED.fullmatch(plain):
        return {"hint": "spaces", "meant": re.sub("[ '_]", "", plain)}
    if _PLAIN.fullmatch(plain) and not bare.isascii():
        return {"hint": "full_width_digits", "meant": plain}
    percentage = _PERCENTAGE.fullmatch(plain)
    if percentage:
        return {"hint": "percentage", "meant": percentage[1].replace(",", "")}
    inside = _WITH_UNIT.fullmatch(plain)
    unit = _find_unit(inside[3]) or inside[1] if inside else ""
    if inside and unit:
        return {"hint": "unit_inside", "meant": inside[2].replace(",", ""), "unit_inside": unit}
    return {"hint": "commas" if _COMMAS.fullmatch(plain) and "," in plain else "number"}


def _find_unit(word: str | None) -> str | None:
    """The unit, or the magnitude, that stands behind a number."""
    said = (word or "").strip(" ()")
    if said in UNITS or (said and set(said) <= set("十百千万亿兆元")):
        return said
    return None


_KINDS: dict[str, Callable[[str], bool]] = {
    "formula": lambda text: text.startswith("=") and len(text) > 1,
    "cell_error": lambda text: _ERRORS.fullmatch(text) is not None,
    "truth": _TRUTHS.__contains__,
    "exponent": lambda text: _EXPONENT.fullmatch(text) is not None,
    "day": lambda text: _DAY.fullmatch(text) is not None,
}
