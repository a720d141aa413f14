"""What must be right in a figure before it may count (强制性 checks).

A check never changes a figure. All findings of a figure are given at once, each
with the facts that its message needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from app.domain.accumulation import Accumulation, Basis, MissingReason
from app.domain.checks.finding import Fact, Finding, FindingCode, shown
from app.domain.checks.unit import UNITS, Units, convert, has_room, plain, units_of_dimension
from app.domain.checks.written import say_what_is_written
from app.domain.quantity import ObsStatus, PriceBasis
from app.domain.series import Observed
from app.domain.time.period import Period

MAX_SIGNIFICANT_DIGITS = 15
MAX_DECIMAL_PLACES = 8
# Of a figure in its indicator's unit; as reported it may be in one far smaller.
MAGNITUDE_LIMIT = Decimal(10) ** 10
REPORTED_LIMIT = Decimal(10) ** 20
_BASES = {each.value: each for each in Basis}


# Without slots: what follows from it is worked out once for all figures.
@dataclass(frozen=True, kw_only=True)
class FigureRule:
    """What the plan allows for figures of one indicator."""

    indicator: str
    unit: str
    accumulation: Accumulation
    is_integer: bool
    is_negative_allowed: bool
    units: Units = field(default_factory=lambda: UNITS)

    @cached_property
    def allowed_units(self) -> list[str]:
        """The units that its figures may be in."""
        return units_of_dimension(self.unit, self.units)


# Not frozen, as making a frozen one takes four times as long, and a file has one in every row.
@dataclass(slots=True, kw_only=True)
class RawFigure:
    """A figure as sent: any field may hold anything. ``pointer`` and ``row`` say where.

    ``letters``: of the columns of its sheet, by their names. ``part``: its place among the sheets
    of a file, or the reports of a batch.
    """

    pointer: str
    row: int
    sheet: str | None = None
    letters: Mapping[str, str] = field(default_factory=dict)
    part: int = 0
    indicator: object = None
    value: object = None
    unit: object = None
    basis: object = None
    missing_reason: object = None
    growth_percent: object = None
    price_basis: object = None
    obs_status: object = None


# Not frozen, for the same reason.
@dataclass(slots=True, kw_only=True)
class SoundFigure:
    """A figure without errors: as reported, and in the indicator's unit."""

    value: Decimal | None
    basis: Basis | None
    missing_reason: MissingReason | None
    reported_value: Decimal | None
    reported_unit: str | None
    published_growth_percent: Decimal | None = None
    price_basis: PriceBasis | None = None
    obs_status: ObsStatus = ObsStatus.NORMAL
    # What was made last: every check asks for the same.
    _made: Observed | None = field(default=None, init=False, repr=False, compare=False)

    def at(self, period: Period, *, area: str = "") -> Observed:
        """The figure as the series of its area has it."""
        if self._made is None or self._made.period is not period or self._made.area != area:
            self._made = self._make(period, area)
        return self._made

    def _make(self, period: Period, area: str) -> Observed:
        return Observed(
            period=period,
            value=self.value,
            basis=self.basis,
            missing_reason=self.missing_reason,
            published_growth_percent=self.published_growth_percent,
            price_basis=self.price_basis,
            obs_status=self.obs_status,
            area=area,
        )


def check_figure(raw: RawFigure, rule: FigureRule) -> SoundFigure | list[Finding]:
    """A sound figure, or every error of it (docs/measures.md#edges: no silent repair)."""
    checked = _check_value_or_reason(raw, rule)
    if raw.growth_percent is None and raw.price_basis is None and raw.obs_status is None:
        return checked
    beside = _check_beside(raw, rule)
    if isinstance(checked, list) or beside:
        return [*(checked if isinstance(checked, list) else []), *beside]
    return replace(
        checked,
        published_growth_percent=_number(raw.growth_percent),
        price_basis=None if raw.price_basis is None else PriceBasis(str(raw.price_basis)),
        obs_status=ObsStatus(str(raw.obs_status or ObsStatus.NORMAL)),
    )


