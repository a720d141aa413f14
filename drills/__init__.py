"""Drills: faults that are made on purpose, each beside a control that must lose."""
