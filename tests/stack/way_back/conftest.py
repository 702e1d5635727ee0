"""A stack that was deployed, in an account that answers over HTTP."""

from __future__ import annotations

import copy
import itertools
import os
import time
from dataclasses import dataclass
from typing import Any

import pytest

from openapi_first.deployment.account.aws import Account, connect
from openapi_first.deployment.account.samconfig import Saved
from openapi_first.deployment.gateway.served import Served, served
from openapi_first.deployment.gateway.snapshots import Snapshot, keep
from openapi_first.deployment.stack import description
from openapi_first.import_document.document import import_document
from openapi_first.openapi.loader import load
from stack.template import ROOT
from support.aws_account.account import AwsAccount
from support.aws_account.packaging import deployed
from support.aws_account.services.gateway import Api

CONTRACTS = {1: "a" * 64, 2: "b" * 64, 3: "c" * 64}
REVISIONS = {1: "1" * 40, 2: "2" * 40, 3: "3" * 40}


@dataclass
class Release:
    """Releases of one stack. A release has a document of its own; the first has the number 1."""

    aws: AwsAccount
    account: Account
    document: dict[str, Any]

    def __call__(self, number: int, **parameters: str) -> Snapshot | None:
        """Deploys, and keeps what is served then."""
        deployed(
            self.aws, "items", self.written(number), parameters=parameters, image=f"items:{number}"
        )
        return keep(self.served, REVISIONS[number], CONTRACTS[number])

    def written(self, number: int) -> dict[str, Any]:
        document = copy.deepcopy(self.document)
        document["info"]["version"] = f"{number}.0"
        return document

    @property
    def served(self) -> Served:
        stack = description.find(self.account, "items")
        assert stack is not None
        return served(self.account, stack)

    @property
    def api(self) -> Api:
        (found,) = self.aws.region().gateway.apis.values()
        return found

    @property
    def version_served(self) -> str:
        """The version of the contract that the stage serves."""
        return str(self.api.served("prod").api["version"])


@pytest.fixture
def release(account: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> Release:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in account.environment.items():
        monkeypatch.setenv(name, value)
    # Times of API Gateway are whole seconds, and releases are further apart than in a test.
    seconds = itertools.count(int(time.time()))
    account.region().gateway._now = lambda: next(seconds)
    return Release(account, connect(Saved()), import_document(load(ROOT / "openapi.yaml")))


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openapi_first.deployment.gateway.served._PAUSE", 0.0)
