"""Which parameters the Lambda gives a default: those whose default matches their schema."""

from __future__ import annotations

from openapi_first.documents.errors import ContractError
from openapi_first.openapi.model import Contract, Parameter
from openapi_first.patterns.to_rust import to_rust
from openapi_first.runtime.plan import DRAFT_4, DRAFT_2020_12, SchemaPlan
from openapi_first.runtime.validators import validator_for
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering, lowerings
from openapi_first.schemas.referenced import referenced


class Defaults:
    """Validates the defaults of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._lowering: SchemaLowering = lowerings(contract.openapi, to_rust)[Direction.REQUEST]
        self._dialect = DRAFT_4 if contract.openapi == "3.0" else DRAFT_2020_12

    def has(self, parameter: Parameter) -> bool:
        """Whether the function gets the default for a parameter that is absent."""
        written = parameter.schema.followed().value
        if not isinstance(written, dict) or "default" not in written:
            return False
        definitions = self._lowering.definitions
        try:
            schema = self._lowering.lower(parameter.schema)
            plan = SchemaPlan(schema, referenced(schema, definitions))
            shared = {name: lambda name=name: definitions[name] for name in plan.definitions}
            return validator_for(plan, shared, self._dialect).is_valid(written["default"])
        except (ContractError, ValueError):
            return True  # the compiler refuses the schema
