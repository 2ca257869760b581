"""Traces over processes: web to event to delivery to the call. Without an exporter they cost little."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Link, Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_tracer = trace.get_tracer("tieout")
_wire = TraceContextTextMapPropagator()
_LINKS = 32


def traceparent() -> str:
    """Return the W3C trace context of the work in progress, to be stored or sent; empty without one."""
    carrier: dict[str, str] = {}
    _wire.inject(carrier)
    return carrier.get("traceparent", "")


@contextmanager
def span(
    name: str,
    *,
    parent: str = "",
    caused_by: Iterable[str] = (),
    kind: SpanKind = SpanKind.INTERNAL,
    **attributes: str | int,
) -> Iterator[Span]:
    """Run a block as one span.

    `parent` is a trace context from the wire. `caused_by` are stored ones: work that was waiting belongs to a
    trace of its own and links to what caused it.
    """
    context = _wire.extract({"traceparent": parent}) if parent else None
    links = [link for text in list(dict.fromkeys(caused_by))[:_LINKS] if (link := _link(text))]
    with _tracer.start_as_current_span(name, context, kind, attributes, links) as current:
        yield current


def _link(text: str) -> Link | None:
    found = trace.get_current_span(_wire.extract({"traceparent": text})).get_span_context()
    return Link(found) if found.is_valid else None
