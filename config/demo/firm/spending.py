"""Kinds of expenses, what people spent, and the receipts they got."""

import struct
import zlib
from dataclasses import dataclass
from decimal import Decimal

from projects.actions.uploads import Upload

_PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_WIDTH, _HEIGHT = 220, 320


@dataclass(frozen=True)
class Kind:
    """A category with the firm's limits, in pounds."""

    code: str
    name: str
    unit: str = ""
    unit_price: Decimal | None = None
    ceiling: Decimal | None = None
    ceiling_per: str = "item"
    receipt_above: Decimal | None = None


@dataclass(frozen=True)
class Spend:
    """One expense so many days ago: `amount` paid, or the quantity of a category with units."""

    kind: str
    days_ago: int
    amount: str
    note: str
    vendor: str = ""
    currency: str = ""
    tax: str = "0"
    receipt: str = ""


KINDS = (
    Kind("hotel", "Hotel", ceiling=Decimal(220), receipt_above=Decimal(0)),
    Kind("meals", "Meals", ceiling=Decimal(60), ceiling_per="day", receipt_above=Decimal(25)),
    Kind("travel", "Rail and air", receipt_above=Decimal(25)),
    Kind("mileage", "Mileage", "km", Decimal("0.45")),
    Kind("materials", "Materials", receipt_above=Decimal(25)),
)
# What people bring home, over and over.
TRIPS = (
    Spend(
        "hotel", 12, "174.00", "Workshop with the client", "Station Hotel", tax="29.00", receipt="hotel.png"
    ),
    Spend("travel", 12, "86.40", "To the workshop and back", "Northern Rail", receipt="ticket.pdf"),
    Spend("mileage", 16, "148.5", "Site visit"),
    Spend("meals", 13, "21.60", "Lunch on site", "Corner Kitchen", tax="3.60", receipt="till.png"),
    Spend("materials", 17, "312.00", "Test cables", "Cable Works", tax="52.00", receipt="invoice.pdf"),
    Spend("hotel", 19, "268.00", "The only room near the client", "Harbour House", receipt="hotel.png"),
)


def receipt(name: str) -> Upload | None:
    """Return a receipt by its name: a small PDF, or a picture of a till slip."""
    if not name:
        return None
    return Upload(name, _PAPER if name.endswith(".pdf") else _slip())


def _slip() -> bytes:
    """Draw a till slip as a PNG: white paper with dark rows of print."""
    rows = b"".join(b"\0" + _row(place) for place in range(_HEIGHT))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def _row(place: int) -> bytes:
    printed = 24 < place < _HEIGHT - 24 and place % 20 < 5
    length = 60 + place * 7 % 110 if printed else 0
    line = bytearray(b"\xfa" * _WIDTH)
    line[18 : 18 + length] = b"\x40" * length
    if printed:
        line[_WIDTH - 54 : _WIDTH - 18] = b"\x40" * 36
    return bytes(line)
