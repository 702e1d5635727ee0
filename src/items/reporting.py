"""The log and the metric of items that are malformed in the table."""

from __future__ import annotations

import os
from collections.abc import Sequence

from aws_lambda_powertools import Logger

from items.failures import MalformedItem

LOGGER = Logger(service=os.environ.get("POWERTOOLS_SERVICE_NAME") or "Items API")
"""The handler's logger: its lines have the request's id."""


def left_out(malformed: Sequence[MalformedItem]) -> None:
    """Logs each item with its key, which no client can see, and counts them."""
    for each in malformed:
        LOGGER.error(
            "an item is malformed and left out of a list",
            key=each.key,
            complaints=list(each.complaints),
        )
    count(len(malformed))


def count(malformed: int) -> None:
    """Adds to the metric MalformedItems, in CloudWatch's embedded metric format."""
    if not malformed:
        return
    # Imported here, since a table without malformed items never needs it.
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(
        name="MalformedItems",
        unit=MetricUnit.Count,
        value=malformed,
        namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE") or "contract",
        default_dimensions={"service": LOGGER.service},
    ):
        """The metric has no other members."""
