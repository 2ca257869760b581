"""The data administration: stewards edit master data with history; the rest is shown or hidden."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import UniqueConstraint
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import Event, ExchangeRate, IdempotencyRecord, LegalEntity, Membership, Role, User
from core.stewardship import Guarded, StewardAdmin
from core.tasks import forget_answers
from tests.factories import ApiTokenFactory, ExchangeRateFactory, LegalEntityFactory, UserFactory
from tests.personas import page_client

OWN = {"core", "contracts", "projects", "timesheets", "billing", "integrations"}


def own_admins() -> list[Any]:
    return [one for one in admin.site._registry.values() if one.model._meta.app_label in OWN]


def address(model: Any, page: str, *arguments: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def entity_form(entity: LegalEntity, **changes: str) -> dict[str, str]:
    fields = ("name", "country", "time_zone", "tax_registration")
    return {**{name: str(getattr(entity, name)) for name in fields}, **changes}


def test_every_model_is_guarded_and_financial_ones_are_read_only(data_steward: User) -> None:
    editable = {one.model._meta.label for one in own_admins() if isinstance(one, StewardAdmin)}
    assert all(isinstance(one, Guarded) for one in own_admins())
    financial = {label for label in editable if label.startswith(("billing", "integrations"))}
    assert financial <= {
        "billing.TaxCode",
        "billing.TaxRule",
        "integrations.FlowObjective",
        "integrations.System",
        "integrations.MappingVersion",
        "integrations.Route",
    }


def test_every_list_and_form_opens_for_a_steward(data_steward: User) -> None:
    client = page_client(data_steward)
    for one in own_admins():
        assert client.get(address(one.model, "changelist")).status_code == 200, one.model
        added = client.get(address(one.model, "add")).status_code
        assert added == (200 if isinstance(one, StewardAdmin) else 403), one.model


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.DATA_STEWARD}))
def test_other_roles_edit_nothing(db: None, role: str) -> None:
    from tests.personas import person

    user = person(role)
    user.is_staff = True
    user.save()
    client = page_client(user)
    for one in own_admins():
        assert client.get(address(one.model, "add")).status_code == 403, one.model


def test_every_rule_that_stewards_can_break_has_a_sentence() -> None:
    rules = [
        rule
        for one in own_admins()
        if isinstance(one, StewardAdmin)
        for rule in one.model._meta.constraints
        if not isinstance(rule, UniqueConstraint)
    ]
    unsaid = [
        rule.name for rule in rules if rule.violation_error_message == rule.default_violation_error_message
    ]
    assert (len(rules) > 3, unsaid) == (True, [])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"valid_0": "2026-01-31"},
            "This pair has a rate on some of these days: end that one first.",
        ),
        ({"rate": "0"}, "The rate must be more than 0."),
        ({"rate": "0.123456789"}, "Ensure that there are no more than 8 decimal places."),
        ({"rate": "many"}, "Enter a number."),
        ({"quote": "XXX"}, "Select a valid choice. That choice is not one of the available choices."),
        ({"valid_0": "2026-03-02"}, "The start of the range must not exceed the end of the range."),
        ({"source": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_a_bad_exchange_rate_is_refused_with_a_sentence(
    data_steward: User, changes: dict[str, str], sentence: str
) -> None:
    january = DateRange(date(2026, 1, 1), date(2026, 2, 1))
    ExchangeRateFactory.create(valid=january)
    form = {"base": "EUR", "quote": "GBP", "kind": "daily", "rate": "0.85", "source": "ecb"}
    form |= {"valid_0": "2026-02-01", "valid_1": "2026-03-01", **changes}
    answer = page_client(data_steward).post(address(ExchangeRate, "add"), form)
    assert (answer.status_code, sentence in answer.content.decode()) == (200, True)
    assert ([rate.valid for rate in ExchangeRate.objects.all()], Event.objects.count()) == ([january], 0)


def test_people_without_staff_mark_never_get_in(finance: User) -> None:
    assert page_client(finance).get("/admin/").status_code == 302


def test_an_edit_is_the_stewards_with_event_and_history(data_steward: User) -> None:
    entity = LegalEntityFactory.create(code="UK01", name="Before Ltd")
    client = page_client(data_steward)
    answer = client.post(address(LegalEntity, "change", entity.pk), entity_form(entity, name="After Ltd"))
    assert answer.status_code == 302
    event, row = Event.objects.get(), entity.history.latest()
    assert (event.type, event.actor, event.payload) == (
        "master_data.changed",
        f"user:{data_steward.pk}",
        {"model": "core.legalentity", "label": "After Ltd", "fields": ["Name"]},
    )
    assert (row.name, row.history_user, row.history_change_reason) == (
        "After Ltd",
        data_steward,
        "Edited in the data administration",
    )
    page = client.get(address(LegalEntity, "history", entity.pk)).content.decode()
    assert "Before Ltd" in page and "After Ltd" in page and "style=" not in page


def test_the_code_of_an_entity_is_frozen(data_steward: User) -> None:
    entity = LegalEntityFactory.create(code="UK01")
    page_client(data_steward).post(
        address(LegalEntity, "change", entity.pk), entity_form(entity, code="X", base_currency="USD")
    )
    entity.refresh_from_db()
    assert (entity.code, entity.base_currency_id) == ("UK01", "GBP")


def test_an_old_state_can_be_brought_back(data_steward: User) -> None:
    entity = LegalEntityFactory.create(name="Before Ltd")
    before = entity.history.latest()
    LegalEntity.objects.update(name="After Ltd")
    url = address(LegalEntity, "simple_history", entity.pk, before.pk)
    client = page_client(data_steward)
    assert client.get(url).status_code == 200
    client.post(url, entity_form(entity, name="Before Ltd"))
    entity.refresh_from_db()
    assert (entity.name, Event.objects.get().actor) == ("Before Ltd", f"user:{data_steward.pk}")


def test_nobody_gives_a_role_to_themselves(data_steward: User) -> None:
    client, colleague = page_client(data_steward), UserFactory.create()
    form = {"role": Role.FINANCE_LEAD, "legal_entity": "", "valid_0": "2026-01-01", "valid_1": ""}
    refused = client.post(address(Membership, "add"), {**form, "user": data_steward.pk})
    assert "Ask another steward" in refused.content.decode()
    assert set(data_steward.memberships.values_list("role", flat=True)) == {Role.DATA_STEWARD}
    own = data_steward.memberships.get()
    client.post(address(Membership, "change", own.pk), {**form, "user": data_steward.pk})
    assert set(data_steward.memberships.values_list("role", flat=True)) == {Role.DATA_STEWARD}
    client.post(address(Membership, "add"), {**form, "user": colleague.pk})
    assert colleague.memberships.get().role == Role.FINANCE_LEAD


def test_nothing_is_deleted(data_steward: User) -> None:
    entity = LegalEntityFactory.create()
    answer = page_client(data_steward).post(address(LegalEntity, "delete", entity.pk), {"post": "yes"})
    assert (answer.status_code, LegalEntity.objects.filter(pk=entity.pk).exists()) == (403, True)


def test_tokens_show_no_secret(data_steward: User) -> None:
    token = ApiTokenFactory.create(secret="tio_very_secret_text")
    page = page_client(data_steward).get(address(type(token), "change", token.pk)).content.decode()
    assert "tio_very_sec" in page and token.sha256 not in page


def test_a_refusal_leads_to_a_page_with_its_sentence(finance: User) -> None:
    client = Client()
    client.force_login(finance)
    answer = client.post("/exceptions/decide/take/", {"selected": "nonsense"})
    assert (answer.status_code, "Select at least one exception" in answer.content.decode()) == (422, True)


def test_stored_answers_are_forgotten_after_35_days(finance: User) -> None:
    for days, key in ((36, "old"), (34, "young")):
        IdempotencyRecord.objects.create(
            caller=finance,
            key=key,
            request_sha256="",
            status=200,
            body=b"",
            created_at=timezone.now() - timedelta(days=days),
        )
    forget_answers()
    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["young"]
