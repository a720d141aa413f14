"""Gaps: figures and targets as rows."""
