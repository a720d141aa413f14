"""What web hooks tell people: a sentence for each message, in English and Chinese."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.words.book import fill, join, name_code, texts


def say_news(
    sentence: str,
    facts: Mapping[str, Any],
    names: Mapping[str, str],
    language: str,
    *,
    is_simulated: bool = False,
) -> str:
    """A message in a language. ``names``: what the plan and the area are called in it.

    ``is_simulated``: that of a demonstration says so.
    """
    book = texts("hooks", language)
    known = {name: _say(name, fact, book, language) for name, fact in facts.items()} | {**names}
    if "indicators" in facts:
        count = len(facts["indicators"])
        known["counted"] = fill(book["counted"]["one" if count == 1 else "many"], {"count": count})
    if "reason_code" in facts:
        known["reason"] = name_code("return_reason", facts["reason_code"], language)
    form = book["simulated" if is_simulated else "message"]
    return fill(form, {**known, "news": fill(book["news"][sentence], known)})


def _say(name: str, fact: Any, book: Mapping[str, Any], language: str) -> object:  # noqa: ANN401 - JSON
    if name.endswith("_on"):
        day = date.fromisoformat(fact)
        # 2024-10-05, but 2024年10月5日.
        width = "02" if language == "en" else ""
        parts = {name: format(getattr(day, name), width) for name in ("year", "month", "day")}
        return fill(book["day"], parts)
    if name == "period":
        year, _, quarter = fact.partition("-Q")
        return fill(book["quarter"], {"year": year, "quarter": quarter})
    if name == "figures":
        return fill(book["counted"]["one" if fact == 1 else "many"], {"count": fact})
    return join(fact, language, word="and") if isinstance(fact, list) else fact
