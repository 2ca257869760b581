"""The log: JSON lines for machines, plain lines for people; each with the ids of the work it belongs to."""

from typing import Any

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, Processor

from core.correlation import current_correlation_id


def logging(*, level: str, as_json: bool) -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error, from us and from libraries alike."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _PROCESSORS,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *(_JSON if as_json else [_plain]),
                ],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
    }


def _with_ids(logger: Any, method: str, event: EventDict) -> EventDict:
    event["correlation_id"] = current_correlation_id() or "-"
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
        event["span_id"] = trace.format_span_id(context.span_id)
    return event


def _plain(logger: Any, method: str, event: EventDict) -> str:
    head = f"{event['timestamp']} {event['level'].upper()} {event['logger']} [{event['correlation_id']}]"
    lines = [
        f"{head} {event['event']}",
        *(str(event[key]) for key in ("exception", "stack") if event.get(key)),
    ]
    return "\n".join(lines)


_PROCESSORS: list[Processor] = [
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    _with_ids,
]
_JSON: list[Processor] = [structlog.processors.JSONRenderer(default=str)]
