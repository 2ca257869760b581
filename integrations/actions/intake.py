"""Keep in step with the mapping that intake needs."""

import uuid

from core.actors import Actor
from core.exceptions import Cause, close_exceptions, open_exception
from core.verbs import verb
from integrations.models import System


@verb
def tell_unreadable(system_id: uuid.UUID, *, sentence: str, actor: Actor) -> None:
    """Keep one exception per system whose deals cannot be read; an empty sentence closes it."""
    system = System.objects.get(pk=system_id)
    key = f"schema_changed:{system.pk}"
    if not sentence:
        close_exceptions([key], actor=actor, resolution="Deals are read again")
        return
    cause = Cause(
        code="schema_changed",
        key=key,
        title=f"Deals of {system} cannot be read",
        object_type="integrations.system",
        object_id=system.pk,
        object_label=system.code,
        kind="technical",
        flow="deal_intake",
        team="integration_support",
        evidence={"sentence": sentence},
    )
    open_exception(cause, actor=actor)
