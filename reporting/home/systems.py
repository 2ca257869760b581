"""Connected systems and reconciliation on the home page."""

from dataclasses import replace
from urllib.parse import urlencode

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Abs

from core.access import entities_in_force
from core.exceptions import OPEN_STATES
from core.presentation.formats import age, counted
from core.presentation.parts import Kpi, Link
from core.queries.exchange import Amount
from integrations.models import Break, System
from integrations.queries.deliveries import STUCK, UNFINISHED, visible_deliveries
from integrations.queries.reconciliation import visible_breaks
from integrations.states import BreakKind, BreakState
from reporting.home.parts import Line, Reader, Section, total_kpi
from reporting.queries.addresses import address

MOST = 6
DIFFERENCES = {
    BreakKind.MISSING_HERE: "is in the ERP only",
    BreakKind.MISSING_THERE: "is not in the ERP",
    BreakKind.AMOUNT: "has another amount in the ERP",
    BreakKind.CURRENCY: "is in another currency in the ERP",
    BreakKind.DATE: "is dated otherwise in the ERP",
    BreakKind.PARTY: "has another customer in the ERP",
    BreakKind.DUPLICATE: "is a second document in the ERP",
    BreakKind.STATUS: "is in another state in the ERP",
}


def open_breaks(reader: Reader) -> Section:
    """List the differences with the ERP that nobody has explained, largest first."""
    lines = tuple(
        Line(
            f"{_number(found)} {DIFFERENCES[BreakKind(found.kind)]}",
            _pair_address(found),
            f"{found.legal_entity}, {found.month:%B %Y}",
            found.difference,
            found.currency,
        )
        for found in _open(reader).order_by(Abs(F("difference")).desc(), "key")[:MOST]
    )
    more = Link("Reconciliation", address("reconciliation"))
    return Section("Reconciliation breaks", lines, "Our books and the ERP agree.", more)


def breaks_total(reader: Reader) -> Kpi:
    """Return the sum of the open differences without their signs; each is among the exceptions as well."""
    rows = _open(reader).order_by().values_list("currency").annotate(amount=Sum(Abs("difference")))
    total = reader.exchange.total(Amount(amount, code) for code, amount in rows)
    kpi = total_kpi("Open breaks", total, href=address("reconciliation"), tone="bad")
    remarks = [kpi.remark, "of what exceptions hold back"] if total.parts else [kpi.remark]
    return replace(kpi, remark=", ".join(filter(None, remarks)))


def systems(reader: Reader) -> Section:
    """List the connected systems with what waits for them and since when."""
    if not entities_in_force(reader.user, "integration.view"):
        return Section("Systems", (), "")
    mine = Q(deliveries__in=visible_deliveries(reader.user).filter(state__in=UNFINISHED))
    rows = System.objects.annotate(
        waiting=Count("deliveries", filter=mine),
        stuck=Count("deliveries", filter=mine & Q(deliveries__state__in=STUCK)),
        oldest=Min("deliveries__created_at", filter=mine),
    )
    lines = tuple(
        Line(
            system.name,
            address("integrations"),
            system.pause_reason or f"{counted(system.waiting, 'message')} waiting, {system.stuck} stuck",
            text=f"oldest {age(system.oldest, reader.now.date())}" if system.oldest else "",
            state="on_hold" if system.paused_until and system.paused_until > reader.now else "active",
        )
        for system in rows.order_by("code")
    )
    more = Link("Integrations", address("integrations"))
    return Section("Connected systems", lines, "No system is connected.", more)


def stuck_messages(reader: Reader) -> Kpi:
    """Return how many messages were refused or given up."""
    rows = visible_deliveries(reader.user).filter(state__in=STUCK)
    return Kpi("Stuck messages", text=str(rows.count()), href=address("integrations"))


def _open(reader: Reader) -> QuerySet[Break]:
    """Return the open breaks but those of documents the ERP refused: their money stands in the refusal."""
    live = [BreakState.OPEN, BreakState.PROPOSED]
    refused = Q(exception__state__in=OPEN_STATES) & ~Q(exception__code="break_open")
    found = visible_breaks(reader.user).filter(state__in=live).exclude(refused)
    return found.select_related("legal_entity", "proposal", "erp_document")


def _pair_address(found: Break) -> str:
    """Return the page of the break's own legal entity and month, with the break open."""
    parts = {
        "entity": found.legal_entity.code,
        "period": f"{found.month:%Y-%m}",
        "currency": found.currency,
        "break": str(found.pk),
    }
    return f"{address('reconciliation')}?{urlencode(parts)}"


def _number(found: Break) -> str:
    document = found.erp_document or found.proposal
    return document.number if document else found.key
