"""The fault script and random faults."""

from starlette.routing import Route

from integrations.sandbox_erp.server.body import objects, parsed
from integrations.sandbox_erp.server.endpoints import Answer, Call, reads, writes
from integrations.sandbox_erp.server.faults import (
    add_fault,
    chaos_state,
    clear_faults,
    fault_script,
    remove_fault,
    start_chaos,
    stop_chaos,
)
from integrations.sandbox_erp.server.refusals import invalid


def list_faults(call: Call) -> Answer:
    return Answer({"faults": fault_script(call.connection)})


def add_faults(call: Call) -> Answer:
    """Append a list of faults to the script, all or none."""
    ids = [add_fault(call.connection, body) for body in objects(parsed(call.raw), "faults")]
    return Answer({"ids": ids}, 201)


def delete_faults(call: Call) -> Answer:
    clear_faults(call.connection)
    return Answer({"faults": []})


def delete_fault(call: Call) -> Answer:
    if not call.path["id"].isdigit():
        raise invalid("A fault is named by its number.", "id")
    remove_fault(call.connection, int(call.path["id"]))
    return Answer({"faults": fault_script(call.connection)})


def get_chaos(call: Call) -> Answer:
    return Answer({"chaos": chaos_state(call.connection)})


def put_chaos(call: Call) -> Answer:
    start_chaos(call.connection, call.body)
    return get_chaos(call)


def delete_chaos(call: Call) -> Answer:
    stop_chaos(call.connection)
    return get_chaos(call)


ROUTES = [
    Route("/api/admin/faults", reads(list_faults), methods=["GET"]),
    Route("/api/admin/faults", writes(add_faults), methods=["POST"]),
    Route("/api/admin/faults", writes(delete_faults), methods=["DELETE"]),
    Route("/api/admin/faults/{id}", writes(delete_fault), methods=["DELETE"]),
    Route("/api/admin/chaos", reads(get_chaos), methods=["GET"]),
    Route("/api/admin/chaos", writes(put_chaos), methods=["PUT"]),
    Route("/api/admin/chaos", writes(delete_chaos), methods=["DELETE"]),
]
