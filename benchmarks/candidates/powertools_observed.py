"""Powertools without validation, with Logger and Metrics: the fields that the engine writes."""

from __future__ import annotations

import os
from time import monotonic
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from benchmarks.candidates.powertools_plain import app

_OPERATIONS = {
    ("GET", "/items"): "listItems",
    ("POST", "/items"): "createItem",
    ("GET", "/items/{id}"): "getItem",
}
_REVISION = "0" * 64

logger = Logger(service="Items API")
_cold = True


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    global _cold
    started = monotonic()
    logger.append_keys(
        correlation_id=event["requestContext"]["requestId"],
        function_request_id=context.aws_request_id,
    )
    answer = app.resolve(event, context)
    status = answer["statusCode"]
    operation = _OPERATIONS.get((event["httpMethod"], event["resource"]))
    taken = round((monotonic() - started) * 1000, 1)
    logger.info(
        "request served",
        operation=operation,
        status=status,
        duration_ms=taken,
        cold_start=_cold,
        contract_hash=os.environ.get("REVISION", _REVISION),
    )
    _cold = False
    if operation is not None:
        metrics = EphemeralMetrics(namespace="contract", service="Items API")
        metrics.add_dimension("operation", operation)
        metrics.add_metric("Count", MetricUnit.Count, 1)
        metrics.add_metric("Latency", MetricUnit.Milliseconds, taken)
        metrics.add_metric("4XXError", MetricUnit.Count, int(status // 100 == 4))
        metrics.add_metric("5XXError", MetricUnit.Count, int(status // 100 == 5))
        metrics.flush_metrics()
    return answer
