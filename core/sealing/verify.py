"""Hold the log against its seals."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from core.sealing.digests import EVENT_DIGEST, SEAL_DIGEST, known_keys, root


@dataclass(frozen=True)
class Finding:
    """One sentence about what does not hold; `event` is its number where one event is meant."""

    sentence: str
    event: int | None = None


@dataclass(frozen=True)
class Verdict:
    """What a verification saw. `root` is the last seal's: a copy kept elsewhere shows a shortened chain."""

    findings: tuple[Finding, ...]
    seals: int
    events: int
    root: str


def verify_log(*, kept: tuple[int, str] | None = None) -> Verdict:
    """Compare every sealed event with its digest, and every seal with its signature.

    `kept` is the number and root of a seal noted outside of the database: the chain must still hold it,
    which a log cut off at its end together with its seals does not.
    """
    chain = list(_chain())
    findings = [*_changed_events(), *_broken_links(chain), *_missing_root(chain, kept)]
    last = chain[-1] if chain else None
    return Verdict(tuple(findings), len(chain), sum(link.events for link in chain), last.root if last else "")


@dataclass(frozen=True)
class _Link:
    number: int
    events: int
    key_id: str
    root: str
    found: int
    digest: str


def _chain() -> Iterator[_Link]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT n.number, n.events, n.key_id, n.root, count(s.event_id), {SEAL_DIGEST}
            FROM core_eventseal n LEFT JOIN core_sealedevent s ON s.seal_id = n.number
            GROUP BY n.number ORDER BY n.number"""
        )
        yield from (_Link(*row) for row in cursor.fetchall())


def _changed_events() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT s.event_id, s.seal_id, e.type, e.aggregate_type, e.aggregate_id
            FROM core_sealedevent s LEFT JOIN core_event e ON e.seq = s.event_id
            WHERE e.seq IS NULL OR s.digest <> {EVENT_DIGEST}
            ORDER BY s.event_id"""
        )
        for number, seal, kind, aggregate, identifier in cursor.fetchall():
            what = (
                f"Event {number} ({kind}, {aggregate} {identifier}) is not"
                if kind
                else f"Event {number} is gone:"
            )
            rest = "what it was when" if kind else "it was there when"
            yield Finding(f"{what} {rest} seal {seal} was put on it.", number)


def _broken_links(chain: list[_Link]) -> Iterator[Finding]:
    keys, before = known_keys(), ""
    for place, link in enumerate(chain, start=1):
        if link.number != place:
            yield Finding(f"Seal {place} is missing from the chain.")
            return
        key = keys.get(link.key_id)
        if key is None:
            yield Finding(f"Seal {link.number} was signed with a key ({link.key_id}) that is not configured.")
        elif not _holds(key, link, before):
            yield Finding(f"Seal {link.number} does not hold: its events, digests or signature were changed.")
        before = link.root


def _holds(key: str, link: _Link, before: str) -> bool:
    if link.found != link.events:
        return False
    expected = root(key, number=link.number, events=link.events, digest=link.digest, before=before)
    return hmac.compare_digest(expected, link.root)


def _missing_root(chain: list[_Link], kept: tuple[int, str] | None) -> Iterator[Finding]:
    if kept and not any((link.number, link.root) == kept for link in chain):
        yield Finding(
            f"Seal {kept[0]} with the root {kept[1][:12]}… is not in the chain: the log was cut or replaced."
        )
