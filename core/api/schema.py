"""How the API describes itself: names by app, tokens, problems, and the headers some requests need."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `detail` is a sentence a person can act on.",
    "required": ["type", "title", "status", "detail", "code", "field", "correlation_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "field": {"type": "string"},
        "correlation_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("field", "code", "sentence")},
            },
        },
    },
}


class BearerToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A service account's token."""

    target_class = "core.api.authentication.TokenAuthentication"
    name = "bearerToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Describe the scheme."""
        return {"type": "http", "scheme": "bearer"}


class Schema(AutoSchema):
    """Components carry their app's name, so that two apps may both have a Line."""

    def get_override_parameters(self) -> list[Any]:
        """Tell of the Idempotency-Key where a handler takes one."""
        handler = getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)
        if not getattr(handler, "is_idempotent", False):
            return []
        sentence = "One effect per key: the same request again gets the stored answer."
        key = OpenApiParameter(
            "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description=sentence
        )
        return [key]

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> str:
        name = super()._get_serializer_name(serializer, direction, bypass_extensions)
        module = type(serializer).__module__.partition(".")[0]
        return name if module in {"rest_framework", "drf_spectacular"} else f"{module}.{name}"


def with_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Describe the problem every operation may answer with."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = {
                "description": "The request was refused.",
                "content": content,
            }
    return result
