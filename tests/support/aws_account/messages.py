"""Requests, answers and errors, of HTTP and of AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class AwsError(Exception):
    """An error that the service answers with."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


def invalid(message: str) -> AwsError:
    """What CloudFormation answers to most wrong requests."""
    return AwsError("ValidationError", message)


@dataclass(frozen=True)
class Request:
    """One call: `service` and the keys of `parameters` as in boto3, `operation` as in the API."""

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Message:
    """What came over HTTP; `target` is a path with its query."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
