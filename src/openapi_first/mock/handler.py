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
from openapi_first.mock.crud import Crud, served
from openapi_first.mock.preferences import Preferences, preferences
from openapi_first.mock.values import Values
from openapi_first.openapi.loader import read_contract
from openapi_first.openapi.model import Contract, Operation, contract_hash
from openapi_first.runtime.handler import Handler, lambda_handler
from openapi_first.runtime.request import current_request
from openapi_first.runtime.responses import Reply
from openapi_first.runtime.startup import StartError
from openapi_first.samples.lowered_schemas import LoweredSchemas


def mock_handler(
    contract: Contract, compiled: ModuleType, *, seed: int = 0, remembers: bool = False
) -> Handler:
    """A Lambda handler that answers the operations of a compiled contract, with the same answers
    for the same seed. If it `remembers`, what is created can be read."""
    answers = Answers(compiled, Values(LoweredSchemas(contract.openapi), seed))
    contract = served(contract, compiled.SIGNATURES)
    crud = Crud(contract, answers) if remembers else None
    operations = ModuleType("mock")
    for operation in contract.operations:
        setattr(operations, operation.function, _function(operation, answers, crud))
    return lambda_handler(compiled, operations)


def _function(
    operation: Operation, answers: Answers, crud: Crud | None
) -> Callable[..., Reply[Any]]:
    def answer(**arguments: Any) -> Reply[Any]:
        request = current_request()
        event = request.proxy_event
        chosen = preferences(event.header("prefer"), event.query)
        if crud is not None and chosen == Preferences():
            reply = crud.answer(operation, arguments, request)
            if reply is not None:
                return reply
        return answers.answer(operation, chosen, event.header("accept"))

    return answer


def _of_environment() -> Handler:
    compiled = importlib.import_module("compiled")
    path = Path(os.environ["MOCK_CONTRACT"])
    contract = read_contract(path).contract
    if contract_hash(contract) != compiled.HASH:
        raise StartError([f"{path} has changed since it was compiled"])
    return mock_handler(
        contract,
        compiled,
        seed=int(os.environ["MOCK_SEED"]),
        remembers=os.environ["MOCK_MODE"] == "crud",
    )


handler: Handler | None = _of_environment() if "MOCK_CONTRACT" in os.environ else None
"""None in a process that `contract serve --mock` has not started."""