def _check_value_or_reason(raw: RawFigure, rule: FigureRule) -> SoundFigure | list[Finding]:
    if raw.missing_reason is not None or raw.value is None:
        return _check_missing(raw, rule)
    of_unit = _check_unit(raw, rule)
    found = [*of_unit, *_check_basis(raw, rule)]
    value = _number(raw.value)
    if value is None:
        return [
            _say(FindingCode.VALUE_TYPE, raw, "value", rule, **_hint(raw.value)),
            *found,
        ]
    found = [*_check_value(raw, value, rule, has_unit=not of_unit), *found]
    if found:
        return found
    unit = str(raw.unit)
    return SoundFigure(
        value=convert(value, from_unit=unit, to_unit=rule.unit, units=rule.units),
        basis=_BASES[str(raw.basis)],
        missing_reason=None,
        reported_value=plain(value),
        reported_unit=unit,
    )


def _check_missing(raw: RawFigure, rule: FigureRule) -> SoundFigure | list[Finding]:
    if raw.missing_reason is None:
        reasons = " ".join(MissingReason)
        return [_say(FindingCode.VALUE_REQUIRED, raw, "value", rule, allowed=reasons)]
    if raw.value is not None:
        return [_say(FindingCode.VALUE_AND_MISSING_REASON, raw, "missing_reason", rule)]
    if raw.missing_reason not in list(MissingReason):
        code, allowed = FindingCode.MISSING_REASON_INVALID, " ".join(MissingReason)
        value = shown(raw.missing_reason)
        return [_say(code, raw, "missing_reason", rule, value=value, allowed=allowed)]
    return SoundFigure(
        value=None,
        basis=None,
        missing_reason=MissingReason(str(raw.missing_reason)),
        reported_value=None,
        reported_unit=None,
    )


def _check_value(
    raw: RawFigure, value: Decimal, rule: FigureRule, *, has_unit: bool
) -> list[Finding]:
    """Range and precision first: nothing is computed from a value beyond them.

    Digits and decimals are those of the number as reported; how large it is, is judged in the
    indicator's unit (measures, section 7, precision on intake).
    """
    if not value.is_finite() or value.copy_abs() >= REPORTED_LIMIT:
        return [_say(FindingCode.OUT_OF_RANGE, raw, "value", rule, value=shown(raw.value))]
    if not _is_exact(value):
        return [_say(FindingCode.PRECISION, raw, "value", rule, value=shown(raw.value))]
    converted = _check_converted(raw, value, rule) if has_unit else []
    is_negative = value < 0 and not rule.is_negative_allowed
    if not is_negative or any(each.code is FindingCode.OUT_OF_RANGE for each in converted):
        return converted
    return [_say(FindingCode.NEGATIVE, raw, "value", rule, value=shown(raw.value)), *converted]


def _check_converted(raw: RawFigure, value: Decimal, rule: FigureRule) -> list[Finding]:
    unit = str(raw.unit)
    converted = convert(value, from_unit=unit, to_unit=rule.unit, units=rule.units)
    is_large = converted.copy_abs() >= MAGNITUDE_LIMIT
    # In the same unit there are as many decimals as were sent.
    if not is_large and unit != rule.unit and not has_room(converted):
        return [_say(FindingCode.PRECISION, raw, "value", rule, value=shown(raw.value))]
    if not is_large and not (rule.is_integer and converted != converted.to_integral_value()):
        return []
    code = FindingCode.OUT_OF_RANGE if is_large else FindingCode.NOT_INTEGER
    facts = {
        "value": shown(raw.value),
        "unit": unit,
        "converted": f"{converted:f}",
        "canonical": rule.unit,
    }
    return [_say(code, raw, "value", rule, **facts)]


