"""Targets and the tasks of years: reads, revision, and how a task is divided."""
