"""The final assessment of a plan: made, as a page, as a workbook."""
