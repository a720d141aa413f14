"""Thin routes over the services, and how failures are told."""
