"""Resources that a run has created, and the path variables that identify them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.resources import Resource
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.model.runtime_expressions import NoValue, evaluate
from openapi_first.openapi.path_templates import fill_path, path_variables

_ORIGIN = re.compile(r"^[a-z]+://[^/]+")


@dataclass(frozen=True)
class CreatedResource:
    """`variables` are the values of the path's variables."""

    resource: Resource
    variables: dict[str, str]
    creation: Exchange

    @property
    def path(self) -> str:
        """The path below the base URL."""
        return fill_path(self.resource.path, self.variables)


def created_variables(
    resource: Resource, request: Request, response: Response, url: str
) -> dict[str, str] | None:
    """The path variables of what a request has created; None if its response does not show them.
    `url` is the stage's base URL."""
    if resource.variables is None:
        return location_variables(resource.path, response, url)
    try:
        return {
            name: str(evaluate(expression, resource.create.path, request, response))
            for name, expression in resource.variables.items()
        }
    except NoValue:
        return None


def location_variables(template: str, response: Response, url: str) -> dict[str, str] | None:
    """The variables of a path template in the Location header; None if it is another path."""
    location = response.header("Location")
    if location is None:
        return None
    base_path = _ORIGIN.sub("", url.rstrip("/"))
    found = path_variables(template, _ORIGIN.sub("", location).removeprefix(base_path))
    return {name: unquote(value) for name, value in found.items()} if found else None
