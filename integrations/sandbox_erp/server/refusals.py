"""The one way in which the sandbox ERP says no."""


class Refusal(Exception):
    """Refuse a request for a reason: nothing of it is kept; the caller sees code, sentence and field."""

    def __init__(self, code: str, message: str, field: str | None = None, *, status: int = 422) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.status = status

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "message": self.message, "field": self.field}


def invalid(message: str, field: str | None = None) -> Refusal:
    """Build the refusal of a request that cannot be read at all."""
    return Refusal("request_invalid", message, field, status=400)


def unknown(thing: str, key: str, field: str | None = None, *, status: int = 422) -> Refusal:
    """Build the refusal of something the ERP does not hold (404 where the address names it)."""
    return Refusal(f"{thing}_unknown", f"There is no {thing.replace('_', ' ')} {key}.", field, status=status)
