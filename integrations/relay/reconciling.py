"""Read the other side of a comparison, outside any transaction, and hand it to the verb that compares."""

import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from billing.models import ErpDocument
from integrations.actions.reconciliation import complete_reconciliation, fail_reconciliation
from integrations.adapters import Adapter, CallFailed, TheirDocument
from integrations.connectors import connected
from integrations.matching.invoices import following
from integrations.models import ReconciliationRun, Route
from integrations.queries.reconciliation import released_numbers
from integrations.relay.calling import Clock
from integrations.relay.claiming import RELAY
from integrations.relay.loop import Connect

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OtherSide:
    """Everything the system holds of the month, and what it has no more."""

    documents: list[TheirDocument]
    gone: list[str]


def reconcile(
    run_id: uuid.UUID, *, connect: Connect = connected, clock: Clock = timezone.now
) -> ReconciliationRun:
    """Carry out a requested comparison; running it again after a crash gives the same breaks."""
    run = ReconciliationRun.objects.select_related("system", "legal_entity").get(pk=run_id)
    if run.completed_at:
        return run
    read_at = clock()
    try:
        with connect(run.system) as adapter:
            side = _read(run, adapter)
    except CallFailed as error:
        log.warning("%s could not be read: %s", run.system.code, error)
        return fail_reconciliation(run.pk, error=f"{run.system} could not be read: {error}", actor=RELAY)
    return complete_reconciliation(
        run.pk, documents=side.documents, gone=side.gone, read_at=read_at, actor=RELAY
    )


def _read(run: ReconciliationRun, adapter: Adapter) -> OtherSide:
    route = Route.objects.get(system=run.system, legal_entity=run.legal_entity)
    documents = list(adapter.snapshot(route.company_code, run.month))
    listed = {document.number for document in documents}
    gone = []
    for number in _stragglers(run):
        if number in listed:
            continue
        document = adapter.fetch(number)
        if document is None:
            gone.append(number)
        else:
            documents.append(document)
    return OtherSide(documents, gone)


def _stragglers(run: ReconciliationRun) -> Iterator[str]:
    """Name the documents we expect in the month; one that is not listed was moved, or deleted."""
    mirrored = ErpDocument.objects.filter(
        system=run.system.code,
        legal_entity=run.legal_entity,
        document_date__gte=run.month,
        document_date__lt=following(run.month),
    ).exclude(state="deleted")
    yield from dict.fromkeys([*mirrored.values_list("number", flat=True), *released_numbers(run)])
