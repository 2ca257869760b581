from projects.models.milestones import Milestone, SignOff, SignOffLink
from projects.models.people import Employment, Worker
from projects.models.projects import Assignment, Project, Task

__all__ = ["Assignment", "Employment", "Milestone", "Project", "SignOff", "SignOffLink", "Task", "Worker"]
