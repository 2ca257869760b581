"""The mirror of what other systems hold: documents as they report them."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from core.actors import Actor
from core.events import record
from core.rows import locked
from core.verbs import verb
from integrations.adapters import TheirDocument
from integrations.events import DocumentsMirrored
from integrations.matching.mirror import lose, upsert
from integrations.models import Delivery, System
from integrations.states import DeliveryState

NAMED = 100


@verb
def mirror_documents(
    system_id: uuid.UUID,
    *,
    documents: Sequence[TheirDocument],
    gone: Sequence[str] = (),
    read_at: datetime,
    actor: Actor,
) -> int:
    """Keep documents of routed companies as they were read, linked to our proposals; return how many changed.

    What was read before and is the same stays untouched. A message in doubt whose document turns up here
    is looked for at once. Records erp_document.mirrored where anything differs.
    """
    system = locked(System, system_id)
    changed = upsert(system, documents, read_at)
    lost = lose(system, gone, read_at)
    Delivery.objects.filter(
        system=system,
        state=DeliveryState.UNKNOWN,
        available_at__gt=read_at,
        operation_id__in=_operations(documents),
    ).update(available_at=read_at)
    if changed or lost:
        record(system, DocumentsMirrored(system.code, len(changed), changed[:NAMED], lost[:NAMED]))
    return len(changed) + len(lost)


def _operations(documents: Sequence[TheirDocument]) -> list[uuid.UUID]:
    found = []
    for document in documents:
        try:
            found.append(uuid.UUID(document.reference))
        except ValueError:
            continue
    return found
