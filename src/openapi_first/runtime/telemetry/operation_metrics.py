"""Metrics of each operation, in CloudWatch's embedded metric format, with Powertools."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger, Metrics
    from aws_lambda_powertools.metrics import EphemeralMetrics

    from openapi_first.runtime.telemetry.record import Record

DEFAULT_NAMESPACE = "contract"

Measure = Callable[["Record"], None]
"""Called with the record of each request."""


def namespace() -> str:
    """The namespace of the metrics that the engine writes by itself."""
    return os.environ.get("POWERTOOLS_METRICS_NAMESPACE") or DEFAULT_NAMESPACE


def operation_metrics(namespace: str, logger: Logger) -> Measure:
    """Writes Count, Latency, 4XXError and 5XXError, named as API Gateway names its own (AWS:
    api-gateway-metrics-and-dimensions), and each count of the service. The dimensions are service
    and operation; a request without an operation has none."""
    from aws_lambda_powertools.metrics.functions import is_metrics_disabled

    if is_metrics_disabled():
        return lambda _: None
    templates: dict[str, tuple[str, str]] = {}

    def measure(record: Record) -> None:
        if record.operation is None:
            return
        try:
            if record.counts:
                _emf(namespace, logger.service, record).flush_metrics()
                return
            template = templates.get(record.operation)
            if template is None:
                written = _emf(namespace, logger.service, record).serialize_metric_set()
                template = templates[record.operation] = _template(written)
            print(_line(template, record))  # noqa: T201 # as Powertools does
        except Exception:
            logger.exception("the metrics cannot be written")

    return measure


def _emf(namespace: str, service: str, record: Record) -> EphemeralMetrics:
    """The metrics of a request, in Powertools' order."""
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

    metrics = EphemeralMetrics(namespace=namespace, service=service)
    metrics.add_dimension("operation", str(record.operation))
    metrics.add_metric("Count", MetricUnit.Count, 1)
    metrics.add_metric("Latency", MetricUnit.Milliseconds, record.milliseconds)
    metrics.add_metric("4XXError", MetricUnit.Count, int(record.status // 100 == 4))
    metrics.add_metric("5XXError", MetricUnit.Count, int(record.status // 100 == 5))
    for name, count in (record.counts or {}).items():
        metrics.add_metric(name, MetricUnit.Count, count)
    return metrics


def _template(written: Mapping[str, Any]) -> tuple[str, str]:
    """What is the same for each request of an operation: the text around the time. Powertools
    takes longer to write the metrics than to serve the request."""
    aws = {**written["_aws"]}
    del aws["Timestamp"]
    dimensions = {name: value for name, value in written.items() if isinstance(value, str)}
    return '{"_aws":{"Timestamp":', f",{_members(aws)}}},{_members(dimensions)},"


def _members(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))[1:-1]


def _line(template: tuple[str, str], record: Record) -> str:
    before, after = template
    kind = record.status // 100
    return (
        f'{before}{int(time.time() * 1000)}{after}"Count":[1.0],"Latency":[{record.milliseconds}],'
        f'"4XXError":[{float(kind == 4)}],"5XXError":[{float(kind == 5)}]}}'
    )


def violation_counter(logger: Logger, metrics: Metrics | None) -> Callable[[int, str], None]:
    """Counts ContractViolations, in the user's metrics or by themselves.

    The service is the only dimension: an alarm names every dimension of its metric and cannot
    search for others (Amazon CloudWatch: Create_alarm_on_metric_math_expression).
    """

    def count(violations: int, operation: str) -> None:
        if metrics is not None:
            metrics.add_metric("ContractViolations", "Count", violations)
            metrics.add_metadata("operation", operation)
            return
        # Imported here, since a service without violations never needs it.
        from aws_lambda_powertools.metrics import MetricUnit, single_metric

        with single_metric(
            name="ContractViolations",
            unit=MetricUnit.Count,
            value=violations,
            namespace=namespace(),
            default_dimensions={"service": logger.service},
        ) as metric:
            metric.add_metadata("operation", operation)

    return count


def flush(metrics: Metrics, logger: Logger) -> None:
    """Writes what was added to the user's metrics; a failure is logged."""
    if not metrics.provider.metric_set:
        return
    try:
        metrics.flush_metrics()
    except Exception:
        logger.exception("the metrics cannot be written")
        metrics.clear_metrics()
