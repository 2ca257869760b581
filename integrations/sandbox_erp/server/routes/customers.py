"""Customers: create, read, change, find by external reference or tax registration."""

from starlette.routing import Route

from integrations.sandbox_erp.server.body import Body
from integrations.sandbox_erp.server.customers import (
    FIELDS,
    add_customer,
    change_customer,
    customers_after,
    customers_registered_as,
    customers_with_reference,
    known_customer,
)
from integrations.sandbox_erp.server.endpoints import Answer, Call, reads, writes

REQUIRED = ("name", "country", "currency")


def create_customer(call: Call) -> Answer:
    body = call.body
    values = {name: _value(body, name) for name in FIELDS}
    return Answer(add_customer(call.connection, values).as_json(), 201)


def get_customer(call: Call) -> Answer:
    return Answer(known_customer(call.connection, call.path["number"], status=404).as_json())


def update_customer(call: Call) -> Answer:
    """Change the fields that are sent; null empties an optional one."""
    body = call.body
    values = {name: _value(body, name) for name in FIELDS if name in body.data}
    return Answer(change_customer(call.connection, call.path["number"], values).as_json())


def list_customers(call: Call) -> Answer:
    limit = call.whole("limit", 100, most=500)
    if reference := call.query.get("external_reference"):
        customers = customers_with_reference(call.connection, reference)
        more = False
    elif registration := call.query.get("tax_registration"):
        customers = customers_registered_as(call.connection, registration)
        more = False
    else:
        customers = customers_after(call.connection, call.query.get("cursor", ""), limit)
        more = len(customers) == limit
    next_cursor = customers[-1].number if more else None
    return Answer({"customers": [customer.as_json() for customer in customers], "next_cursor": next_cursor})


def _value(body: Body, name: str) -> object:
    if name in REQUIRED:
        return body.text(name)
    if name == "payment_terms_days":
        return body.whole(name, 30)
    if name == "blocked":
        return body.flag(name, False)
    return body.optional_text(name)


ROUTES = [
    Route("/api/customers", reads(list_customers), methods=["GET"]),
    Route("/api/customers", writes(create_customer), methods=["POST"]),
    Route("/api/customers/{number}", reads(get_customer), methods=["GET"]),
    Route("/api/customers/{number}", writes(update_customer), methods=["PATCH"]),
]
