"""What the exception page offers for deals: complete what is missing, decide whose word holds."""

from django.urls import reverse

from contracts.forms.deals import CompletionForm
from contracts.models import Deal
from contracts.queries.deals import visible_deals
from core.fixes import Evidence, Fix, names_causes, shows, suggests
from core.models import ExceptionItem, User
from core.permissions import holds
from core.presentation.formats import money
from core.presentation.parts import Fact, Link

names_causes(deal_incomplete="Deal incomplete", ownership_conflict="Two systems disagree")


def deal_of(item: ExceptionItem) -> Deal | None:
    """Return the deal an exception is about."""
    if item.object_type != "contracts.deal":
        return None
    return Deal.objects.filter(pk=item.object_id).first()


@shows("deal_incomplete")
def missing_evidence(item: ExceptionItem) -> Evidence:
    """List what is missing, each in its sentence."""
    deal = deal_of(item)
    if deal is None:
        return Evidence(item.title)
    facts = tuple(Fact(one["check"], one["sentence"]) for one in deal.missing if one["blocks"])
    return Evidence(f"{deal.source} {deal.source_id}, won, without a contract.", facts)


@suggests("deal_incomplete")
def incomplete_deal_fix(item: ExceptionItem, user: User) -> Fix | None:
    """Suggest to fill in what is missing."""
    return completion_fix(item, user)


def completion_fix(item: ExceptionItem, user: User, form: CompletionForm | None = None) -> Fix | None:
    """Return the form of what is missing; the contract is drafted when nothing is."""
    deal = deal_of(item)
    if deal is None or not visible_deals(user).filter(pk=deal.pk).exists():
        return None
    form = form or CompletionForm(deal=deal, user=user)
    effects: tuple[Fact, ...] = ()
    if item.money_at_risk is not None:
        effects = (Fact("Goes on to a contract", money(item.money_at_risk, item.currency)),)
    may = holds(user, "deal.edit", deal.legal_entity_id)
    here = bool(form.fields)
    return Fix(
        title=f"Complete {deal.code}",
        text="Then the contract is drafted, for somebody to review." if here else "It is not settled here.",
        effects=effects,
        action=reverse("deal_fix", args=[item.number]) if here else "",
        button="Save" if here else "",
        form=form,
        open=Link("Open deal", reverse("deal", args=[deal.code])),
        reason="" if may else "This takes somebody who works on deals.",
    )


@suggests("ownership_conflict")
def conflict_fix(item: ExceptionItem, user: User) -> Fix | None:
    """Lead to the deal, where each field is decided."""
    deal = deal_of(item)
    if deal is None or not visible_deals(user).filter(pk=deal.pk).exists():
        return None
    return Fix(
        title=f"Decide whose word holds for {deal.code}",
        text="Nothing is overwritten until somebody decides.",
        open=Link("Open deal", reverse("deal", args=[deal.code])),
    )
