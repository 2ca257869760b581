"""Words, evidence, fixes and surroundings for the exception page; imported when the app is ready."""

from reporting.fixes import causes, customers, milestones, periods, processes, rates, surroundings

__all__ = ["causes", "customers", "milestones", "periods", "processes", "rates", "surroundings"]
