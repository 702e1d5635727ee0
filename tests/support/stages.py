"""Stages and engines of DynamoDB that tests of several packages are held against."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract
from openapi_first.stage import dynamodb
from support import engines
from support.serving import KEY, ROOT, serving

SHIPPING = ROOT / "tests/integration/shipping"


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """The URL of a DynamoDB for tests that need not start their own."""
    with dynamodb.start() as server:
        yield server.endpoint_url


@pytest.fixture(scope="session", params=engines.ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[engines.Engine]:
    """A running DynamoDB; the tests that take it run on each."""
    lacking = engines.missing(request.param)
    if lacking is not None:
        if os.environ.get("CI") == "true":
            pytest.fail(lacking)
        pytest.skip(lacking)
    with engines.start(request.param) as running:
        yield running


@pytest.fixture(scope="session")
def running_stage() -> Iterator[str]:
    with serving(ROOT, "--env", "TABLE_NAME=items", "--setup", "items.table") as server:
        yield server.base_url


@pytest.fixture
def stage(running_stage: str) -> Iterator[str]:
    """The base URL of the shipped API, which has no items at first."""
    yield running_stage
    remove_items(running_stage)


def remove_items(base_url: str) -> None:
    """Leaves the shipped API as the stage has started it."""
    options: dict[str, Any] = {"headers": {"x-api-key": KEY}, "timeout": 30}
    while items := requests.get(f"{base_url}/items?limit=100", **options).json()["items"]:
        for item in items:
            requests.delete(f"{base_url}/items/{item['id']}", **options)


@pytest.fixture(scope="session")
def shipping() -> Iterator[str]:
    """The base URL of another API."""
    with serving(SHIPPING, handler="shipping.handler.handler") as server:
        yield server.base_url


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load(ROOT / "openapi.yaml")


@pytest.fixture(scope="session")
def shipping_contract() -> Contract:
    return load(Path(SHIPPING / "openapi.yaml"))