def _check_unit(raw: RawFigure, rule: FigureRule) -> list[Finding]:
    allowed = rule.allowed_units
    if raw.unit is None:
        return [_say(FindingCode.UNIT_REQUIRED, raw, "unit", rule, allowed=" ".join(allowed))]
    if raw.unit not in allowed:
        facts = {"value": shown(raw.unit), "allowed": " ".join(allowed)}
        return [_say(FindingCode.UNIT_NOT_ALLOWED, raw, "unit", rule, **facts)]
    return []


def _check_basis(raw: RawFigure, rule: FigureRule) -> list[Finding]:
    bases = rule.accumulation.bases
    if raw.basis in bases:
        return []
    allowed = " ".join(bases)
    if raw.basis is None:
        return [_say(FindingCode.BASIS_REQUIRED, raw, "basis", rule, allowed=allowed)]
    facts = {"value": shown(raw.basis), "allowed": allowed}
    return [_say(FindingCode.BASIS_NOT_ALLOWED, raw, "basis", rule, **facts)]


def _check_beside(raw: RawFigure, rule: FigureRule) -> list[Finding]:
    """What is said beside the value: published growth, at which prices, and how final it is."""
    found = []
    growth, sent = _number(raw.growth_percent), raw.growth_percent
    if sent is not None and not (growth is not None and _is_kept(growth)):
        facts = {"value": shown(sent), **_growth_meant(sent)}
        found.append(_say(FindingCode.GROWTH_INVALID, raw, "growth_percent", rule, **facts))
    for code, column, kind in (
        (FindingCode.PRICE_BASIS_INVALID, "price_basis", PriceBasis),
        (FindingCode.OBS_STATUS_INVALID, "obs_status", ObsStatus),
    ):
        said = getattr(raw, column)
        if said is not None and said not in list(kind):
            known: dict[str, Fact] = {"value": shown(said), "allowed": " ".join(kind)}
            found.append(_say(code, raw, column, rule, **known))
    return found


def _growth_meant(sent: object) -> dict[str, Fact]:
    """What to do with a text: enter the number in it alone, or nothing for a mark for none."""
    said = say_what_is_written(sent) if isinstance(sent, str) else {}
    if said.get("hint") == "missing_mark":
        return {"why": "none"}
    is_of_hundred = "meant" in said and "‰" not in str(sent)
    return {"why": "meant", "meant": said["meant"]} if is_of_hundred else {}


def _number(sent: object) -> Decimal | None:
    """The number that was sent; None for anything else."""
    if isinstance(sent, Decimal):
        return sent
    return Decimal(sent) if isinstance(sent, int) and not isinstance(sent, bool) else None


def _is_kept(value: Decimal) -> bool:
    """Whether a number is of a size and precision that can be kept exactly."""
    return value.is_finite() and value.copy_abs() < MAGNITUDE_LIMIT and _is_exact(value)


def _is_exact(value: Decimal) -> bool:
    """Whether a value can be kept to the last digit.

    >>> _is_exact(Decimal("0.123456789")), _is_exact(Decimal("812.40000000000"))
    (False, True)
    """
    text = str(value)
    # Most figures are short, whatever their parts are.
    if len(text) <= MAX_DECIMAL_PLACES and "E" not in text:
        return True
    # One beyond forty digits, or too small for any exponent, is rounded on the way.
    kept = plain(value)
    if kept != value:
        return False
    shortest = kept.as_tuple()
    exponent = shortest.exponent
    places = -exponent if isinstance(exponent, int) else 0
    return places <= MAX_DECIMAL_PLACES and len(shortest.digits) <= MAX_SIGNIFICANT_DIGITS


def _hint(value: object) -> dict[str, Fact]:
    """What stands there that is no number, and what was meant where that is plain."""
    said = say_what_is_written(value) if isinstance(value, str) else {"hint": "number"}
    return {"value": shown(value), **said}


def _say(
    code: FindingCode, raw: RawFigure, field_name: str, rule: FigureRule, **facts: Fact
) -> Finding:
    return Finding(
        code=code,
        pointer=f"{raw.pointer}/{field_name}",
        row=raw.row,
        sheet=raw.sheet,
        column=field_name,
        indicator=rule.indicator,
        facts=facts,
    )
