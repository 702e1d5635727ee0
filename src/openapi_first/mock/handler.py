"""The mock's entry point: `openapi_first.mock.handler.handler`.

Its environment, set by `contract serve --mock`: MOCK_CONTRACT is the contract's file, MOCK_MODE is
`examples` or `crud`, MOCK_SEED a number. The compiled module is on PYTHONPATH, as for any function.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from openapi_first.mock.answers import Answers
from openapi_first.mock.preferences import preferences
from openapi_first.mock.values import Values
from openapi_first.openapi.loader import read_contract
from openapi_first.openapi.model import Contract, Operation, contract_hash
from openapi_first.runtime.handler import Handler, lambda_handler
from openapi_first.runtime.request import current_request
from openapi_first.runtime.responses import Reply
from openapi_first.runtime.startup import StartError
from openapi_first.samples.lowered_schemas import LoweredSchemas


def mock_handler(contract: Contract, compiled: ModuleType, *, seed: int = 0) -> Handler:
    """A Lambda handler that answers the operations of a compiled contract, with the same answers
    for the same seed."""
    answers = Answers(compiled, Values(LoweredSchemas(contract.openapi), seed))
    operations = ModuleType("mock")
    for operation in contract.operations:
        if operation.function in compiled.SIGNATURES:
            setattr(operations, operation.function, _function(operation, answers))
    return lambda_handler(compiled, operations)


def _function(operation: Operation, answers: Answers) -> Callable[..., Reply[Any]]:
    def answer(**_: Any) -> Reply[Any]:
        event = current_request().proxy_event
        chosen = preferences(event.header("prefer"), event.query)
        return answers.answer(operation, chosen, event.header("accept"))

    return answer


def _of_environment() -> Handler:
    compiled = importlib.import_module("compiled")
    path = Path(os.environ["MOCK_CONTRACT"])
    contract = read_contract(path).contract
    if contract_hash(contract) != compiled.HASH:
        raise StartError([f"{path} has changed since it was compiled"])
    return mock_handler(contract, compiled, seed=int(os.environ["MOCK_SEED"]))


if "MOCK_CONTRACT" in os.environ:
    handler = _of_environment()
