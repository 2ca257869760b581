"""Put mappings in force once their samples pass."""

import uuid
from datetime import datetime

from contracts.deals.terms import said_by
from core.actors import Actor
from core.errors import Invalid, Refusal
from core.events import record
from core.permissions import require
from core.rows import locked
from core.verbs import verb
from integrations.connectors import DEAL_MAPPINGS
from integrations.events import MappingActivated
from integrations.models import MappingVersion
from integrations.sandbox_crm.mapping import CannotRead
from integrations.states import MAPPING, MappingState


class SampleFails(Refusal):
    """A sample does not come out as expected; the mapping stays a draft."""

    code = "sample_fails"


@verb
def activate_mapping(
    mapping_id: uuid.UUID, *, now: datetime, actor: Actor, reason: str = ""
) -> MappingVersion:
    """Put a mapping in force in place of the one before; records mapping.activated.

    Refuses a mapping without samples, and one of which a sample fails, naming field and both values.
    """
    require(actor, "data.administer")
    mapping = locked(MappingVersion, mapping_id)
    if mapping.state == MappingState.ACTIVE:
        return mapping
    MAPPING.check(mapping.state, MappingState.ACTIVE, label=str(mapping))
    _try_samples(mapping)
    before = MappingVersion.objects.select_for_update(no_key=True).filter(
        system=mapping.system, object_type=mapping.object_type, state=MappingState.ACTIVE
    )
    replaced = before.first()
    before.update(state=MappingState.RETIRED)
    mapping.state, mapping.activated_at, mapping.activated_by = MappingState.ACTIVE, now, actor.user
    mapping.save(update_fields=["state", "activated_at", "activated_by"])
    told = MappingActivated(
        mapping.system.code,
        mapping.object_type,
        mapping.number,
        len(mapping.samples),
        replaced.number if replaced else None,
    )
    record(mapping, told)
    return mapping


def _try_samples(mapping: MappingVersion) -> None:
    read = DEAL_MAPPINGS.get(mapping.system.vendor)
    if read is None or mapping.object_type != "deal":
        raise Invalid(f"{mapping.system} sends no {mapping.object_type} that we read.", field="object_type")
    if not mapping.samples:
        raise SampleFails("A mapping needs at least one sample that passes.", field="samples")
    for place, sample in enumerate(mapping.samples, start=1):
        try:
            said = said_by(read(sample["given"], mapping.rules))
            expected = dict(sample["expected"])
        except (CannotRead, AttributeError, KeyError, TypeError, ValueError) as error:
            raise SampleFails(f"Sample {place} cannot be read: {error}", field="samples") from error
        for field, value in expected.items():
            if said.get(field, "") != value:
                got = said.get(field) or "nothing"
                raise SampleFails(f"Sample {place}: {field} is {got}, expected {value}.", field="samples")
