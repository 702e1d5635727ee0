"""For the tests of a project: a stage that runs beside them, and one in their own process.

    running_stage   runs `contract serve` until its block ends: stage, functions and DynamoDB
    RunningStage    what it yields: URLs, keys, tokens, the log, and `request`
    StageClient     the stage and Python functions in the process of the tests, without sockets
    Invocation      a call of a function that a StageClient made: its event, and what it raised
    Response        what `request` returns: status, headers and body

Names are imported on first use: a test that only needs `running_stage` does not load the stage.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openapi_first.serving.testing.client import StageClient
    from openapi_first.serving.testing.invocations import Invocation
    from openapi_first.serving.testing.messages import Response
    from openapi_first.serving.testing.running import RunningStage, running_stage

__all__ = ["Invocation", "Response", "RunningStage", "StageClient", "running_stage"]

_MODULES = {
    "Invocation": "openapi_first.serving.testing.invocations",
    "Response": "openapi_first.serving.testing.messages",
    "RunningStage": "openapi_first.serving.testing.running",
    "StageClient": "openapi_first.serving.testing.client",
    "running_stage": "openapi_first.serving.testing.running",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value
