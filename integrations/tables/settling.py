"""The ways to settle a break, with their consequence, as one person may choose them."""

from dataclasses import dataclass, field

from core.models import User
from core.permissions import holds
from core.presentation.formats import money
from core.presentation.parts import Option
from integrations.models import Break
from integrations.queries.comparing import suggestion_for
from integrations.queries.deliveries import replayable_deliveries_of
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
    asks_why: bool = False


def settlement_of(row: Break, others: list[Break], user: User) -> Settlement:
    """Return what may be done about a break."""
    amount = abs(row.difference) or abs(row.tax_difference)
    title = f"Settle {money(amount, row.currency)}" if amount else "Settle"
    sides = f"{int(row.proposal_id is not None)} against {int(row.erp_document_id is not None)}"
    offers = {BreakState.PROPOSED: _proposed, BreakState.EXPLAINED: _explained}.get(
        BreakState(row.state), _open
    )
    text, options, asks_why = offers(row, others, user)
    allowed = holds(user, "reconciliation.work", row.legal_entity_id)
    return Settlement(
        title=title,
        text=text,
        count_text=sides,
        options=options,
        button="Settle and next",
        reason="" if allowed else "You may look at breaks but not settle them",
        asks_why=asks_why,
    )


def _open(row: Break, others: list[Break], user: User) -> tuple[str, list[Option], bool]:
    options = []
    if _replayable(row):
        options.append(Option("send", f"Send {_number(row)} again", "Looks for it first"))
    options.append(Option("compare", _correction(row), "Compares the month again"))
    options.append(Option("accept", "Accept the difference", "Second approver"))
    options[0] = Option(options[0].value, options[0].label, options[0].consequence, checked=True)
    twin = suggestion_for(row, others)
    text = _SAID[row.kind].format(ours=_number(row), theirs=_their_number(row), system=row.system)
    if twin:
        other = _number(twin) or _their_number(twin)
        text += f" {other} has the same customer and amount: it may be the other half."
    return text, options, True


def _proposed(row: Break, others: list[Break], user: User) -> tuple[str, list[Option], bool]:
    own = "You proposed this: another person decides" if row.proposed_by_id == user.pk else ""
    options = [
        Option("confirm", "Accept the difference", "Closes the exception", checked=True, reason=own),
        Option("return", "Send it back", "Opens the break again"),
    ]
    return f"{row.proposed_by} proposes to accept it: {row.explanation}", options, True


def _explained(row: Break, others: list[Break], user: User) -> tuple[str, list[Option], bool]:
    who = f"Accepted by {row.accepted_by}" if row.accepted_by else "Accepted by rule"
    return (
        f"{who}: {row.explanation}",
        [Option("return", "Open it again", "Needs a reason", checked=True)],
        True,
    )


def _replayable(row: Break) -> bool:
    if row.kind != "missing_there" or row.proposal_id is None:
        return False
    return replayable_deliveries_of(row.proposal_id).exists()


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
