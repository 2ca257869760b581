"""What our objects are called in other systems. Steps: they need an open transaction."""

import uuid

from django.utils import timezone

from integrations.models import ExternalReference, System


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
