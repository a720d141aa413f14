"""Forms for tests: two areas, two indicators."""

from decimal import Decimal

from app.formats.forms.template import TemplateForm, TemplateRow

_AREAS = {"east": ("东区", "East"), "west": ("西区", "West")}


def make_form(area: str | None = "east") -> TemplateForm:
    """A form for an area, or for both."""
    rows = [
        row
        for code in _AREAS
        if area in {None, code}
        for row in (_make_row(code, "output"), _make_row(code, "growers"))
    ]
    names = _AREAS[area] if area else ("全部地区", "All areas")
    return TemplateForm(
        title_zh="茶业计划",
        title_en="Tea plan",
        period="2024-Q3",
        area=area,
        area_name_zh=names[0],
        area_name_en=names[1],
        rows=rows,
        due_on="2024-10-15",
    )


def _make_row(area: str, indicator: str) -> TemplateRow:
    is_output = indicator == "output"
    return TemplateRow(
        area=area,
        area_name_zh=_AREAS[area][0],
        area_name_en=_AREAS[area][1],
        indicator=indicator,
        indicator_name_zh="增加值" if is_output else "茶农",
        indicator_name_en="Value added" if is_output else "Growers",
        unit="亿元" if is_output else "人",
        allowed_units=["元", "万元", "亿元"] if is_output else ["人"],
        allowed_bases=["quarter", "ytd"] if is_output else ["level"],
        suggested_basis="ytd" if is_output else "level",
        is_integer=not is_output,
        value=Decimal("12.5") if is_output else None,
        last_value=Decimal("811.25") if is_output else None,
        last_period="2024-Q2" if is_output else None,
    )
