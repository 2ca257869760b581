"""Downloads of integrations."""

from django.http import StreamingHttpResponse
from django.utils import timezone

from core.presentation.columns import Column
from core.presentation.export import lines
from integrations.tables.reconciliation import ReconciliationPage

COLUMNS = (
    Column("our_document", "Invoice", read="ours.code"),
    Column("our_customer", "Customer", read="ours.customer"),
    Column("our_date", "Date", "day", read="ours.on"),
    Column("our_net", "Net", "money", read="ours.amount", currency="ours.currency"),
    Column("difference", "Difference", "money", read="amount", currency="currency"),
    Column("reason", "Reason"),
    Column("their_document", "ERP document", read="theirs.code"),
    Column("their_customer", "ERP customer", read="theirs.customer"),
    Column("their_date", "ERP date", "day", read="theirs.on"),
    Column("their_net", "ERP net", "money", read="theirs.amount", currency="theirs.currency"),
)


def reconciliation_csv(page: ReconciliationPage) -> StreamingHttpResponse:
    """Stream the shown view of a month, both sides beside each other."""
    entity = page.entity.code if page.entity else "none"
    name = f"reconciliation-{entity}-{page.month:%Y-%m}-{page.asked.show}-{timezone.localtime():%H%M}.csv"
    # Read before the request's transaction ends: the response is sent after it.
    written = list(lines(COLUMNS, page.sided_rows))
    response = StreamingHttpResponse(written, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
