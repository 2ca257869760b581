"""A form's choice among rows."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class _ReadOnce(forms.models.ModelChoiceIterator):  # type: ignore[type-arg]
    """The options of a `ListedChoiceField`: the rows it has read already."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        yield from (self.choice(row) for row in self.queryset)


class ListedChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among rows that the page lists anyway: they are read once, for the options and the answer."""

    iterator = _ReadOnce

    def to_python(self, value: Any) -> Any:
        """Return the row that was chosen; refuse what is not listed."""
        if value in self.empty_values:
            return None
        name = self.to_field_name or "pk"
        for row in self.queryset or ():
            if str(getattr(row, name)) == str(value):
                return row
        raise ValidationError(
            self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
        )
