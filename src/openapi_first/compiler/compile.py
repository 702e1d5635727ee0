"""Compiles a contract into a Python module of plain data, which `runtime.handler` serves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from openapi_first.compiler.error_bodies import ErrorBodies, agreed_bodies, rendered_responses
from openapi_first.compiler.module_writer import module_text
from openapi_first.compiler.operation_planner import OperationPlanner
from openapi_first.core.files import replace_file
from openapi_first.core.problem_templates import ErrorBody
from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.openapi.model import Contract, Operation, contract_hash
from openapi_first.resources.cors_headers import exposed_headers, preflight_headers
from openapi_first.resources.resources import Key, Resources, resources_of
from openapi_first.runtime.plan import (
    ANY,
    DRAFT_4,
    DRAFT_2020_12,
    FORMAT,
    OperationPlan,
    TemplatePlan,
)
from openapi_first.schemas.backtracking import backtracking_places
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering


@dataclass(frozen=True, slots=True)
class Plans:
    """What the compiled module contains; `lowerings` have the schemas that operations share."""

    operations: tuple[OperationPlan, ...]
    lowerings: Mapping[Direction, SchemaLowering]
    error_bodies: ErrorBodies

    def gateway_bodies(
        self, statuses: Iterable[int], chosen: ErrorBody | None
    ) -> dict[int, ErrorBody]:
        """The bodies of the gateway's own responses by status: the `chosen` one, else those on
        which all operations agree. The others are problem details."""
        if chosen is not None:
            return dict.fromkeys(statuses, chosen)
        return agreed_bodies(self.operations, statuses, self.error_bodies)


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
        "SECURED": tuple(each.function for each in contract.served if _needs_credential(each)),
        "SKIPPED": tuple(operation.function for operation in contract.skipped),
    }
    backtracking = backtracking_places(plans.lowerings.values())
    if backtracking:
        constants["BACKTRACKING"] = backtracking
    schemas = {
        "REQUEST_SCHEMAS": plans.lowerings[Direction.REQUEST].definitions,
        "RESPONSE_SCHEMAS": plans.lowerings[Direction.RESPONSE].definitions,
    }
    resources = resources_of(contract)
    preflights = {}
    for resource, group in resources.by_resource(contract).items():
        served = [each for each in group if each.own_integration is None]
        headers = preflight_headers(served, contract)
        preflights.update(dict.fromkeys((resource, *(each.path for each in served)), headers))
    functions = {
        "preflights": preflights,
        "templates": template_plans(resources),
        "error_bodies": rendered_responses(plans.operations),
    }
    operations = {plan.function: plan for plan in plans.operations}
    return module_text(constants, functions, operations, schemas)


def plan_contract(
    contract: Contract, lowered: Mapping[Direction, SchemaLowering] | None = None
) -> Plans:
    """The plans of the operations that functions serve, with the schemas of `lowered` if others
    share them. Raises ContractError with every error."""
    plans, errors = plan_operations(contract, lowered)
    if errors:
        raise ContractError(errors)
    return plans


def plan_operations(
    contract: Contract, lowered: Mapping[Direction, SchemaLowering] | None = None
) -> tuple[Plans, list[Diagnostic]]:
    """The plans of the operations without errors, and the errors of the others. An error names its
    operation, unless all operations have it that reach its place."""
    planner = OperationPlanner(contract.openapi, lowered)
    plans: list[OperationPlan] = []
    errors: list[Diagnostic] = []
    for operation in contract.served:
        try:
            plans.append(planner.plan(operation))
        except ContractError as error:
            errors.extend(
                each
                if each in planner.shared_errors
                else replace(each, operations=(operation.label,))
                for each in error.diagnostics
            )
    return Plans(tuple(plans), planner.lowerings, planner.error_bodies), errors


def template_plans(resources: Resources) -> dict[Key, tuple[TemplatePlan, ...]]:
    """The paths of each method that API Gateway knows by another one, the most literal first."""
    candidates = {key: resources.candidates(key) for key in resources.sharing}
    renamed = {key for key, each in candidates.items() if len(each) > 1 or not each[0].is_plain}
    return {
        key: tuple(
            TemplatePlan(
                template.path,
                tuple((each.name, each.pattern, each.names) for each in template.variables),
            )
            for template in templates
        )
        for key, templates in candidates.items()
        if key in renamed or (ANY, key[1]) in renamed  # else the function would take those of ANY
    }


def _needs_credential(operation: Operation) -> bool:
    """Whether no request may come without a credential (an empty Security Requirement Object)."""
    return bool(operation.security) and all(operation.security)


def _signature(plan: OperationPlan) -> tuple[str, ...]:
    arguments = tuple(parameter.argument for parameter in plan.parameters)
    return (*arguments, "body") if plan.body is not None else arguments
