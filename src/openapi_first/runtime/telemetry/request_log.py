"""The log line of each request, with Powertools' Logger."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any

from openapi_first.runtime.telemetry.raised import loggable

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

    from openapi_first.runtime.telemetry.record import Record

SERVED = "request served"
"""The message of the log line of each request that the function could serve."""

NO_OPERATION = "The event does not match an operation of the contract."
CANNOT_BE_SERVED = "the event cannot be served"


class RequestLog:
    """Writes with `logger`; `contract` is the hash of the contract that is served.

    A line has names of the contract and numbers. Nothing that a client sent is in it.
    """

    def __init__(self, logger: Logger, contract: str) -> None:
        self._logger = logger
        self._contract = contract
        self._cold = True
        self._is_enabled_for = logger._logger.isEnabledFor  # noqa: SLF001
        # A buffer also keeps lines below the level, and writes them after an error.
        self._buffers = logger._buffer_config is not None  # noqa: SLF001 # held by a test

    def restored(self) -> None:
        """The next request is the first of an environment, although the snapshot served some."""
        self._cold = True

    def begin(self, event: Any, context: Any) -> None:
        """Every line of this request has both ids: the one that API Gateway gave it, and Lambda's
        own, by which the lines of the platform can be found (AWS Lambda: python-logging)."""
        found = event.get("requestContext") if isinstance(event, dict) else None
        self._logger.append_keys(
            correlation_id=found.get("requestId") if isinstance(found, dict) else None,
            function_request_id=getattr(context, "aws_request_id", None),
        )
        if self._logger.sampling_rate:
            self._logger.refresh_sample_rate_calculation()

    def end(self, record: Record, event: dict[str, Any], status: int) -> None:
        """The line of a request that was answered. A failure of the logger is no reason to answer
        otherwise."""
        record.end(status)
        try:
            level = logging.WARNING if record.operation is None and status == 404 else logging.INFO
            if not self._buffers and not self._is_enabled_for(level):
                self._cold = False
                return
            fields = self._fields(record)
            if record.operation is None:
                fields |= {"method": event.get("httpMethod"), "resource": event.get("resource")}
                if status == 404:
                    self._logger.warning(NO_OPERATION, **fields)
                    return
            # With an argument, Powertools does not first try to read the message as JSON.
            self._logger.info("%s", SERVED, **fields)
        except Exception:
            traceback.print_exc()

    def end_failed(
        self,
        record: Record,
        error: BaseException,
        malformed: str | None,
        answer: dict[str, Any],
    ) -> dict[str, Any]:
        """The line of a request that could not be served, and the answer to it."""
        record.end(answer["statusCode"])
        try:
            self._logger.error(
                CANNOT_BE_SERVED,
                malformed=malformed,
                exc_info=loggable(error),
                **self._fields(record),
            )
        except Exception:
            traceback.print_exc()
        return answer

    def _fields(self, record: Record) -> dict[str, Any]:
        """`refused_by` says who made an error of the client: `contract` is the engine, `service`
        are the functions and middlewares."""
        status = record.status
        found: dict[str, Any] = {
            "operation": record.operation,
            "status": status,
            "duration_ms": record.milliseconds,
            "cold_start": self._cold,
            "contract_hash": self._contract,
        }
        self._cold = False
        if 400 <= status < 500:
            by_contract = record.operation is None or record.refusals is not None
            found["refused_by"] = "contract" if by_contract else "service"
        if record.refusals:
            found["refused_for"] = record.refusals
        if record.counts:
            found["counts"] = record.counts
        return found
