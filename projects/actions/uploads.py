"""A file as it was handed in, before anything is known about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Upload:
    """Its name and content."""

    name: str
    content: bytes
