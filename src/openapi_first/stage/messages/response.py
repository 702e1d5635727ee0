"""A response, before the headers that every response of the stage has are added."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

BODILESS = (204, 304)
"""The statuses of responses that have no body (RFC 9110 §6.4.1)."""


class StreamBroken(Exception):
    """A streamed response ends before it is whole: its client must not take it for whole."""


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

    stream: AsyncGenerator[bytes] | None = field(default=None, compare=False, repr=False)
    """What follows `body`, as it arrives; the length is not known then. Raises StreamBroken."""

    def header_values(self, name: str) -> list[str]:
        """Every value of a header, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]
