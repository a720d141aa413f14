"""A figure of a report as it becomes official."""

from typing import Any

from app.services.ledger import written
from app.tables import Figure

# A payload is JSON that this program writes itself: its shape is that of the tables.
Content = dict[str, Any]


def official_observation(figure: Content, report: Content, *, publisher: str) -> Content:
    """The observation that a figure of a report becomes: as reported, with its report."""
    columns = ("indicator", "value", "missing_reason", "basis", "reported_value", "reported_unit")
    return {
        **{name: figure[name] for name in columns},
        "area": report["area"],
        "period": report["period"],
        "published_growth_percent": None,
        "rounded": False,
        "source": {"publisher": publisher},
        "report_id": report["id"],
    }


def stored_content(figure: Figure) -> Content:
    """A stored figure as a payload has it."""
    return {
        **figure.model_dump(include={"indicator", "missing_reason", "basis", "reported_unit"}),
        "value": written(figure.value),
        "reported_value": written(figure.reported_value),
    }
