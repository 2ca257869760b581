"""Secrets of connectors at rest: AES-256-GCM, bound to what they are for, under a key that has a name.

A sealed secret opens only for the very credential it was sealed for; it names its key, so that keys rotate.
"""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12


class NoKey(RuntimeError):
    """The environment names no key, or not the one a secret was sealed with."""


class NotGenuine(RuntimeError):
    """The sealed bytes were changed, or belong to another credential."""


@dataclass(frozen=True)
class Sealed:
    """A secret nobody can read: the name of its key, and nonce with ciphertext."""

    key_id: str
    box: bytes


def seal(secret: str, *, context: str) -> Sealed:
    """Seal a secret under the first key; it opens for the same context only."""
    keys: dict[str, bytes] = settings.CREDENTIAL_KEYS
    if not keys:
        raise NoKey("TIEOUT_CREDENTIAL_KEYS must be set before secrets can be kept.")
    key_id = next(iter(keys))
    nonce = os.urandom(NONCE)
    return Sealed(key_id, nonce + AESGCM(keys[key_id]).encrypt(nonce, secret.encode(), context.encode()))


def unseal(sealed: Sealed, *, context: str) -> str:
    """Return the secret; refuse an unknown key, and bytes that were not sealed for this context."""
    key = settings.CREDENTIAL_KEYS.get(sealed.key_id)
    if key is None:
        raise NoKey(f"TIEOUT_CREDENTIAL_KEYS names no key {sealed.key_id}.")
    try:
        return AESGCM(key).decrypt(sealed.box[:NONCE], sealed.box[NONCE:], context.encode()).decode()
    except InvalidTag as error:
        raise NotGenuine(f"The secret of {context} was changed or belongs elsewhere.") from error
