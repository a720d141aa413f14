"""DuckDB: Parquet by its address, of which it fetches the parts that it needs."""

import os
from datetime import date

import duckdb
from duckdb_extensions import import_extension

GAPS = f"{os.environ['INTEROP_URL']}/api/v1/plans/china-software-2025/gaps?format=parquet"

import_extension("httpfs")
connection = duckdb.connect()
connection.load_extension("httpfs")
asked = (
    "select area_name_en, period_end, actual from read_parquet(?) "
    "where area = 'china' and indicator = 'software_business_revenue'"
)
assert connection.execute(asked, [GAPS]).fetchall() == [("China", date(2025, 12, 31), 154831.0)]
