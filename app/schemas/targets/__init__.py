"""Targets and the tasks of years, as clients see and set them."""
