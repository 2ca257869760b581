"""What our objects are called in other systems. Steps: they need an open transaction."""

import json
import uuid
from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from integrations.models import Delivery, ExternalReference, System


def link(
    system: System, object_type: str, object_id: uuid.UUID, external_id: str
) -> tuple[ExternalReference, bool]:
    """Keep the object's name in the system; return it and whether anything changed."""
    reference, created = ExternalReference.objects.get_or_create(
        system=system,
        object_type=object_type,
        object_id=object_id,
        defaults={"external_id": external_id, "synced_at": timezone.now()},
    )
    if created or reference.external_id == external_id:
        return reference, created
    reference.external_id = external_id
    reference.synced_at = timezone.now()
    reference.save(update_fields=["external_id", "synced_at"])
    return reference, True


def link_all(numbers: Sequence[tuple[Delivery, str]]) -> None:
    """Keep what the objects of deliveries are called in their systems; the same again changes nothing."""
    rows = [
        {
            "system": delivery.system_id,
            "type": delivery.aggregate_type,
            "object": delivery.aggregate_id,
            "number": number,
        }
        for delivery, number in numbers
    ]
    with connection.cursor() as cursor:
        cursor.execute(_LINK, {"rows": json.dumps(rows, default=str), "now": timezone.now()})


_LINK = """
INSERT INTO integrations_externalreference AS known
  (id, system_id, object_type, object_id, external_id, url, synced_at)
SELECT uuidv7(), g.system, g.type, g.object, g.number, '', %(now)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS g(system uuid, type text, object uuid, number text)
ORDER BY g.system, g.type, g.object
ON CONFLICT (system_id, object_type, object_id) DO UPDATE
SET external_id = excluded.external_id, synced_at = excluded.synced_at
WHERE known.external_id <> excluded.external_id
"""
