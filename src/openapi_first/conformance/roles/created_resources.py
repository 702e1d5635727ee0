"""Resources that a run has created, and the path variables that identify them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from openapi_first.conformance.model.messages import Request, Response
from openapi_first.conformance.model.run import Exchange
from openapi_first.conformance.model.runtime_expressions import NoValue, evaluate
from openapi_first.conformance.roles.resources import Resource
from openapi_first.openapi.path_templates import fill_path, path_variables, variable_names

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

    def values(self, template: str) -> dict[str, str]:
        """The values of the variables that a template shares with its path, whatever they are
        called there."""
        own = [self.variables[name] for name in variable_names(self.resource.path)]
        return dict(zip(variable_names(template), own, strict=False))

    def filled(self, target: str, template: str) -> str:
        """A request's target with the variables that it still has."""
        return fill_path(target, self.values(template))


def created_variables(
    resource: Resource, request: Request, response: Response, url: str
) -> dict[str, str] | None:
    """The path variables of what a request has created; None if its response does not prove them.
    `url` is the stage's base URL."""
    identity = resource.identity
    if identity.link is not None:
        return _evaluated(resource, identity.link, request, response)
    located = location_variables(resource.path, response, url)
    if located is not None or identity.named is None:
        return located
    return _evaluated(resource, identity.named, request, response)


def candidate_variables(
    resource: Resource, expression: str, request: Request, response: Response
) -> dict[str, str] | None:
    """The path variables if the last one is the value of a candidate; None if it has no value."""
    last = variable_names(resource.path)[-1]
    expressions = {**resource.identity.outer, last: expression}
    return _evaluated(resource, expressions, request, response)


def location_variables(template: str, response: Response, url: str) -> dict[str, str] | None:
    """The variables of a path template in the Location header; None if it is another path."""
    location = response.header("Location")
    if location is None:
        return None
    base_path = _ORIGIN.sub("", url.rstrip("/"))
    found = path_variables(template, _ORIGIN.sub("", location).removeprefix(base_path))
    return {name: unquote(value) for name, value in found.items()} if found else None


def _evaluated(
    resource: Resource, expressions: dict[str, Any], request: Request, response: Response
) -> dict[str, str] | None:
    found = {}
    for name, expression in expressions.items():
        try:
            value = evaluate(expression, resource.create.path, request, response)
        except NoValue:
            return None
        if value in (None, "") or isinstance(value, bool | dict | list | float):
            return None
        found[name] = str(value)
    return found


def of_resource(
    created: list[CreatedResource], resource: Resource, outer: dict[str, str]
) -> Iterator[CreatedResource]:
    """What was created of a resource, below the same parents."""
    for each in created:
        if each.resource is resource and outer.items() <= each.variables.items():
            yield each
