"""The Accept header: which of the media types on offer a client would rather have."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """One part of an Accept header: a media type or a range of them, and its quality."""

    media_range: str
    quality: float

    def precision(self, media_type: str) -> int:
        """How exactly the wish names the media type: 3 by name, 1 by ``*/*``, 0 not at all."""
        family = media_type.partition("/")[0]
        ranges = ("*/*", f"{family}/*", media_type)
        return ranges.index(self.media_range) + 1 if self.media_range in ranges else 0


def choose_media_type(accept: str | None, offered: Sequence[str]) -> str | None:
    """The best of the media types on offer, or None where the header takes none of them.

    A quality is that of the wish that names the type most exactly (RFC 9110, 12.5.1). Of equal
    qualities the type that is named more exactly wins, then the one that was named first, then the
    one that is offered first.
    """
    wishes = [_read(part) for part in (accept or "").split(",") if part.strip()]
    if not wishes:
        return offered[0]
    ranked = []
    for place, media_type in enumerate(offered):
        found = max(wishes, key=lambda wish: wish.precision(media_type))
        precision = found.precision(media_type)
        if precision and found.quality > 0:
            ranked.append((-found.quality, -precision, wishes.index(found), place))
    return offered[min(ranked)[-1]] if ranked else None


def _read(part: str) -> _Wish:
    media_range, *parameters = (each.strip().lower() for each in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, number = parameter.partition("=")
        if name.strip() == "q":
            quality = _number(number)
    return _Wish(media_range=media_range, quality=quality)


def _number(text: str) -> float:
    """A quality between 0 and 1; what cannot be read counts as not wanted."""
    try:
        found = float(text)
    except ValueError:
        return 0.0
    return found if 0 <= found <= 1 else 0.0
