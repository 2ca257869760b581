"""Bases for what goes in and out of the API."""

from typing import Any

from rest_framework import serializers


class Input(serializers.Serializer[Any]):
    """Input of a verb: a field nobody knows is refused, so that a typing error is never ignored."""

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
