"""Compiles a contract into a Python module of plain data, which `runtime.handler` serves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from openapi_first.compiler.module_writer import module_text
from openapi_first.compiler.operation_planner import OperationPlanner
from openapi_first.core.files import replace_file
from openapi_first.openapi.cors_headers import exposed_headers, preflight_headers
from openapi_first.openapi.errors import ContractError, Diagnostic
from openapi_first.openapi.model import Contract, Operation, contract_hash
from openapi_first.runtime.plan import DRAFT_4, DRAFT_2020_12, FORMAT, OperationPlan
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering


@dataclass(frozen=True, slots=True)
class Plans:
    """What the compiled module contains; `lowerings` have the schemas that operations share."""

    operations: tuple[OperationPlan, ...]
    lowerings: Mapping[Direction, SchemaLowering]


def write_compiled(
    contract: Contract, output: Path, *, watched: bool = True, plans: Plans | None = None
) -> None:
    """Replaces the compiled module in one step. With `watched`, the module refuses to start after
    a source file has changed. `plans` are the contract's, if they have been made already."""
    sources = [
        (Path(os.path.relpath(source.path, output.parent)).as_posix(), source.data)
        for source in contract.sources
    ]
    text = compile_contract(contract, sources if watched else [], plans)
    replace_file(output, text)


def compile_contract(
    contract: Contract, sources: list[tuple[str, bytes]], plans: Plans | None = None
) -> str:
    """The source of the compiled module. Raises ContractError with every error.

    `sources` are the files to compare at start: paths relative to the module, and their bytes.
    """
    plans = plans or plan_contract(contract)
    constants = {
        "FORMAT": FORMAT,
        "DIALECT": DRAFT_4 if contract.openapi == "3.0" else DRAFT_2020_12,
        "TITLE": contract.title,
        "VERSION": contract.version,
        "HASH": contract_hash(contract),
        "SOURCES": tuple((name, hashlib.sha256(data).hexdigest()) for name, data in sources),
        "EXPOSED_HEADERS": exposed_headers(contract),
        "ROUTES": {(plan.method, plan.path): plan.function for plan in plans.operations},
        "SIGNATURES": {plan.function: _signature(plan) for plan in plans.operations},
    }
    schemas = {
        "REQUEST_SCHEMAS": plans.lowerings[Direction.REQUEST].definitions,
        "RESPONSE_SCHEMAS": plans.lowerings[Direction.RESPONSE].definitions,
    }
    by_path: dict[str, list[Operation]] = {}
    for operation in contract.served:
        by_path.setdefault(operation.path, []).append(operation)
    preflights = {path: preflight_headers(group, contract) for path, group in by_path.items()}
    functions = {"preflights": preflights}
    operations = {plan.function: plan for plan in plans.operations}
    return module_text(constants, functions, operations, schemas)


def plan_contract(
    contract: Contract, lowered: Mapping[Direction, SchemaLowering] | None = None
) -> Plans:
    """The plans of the operations that functions serve, with the schemas of `lowered` if others
    share them. Raises ContractError with every error."""
    planner = OperationPlanner(contract.openapi, lowered)
    plans: list[OperationPlan] = []
    errors: list[Diagnostic] = []
    for operation in contract.served:
        try:
            plans.append(planner.plan(operation))
        except ContractError as error:
            errors.extend(error.diagnostics)
    if errors:
        raise ContractError(errors)
    return Plans(tuple(plans), planner.lowerings)


def _signature(plan: OperationPlan) -> tuple[str, ...]:
    arguments = tuple(parameter.argument for parameter in plan.parameters)
    return (*arguments, "body") if plan.body is not None else arguments
