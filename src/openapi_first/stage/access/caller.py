"""The caller of a method, as authorizers and policies see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openapi_first.stage.access.condition_keys import condition_keys, principal_of
from openapi_first.stage.messages.mapping_expressions import Variables
from openapi_first.stage.messages.settings import Settings
from openapi_first.stage.policies.policy import PolicyRequest
from openapi_first.stage.policies.principals import Principal


@dataclass(frozen=True)
class Caller:
    """`event` makes the event of a REQUEST authorizer, which has `seconds` to respond. A `signed`
    request has an AWS signature that its method requires; it came at `epoch`, in seconds."""

    method_arn: str
    variables: Variables
    event: Callable[[], dict[str, Any]]
    seconds: float
    settings: Settings
    epoch: float
    signed: bool = False

    @cached_property
    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """The values of its condition keys, by their names in lower case."""
        return condition_keys(
            self.variables.request, self.settings.condition_keys, self.epoch, signed=self.signed
        )

    @cached_property
    def principal(self) -> Principal:
        """Who signed the request. Nobody can be sure, since signatures are not verified."""
        return principal_of(self.keys, self.settings.account_id, signed=self.signed)

    @property
    def asks(self) -> PolicyRequest:
        """What a policy decides on."""
        return PolicyRequest(self.method_arn, self.keys, self.principal)
