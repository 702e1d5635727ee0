"""Stages that the contract tests are held against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract
from support.serving import ROOT, serving

SHIPPING = ROOT / "tests/integration/shipping"


@pytest.fixture(scope="session")
def stage() -> Iterator[str]:
    """The base URL of the shipped API."""
    with serving(ROOT, "--env", "TABLE_NAME=items", "--setup", "items.table") as server:
        yield server.base_url


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
