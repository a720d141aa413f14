"""pysdmx: the registry, data as SDMX-CSV, SDMX-ML 2.1 and 3.0; SDMX-JSON as it asks for it."""

import os
from json import loads

from pysdmx.api.dc.rest import SdmxConnector
from pysdmx.api.fmr import RegistryClient
from pysdmx.api.qb import ApiVersion, DataContext, DataFormat, DataQuery, RestService
from pysdmx.io import read_sdmx

URL = f"{os.environ['INTEROP_URL']}/sdmx/v2"
FIGURES = "CHINA_SOFTWARE_2025_OBS"

flows = [flow.id for flow in RegistryClient(URL).get_dataflows()]
assert FIGURES in flows, flows
rows = list(SdmxConnector(URL).data(f"DABIAO:{FIGURES}(1.0.0)", "INDICATOR = 'software_export'"))
expected = {row["TIME_PERIOD"]: float(row["OBS_VALUE"]) for row in rows}
assert expected["2024-Q4"] == 569.5

query = DataQuery(DataContext.DATAFLOW, "DABIAO", FIGURES, key="Q.software_export.*")
for form in (DataFormat.SDMX_ML_2_1_STR, DataFormat.SDMX_ML_2_1_GEN, DataFormat.SDMX_ML_3_0):
    content = RestService(URL, ApiVersion.V2_0_0, data_format=form).data(query).decode()
    (dataset,) = read_sdmx(content, validate=True).get_datasets()
    table = dataset.data
    found = {p: float(v) for p, v in zip(table["TIME_PERIOD"], table["OBS_VALUE"], strict=True)}
    assert found == expected, form
# It has no reader of SDMX-JSON data.
for form in (DataFormat.SDMX_JSON_1_0_0, DataFormat.SDMX_JSON_2_0_0):
    content = loads(RestService(URL, ApiVersion.V2_0_0, data_format=form).data(query))
    assert content["data"]["dataSets"], form
