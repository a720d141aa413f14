"""Dabiao (达标): how far a plan is from each of its targets, and what was known when."""

__version__ = "0.1.0"
