"""Where the reporting pages stand in the shell."""

from core.presentation.navigation import Entry, registry

registry.search_url_name = "trace"
registry.add(
    Entry(
        key="trace",
        group="Understand",
        label="Trace",
        url_name="trace",
        icon="trace",
        permission="trace.view",
        order=20,
    )
)
registry.add(
    Entry(
        key="invariants",
        group="Understand",
        label="Invariants",
        url_name="invariants",
        icon="passed",
        permission="integration.view",
        order=50,
    )
)
