"""Put events under seal."""

from django.db import connection, transaction

from core.models import EventSeal
from core.sealing.digests import EVENT_DIGEST, SEAL_DIGEST, key_id, root, signing_key

BATCH = 10_000


def seal_log() -> int:
    """Seal every event that is visible and not yet sealed; return how many.

    An event committed late has a lower number than its neighbours: it goes under the next seal, because
    what counts is that it has none, not where it stands. Of several callers one seals, the others wait.
    """
    sealed = 0
    while count := _seal_next():
        sealed += count
    return sealed


@transaction.atomic
def _seal_next() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('seal_log', 0))")
        # The seal's row follows its events: the constraint between them is checked at the end.
        last = EventSeal.objects.order_by("number").last()
        number = last.number + 1 if last else 1
        cursor.execute(_SEAL_EVENTS, {"number": number, "batch": BATCH})
        count = int(cursor.rowcount)
        if not count:
            return 0
        cursor.execute(f"SELECT {SEAL_DIGEST} FROM core_sealedevent s WHERE s.seal_id = %s", [number])
        (digest,) = cursor.fetchone() or ("",)
    key = signing_key()
    signature = root(key, number=number, events=count, digest=digest, before=last.root if last else "")
    EventSeal.objects.create(number=number, events=count, key_id=key_id(key), root=signature)
    return count


_SEAL_EVENTS = f"""
INSERT INTO core_sealedevent (event_id, seal_id, digest)
SELECT e.seq, %(number)s, {EVENT_DIGEST}
FROM core_event e
WHERE NOT EXISTS (SELECT 1 FROM core_sealedevent s WHERE s.event_id = e.seq)
ORDER BY e.seq LIMIT %(batch)s
"""
