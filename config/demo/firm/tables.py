"""Read the tables beside this module: the parts of the firm that are best kept as lists."""

import csv
from functools import cache
from pathlib import Path


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a table by column name."""
    with open(Path(__file__).parent / f"{name}.csv", encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
