"""Use cases: functions that take a session, never commit, and know no HTTP."""
