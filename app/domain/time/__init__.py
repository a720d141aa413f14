"""Time: quarters and years, due days, and the clock of a target."""
