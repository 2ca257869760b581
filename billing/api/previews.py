"""How the preview of a run looks to API clients."""

from typing import Any

from rest_framework import serializers


class Money(serializers.DecimalField):
    """An amount or a quantity, as a decimal string."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=4, **kwargs)


class PreviewedDocumentOutput(serializers.Serializer[Any]):
    """A document the run would draft."""

    contract = serializers.CharField()
    customer = serializers.CharField()
    bill_to = serializers.CharField()
    kind = serializers.CharField()
    credits = serializers.CharField(allow_blank=True)
    currency = serializers.CharField()
    charges = serializers.IntegerField()
    net = Money()
    net_base = Money()


class LeftOutOutput(serializers.Serializer[Any]):
    """Money the run would not take, and why; an amount of work without a price is an estimate or null."""

    code = serializers.CharField()
    contract = serializers.CharField()
    sentence = serializers.CharField()
    amount = Money(allow_null=True)
    currency = serializers.CharField()
    hours = Money(allow_null=True)


class UnapprovedOutput(serializers.Serializer[Any]):
    """Time of a contract that nobody approved yet; `value` is an estimate."""

    contract = serializers.CharField(source="code")
    entries = serializers.IntegerField()
    submitted_hours = Money()
    draft_hours = Money()
    unpriced_hours = Money()
    value = Money()
    currency = serializers.CharField()


class SumOutput(serializers.Serializer[Any]):
    """What the documents in one currency come to."""

    currency = serializers.CharField()
    documents = serializers.IntegerField(source="count")
    net = Money()


class TotalsOutput(serializers.Serializer[Any]):
    """Sums per currency, never added raw, and their value in base."""

    documents = serializers.IntegerField(source="count")
    sums = SumOutput(many=True)
    base_currency = serializers.CharField()
    net_base = Money(source="base", allow_null=True)


class PreviewOutput(serializers.Serializer[Any]):
    """What a run would propose, and what would stay behind."""

    legal_entity = serializers.CharField()
    cut_off = serializers.DateField()
    document_date = serializers.DateField()
    documents = PreviewedDocumentOutput(many=True)
    totals = TotalsOutput()
    parked = LeftOutOutput(many=True)
    gaps = LeftOutOutput(many=True)
    held = LeftOutOutput(many=True)
    unapproved = UnapprovedOutput(many=True)
