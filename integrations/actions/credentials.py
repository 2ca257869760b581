"""Enter secrets of systems; they can be used and replaced, never read back."""

import uuid
from datetime import datetime

from core.actors import Actor
from core.errors import Invalid
from core.events import record
from core.permissions import require
from core.rows import locked
from core.verbs import verb
from integrations.events import CredentialStored
from integrations.models import Credential, System
from integrations.queries.credentials import live_credentials
from integrations.signatures import NotAuthentic, signature
from integrations.states import CredentialPurpose
from integrations.vault import seal

SHORTEST = 16


class WeakSecret(Invalid):
    """The secret is too short, or not written as such a secret is."""

    code = "weak_secret"


@verb
def store_credential(
    system_id: uuid.UUID, *, purpose: str, secret: str, others_until: datetime, actor: Actor, reason: str = ""
) -> Credential:
    """Seal a new secret of a system; older ones of the purpose hold until the given time, for a rotation.

    Records credential.stored, never the secret. Refuses a short one, and a webhook secret that is no base64.
    """
    require(actor, "integration.work")
    system = locked(System, system_id)
    _check(purpose, secret)
    older = live_credentials(system, purpose).filter(retires_at=None)
    still_live = older.update(retires_at=others_until)
    row = Credential(system=system, purpose=purpose, created_by=actor.text)
    sealed = seal(secret, context=row.context)
    row.key_id, row.box = sealed.key_id, sealed.box
    row.save(force_insert=True)
    record(row, CredentialStored(system.code, purpose, still_live))
    return row


def _check(purpose: str, secret: str) -> None:
    if purpose not in CredentialPurpose.values:
        raise Invalid("There is no such purpose.", field="purpose")
    if len(secret) < SHORTEST:
        raise WeakSecret(f"A secret has at least {SHORTEST} characters.", field="secret")
    if purpose == CredentialPurpose.WEBHOOK_SECRET:
        try:
            signature(b"", secret)
        except NotAuthentic as error:
            raise WeakSecret("A webhook secret is base64, usually after whsec_.", field="secret") from error
