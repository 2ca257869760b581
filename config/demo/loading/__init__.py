"""Bring the demo firm in: facts through the verbs people use, reference data as stewards enter it."""
