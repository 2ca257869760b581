"""The app's REST resources: registered on the router of config.api, plus paths of its process verbs."""

from django.urls import URLPattern
from rest_framework.routers import SimpleRouter

from projects.api.assignments import AssignmentResource
from projects.api.employments import EmploymentResource
from projects.api.milestones import MilestoneResource
from projects.api.projects import ProjectResource
from projects.api.tasks import TaskResource
from projects.api.workers import WorkerResource

router = SimpleRouter(trailing_slash=False)
router.register("workers", WorkerResource, "worker")
router.register("employments", EmploymentResource, "employment")
router.register("projects", ProjectResource, "project")
router.register("tasks", TaskResource, "task")
router.register("milestones", MilestoneResource, "milestone")
router.register("assignments", AssignmentResource, "assignment")
urlpatterns: list[URLPattern] = []
