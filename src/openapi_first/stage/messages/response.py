"""A response, before the headers that every response of the stage has are added."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StageResponse:
    """Headers are in order and case as they are sent.

    `answered_by` is a gateway response type or an integration: `lambda`, `http` or `mock`.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    answered_by: str
    traced: bool = False
    """Whether `X-Amzn-Trace-Id` is sent with it."""
