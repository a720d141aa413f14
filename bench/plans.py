"""Large plans: their documents and figures, the same each time that they are made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

ROOT_AREA = "root"
_LAST_YEAR = 2025
_KINDS = (
    ("annual_flow", "亿元", "ytd"),
    ("increment", "家", "since_start"),
    ("level", "家", "level"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many plans, and how large each of them is."""

    plans: int = 1
    areas: int
    indicators: int = 100
    quarters: int = 40

    @property
    def per_plan(self) -> int:
        """The figures of a plan."""
        return self.areas * self.indicators * self.quarters

    @property
    def figures(self) -> int:
        """The figures of all plans."""
        return self.plans * self.per_plan

    @property
    def periods(self) -> list[str]:
        """The quarters up to the end of 2025, oldest first."""
        last = 4 * _LAST_YEAR + 3
        numbers = range(last - self.quarters + 1, last + 1)
        return [f"{number // 4}-Q{number % 4 + 1}" for number in numbers]

    @property
    def area_codes(self) -> list[str]:
        """The areas that report, by code."""
        return [f"a{place:04}" for place in range(self.areas)]

    @property
    def plan_codes(self) -> list[str]:
        """The plans, by code."""
        return [f"large-{place}" for place in range(self.plans)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """An indicator of a large plan."""

    place: int

    @property
    def code(self) -> str:
        """Its code."""
        return f"i{self.place:03}"

    @property
    def accumulation(self) -> str:
        """How its figures accumulate."""
        return _KINDS[self.place % 3][0]

    @property
    def unit(self) -> str:
        """The unit of its figures."""
        return _KINDS[self.place % 3][1]

    @property
    def basis(self) -> str:
        """Since when its figures count."""
        return _KINDS[self.place % 3][2]

    def value(self, area: int, quarter: int) -> int:
        """A figure: steady growth, and a running total that starts again each year."""
        if self.accumulation == "annual_flow":
            year, part = divmod(quarter, 4)
            return (100 + area % 89 + self.place + 3 * year) * (part + 1)
        return 200 + area % 97 + self.place + (1 + area % 5) * quarter


def indicators(size: Size) -> list[Indicator]:
    """The indicators of a plan."""
    return [Indicator(place=place) for place in range(size.indicators)]


def make_document(code: str, size: Size, *, review: str = "automatic") -> dict[str, Any]:
    """A plan's document, without figures: a target of the whole for each indicator."""
    first_year = int(size.periods[0][:4])
    return {
        "format": "dabiao-plan/1",
        "plan": {
            "code": code,
            "title_zh": f"基准测试计划 {code}",
            "title_en": f"Benchmark plan {code}",
            "publisher_zh": "基准测试",
            "publisher_en": "Benchmark",
            "start_date": date(first_year, 1, 1),
            "start_year": first_year,
            "end_year": _LAST_YEAR,
        },
        "settings": {"review": review},
        "areas": [*_areas(size)],
        "indicators": [_indicator(each) for each in indicators(size)],
        "targets": [_target(each, size, first_year) for each in indicators(size)],
    }


def _areas(size: Size) -> Iterator[dict[str, Any]]:
    names = {"name_zh": "全国", "name_en": "The whole", "parent": None, "level": "country"}
    yield {"code": ROOT_AREA, **names, "reports": False, "in_sum": False}
    for code in size.area_codes:
        names = {"name_zh": f"地区{code}", "name_en": f"Area {code}", "parent": ROOT_AREA}
        yield {"code": code, **names, "level": "city", "reports": True, "in_sum": True}


def _indicator(each: Indicator) -> dict[str, Any]:
    return {
        "code": each.code,
        "name_zh": f"指标{each.code}",
        "name_en": f"Indicator {each.code}",
        "unit": each.unit,
        "accumulation": each.accumulation,
    }


def _target(each: Indicator, size: Size, first_year: int) -> dict[str, Any]:
    reached = sum(each.value(area, size.quarters - 1) for area in range(size.areas))
    is_increment = each.accumulation == "increment"
    return {
        "indicator": each.code,
        "area": ROOT_AREA,
        "value": reached * 21 // 20,
        "unit": each.unit,
        "comparator": "gte",
        "commitment": "stated",
        "deadline": str(_LAST_YEAR),
        "baseline": None
        if is_increment
        else {"value": reached // 2, "period": str(first_year - 1)},
        "path": "linear",
    }
