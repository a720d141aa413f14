"""The course of a figure: over time from one source, and how it grows."""
