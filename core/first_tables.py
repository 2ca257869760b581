"""Make all tables of an app's first migration at once.

Django renders every known model anew for each table that a migration makes. For a hundred tables that
takes several times as long as making them.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class FirstTables(migrations.Migration):
    """A migration of operations that only make things, each after those it points to."""

    initial = True

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        """Make everything from the state that all operations together give, rendered once."""
        before = project_state.clone()
        # Without rendered models the state takes in a table without rendering its neighbours.
        project_state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, before, project_state)
        return project_state
