"""What a client would rather have: the Accept headers, and the best of what is on offer."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from app.errors.bodies import FormatUnknown
from app.words.book import LANGUAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One part of an Accept header: what is wished for, its parameters, and its quality."""

    name: str
    parameters: tuple[str, ...]
    quality: float

    def precision(self, media_type: str) -> int:
        """How exactly the wish names the media type: 3 by name, 1 by ``*/*``, 0 not at all."""
        family = media_type.partition("/")[0]
        ranges = ("*/*", f"{family}/*", media_type)
        return ranges.index(self.name) + 1 if self.name in ranges else 0


def read_wishes(header: str | None) -> list[Wish]:
    """The parts of an Accept or Accept-Language header, in lower case (RFC 9110, 12.4.2)."""
    return [_read(part) for part in (header or "").split(",") if part.strip()]


def choose_media_type(wishes: Sequence[Wish], offered: Sequence[str]) -> str | None:
    """The best of the media types on offer, or None where the wishes take none of them.

    A quality is that of the wish that names the type most exactly (RFC 9110, 12.5.1). Of equal
    qualities the type that is named more exactly wins, then the one that was named first, then the
    one that is offered first.
    """
    if not wishes:
        return offered[0]
    ranked = []
    for place, media_type in enumerate(offered):
        found = max(wishes, key=lambda wish: wish.precision(media_type))
        precision = found.precision(media_type)
        if precision and found.quality > 0:
            ranked.append((-found.quality, -precision, wishes.index(found), place))
    return offered[min(ranked)[-1]] if ranked else None


def require_offered(request: Request, offered: Sequence[str]) -> str:
    """The best of the media types on offer; FormatUnknown where the request takes none of them."""
    chosen = choose_media_type(read_wishes(request.headers.get("accept")), offered)
    if chosen is None:
        raise FormatUnknown(allowed=", ".join(offered))
    return chosen


def choose_language(header: str | None) -> str:
    """The language of an Accept-Language header that is spoken here: zh or en (default)."""
    best, best_quality = "en", 0.0
    for wish in read_wishes(header):
        language = wish.name.partition("-")[0]
        if language in LANGUAGES and wish.quality > best_quality:
            best, best_quality = language, wish.quality
    return best


def _read(part: str) -> Wish:
    name, *parameters = (each.strip().lower() for each in part.split(";"))
    numbers = [each.partition("=")[2] for each in parameters if _is_quality(each)]
    return Wish(
        name=name,
        parameters=tuple(each for each in parameters if not _is_quality(each)),
        quality=_number(numbers[-1]) if numbers else 1.0,
    )


def _is_quality(parameter: str) -> bool:
    return parameter.partition("=")[0].strip() == "q"


def _number(text: str) -> float:
    """A quality between 0 and 1; what cannot be read counts as not wanted."""
    try:
        found = float(text)
    except ValueError:
        return 0.0
    return found if 0 <= found <= 1 else 0.0
