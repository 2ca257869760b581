from django.urls import path

from projects.views import clients, milestones, parts, projects, workers

urlpatterns = [
    path("projects/", projects.projects, name="projects"),
    path("contracts/<str:code>/projects/new/", projects.project_new, name="project_new"),
    path("projects/<str:code>/", projects.project, name="project"),
    path("projects/<str:code>/edit/", projects.project_edit, name="project_edit"),
    path("projects/<str:code>/move/<slug:kind>/", projects.project_move, name="project_move"),
    path("projects/<str:code>/tasks/new/", parts.task_new, name="task_new"),
    path("tasks/<uuid:pk>/edit/", parts.task_edit, name="task_edit"),
    path("tasks/<uuid:pk>/move/<slug:kind>/", parts.task_move, name="task_move"),
    path("projects/<str:code>/assignments/new/", parts.assignment_new, name="assignment_new"),
    path("assignments/<uuid:pk>/edit/", parts.assignment_edit, name="assignment_edit"),
    path("assignments/<uuid:pk>/confirm/", parts.assignment_confirm, name="assignment_confirm"),
    path("assignments/<uuid:pk>/release/", parts.assignment_release, name="assignment_release"),
    path("milestones/", milestones.milestones, name="milestones"),
    path(
        "milestones/links/<uuid:pk>/revoke/", milestones.milestone_link_revoke, name="milestone_link_revoke"
    ),
    path("milestones/<str:code>/", milestones.milestone, name="milestone"),
    path("milestones/<str:code>/<slug:kind>/", milestones.milestone_act, name="milestone_act"),
    path(
        "milestones/<str:code>/documents/<uuid:pk>/",
        milestones.milestone_document,
        name="milestone_document",
    ),
    path("sign-off/<str:secret>/", clients.client_sign_off, name="client_sign_off"),
    path("sign-off/<str:secret>/document/", clients.client_document, name="client_document"),
    path("workers/", workers.workers, name="workers"),
    path("workers/new/", workers.worker_new, name="worker_new"),
    path("workers/<str:code>/", workers.worker, name="worker"),
    path("workers/<str:code>/edit/", workers.worker_edit, name="worker_edit"),
    path("workers/<str:code>/employments/new/", workers.employment_new, name="employment_new"),
    path("workers/<str:code>/employments/end/", workers.employment_end, name="employment_end"),
]
