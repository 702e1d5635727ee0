"""A request at the method it was routed to: what every later step of the gateway works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openapi_first.stage.api.rest_api import Integration, Method
from openapi_first.stage.api.routing import StagePath
from openapi_first.stage.messages.mapping_expressions import Variables
from openapi_first.stage.messages.request import RequestIds, StageRequest
from openapi_first.stage.messages.settings import Settings


@dataclass(frozen=True, slots=True)
class MethodRequest:
    """What the client sent, its method, and the stage around both.

    `context` is `requestContext` of an event and `$context` of an expression. It is built once: the
    API key and the authorizer's output are added to it when they are known.
    """

    sent: StageRequest
    ids: RequestIds
    path: StagePath
    method: Method
    path_parameters: Mapping[str, str]
    context: dict[str, Any]
    stage_variables: Mapping[str, str]
    binary_media_types: Sequence[str]
    settings: Settings

    @property
    def integration(self) -> Integration:
        return self.method.integration

    @property
    def variables(self) -> Variables:
        """What the mapping expressions of the method can see."""
        return Variables(self.context, self.stage_variables, self.sent, self.path_parameters)
