"""Every event reads in plain words; what is counted agrees with its number."""

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from billing.events import AdjustmentSubmitted, ChargesPriced
from core.event_types import PeriodClosed
from core.events import event_types
from core.models import Event
from core.presentation.formats import counted
from core.queries.activity import _SENTENCES, sentence_of

TOLD = ("core", "contracts", "billing", "integrations")


def sentence(name: str, payload: Any) -> str:
    told = json.loads(json.dumps(asdict(payload), cls=DjangoJSONEncoder))
    return sentence_of(Event(type=name, payload=told, reason=""))


def test_every_event_of_money_and_systems_has_a_sentence_of_its_own() -> None:
    told = {name for name, payload in event_types().items() if payload.__module__.split(".")[0] in TOLD}
    assert told - set(_SENTENCES) == set()


def test_priced_work_is_told_as_what_there_is_to_bill() -> None:
    priced = ChargesPriced(
        "C-1", added=3, changed=1, removed=0, waived=0, amount=Decimal(-50), currency="GBP"
    )
    assert (
        sentence("charge.priced", priced) == "Work priced: 3 charges added, 1 charge changed; −£50.00 to bill"
    )


def test_decisions_and_periods_are_told() -> None:
    asked = AdjustmentSubmitted("C-1", uuid4(), uuid4(), "write_down", Decimal("12.5"), "goodwill")
    assert sentence("charge.adjustment_submitted", asked) == (
        "Write-down of 12.50 (goodwill) proposed, waiting for a second person"
    )
    closed = PeriodClosed("UK", date(2026, 10, 1))
    assert sentence("period.closed", closed) == "October 2026 of UK closed"


@pytest.mark.parametrize(
    ("count", "nouns", "words"),
    [
        (0, ("day",), "0 days"),
        (1, ("day",), "1 day"),
        (1200, ("day",), "1,200 days"),
        (1, ("entry", "entries"), "1 entry"),
        (2, ("entry", "entries"), "2 entries"),
    ],
)
def test_nouns_agree_with_their_number(count: int, nouns: tuple[str, ...], words: str) -> None:
    assert counted(count, *nouns) == words
