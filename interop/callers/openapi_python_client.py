"""The client that openapi-python-client makes: typed rows, a report with a key, a problem."""

import os
from uuid import uuid4

from dabiao_client import AuthenticatedClient
from dabiao_client.api.gaps import list_gaps
from dabiao_client.api.plans import get_plan
from dabiao_client.api.reports import submit_report
from dabiao_client.models.basis import Basis
from dabiao_client.models.figure_input import FigureInput
from dabiao_client.models.gap_row_page import GapRowPage
from dabiao_client.models.problem import Problem
from dabiao_client.models.report_input import ReportInput
from dabiao_client.models.submission_result import SubmissionResult

client = AuthenticatedClient(base_url=os.environ["INTEROP_URL"], token=os.environ["INTEROP_KEY"])

gaps = list_gaps.sync("china-software-2025", client=client)
assert isinstance(gaps, GapRowPage)
row = gaps.items[0]
assert isinstance(row.attainment_percent, int | float), row
assert row.indicator == "software_business_revenue"

figure = FigureInput(indicator="value_added", value=812.4, unit="亿元", basis=Basis.YTD)
told = submit_report.sync(
    "shenzhen-software-2025",
    client=client,
    body=ReportInput(area="nanshan", period="2024-Q3", figures=[figure]),
    idempotency_key=str(uuid4()),
)
assert isinstance(told, SubmissionResult), told
assert told.applied
assert told.summary.created == 1

problem = get_plan.sync("atlantis", client=client)
assert isinstance(problem, Problem)
assert problem.code == "unknown_plan"
print(row.indicator_name_en, row.rating, told.report, problem.title)
