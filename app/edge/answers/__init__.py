"""Answers on their way out: recorded, kept and sent."""
