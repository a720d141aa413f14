"""The form that a clerk fills in: the figures that are expected, and what is official so far."""

from app.domain.accumulation import Basis, Measure
from app.domain.checks.due import falls_on, is_reported_by
from app.domain.checks.unit import units_of_dimension
from app.domain.plan import Indicator, PlanRules
from app.domain.time.period import Period
from app.formats.forms.template import TemplateForm, TemplateRow
from app.schemas.document.plan import AreaEntry
from app.services.state.plan import KnownPlan


def make_form(known: KnownPlan, *, area: str | None, period: Period) -> TemplateForm:
    """The form of one area, or of every area that reports, for a quarter. NothingThere."""
    definition = known.definition
    shown = definition.root if area is None else definition.area(area)
    areas = [a for a in definition.document.areas if a.reports] if area is None else [shown]
    header = definition.document.plan
    return TemplateForm(
        title_zh=header.title_zh,
        title_en=header.title_en,
        period=str(period),
        area=area,
        area_name_zh=shown.name_zh,
        area_name_en=shown.name_en,
        rows=[
            _row(known, each, indicator, period)
            for each in areas
            for indicator in known.plan.rules.indicators.values()
            if _is_asked(known.plan.rules, indicator, each, period)
        ],
        due_on=str(definition.calendar.due_on(period)),
    )


def _is_asked(rules: PlanRules, indicator: Indicator, area: AreaEntry, period: Period) -> bool:
    """Whether the form asks for the figure: it falls on the period, whether or not that is over.

    An area that need not report may: its form asks for everything.
    """
    reports = is_reported_by(rules, indicator, area.code) if area.reports else True
    is_reported = indicator.measure is Measure.REPORTED
    return reports and is_reported and falls_on(rules, indicator, period)


def _row(known: KnownPlan, area: AreaEntry, measured: Indicator, period: Period) -> TemplateRow:
    indicator, figures = known.definition.indicator(measured.code), known.plan.figures
    now = figures.own(measured, area.code, period)
    last = figures.last_before(measured, area.code, period)
    bases = [basis.value for basis in indicator.accumulation.bases]
    usual = last.basis if last else None
    return TemplateRow(
        area=area.code,
        area_name_zh=area.name_zh,
        area_name_en=area.name_en,
        indicator=indicator.code,
        indicator_name_zh=indicator.name_zh,
        indicator_name_en=indicator.name_en,
        unit=indicator.unit,
        allowed_units=units_of_dimension(indicator.unit, known.definition.units),
        allowed_bases=bases,
        suggested_basis=usual or (Basis.YTD.value if Basis.YTD.value in bases else bases[0]),
        is_integer=measured.is_count,
        value=now.value if now else None,
        last_value=last.value if last else None,
        last_period=str(last.period) if last else None,
    )
