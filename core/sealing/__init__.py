"""Seal the event log, and prove that nothing sealed was changed since."""
