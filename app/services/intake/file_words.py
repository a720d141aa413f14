"""A row of a file in the codes of the plan: people write names, words and quarters as they do."""

from dataclasses import dataclass
from typing import NamedTuple

from app.domain.accumulation import Basis
from app.domain.checks.finding import Fact, FindingCode, shown
from app.domain.quantity import ObsStatus
from app.formats.intake.cells import CellFault
from app.formats.intake.period import WrittenPeriod, read_period
from app.schemas.document.indicators import IndicatorEntry
from app.schemas.document.plan import AreaEntry
from app.services.state.definitions import PlanDefinition
from app.words.lexicon import Lexicon, lexicon_of

_UNCLEAR = {
    "area": FindingCode.UNKNOWN_AREA,
    "indicator": FindingCode.UNKNOWN_INDICATOR,
    "basis": FindingCode.BASIS_REQUIRED,
    "missing_reason": FindingCode.MISSING_REASON_INVALID,
    "price_basis": FindingCode.PRICE_BASIS_INVALID,
    "obs_status": FindingCode.OBS_STATUS_INVALID,
}
# Such a basis is no total since 1 January, whatever a period in months says.
_NOT_SINCE_JANUARY = frozenset({Basis.QUARTER, Basis.SINCE_START})


class Understood(NamedTuple):
    """What a cell means: a code, or the text as it is where it means none, or several."""

    code: str | None
    fault: CellFault | None = None


class RowWords(NamedTuple):
    """The cells of a row that hold words; the same few stand in many rows."""

    period: str | None
    indicator: str | None
    unit: str | None
    basis: str | None
    missing_reason: str | None
    price_basis: str | None
    obs_status: str | None


@dataclass(frozen=True, slots=True)
class RowMeaning:
    """What the words of a row mean, and what is unclear in them."""

    codes: RowWords
    faults: tuple[CellFault, ...]


class FileWords:
    """The words of a plan, and of the form, for what a row is about."""

    def __init__(self, definition: PlanDefinition) -> None:
        areas, indicators = definition.areas.values(), definition.indicators.values()
        self._bases = {each.code: tuple(each.accumulation.bases) for each in indicators}
        self._lexicons = {
            "area": Lexicon({each.code: _names(each) for each in areas}),
            "indicator": Lexicon({each.code: _indicator_names(each) for each in indicators}),
            "missing_reason": lexicon_of("missing_reason"),
            "unit": lexicon_of("unit"),
            "price_basis": lexicon_of("price_basis"),
            # Those of missing figures are not for people to write.
            "obs_status": lexicon_of("obs_status", tuple(ObsStatus)),
        }
        self._known: dict[tuple[str, str], Understood] = {}
        self._periods: dict[str, WrittenPeriod] = {}
        self._rows: dict[tuple[str | None, ...], RowMeaning] = {}

    def understand_row(self, said: tuple[str | None, ...]) -> RowMeaning:
        """The codes of a row's words, in the order of RowWords; the period stays as it is."""
        known = self._rows.get(said)
        if known is None:
            known = self._rows[said] = self._understand_row(RowWords(*said))
        return known

    def _understand_row(self, words: RowWords) -> RowMeaning:
        indicator = self.understand("indicator", words.indicator)
        period = self.understand_period(words.period)
        basis = self.understand_basis(words.basis, indicator.code, period)
        reason = self.understand("missing_reason", words.missing_reason)
        prices = self.understand("price_basis", words.price_basis)
        status = self.understand("obs_status", words.obs_status)
        codes = RowWords(
            period=words.period,
            indicator=indicator.code,
            unit=self.understand("unit", words.unit).code,
            basis=basis.code,
            missing_reason=reason.code,
            price_basis=prices.code,
            obs_status=status.code,
        )
        understood = (indicator, basis, reason, prices, status)
        return RowMeaning(codes, tuple(each.fault for each in understood if each.fault))

    def understand(self, column: str, text: str | None) -> Understood:
        """The code of an area, an indicator, a unit, a missing reason, prices or a status."""
        if text is None:
            return Understood(None)
        key = (column, text)
        if key not in self._known:
            self._known[key] = _choose(column, text, self._lexicons[column].find(text))
        return self._known[key]

    def understand_period(self, text: str | None) -> WrittenPeriod | None:
        """The quarter that a cell means; what is none stays as it is, for the checks to refuse."""
        if text is None:
            return None
        if text not in self._periods:
            self._periods[text] = read_period(text) or WrittenPeriod(text)
        return self._periods[text]

    def understand_basis(
        self, text: str | None, indicator: str | None, period: WrittenPeriod | None
    ) -> Understood:
        """The code of a basis: of several, the one that the indicator may have.

        Where the cell is blank, a period such as 1-9月 says it.
        """
        allowed: tuple[str, ...] = self._bases.get(indicator or "", tuple(Basis))
        implied = period.basis if period else None
        if text is None:
            return Understood(implied if implied in allowed else None)
        meant = lexicon_of("basis").find(text)
        if len(meant) > 1:
            meant = tuple(code for code in meant if code in allowed)
        if implied in meant:
            return Understood(implied)
        if implied and set(meant) & _NOT_SINCE_JANUARY:
            facts: dict[str, Fact] = {"value": meant[0], "allowed": str(implied)}
            return Understood(meant[0], CellFault("basis", FindingCode.HEADER_MISMATCH, facts))
        return _choose("basis", text, meant)


def _choose(column: str, text: str, codes: tuple[str, ...]) -> Understood:
    if len(codes) == 1:
        return Understood(codes[0])
    if not codes:
        return Understood(text)
    facts: dict[str, Fact] = {"value": shown(text), "candidates": " ".join(codes)}
    return Understood(text, CellFault(column, _UNCLEAR[column], facts))


def _names(entry: AreaEntry | IndicatorEntry) -> list[str]:
    return [entry.name_zh, entry.name_en, f"{entry.name_zh} {entry.name_en}"]


def _indicator_names(entry: IndicatorEntry) -> list[str]:
    """With the unit behind the name, too, as the form prints it."""
    zh, en = (f"{name} ({entry.unit})" for name in (entry.name_zh, entry.name_en))
    return [*_names(entry), zh, en, f"{zh} {en}"]
