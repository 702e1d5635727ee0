"""The caller of a method, as authorizers and policies see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.stage.messages.mapping_expressions import Variables


@dataclass(frozen=True, slots=True)
class Caller:
    """`event` makes the event of a REQUEST authorizer, which has `seconds` to respond."""

    method_arn: str
    variables: Variables
    event: Callable[[], dict[str, Any]]
    seconds: float

    @property
    def condition_keys(self) -> Mapping[str, str | None]:
        """The values of the policy condition keys that this stage knows."""
        request = self.variables.request
        return {
            "aws:sourceip": request.source_ip,
            "aws:useragent": request.header("user-agent"),
        }
