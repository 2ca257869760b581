"""The figures in Prometheus' text format: those of the database, and the requests of all web processes."""

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from core.observing.gauges import measured

REQUESTS = Histogram(
    "tieout_request_seconds",
    "Time to answer a request, by the name of its page or endpoint.",
    ["method", "page", "status"],
    registry=None,
)


class _Measured(Collector):
    def collect(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for gauge in measured():
            names = sorted(gauge.labels)
            family = families.setdefault(
                gauge.name, GaugeMetricFamily(gauge.name, gauge.meaning, labels=names)
            )
            family.add_metric([gauge.labels[name] for name in names], gauge.value)  # type: ignore[arg-type]
        yield from families.values()


def exposition() -> bytes:
    """Return everything that is measured.

    Web processes count their requests each; with `PROMETHEUS_MULTIPROC_DIR` the answer covers all of them,
    without it the one that was asked.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Measured())
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUESTS)
    return generate_latest(registry)
