"""Data administration of time: stewards edit work types; entries and decisions are read-only."""

import pytest
from django.test import Client

from core.models import Event, User
from tests.factories import WorkTypeFactory
from tests.personas import page_client
from tests.timesheets.builders import Firm, approved_entry
from timesheets.models import TimeEntry, WorkType


@pytest.fixture
def steward(data_steward: User) -> Client:
    """The steward's browser."""
    return page_client(data_steward)


def test_stewards_edit_work_types_with_history_and_event(steward: Client, data_steward: User) -> None:
    work_type = WorkTypeFactory.create(code="overtime", name="Overtime")
    form = {"name": "Overtime", "multiplier": "1.5", "billable": "on"}
    answer = steward.post(f"/admin/timesheets/worktype/{work_type.pk}/change/", form)
    assert answer.status_code == 302
    changed = WorkType.objects.get()
    assert (changed.code, str(changed.multiplier)) == ("overtime", "1.5000")
    assert changed.history.first().history_user_id == f"user:{data_steward.pk}"
    assert Event.objects.get(type="master_data.changed").payload["model"] == "timesheets.worktype"


@pytest.mark.parametrize("model", ["timeentry", "approval", "timesheet"])
def test_time_is_only_read_here(steward: Client, firm: Firm, model: str) -> None:
    approved_entry(firm)
    before = TimeEntry.objects.values().get()
    assert steward.get(f"/admin/timesheets/{model}/").status_code == 200
    assert steward.get(f"/admin/timesheets/{model}/add/").status_code == 403
    if model == "timeentry":
        path = f"/admin/timesheets/timeentry/{before['id']}"
        assert steward.get(f"{path}/change/").status_code == 200
        assert steward.post(f"{path}/change/", {"hours": "1"}).status_code == 403
        assert steward.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
        assert steward.get(f"{path}/history/").status_code == 200
    assert TimeEntry.objects.values().get() == before
