"""What can go wrong in a call to the ERP, sorted by what the caller may do next."""


class ErpError(Exception):
    """Base of every failed call."""


class Refused(ErpError):
    """The ERP understood and said no; nothing was kept. Sending the same again is pointless."""

    def __init__(self, status: int, code: str, message: str, field: str | None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field


class AuthFailed(ErpError):
    """The token is missing, wrong or not allowed to do this (401, 403); nothing was kept."""


class Throttled(ErpError):
    """The ERP asks to wait (429, or 503 with Retry-After); nothing was kept. retry_after is in seconds."""

    def __init__(self, message: str, retry_after: int | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unreachable(ErpError):
    """No connection was made, so nothing was sent: safe to send again."""


class TooLate(ErpError):
    """The caller's time to send was over before the request was complete; nothing was kept."""


class OutcomeUnknown(ErpError):
    """The request was or may have been sent, and no usable answer came: look before sending a write again."""


class Malformed(OutcomeUnknown):
    """An answer came that cannot be read. A write that ended so has probably landed."""
