"""The mathematics of target tracking: pure, exact, standard library only."""
