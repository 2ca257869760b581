"""What our objects are called in other systems."""

import uuid

from core.actors import Actor
from core.events import record
from core.verbs import verb
from integrations.actions.steps.references import link
from integrations.events import ReferenceLinked
from integrations.models import ExternalReference, System


@verb
def link_reference(
    system_id: uuid.UUID, *, object_type: str, object_id: uuid.UUID, external_id: str, actor: Actor
) -> ExternalReference:
    """Keep what an object of ours is called in a system; the same link again changes nothing."""
    system = System.objects.get(pk=system_id)
    reference, changed = link(system, object_type, object_id, external_id)
    if changed:
        record(reference, ReferenceLinked(system.code, object_type, object_id, external_id))
    return reference
