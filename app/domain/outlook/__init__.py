"""What may come: trends, projections, the year that runs, what it would take."""
