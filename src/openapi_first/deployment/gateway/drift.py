"""Compares the contract with what a stack has deployed: `make drift-deployed`."""

from __future__ import annotations

import sys

from openapi_first.deployment.account.programs import run
from openapi_first.deployment.gateway.served import Served
from openapi_first.deployment.settings.gateway_options import gateway_options
from openapi_first.deployment.stack.description import Stack


def drift(stage: Served, stack: Stack) -> int:
    """The exit status of `contract drift`, which gets all that the stack's parameters say."""
    # A stage's name may begin with hyphens.
    place = ["--rest-api-id", stage.api, f"--stage={stage.stage}", "--api-name", stage.stack]
    place += ["--region", stage.account.region, *gateway_options(stack.parameters)]
    command = (sys.executable, "-m", "openapi_first", "drift", *place)
    return run(*command, **stage.account.environment)
