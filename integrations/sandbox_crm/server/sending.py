"""Send webhooks: signed by the Standard Webhooks rules, tried again until somebody answers 2xx."""

import asyncio
import base64
import hashlib
import hmac
import sqlite3
import time

import httpx
from starlette.concurrency import run_in_threadpool

from integrations.sandbox_erp.server.store import Store, now_in_milliseconds

PAUSE = 0.2
BATCH = 20
# Seconds to the next try after each failure; behind the last one the message is given up.
RETRIES = (1, 5, 30, 120, 600, 3600, 21600)
AN_HOUR = 3600


async def send_forever(store: Store) -> None:
    """Send what is due until the server ends; one message after another, the earliest due first."""
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        while True:
            for message in await run_in_threadpool(_due, store):
                await _send(client, store, message)
            await asyncio.sleep(PAUSE)


async def _send(client: httpx.AsyncClient, store: Store, message: sqlite3.Row) -> None:
    # A spoiled message is spoiled on its first try only, so that the next one can heal it.
    flaw = message["flaw"] if message["attempts"] == 0 else None
    body = message["body"].encode()
    try:
        headers = signed(message["event"], body, message["secret"], flaw)
        response = await client.post(message["url"], content=body, headers=headers)
        answer, arrived = f"{response.status_code} {response.text[:200]}".rstrip(), response.is_success
    except (httpx.HTTPError, ValueError) as error:
        answer, arrived = f"{type(error).__name__} {error}".rstrip(), False
    await run_in_threadpool(_note, store, message, answer, arrived)


def signed(event: str, body: bytes, secret: str, flaw: str | None = None) -> dict[str, str]:
    """Return the headers of a message; a flaw spoils the signature or dates it an hour back."""
    timestamp = str(int(time.time()) - (AN_HOUR if flaw == "stale_timestamp" else 0))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    if flaw == "bad_signature":
        key = b"a key that nobody shares"
    digest = hmac.digest(key, f"{event}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "webhook-id": event,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _due(store: Store) -> list[sqlite3.Row]:
    with store.reading() as connection:
        return connection.execute(
            "SELECT o.*, s.url, s.secret FROM outbox o JOIN subscriptions s ON s.id = o.subscription "
            "WHERE o.state = 'waiting' AND o.due_ms <= ? ORDER BY o.due_ms, o.id LIMIT ?",
            [now_in_milliseconds(), BATCH],
        ).fetchall()


def _note(store: Store, message: sqlite3.Row, answer: str, arrived: bool) -> None:
    tried = message["attempts"] + 1
    state = "sent" if arrived else "waiting" if tried <= len(RETRIES) else "failed"
    delay = 0 if arrived or state == "failed" else RETRIES[tried - 1] * 1000
    with store.writing() as connection:
        connection.execute(
            "UPDATE outbox SET state = ?, attempts = ?, answer = ?, due_ms = ? WHERE id = ?",
            [state, tried, answer, now_in_milliseconds() + delay, message["id"]],
        )
