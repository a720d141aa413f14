"""Intake: reports submitted, judged, decided on and shown."""
