"""Read what changed in other systems: postings, payments, documents; by cursor, repeating is harmless."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from billing.actions.posting import record_payment
from billing.models import ErpDocument, Payment
from core.errors import Refusal
from core.verbs import acting
from integrations.actions.documents import mirror_documents
from integrations.actions.payments import keep_unmatched_payment, settle_unmatched_payment
from integrations.adapters import CallFailed, Changes, TheirPayment
from integrations.connectors import connected
from integrations.models import System
from integrations.relay import health
from integrations.relay.calling import Clock
from integrations.relay.claiming import RELAY, is_paused
from integrations.relay.loop import Connect

NOTE_EVERY = timedelta(minutes=1)
log = logging.getLogger(__name__)


def read_changes(
    system: System, *, overlap: bool = False, connect: Connect = connected, clock: Clock = timezone.now
) -> int:
    """Mirror everything that changed since the system's cursor; return how many documents and payments.

    `overlap` reads a stretch before the cursor again, for changes that became visible late. The cursor
    moves only after what lies before it is stored, so a crash means reading twice, never skipping.
    """
    if is_paused(system.pk, now=clock()):
        return 0
    seen, more = 0, True
    try:
        with connect(system) as adapter:
            while more:
                changes = adapter.changes(system.cursor, overlap=overlap)
                seen += _keep(system, changes, clock)
                more, overlap = changes.more, False
    except CallFailed as error:
        log.warning("%s could not be read: %s", system.code, error)
        health.failed(system, error, now=clock())
    return seen


def _keep(system: System, changes: Changes, clock: Clock) -> int:
    now = clock()
    if changes.documents or changes.gone:
        mirror_documents(system.pk, documents=changes.documents, gone=changes.gone, read_at=now, actor=RELAY)
    _record_payments(system, changes.payments)
    due = system.cursor_read_at is None or system.cursor_read_at <= now - NOTE_EVERY
    if due or changes.cursor != system.cursor:
        with acting(RELAY):
            System.objects.filter(pk=system.pk, cursor=system.cursor).update(
                cursor=changes.cursor, cursor_read_at=now
            )
        system.cursor, system.cursor_read_at = changes.cursor, now
    return len(changes.documents) + len(changes.gone) + len(changes.payments)


def _record_payments(system: System, payments: Sequence[TheirPayment]) -> None:
    known = set(
        Payment.objects.filter(
            system=system.code, external_id__in=[payment.external_id for payment in payments]
        ).values_list("external_id", flat=True)
    )
    documents = dict(
        ErpDocument.objects.filter(
            system=system.code,
            number__in=[payment.document for payment in payments],
            proposal__isnull=False,
        ).values_list("number", "proposal_id")
    )
    for payment in payments:
        proposal_id = documents.get(payment.document)
        if payment.external_id in known or proposal_id is None:
            continue
        try:
            record_payment(
                proposal_id,
                system=system.code,
                external_id=payment.external_id,
                amount=payment.amount,
                currency=payment.currency,
                paid_on=payment.paid_on,
                actor=RELAY,
            )
        except Refusal as refusal:
            keep_unmatched_payment(
                system.pk, payment=payment, proposal_id=proposal_id, refusal=refusal, actor=RELAY
            )
        else:
            settle_unmatched_payment(system.pk, payment=payment, actor=RELAY)
