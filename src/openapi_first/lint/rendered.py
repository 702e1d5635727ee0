"""What is rendered of a contract: for API Gateway and for the Lambda."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openapi_first.compiler.compile import Plans, plan_contract
from openapi_first.import_document.document import render_document
from openapi_first.import_document.models import Models
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.openapi.model import Contract

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
        document = render_document(contract, settings, models)
        return cls(contract, settings, plans, models, document)
