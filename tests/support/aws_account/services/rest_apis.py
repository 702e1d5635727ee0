"""REST APIs with their deployments and stages, as an import leaves them."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

from drift.imported_api import API_ID, RestApi, imported

EMPTY: dict[str, Any] = {
    "openapi": "3.0.1",
    "info": {"title": "", "version": "1"},
    "paths": {},
    "components": {"schemas": {}},
}


@dataclass(frozen=True)
class Deployment:
    """A snapshot of an API; `created` is in seconds since 1970."""

    id: str
    created: int
    description: str
    api: RestApi


@dataclass
class Api:
    """`rest` is what the console shows; what a stage serves is its deployment. `imports` are the
    documents that have been imported, in their order."""

    rest: RestApi
    document: dict[str, Any]
    imports: list[dict[str, Any]] = field(default_factory=list)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        identifier: str = self.rest.api["id"]
        return identifier

    def served(self, stage: str) -> RestApi:
        return self.deployments[self.stages[stage]["deploymentId"]].api


def imported_as(document: dict[str, Any], identifier: str) -> RestApi:
    return with_id(imported(document), API_ID, identifier)


def with_id(rest: RestApi, old: str, new: str) -> RestApi:
    """The same API with another id, which is in the URLs of its models, too."""
    text = json.dumps(dataclasses.asdict(rest)).replace(old, new)
    return RestApi(**json.loads(text))


def merged(current: Any, new: Any) -> Any:
    """AWS: api-gateway-import-api-update. What both define is the new one's, apart from maps."""
    if not isinstance(current, dict) or not isinstance(new, dict):
        return new
    both = {name: merged(current[name], new[name]) for name in current.keys() & new.keys()}
    return {**current, **new, **both}


def described(deployment: Deployment) -> dict[str, Any]:
    found = {"id": deployment.id, "createdDate": deployment.created}
    return {**found, "description": deployment.description} if deployment.description else found
