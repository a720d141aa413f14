"""The year's task: what a year is to bring, how it goes, and how it is divided among areas."""
