from projects.models.milestones import Milestone, SignOff, SignOffLink
from projects.models.people import Employment, Worker
from projects.models.projects import Assignment, Project, Task
from projects.models.templates import ProjectTemplate, TemplateTask

__all__ = [
    "Assignment",
    "Employment",
    "Milestone",
    "Project",
    "ProjectTemplate",
    "SignOff",
    "SignOffLink",
    "Task",
    "TemplateTask",
    "Worker",
]
