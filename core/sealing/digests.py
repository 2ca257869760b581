"""The bytes that are signed: digests of events in PostgreSQL, the root of a seal here."""

import hashlib
import hmac

from django.conf import settings

# What an event says (all but the trace it came in), as one JSON text that no session setting changes.
EVENT_DIGEST = """sha256(convert_to(jsonb_build_array(
  e.seq, e.id, e.occurred_at AT TIME ZONE 'UTC', e.type, e.schema_version, e.aggregate_type, e.aggregate_id,
  e.aggregate_seq, e.legal_entity_id, e.actor, e.correlation_id, e.causation_id, e.effective_on, e.reason,
  e.payload, e.transaction_id::text)::text, 'UTF8'))"""
# All digests of one seal in the order of the log; an empty text where there are none.
SEAL_DIGEST = """encode(sha256(coalesce(
  string_agg(int8send(s.event_id) || s.digest, ''::bytea ORDER BY s.event_id), ''::bytea)), 'hex')"""


def key_id(key: str) -> str:
    """Return the name under which a seal remembers its key without telling it."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def signing_key() -> str:
    """Return the key that signs new seals: the first of `SEAL_KEYS`."""
    return str(settings.SEAL_KEYS[0])


def known_keys() -> dict[str, str]:
    """Return every key that may have signed a seal, by its name."""
    return {key_id(key): key for key in settings.SEAL_KEYS}


def root(key: str, *, number: int, events: int, digest: str, before: str) -> str:
    """Return the signature of a seal: its number, its events' digest and the root before it."""
    text = f"{number}|{events}|{digest}|{before}"
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
