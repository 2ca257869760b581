"""What people and tests do inside the CRM: deals, their stages, subscriptions, faults of webhooks."""

from datetime import UTC, datetime

from starlette.routing import Route

from integrations.sandbox_crm.server.deals import add_deal, change_deal, move_deal, remove_deal
from integrations.sandbox_crm.server.fields import STAGES, read_changes
from integrations.sandbox_crm.server.outbox import add_webhook_fault, messages, send_again, subscribe
from integrations.sandbox_erp.server.body import objects, parsed
from integrations.sandbox_erp.server.endpoints import Answer, Call, reads, writes
from integrations.sandbox_erp.server.refusals import invalid


def create_deal(call: Call) -> Answer:
    return Answer(add_deal(call.connection, read_changes(call.body)), 201)


def edit_deal(call: Call) -> Answer:
    return Answer(change_deal(call.connection, call.path["id"], read_changes(call.body)))


def delete_deal(call: Call) -> Answer:
    remove_deal(call.connection, call.path["id"])
    return Answer({"deleted": call.path["id"]})


def move(call: Call) -> Answer:
    """Move to a stage; a close is dated today unless `close_date` says otherwise."""
    body = call.body
    day = body.day("close_date") if body.has("close_date") else datetime.now(UTC).date()
    return Answer(move_deal(call.connection, call.path["id"], body.choice("stage", STAGES), day.isoformat()))


def put_subscription(call: Call) -> Answer:
    subscribe(call.connection, call.body.text("url"), call.body.text("secret"))
    return Answer({"url": call.body.text("url")})


def list_messages(call: Call) -> Answer:
    return Answer({"messages": messages(call.connection, call.query.get("deal"))})


def repeat_message(call: Call) -> Answer:
    if not call.path["id"].isdigit():
        raise invalid("A message is named by its number.", "id")
    send_again(call.connection, int(call.path["id"]))
    return Answer({"messages": messages(call.connection, None)})


def add_webhook_faults(call: Call) -> Answer:
    """Append a list of faults of webhooks, all or none."""
    ids = [add_webhook_fault(call.connection, body) for body in objects(parsed(call.raw), "faults")]
    return Answer({"ids": ids}, 201)


def clear_webhook_faults(call: Call) -> Answer:
    call.connection.execute("DELETE FROM webhook_faults")
    return Answer({"faults": []})


ROUTES = [
    Route("/api/admin/deals", writes(create_deal), methods=["POST"]),
    Route("/api/admin/deals/{id}", writes(edit_deal), methods=["PATCH"]),
    Route("/api/admin/deals/{id}", writes(delete_deal), methods=["DELETE"]),
    Route("/api/admin/deals/{id}/stage", writes(move), methods=["POST"]),
    Route("/api/admin/subscriptions", writes(put_subscription), methods=["PUT"]),
    Route("/api/admin/messages", reads(list_messages), methods=["GET"]),
    Route("/api/admin/messages/{id}/send", writes(repeat_message), methods=["POST"]),
    Route("/api/admin/webhook-faults", writes(add_webhook_faults), methods=["POST"]),
    Route("/api/admin/webhook-faults", writes(clear_webhook_faults), methods=["DELETE"]),
]
