"""jsonstat.py: one value by its codes, and a table of areas."""

import os

import jsonstat

PLAN = f"{os.environ['INTEROP_URL']}/api/v1/plans/china-software-2025"
ASKED = {"indicator": "software_business_revenue", "period": "2024-Q4", "measure": "actual"}

data = jsonstat.from_url(f"{PLAN}/gaps?format=jsonstat&period=2024-Q4")
assert data.data(**ASKED, area="china").value == 137276
assert data.dimension("area").label == "Area"
table = data.to_data_frame("Area", content="label", blocked_dims=ASKED)
assert table.loc["Eastern region", "Value"] == 113022
