# rsdmx: flows, code lists in both languages, and figures in both kinds of SDMX-ML 2.1.
suppressWarnings(library(rsdmx))
sdmx <- paste0(Sys.getenv("INTEROP_URL"), "/sdmx/v1")
flows <- as.data.frame(readSDMX(paste0(sdmx, "/dataflow")))
stopifnot("CHINA_SOFTWARE_2025_OBS" %in% flows$id)
structure <- readSDMX(
  paste0(sdmx, "/datastructure/DABIAO/CHINA_SOFTWARE_2025_OBS/latest?references=children")
)
codes <- as.data.frame(slot(structure, "codelists"), codelistId = "CL_FREQ")
stopifnot(codes$label.zh[codes$id == "Q"] == "季度")
for (kind in c("genericdata", "structurespecificdata")) {
  url <- paste0(sdmx, "/data/CHINA_SOFTWARE_2025_OBS/Q.software_export.china?format=", kind)
  found <- suppressWarnings(as.data.frame(readSDMX(url)))
  period <- if (kind == "genericdata") found$obsTime else found$TIME_PERIOD
  value <- if (kind == "genericdata") found$obsValue else found$OBS_VALUE
  stopifnot(as.numeric(value[period == "2024-Q4"]) == 569.5)
}
