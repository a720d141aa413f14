"""sdmx1, by SDMX-REST 1 and 2: structures, figures in several formats, and the gap table."""

import os

import sdmx

# Before any data: the library makes its reader of 3.0 out of that of 2.1, which learns from them.
import sdmx.reader.xml.v30

URL = os.environ["INTEROP_URL"]
FIGURES, GAPS, EXPORT = "CHINA_SOFTWARE_2025_OBS", "CHINA_SOFTWARE_2025_GAP", "Q.software_export."
VND = "application/vnd.sdmx."
ACCEPT_3 = f"{VND}structure+xml;version=3.0.0,{VND}data+xml;version=3.0.0"


def connect(version: str, standard: str) -> sdmx.Client:
    """A client of the server's version of SDMX-REST."""
    source = {"id": "DABIAO", "url": f"{URL}/sdmx/{version}", "name": "Dabiao"}
    sdmx.add_source({**source, "versions": [standard]}, override=True)
    return sdmx.Client("DABIAO")


def values(message: object) -> dict[str, float]:
    """The figures by period."""
    found = sdmx.to_pandas(message)
    return {str(key): value for key, value in found.groupby("TIME_PERIOD").first().items()}


first = connect("v1", "2.1")
flow = first.dataflow(FIGURES)
structure = flow.dataflow[FIGURES].structure
assert flow.codelist["CL_CHINA_SOFTWARE_2025_AREA"]["east"].name["zh"] == "东部地区"
ASKED = (
    {"headers": {"Accept": "*/*"}},
    {"dsd": structure},
    {"headers": {"Accept": f"{VND}draft-sdmx-json+json;version=1.0.0"}},
)
for how in ASKED:
    found = values(first.data(FIGURES, key=EXPORT, **how))
    assert (found["2024-Q4"], found["2025-Q1"]) == (569.5, 131.0), how
assert first.data(GAPS, key=EXPORT).data[0].obs

second = connect("v2", "3.0.0")
second.session.headers["Accept"] = ACCEPT_3
message = second.dataflow(FIGURES, params={"references": "descendants"})
assert "/sdmx/v2/" in message.response.url
structure = message.structure[FIGURES]
assert structure.attributes.get("BASIS") is not None
for known in ({}, {"dsd": structure}):
    found = values(second.data(FIGURES, key=EXPORT, headers={"Accept": ACCEPT_3}, **known))
    assert (found["2024-Q4"], found["2025-Q1"]) == (569.5, 131.0), known
