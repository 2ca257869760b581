"""What several payloads share."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Changed:
    """Fields of an object changed; history holds the values."""

    code: str
    fields: list[str]
