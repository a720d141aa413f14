"""Gaps: a row of the table, and one in full."""
