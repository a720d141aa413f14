"""pyjstat: the gap table as a table of numbers with labels."""

import os

from pyjstat import pyjstat

PLAN = f"{os.environ['INTEROP_URL']}/api/v1/plans/china-software-2025"

table = pyjstat.Dataset.read(f"{PLAN}/gaps?format=jsonstat").write("dataframe")
assert list(table) == ["Indicator", "Area", "Period", "Measure", "value"]
assert table["value"].dtype == "float64"
found = table[(table["Area"] == "China") & (table["Measure"] == "Actual")].dropna()
assert 154831.0 in set(found["value"])
