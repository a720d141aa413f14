"""Analysis: one target in full, shares, scenarios, reconciliation."""
