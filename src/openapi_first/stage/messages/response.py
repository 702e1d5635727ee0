"""What goes back to the client, before the headers every answer carries are added."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers in order and case, a body, and who gave the answer.

    `answered_by` is a gateway response type, `mock` or `lambda`.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    answered_by: str
    traced: bool = False
    """Whether it carries `X-Amzn-Trace-Id`."""
