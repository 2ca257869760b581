"""Why a row was refused: a stable code, the field it is about, and the sentence that helps to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timesheets.intake.lines import Line

SENTENCES = {
    "wrong_type": "{field} cannot be read: it is a {detail}, not text or a number.",
    "unknown_field": "A row of time has no field “{detail}”.",
    "wrong_columns": "The row has {detail} columns.",
    "required": "{field} is missing.",
    "unstorable_text": "{field} holds characters that cannot be stored.",
    "key_too_long": "The source key has more than {detail} characters.",
    "note_too_long": "The note has more than {detail} characters.",
    "date_unreadable": "“{detail}” is no date: write it as 2026-03-14.",
    "hours_unreadable": "“{detail}” is no number of hours: write it as 7.5.",
    "hours_not_positive": "The hours must be more than 0. To take approved time back, correct the entry.",
    "hours_over_24": "{detail} hours are more than a day has.",
    "hours_too_precise": "{detail} hours have more than four decimals.",
    "billable_unreadable": "“{detail}” must be yes or no.",
    "duplicate_in_batch": "Row {detail} already carries the source key {line.source_key}.",
    "unknown_worker": "There is no worker with the code {line.worker}.",
    "unknown_project": "There is no project with the code {line.project}.",
    "unknown_task": "The project {line.project} has no task with the code {line.task}.",
    "unknown_work_type": "There is no work type with the code {line.work_type}.",
    "unknown_location": "There is no region with the code {line.location}.",
    "not_allowed": "You may not enter time of {line.worker} on {line.project}.",
    "key_taken": "The source key {line.source_key} belongs to an entry of another worker or project.",
    "approved_already": (
        "This entry was approved with other content ({detail} h): ask for a correction of the approved entry."
    ),
    "project_not_active": "The project {line.project} is {detail}: time is accepted only while it is active.",
    "task_closed": "The task {line.task} of {line.project} is closed.",
    "date_outside_project": "The project {line.project} runs {detail}, so {line.work_date} is outside of it.",
    "date_in_future": "{line.work_date} is too far ahead: time is accepted up to {detail}.",
    "worker_inactive": "{line.worker} is not employed on {line.work_date}.",
    "project_not_assigned": "{line.worker} is not assigned to {line.project} on {line.work_date}.",
    "task_not_billable": "The task {line.task} or the work type {line.work_type} is not billable.",
    "day_over_24": "{line.worker} would have {detail} h on {line.work_date}: a day has 24.",
    "sent_concurrently": "The source key {line.source_key} arrived twice at once: send the row again.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A refusal of one row; `detail` is the figure or word its sentence needs."""

    code: str
    field: str
    detail: str = ""

    def sentence(self, line: Line) -> str:
        """Return the reason in words, with the values of the row."""
        shown = self.field.replace("_", " ").capitalize() or "The row"
        return SENTENCES[self.code].format(field=shown, detail=self.detail, line=line)
