"""The contract as imported and deployed, and a control plane on a socket."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drift.changing import PREFIX, Look
from drift.control_plane_server import ControlPlaneServer
from drift.imported_api import API_ID, REGION, RestApi, imported
from drift.small import SMALL
from openapi_first.drift.comparison import Drift, compare_deployed
from openapi_first.drift.control_plane import ControlPlane
from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load

ROOT = Path(__file__).parents[2]


def set_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    set_credentials(monkeypatch)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The import document of the contract, with parts that other contracts may have."""
    made = import_document(load(ROOT / "openapi.yaml"))
    made[f"{PREFIX}binary-media-types"] = ["image/png", "application/pdf"]
    made[f"{PREFIX}request-validators"]["parameters"] = {"validateRequestParameters": True}
    made["components"]["securitySchemes"]["staff"] = {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        f"{PREFIX}authtype": "custom",
        f"{PREFIX}authorizer": {
            "type": "token",
            "authorizerUri": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:f",
            "identityValidationExpression": "^Bearer .+",
        },
    }
    delete = made["paths"]["/items/{id}"]["delete"]
    delete["security"] = [{"apiKey": []}, {"staff": ["items.write"]}]
    delete[f"{PREFIX}request-validator"] = "parameters"
    delete["parameters"].append({"name": "session", "in": "cookie", "schema": {"type": "string"}})
    return made


@pytest.fixture(scope="module")
def look() -> Iterator[Look]:
    """Reads both from a control plane on a socket, and compares."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        set_credentials(monkeypatch)
        server = ControlPlaneServer(imported(SMALL), {}, page=500)
        with server.running() as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL_API_GATEWAY", url)
            plane = ControlPlane(region=REGION)

            def looked_at(document: dict[str, Any], current: RestApi, stage: RestApi) -> Drift:
                server.current, server.stages = current, {"prod": stage}
                return compare_deployed(document, plane.deployed(API_ID, "prod"))

            yield looked_at


@pytest.fixture(scope="module")
def deployed() -> RestApi:
    return imported(import_document(load(ROOT / "openapi.yaml")))
