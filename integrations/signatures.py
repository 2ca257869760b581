"""Signatures of webhooks that come in, by the Standard Webhooks rules. Pure."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

TOLERANCE = 300
MOST_SIGNATURES = 8
_ID = re.compile(r"[\x21-\x7e]{1,120}")
_SECONDS = re.compile(r"[0-9]{1,12}")


class NotAuthentic(Exception):
    """The message cannot be shown to come from the system it names; the reason is for our log only."""


@dataclass(frozen=True)
class Signed:
    """What a message says about itself in its headers."""

    event_id: str
    timestamp: int
    signatures: tuple[str, ...]


def read_headers(headers: Mapping[str, str]) -> Signed:
    """Read the three headers; refuse what is missing or malformed."""
    event_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "").split()
    if not _ID.fullmatch(event_id) or not _SECONDS.fullmatch(seconds):
        raise NotAuthentic("webhook-id or webhook-timestamp is missing or malformed")
    if not signatures or len(signatures) > MOST_SIGNATURES:
        raise NotAuthentic("webhook-signature is missing or malformed")
    return Signed(event_id, int(seconds), tuple(signatures))


def check(signed: Signed, body: bytes, secrets: Iterable[str], *, now: datetime) -> None:
    """Refuse a message that is older or newer than five minutes, or that no live secret signed.

    Every secret is tried against every signature in constant time, whichever matches.
    """
    if abs(int(now.timestamp()) - signed.timestamp) > TOLERANCE:
        raise NotAuthentic("the timestamp is more than five minutes away")
    content = f"{signed.event_id}.{signed.timestamp}.".encode() + body
    genuine = False
    for secret in secrets:
        expected = signature(content, secret).encode()
        for given in signed.signatures:
            genuine |= hmac.compare_digest(given.encode(), expected)
    if not genuine:
        raise NotAuthentic("no live secret made this signature")


def signature(content: bytes, secret: str) -> str:
    """Return `v1,` and the HMAC-SHA256 of the content under a secret (`whsec_` and base64)."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise NotAuthentic("a stored secret is not base64") from error
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
