"""The interface other systems use: list by change, read one, write back what became of it."""

from starlette.routing import Route

from integrations.sandbox_crm.server.deals import change_deal, deals_changed_since, known_deal
from integrations.sandbox_crm.server.fields import read_written_back
from integrations.sandbox_erp.server.endpoints import Answer, Call, reads, writes
from integrations.sandbox_erp.server.refusals import invalid


def list_deals(call: Call) -> Answer:
    """List what changed since a moment; `next_cursor` is null on the last page."""
    limit = call.whole("limit", 50, most=200)
    since, cursor = call.query.get("changed_since", ""), call.query.get("cursor", "")
    moment, _, deal_id = cursor.partition("|")
    if cursor and not deal_id:
        raise invalid("cursor must be the next_cursor of the page before.", "cursor")
    found = deals_changed_since(call.connection, since, (moment, deal_id), limit)
    last = found[-1] if len(found) == limit else None
    return Answer({"deals": found, "next_cursor": last and f"{last['changed_at']}|{last['id']}"})


def get_deal(call: Call) -> Answer:
    return Answer(known_deal(call.connection, call.path["id"]))


def write_back(call: Call) -> Answer:
    """Keep contract, projects and delivery status; the same again changes nothing."""
    return Answer(change_deal(call.connection, call.path["id"], read_written_back(call.body)))


ROUTES = [
    Route("/api/deals", reads(list_deals), methods=["GET"]),
    Route("/api/deals/{id}", reads(get_deal), methods=["GET"]),
    Route("/api/deals/{id}", writes(write_back), methods=["PATCH"]),
]
