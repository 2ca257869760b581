from projects.models.people import Employment, Worker
from projects.models.projects import Assignment, Project, Task

__all__ = ["Assignment", "Employment", "Project", "Task", "Worker"]
