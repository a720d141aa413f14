"""Who owes what: contributions, allocations, reconciliation."""
