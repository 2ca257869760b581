"""Words, evidence, fixes and surroundings for the exception page; imported when the app is ready."""

from reporting.fixes import causes, customers, periods, processes, rates, surroundings

__all__ = ["causes", "customers", "periods", "processes", "rates", "surroundings"]
