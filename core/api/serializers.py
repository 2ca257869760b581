"""Bases for what goes in and out of the API."""

from typing import Any

from django.db.models import Model
from rest_framework import serializers
from rest_framework.request import Request


class Input(serializers.Serializer[Any]):
    """Input of a verb: a field nobody knows is refused, so that a typing error is never ignored."""

    @classmethod
    def read(cls, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """Return the checked values of the body as a verb takes them: rows of `x` become ids of `x_id`."""
        checked = cls(data=request.data, partial=partial)
        checked.is_valid(raise_exception=True)
        return {
            f"{name}_id" if name in checked.ids else name: value.pk if isinstance(value, Model) else value
            for name, value in checked.validated_data.items()
        }

    @property
    def ids(self) -> set[str]:
        """Return the names of the fields that name a row by its code."""
        related = serializers.RelatedField
        return {name for name, field in self.fields.items() if isinstance(field, related)}

    def to_internal_value(self, data: Any) -> Any:
        """Return the checked values."""
        if isinstance(data, dict) and (unknown := sorted(map(str, set(data) - set(self.fields)))):
            raise serializers.ValidationError(
                {
                    name: [serializers.ErrorDetail("There is no such field.", "unknown_field")]
                    for name in unknown
                }
            )
        return super().to_internal_value(data)


class Output(serializers.ModelSerializer[Any]):
    """A resource; `?fields=a,b` keeps only the named fields."""

    def __init__(self, *args: Any, only: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - only if only else ():
            self.fields.pop(name)
