"""The briefing of a quarter: made, as a page, as a workbook."""
