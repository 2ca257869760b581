"""Why an expense was refused: a stable code, the field it is about, and the sentence that helps."""

from dataclasses import dataclass

SENTENCES = {
    "wrong_type": "{field} cannot be read: it is a {detail}, not text or a number.",
    "unknown_field": "An expense has no field “{detail}”.",
    "required": "{field} is missing.",
    "unstorable_text": "{field} holds characters that cannot be stored.",
    "text_too_long": "{field} has more than {detail} characters.",
    "date_unreadable": "“{detail}” is no date: write it as 2026-03-14.",
    "amount_unreadable": "“{detail}” is no amount: write it as 125.50.",
    "amount_not_positive": "{field} must be more than 0. To take an approved expense back, correct it.",
    "tax_negative": "The tax cannot be negative.",
    "amount_too_large": "{detail} is more than one expense can be.",
    "amount_too_precise": "{detail} has more decimals than the currency.",
    "flag_unreadable": "“{detail}” must be yes or no.",
    "duplicate_in_batch": "Row {detail} already carries this source key.",
    "unknown_worker": "There is no worker with the code {detail}.",
    "unknown_project": "There is no project with the code {detail}.",
    "unknown_task": "The project has no task with the code {detail}.",
    "unknown_category": "There is no expense category with the code {detail}.",
    "category_ended": "The category {detail} takes no new expenses.",
    "unknown_currency": "There is no currency {detail}.",
    "unit_currency": "The price per unit is in {detail}: leave the currency out, or say the same.",
    "net_is_computed": "The amount is quantity × price, {detail}: leave it out, or say the same.",
    "quantity_without_unit": "This category has no unit: leave the quantity out.",
    "not_allowed": "You may not enter expenses of {detail}.",
    "key_taken": "This source key belongs to an expense of another worker or project.",
    "approved_already": "This expense was approved with other content: ask for a correction of it.",
    "project_not_active": "The project is {detail}: expenses are accepted only while it is active.",
    "task_closed": "The task {detail} is closed.",
    "date_outside_project": "The project runs {detail}.",
    "date_in_future": "{detail} is still to come: enter an expense once the money is spent.",
    "worker_inactive": "{detail} was not employed on that day.",
    "project_not_assigned": "{detail} was not assigned to the project on that day.",
    "task_not_billable": "The task {detail} is not billable.",
    "receipt_missing": "{detail}",
    "justification_missing": "{detail} Say in the note why.",
}


@dataclass(frozen=True, slots=True)
class ExpenseReason:
    """A refusal of one expense; `detail` is the figure or word its sentence needs."""

    code: str
    field: str = ""
    detail: str = ""

    @property
    def sentence(self) -> str:
        """Return the reason in words."""
        shown = self.field.replace("_", " ").capitalize() or "The row"
        return SENTENCES[self.code].format(field=shown, detail=self.detail)
