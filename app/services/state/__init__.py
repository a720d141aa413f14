"""State: a plan as known at a revision, as the values that the domain computes with."""
