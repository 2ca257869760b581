"""Give a draft another date: where the ERP closed the period of its own, it would never be posted."""

import uuid
from datetime import date

from billing.actions.steps.locking import lock_proposal
from billing.drafting.build import recalculate
from billing.events import ProposalRedated
from billing.models import Proposal
from billing.states import ProposalStatus
from core.actors import Actor
from core.errors import Invalid, Refusal
from core.events import record
from core.permissions import require
from core.verbs import verb


class NotADraft(Refusal):
    """Only a draft takes another date."""

    code = "not_a_draft"


class BeforeItsWork(Invalid):
    """A document is not dated before the last work on it."""

    code = "before_its_work"


@verb
def redate_proposal(
    proposal_id: uuid.UUID, *, document_date: date, actor: Actor, reason: str = ""
) -> Proposal:
    """Move date and tax point of a draft; taxes and exchange rate are those of the new day.

    Refuses a day before the last work date on it, and a document that is not a draft. Records
    proposal.redated, besides what its recalculation records.
    """
    proposal = lock_proposal(proposal_id)
    require(actor, "billing.prepare", proposal.legal_entity_id)
    if proposal.status != ProposalStatus.DRAFT:
        raise NotADraft(f"{proposal.number} is not a draft: return it first.")
    if document_date < proposal.service_to:
        last = f"{proposal.service_to:%d %b %Y}"
        raise BeforeItsWork(
            f"The last work on it is of {last}: it is not dated earlier.", field="document_date"
        )
    before = proposal.document_date
    if before == document_date:
        return proposal
    Proposal.objects.filter(pk=proposal.pk).update(document_date=document_date)
    recalculate([proposal.pk], actor=actor)
    proposal.refresh_from_db()
    payload = ProposalRedated(proposal.number, before, document_date)
    record(proposal, payload, legal_entity_id=proposal.legal_entity_id, effective_on=document_date)
    return proposal
