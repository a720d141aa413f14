"""Workbooks: what a cell of a file holds."""
