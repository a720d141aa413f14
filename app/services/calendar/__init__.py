"""The calendar: what is due, what was reported, what was extended."""
