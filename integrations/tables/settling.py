"""The ways to settle a break, with their consequence, as one person may choose them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from core.models import User
from core.permissions import holds
from core.presentation.formats import counted, money
from core.presentation.parts import Option
from integrations.models import Break
from integrations.queries.comparing import suggestion_for
from integrations.queries.deliveries import REPLAYABLE
from integrations.states import BreakState


@dataclass(frozen=True)
class Settlement:
    """What the settle panel offers; `reason` says why nothing can be pressed now."""

    title: str
    text: str
    count_text: str
    options: list[Option] = field(default_factory=list)
    button: str = ""
    reason: str = ""

    def chosen(self, value: str) -> "Settlement":
        """Return the same with another way chosen, where it is one that can be chosen."""
        if value not in {one.value for one in self.options if not one.reason}:
            return self
        return replace(self, options=[replace(one, checked=one.value == value) for one in self.options])


@dataclass(frozen=True)
class RefusedSettlement:
    """What somebody chose and wrote for a break, and why it was refused; shown again beside the field."""

    sentence: str
    field: str = ""
    settlement: str = ""
    why: str = ""

    @property
    def of_choice(self) -> bool:
        """Say whether the choice was at fault and not the words given for it."""
        return self.field == "settlement"


def settlement_of(row: Break, others: list[Break], user: User, delivery_state: str) -> Settlement:
    """Return what may be done about a break; `delivery_state` is that of our document's last message."""
    amount = abs(row.difference) or abs(row.tax_difference)
    title = f"Settle {money(amount, row.currency)}" if amount else "Settle"
    sides = f"{int(row.proposal_id is not None)} against {int(row.erp_document_id is not None)}"
    text, options = _offers(row, others, user, replayable=delivery_state in REPLAYABLE)
    allowed = holds(user, "reconciliation.work", row.legal_entity_id)
    return Settlement(
        title=title,
        text=text,
        count_text=sides,
        options=options,
        button="Settle and next",
        reason="" if allowed else "You may look at breaks but not settle them",
    )


def _offers(row: Break, others: list[Break], user: User, *, replayable: bool) -> tuple[str, list[Option]]:
    match row.state:
        case BreakState.PROPOSED:
            return _proposed(row, user)
        case BreakState.EXPLAINED:
            who = f"Accepted by {row.accepted_by}" if row.accepted_by else "Accepted by rule"
            again = Option("return", "Open it again", "Needs a reason", checked=True)
            return f"{who}: {row.explanation}", [again]
    return _open(row, others, replayable=replayable and row.kind == "missing_there")


def _open(row: Break, others: list[Break], *, replayable: bool) -> tuple[str, list[Option]]:
    text = _SAID[row.kind].format(ours=_number(row), theirs=_their_number(row), system=row.system)
    if twin := suggestion_for(row, others):
        other = _number(twin) or _their_number(twin)
        text += f" {other} has the same customer and amount: it may be the other half."
    options = [
        Option("compare", _correction(row), "Compares the month again", checked=not replayable),
        Option("accept", "Accept the difference", "Second approver"),
    ]
    if replayable:
        options.insert(0, Option("send", f"Send {_number(row)} again", "Looks for it first", checked=True))
    return text, options


def _proposed(row: Break, user: User) -> tuple[str, list[Option]]:
    own = "You proposed this: another person decides" if row.proposed_by_id == user.pk else ""
    options = [
        Option("confirm", "Accept the difference", "Closes the exception", checked=not own, reason=own),
        Option("return", "Send it back", "Opens the break again", checked=bool(own)),
    ]
    return f"{row.proposed_by} proposes to accept it: {row.explanation}", options


def _correction(row: Break) -> str:
    return "It was corrected" if row.kind != "missing_here" else "It was voided, or billed here"


def _number(row: Break) -> str:
    return row.proposal.number if row.proposal else ""


def _their_number(row: Break) -> str:
    return row.erp_document.number if row.erp_document else ""


_SAID = {
    "missing_here": "{theirs} stands in {system}, and no invoice of ours belongs to it.",
    "missing_there": "{ours} was released, and {system} does not hold it as posted.",
    "amount": "{system} holds {theirs} with other amounts than {ours}. Posted documents never change here: "
    "correct it there, or credit and rebill {ours}.",
    "currency": "{theirs} is in another currency than {ours}.",
    "date": "{theirs} carries another date than {ours}; each side counts in its own month.",
    "party": "{theirs} was booked for another customer account than {ours}.",
    "duplicate": "{theirs} carries the reference of {ours}, which is posted already.",
    "status": "{ours} and {theirs} are not in the same state.",
}


def vouched_for(explained: Mapping[str, tuple[int, Decimal]]) -> str:
    """Say what a person who signs a month off vouches for: the differences per currency, in words."""
    if not explained:
        return "No difference of this month had to be explained."
    sums = [
        f"{counted(count, 'difference')} of {money(net, currency)} in all"
        for currency, (count, net) in explained.items()
    ]
    return f"You vouch for the month with what was explained: {'; '.join(sums)}."
