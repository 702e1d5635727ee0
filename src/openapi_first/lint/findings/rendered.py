"""What is rendered of a contract: for API Gateway and for the Lambda."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openapi_first.compiler.compile import Plans, plan_contract
from openapi_first.core.problem_templates import ErrorBody
from openapi_first.import_document.document import render_document
from openapi_first.import_document.gateway_responses import gateway_statuses
from openapi_first.import_document.models import Models
from openapi_first.import_document.requests import has_model
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.openapi.model import Contract, MediaType, Operation
from openapi_first.resources.resources import Resources, resources_of
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.effects import Effects

_DEFAULTS = GatewaySettings()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A contract with everything that is made from it. Each of its schemas is lowered once per
    direction, for the plans and the models together."""

    contract: Contract
    settings: GatewaySettings
    plans: Plans
    models: Models
    document: dict[str, Any]
    """The import document, even if API Gateway would refuse it."""
    gateway_bodies: Mapping[int, ErrorBody]
    """The bodies of the gateway's own responses that are not problem details, by status."""
    resources: Resources
    effects: Mapping[Direction, Effects]

    @classmethod
    def of(
        cls,
        contract: Contract,
        settings: GatewaySettings = _DEFAULTS,
        plans: Plans | None = None,
    ) -> Rendered:
        """`plans` are the contract's, if they have been made already. Raises ContractError for
        what the compiler refuses, because the Lambda enforces nothing of such a contract."""
        plans = plans or plan_contract(contract)
        models = Models(contract, plans.lowerings)
        bodies = plans.gateway_bodies(gateway_statuses(), settings.errors)
        resources = resources_of(contract)
        document = render_document(contract, settings, models, resources, bodies)
        effects = {each: Effects(lowering) for each, lowering in plans.lowerings.items()}
        return cls(contract, settings, plans, models, document, bodies, resources, effects)

    def has_model(self, operation: Operation, entry: MediaType) -> bool:
        """Whether API Gateway validates the operation's bodies of the media type."""
        if entry.schema is None or not has_model(operation, entry):
            return False
        left_out = self.models.left_out(entry.schema, Direction.REQUEST) is not None
        return self.resources.method(operation).body is not None and not left_out
