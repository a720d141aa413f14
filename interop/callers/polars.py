"""polars: Parquet by its address, of which it fetches the parts that it needs."""

import os
from datetime import date

import httpx
import polars as pl

GAPS = f"{os.environ['INTEROP_URL']}/api/v1/plans/china-software-2025/gaps?format=parquet"

part = httpx.get(GAPS, headers={"Range": "bytes=0-3"}, trust_env=False)
assert (part.status_code, part.content) == (206, b"PAR1")
wanted = (pl.col("area") == "china") & (pl.col("indicator") == "software_business_revenue")
table = pl.scan_parquet(GAPS).filter(wanted).select("period_end", "actual", "flags").collect()
assert table.row(0)[:2] == (date(2025, 12, 31), 154831.0)
assert table.schema["flags"] == pl.List(pl.String)
