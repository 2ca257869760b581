"""The app's REST resources: registered on the router of config.api, plus paths of its process verbs."""

from django.urls import URLPattern
from rest_framework.routers import SimpleRouter

from timesheets.api.approvals import ApprovalResource
from timesheets.api.entries import EntryResource
from timesheets.api.expenses import ExpenseCategoryResource, ExpenseResource
from timesheets.api.timesheets import TimesheetResource

router = SimpleRouter(trailing_slash=False)
router.register("time-entries", EntryResource, "time-entry")
router.register("timesheets", TimesheetResource, "timesheet")
router.register("expenses", ExpenseResource, "expense")
router.register("expense-categories", ExpenseCategoryResource, "expense-category")
router.register("approvals", ApprovalResource, "approval")
urlpatterns: list[URLPattern] = []
