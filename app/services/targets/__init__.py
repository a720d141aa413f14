"""Targets: loaded, revised and shown."""
