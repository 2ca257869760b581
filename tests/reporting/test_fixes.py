"""Suggested fixes: the effect in money before anything is pressed, one press, and the fault is gone."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.html import strip_tags

from contracts.models import BillingAccount, Rate
from core.actions.exceptions import waive_exceptions
from core.actors import Actor
from core.fixes import evidence_of, fix_for
from core.models import Event, ExceptionItem, Role, User
from tests.architecture.world import World, build
from tests.factories import DeliveryRoleFactory, ExceptionItemFactory, RateCardFactory, RateFactory
from tests.personas import page_client, person

TO_NOVEMBER = DateRange(date(2026, 1, 1), date(2026, 11, 1))
HTMX = {"HX-Request": "true"}


@pytest.fixture
def firm(db: None) -> World:
    return build("ALPHA")


def gap(firm: World, **changes: Any) -> ExceptionItem:
    told = {
        "role": "senior",
        "entries": 14,
        "hours": "105.0000",
        "first_on": "2026-11-03",
        "last_on": "2026-11-14",
        **changes,
    }
    return ExceptionItemFactory.create(
        code="rate_missing",
        flow="pricing",
        contract_id=firm.contract.pk,
        legal_entity=firm.entity,
        evidence=told,
    )


class TestMissingRate:
    """A price for the days without one."""

    def test_the_nearest_price_is_suggested_with_its_effect(self, firm: World, finance: User) -> None:
        card = RateCardFactory.create(code="RC-1", scope="contract", contract=firm.contract)
        RateFactory.create(card=card, amount=Decimal(90), valid=TO_NOVEMBER)
        RateFactory.create(card=card, amount=Decimal(95), valid=DateRange(date(2026, 12, 1), None))
        Rate.objects.filter(card=firm.card).delete()

        fix = fix_for(gap(firm), finance)

        assert fix is not None and fix.form is not None
        assert fix.title == "Set a price from 1 Nov 2026 at £90.00 per hour"
        assert [(fact.label, fact.value) for fact in fix.effects] == [
            ("105.0 h at £90.00 per hour", "£9,450.00")
        ]
        assert fix.form.initial == {
            "card": card.pk,
            "amount": Decimal("90.0000"),
            "starts_on": date(2026, 11, 1),
            "ends_on": date(2026, 11, 30),
        }
        assert fix.reason == ""

    def test_a_card_by_the_day_counts_eight_hours(self, firm: World, finance: User) -> None:
        Rate.objects.filter(card=firm.card).delete()
        card = RateCardFactory.create(unit="day", scope="contract", contract=firm.contract)
        RateFactory.create(card=card, amount=Decimal(800), valid=TO_NOVEMBER)
        fix = fix_for(gap(firm), finance)
        assert fix is not None
        assert [fact.value for fact in fix.effects] == ["£10,500.00"]

    def test_the_evidence_draws_prices_hole_and_work(self, firm: World) -> None:
        Rate.objects.filter(card=firm.card).update(valid=TO_NOVEMBER)
        shown = evidence_of(gap(firm))
        assert shown.gap is not None
        assert [(one.kind, one.start, one.end) for one in shown.gap.stretches] == [
            ("solid", date(2026, 10, 4), date(2026, 11, 1)),
            ("gap", date(2026, 11, 1), date(2026, 12, 15)),
        ]
        assert shown.gap.work == (date(2026, 11, 3), date(2026, 11, 15), "14 time entries")
        assert shown.text.startswith("14 time entries, 105.0 h, have no price.")

    def test_pressing_sets_the_rate_and_shows_the_queue_anew(self, firm: World, finance: User) -> None:
        DeliveryRoleFactory.create(code="data", name="Data engineer")
        item = gap(firm, role="data")
        posted = {
            "card": firm.card.pk,
            "amount": "118",
            "starts_on": "2026-11-03",
            "ends_on": "",
            "back": "?view=open",
        }
        answer = page_client(finance).post(f"/exceptions/fix/{item.number}/rate/", posted, headers=HTMX)
        assert (answer.status_code, answer["HX-Retarget"]) == (200, "#queue")
        rate = Rate.objects.get(card=firm.card, role="data")
        assert (rate.amount, rate.valid.lower, rate.reason) == (
            Decimal(118),
            date(2026, 11, 3),
            f"Gap of {item.number}",
        )
        assert Event.objects.filter(type="rate.changed").count() == 1

    def test_after_a_fix_the_next_item_of_the_list_is_open(self, firm: World, finance: User) -> None:
        DeliveryRoleFactory.create(code="data", name="Data engineer")
        ExceptionItemFactory.create(code="other_cause", money_at_risk=Decimal(500_000))
        item = gap(firm, role="data")
        ExceptionItem.objects.filter(pk=item.pk).update(money_at_risk=Decimal(450_000))
        later = gap(firm, role="none")
        ExceptionItem.objects.filter(pk=later.pk).update(money_at_risk=Decimal(440_000))
        posted = {"card": firm.card.pk, "amount": "118", "starts_on": "2026-11-03", "ends_on": "", "back": ""}
        answer = page_client(finance).post(f"/exceptions/fix/{item.number}/rate/", posted, headers=HTMX)
        assert answer["HX-Replace-Url"] == f"/exceptions/?item={later.number}"
        assert answer.context["page"].inspected.item.number == later.number

    def test_what_is_closed_is_told_as_what_it_was(self, firm: World, finance: User) -> None:
        item, client = gap(firm), page_client(finance)
        said = "What it was before it was closed"
        assert said not in client.get(f"/exceptions/?item={item.number}").content.decode()
        waive_exceptions([item.pk], reason="Agreed", actor=Actor.of(finance))
        assert said in client.get(f"/exceptions/?item={item.number}").content.decode()

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"amount": "-1"}, "greater than or equal to 0"),
            ({"amount": "lots"}, "Enter a number"),
            ({"ends_on": "2026-11-01"}, "would end before it begins"),
            ({"card": ""}, "This field is required"),
        ],
    )
    def test_what_is_wrong_stands_beside_its_field(
        self, firm: World, finance: User, changes: dict[str, str], sentence: str
    ) -> None:
        item, before = gap(firm), list(Rate.objects.order_by("pk").values())
        posted = {"card": firm.card.pk, "amount": "118", "starts_on": "2026-11-03", "ends_on": "", **changes}
        answer = page_client(finance).post(f"/exceptions/fix/{item.number}/rate/", posted, headers=HTMX)
        assert (answer.status_code, sentence in strip_tags(answer.content.decode())) == (422, True)
        assert list(Rate.objects.order_by("pk").values()) == before

    def test_who_may_not_edit_rates_is_told_so_and_refused(self, firm: World, project_manager: User) -> None:
        item = gap(firm)
        fix = fix_for(item, project_manager)
        assert fix is not None and fix.reason == "This takes somebody who edits rates."
        answer = page_client(project_manager).post(f"/exceptions/fix/{item.number}/rate/", {})
        assert answer.status_code == 403

    def test_without_any_card_there_is_nothing_to_suggest(self, firm: World, finance: User) -> None:
        Rate.objects.all().delete()
        firm.card.delete()
        assert fix_for(gap(firm), finance) is None


class TestIncompleteCustomer:
    """Complete the billing account and send the document again."""

    @pytest.fixture
    def item(self, firm: World) -> ExceptionItem:
        BillingAccount.objects.filter(pk=firm.account.pk).update(tax_registration="")
        told = {
            "delivery_id": str(firm.delivery.pk),
            "billing_account_id": str(firm.account.pk),
            "field": "customer.tax_registration",
        }
        return ExceptionItemFactory.create(
            code="customer_incomplete",
            flow="invoice_delivery",
            legal_entity=firm.entity,
            object_type="billing.proposal",
            object_id=firm.proposal.pk,
            object_label="IP-ALPHA",
            contract_id=firm.contract.pk,
            evidence=told,
        )

    def test_only_what_is_missing_is_asked(self, item: ExceptionItem, finance: User) -> None:
        fix = fix_for(item, finance)
        assert fix is not None and fix.form is not None
        assert [field.name for field in fix.form.visible_fields()] == ["tax_registration"]
        assert [(fact.label, fact.value) for fact in fix.effects] == [
            ("IP-ALPHA goes to the ERP", "£19,000.00")
        ]

    def test_pressing_completes_the_account_and_replays(
        self, firm: World, item: ExceptionItem, finance: User
    ) -> None:
        answer = self._post(item, finance, firm.account, tax_registration="GB980780684")
        assert answer.status_code == 200
        firm.account.refresh_from_db()
        firm.delivery.refresh_from_db()
        assert (firm.account.tax_registration, firm.delivery.state) == ("GB980780684", "pending")
        assert [event.type for event in Event.objects.order_by("seq")][-2:] == [
            "billing_account.changed",
            "delivery.replayed",
        ]

    def test_a_refusal_of_either_changes_neither(
        self, firm: World, item: ExceptionItem, finance: User
    ) -> None:
        type(firm.delivery).objects.filter(pk=firm.delivery.pk).update(state="waived")
        before = list(BillingAccount.objects.values())
        answer = self._post(item, finance, firm.account, tax_registration="GB980780684")
        assert answer.status_code == 422
        assert list(BillingAccount.objects.values()) == before
        bad = self._post(item, finance, firm.account, tax_registration="nonsense")
        assert "does not have the form" in bad.content.decode()

    def _post(self, item: ExceptionItem, user: User, account: BillingAccount, **changes: str) -> Any:
        kept = {name: getattr(account, name) for name in ("name", "street", "postal_code", "city", "country")}
        return page_client(user).post(
            f"/exceptions/fix/{item.number}/customer/", {**kept, **changes}, headers=HTMX
        )


class TestReplay:
    """Documents the ERP did not take for now."""

    def test_pressing_sends_the_message_again(self, firm: World, finance: User) -> None:
        item = ExceptionItemFactory.create(
            code="period_closed", legal_entity=firm.entity, evidence={"delivery_id": str(firm.delivery.pk)}
        )
        fix = fix_for(item, finance)
        assert fix is not None and fix.title == "Send it again once the period is open"
        page_client(finance).post(
            f"/exceptions/fix/{item.number}/replay/", {"reason": "Opened"}, headers=HTMX
        )
        firm.delivery.refresh_from_db()
        assert firm.delivery.state == "pending"

    @pytest.mark.parametrize(
        ("said", "kept"), [("", "From {}"), ("Asked their finance", "Asked their finance")]
    )
    def test_nothing_is_said_for_the_person(self, firm: World, finance: User, said: str, kept: str) -> None:
        told = {"delivery_id": str(firm.delivery.pk)}
        item = ExceptionItemFactory.create(code="period_closed", legal_entity=firm.entity, evidence=told)
        fix = fix_for(item, finance)
        assert fix is not None and fix.form is not None
        assert (fix.form.initial, fix.form["reason"].value()) == ({}, None)
        page_client(finance).post(f"/exceptions/fix/{item.number}/replay/", {"reason": said}, headers=HTMX)
        assert Event.objects.get(type="delivery.replayed").reason == kept.format(item.number)

    def test_another_entitys_message_stays_where_it_is(self, firm: World) -> None:
        other = build("BETA")
        stranger = person(Role.FINANCE, entity=other.entity)
        item = ExceptionItemFactory.create(
            code="period_closed", legal_entity=other.entity, evidence={"delivery_id": str(firm.delivery.pk)}
        )
        answer = page_client(stranger).post(f"/exceptions/fix/{item.number}/replay/", {"reason": "x"})
        firm.delivery.refresh_from_db()
        assert (answer.status_code, firm.delivery.state) == (403, "rejected")

    def test_without_a_message_there_is_nothing_to_send(self, firm: World, finance: User) -> None:
        item = ExceptionItemFactory.create(code="period_closed", legal_entity=firm.entity)
        assert fix_for(item, finance) is None
        assert page_client(finance).post(f"/exceptions/fix/{item.number}/replay/", {}).status_code == 404
