"""What people write in a file for the codes of a list: their names in either language, and others.

Width, case and spaces do not count. A word may be used for several codes, so that whoever asks
must choose by the rest of the row, or ask back.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from app.words.book import LANGUAGES, name_code, texts

_BETWEEN = re.compile("、|, ")


class Lexicon:
    """The codes of one list by the words for them."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        self._codes: dict[str, tuple[str, ...]] = {}
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for code, said in words.items():
            for word in said:
                found[fold(word)][code] = None
        self._codes = {word: tuple(codes) for word, codes in found.items()}
        # A code is never taken for the name of another one.
        self._codes |= {fold(code): (code,) for code in words}

    def find(self, text: str) -> tuple[str, ...]:
        """The codes that a text may mean: none, one, or several."""
        return self._codes.get(fold(text), ())


def fold(text: str) -> str:
    """A text without what typing does to it.

    >>> fold("南 山 区"), fold("Nanshan  District："), fold("增加值（亿元）")
    ('南山区', 'nanshandistrict', '增加值(亿元)')
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(":")


@cache
def lexicon_of(kind: str, codes: tuple[str, ...] | None = None) -> Lexicon:
    """The words for a list of the book of words, or for some of its codes: bases, units.

    >>> lexicon_of("basis").find("累计"), lexicon_of("basis").find("YTD")
    (('ytd', 'since_start'), ('ytd',))
    """
    known = codes or tuple(texts("codes", "en")[kind])
    return Lexicon({str(code): _words_of(kind, code) for code in known})


def name_both(kind: str, code: str) -> str:
    """What a code is called in both languages, side by side, as a form offers it."""
    return f"{name_code(kind, code, 'zh')} {name_code(kind, code, 'en')}"


def _words_of(kind: str, code: str) -> list[str]:
    found = [name_code(kind, code, language) for language in LANGUAGES]
    for language in LANGUAGES:
        also = texts("intake", language)["also"].get(kind, {}).get(code, "")
        found += _BETWEEN.split(also)
    return [name_both(kind, code), *filter(None, found)]
