"""The client that openapi-generator makes for Python."""

import os

from dabiao_generated import ApiClient, Configuration, GapsApi, PlansApi, ReportsApi
from dabiao_generated.exceptions import NotFoundException
from dabiao_generated.models import Basis, FigureInput, ReportInput

settings = Configuration(host=os.environ["INTEROP_URL"], access_token=os.environ["INTEROP_KEY"])
with ApiClient(settings) as client:
    gaps = GapsApi(client).list_gaps("china-software-2025")
    row = gaps.items[0]
    assert isinstance(row.attainment_percent, int | float), row

    figure = FigureInput(indicator="value_added", value=433.8, unit="亿元", basis=Basis.YTD)
    told = ReportsApi(client).submit_report(
        "shenzhen-software-2025",
        ReportInput(area="futian", period="2024-Q3", figures=[figure]),
    )
    assert told.applied
    assert told.summary.created == 1

    try:
        PlansApi(client).get_plan("atlantis")
    except NotFoundException as refused:
        problem = refused.data
    assert problem.code == "unknown_plan"
print(row.indicator_name_en, row.rating, told.report.id, problem.title)
