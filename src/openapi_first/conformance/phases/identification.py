"""Proves by a read which member of a creation's response is in the path of what was created.

`POST /things` answers with `id`, and things are at `/things/{thingId}`: whether the two are the
same no schema says. A read of `/things/<id>` that shows the same `id` does.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.roles.created_resources import (
    candidate_variables,
    created_variables,
)
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.model import Operation
from openapi_first.openapi.path_templates import variable_names

_TRIES = 3

Read = Callable[[Operation, dict[str, str]], Response | None]
"""Sends a GET with these path variables; None if there was no response."""


class Identification:
    """Remembers for each resource the member that was proved. `url` is the stage's base URL."""

    def __init__(self, url: str, read: Read) -> None:
        self._url = url
        self._read = read
        self._proved: dict[str, str] = {}
        self._tries: Counter[str] = Counter()

    def variables(
        self, resource: Resource, request: Request, response: Response
    ) -> dict[str, str] | None:
        """The path variables of what a request has created; None if nothing proves them."""
        found = created_variables(resource, request, response, self._url)
        if found is not None:
            return found
        known = self._proved.get(resource.path)
        if known is not None:
            return candidate_variables(resource, known, request, response)
        self._tries[resource.path] += 1
        if self._tries[resource.path] > _TRIES:
            return None
        for expression in resource.identity.candidates:
            found = candidate_variables(resource, expression, request, response)
            if found is not None and self._is_proved(resource, expression, found):
                self._proved[resource.path] = expression
                return found
        return None

    def expressions(self, resource: Resource) -> dict[str, Any]:
        """The expressions for path variables whose values a response shows, by the contract or by
        a read."""
        identity = resource.identity
        known = self._proved.get(resource.path)
        proved = {variable_names(resource.path)[-1]: known} if known is not None else {}
        return dict(identity.link or identity.named or proved)

    def _is_proved(self, resource: Resource, expression: str, found: dict[str, str]) -> bool:
        assert resource.read is not None
        response = self._read(resource.read, found)
        if response is None or not 200 <= response.status < 300:
            return False
        name = expression.partition("#/")[2].replace("~1", "/").replace("~0", "~")
        value = _member(response, name)
        return value is not None and str(value) == list(found.values())[-1]


def _member(response: Response, name: str) -> Any:
    try:
        body = json.loads(response.body)
    except ValueError:
        return None
    return body.get(name) if isinstance(body, dict) else None
