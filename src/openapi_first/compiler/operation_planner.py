"""Plans operations, the data of the compiled module, and proves that validators can be built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from openapi_first.compiler.form_planner import form_members, is_form
from openapi_first.compiler.text_planner import text_plan
from openapi_first.core.media_types import is_json
from openapi_first.openapi.errors import ContractError, Diagnostic
from openapi_first.openapi.model import Header, MediaType, Operation, Parameter, Response
from openapi_first.openapi.node import Node
from openapi_first.openapi.styles import style_misuse
from openapi_first.patterns.to_rust import to_rust
from openapi_first.runtime.plan import (
    DRAFT_4,
    DRAFT_2020_12,
    BodyPlan,
    HeaderPlan,
    MediaTypePlan,
    OperationPlan,
    ParameterPlan,
    ResponsePlan,
    SchemaPlan,
)
from openapi_first.runtime.validators import Validator, validator_for, violations
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.lowering import SchemaLowering, lowerings
from openapi_first.schemas.referenced import referenced

_ANY = SchemaPlan({})


class OperationPlanner:
    """Plans operations; `requests` and `responses` collect the schemas that they share. `lowered`
    are the lowerings for these, with patterns for Rust, if others share them."""

    def __init__(
        self, openapi: str, lowered: Mapping[Direction, SchemaLowering] | None = None
    ) -> None:
        self.lowerings = lowered or lowerings(openapi, to_rust)
        self.requests = self.lowerings[Direction.REQUEST]
        self.responses = self.lowerings[Direction.RESPONSE]
        # 1.0 is an integer in JSON Schema 2020-12 (Core §4.2.3), and not in OpenAPI 3.0.
        self._integral = openapi == "3.1"
        self._dialect = DRAFT_4 if openapi == "3.0" else DRAFT_2020_12
        self._errors: list[Diagnostic] = []
        self._planned: dict[object, tuple[SchemaPlan, tuple[Diagnostic, ...]]] = {}
        self._proved: set[tuple[Direction, str]] = set()

    def plan(self, operation: Operation) -> OperationPlan:
        """The operation's plan. Raises ContractError with every error in the operation."""
        self._errors = []
        names = {
            location: tuple(each.name for each in operation.parameters if each.location == location)
            for location in ("query", "cookie")
        }
        parameters = tuple(
            self._parameter(parameter, names.get(parameter.location, ()))
            for parameter in operation.parameters
        )
        body = None
        if operation.body is not None:
            content = tuple(self._content(self.requests, each) for each in operation.body.content)
            body = BodyPlan(operation.body.required, content, self._integral)
        responses = tuple(self._response(response) for response in operation.responses)
        if self._errors:
            raise ContractError(self._errors)
        return OperationPlan(
            operation.id,
            operation.function,
            operation.method,
            operation.path,
            operation.node.pointer,
            operation.success,
            parameters,
            body,
            responses,
        )

    def _parameter(self, parameter: Parameter, siblings: tuple[str, ...]) -> ParameterPlan:
        schema = self._schema(self.requests, parameter.schema)
        text = text_plan(parameter.schema)
        if parameter.media_type is None:
            self._check_style(parameter)
        elif not _is_text(parameter.media_type):
            self._report(
                parameter.node,
                f"a parameter cannot have the media type {parameter.media_type}",
                "Use application/json or a text type.",
            )
        written = parameter.schema.followed().value
        has_default = isinstance(written, dict) and "default" in written
        default = written["default"] if has_default else None
        if has_default:
            for violation in self._violations(self.requests, schema, default):
                self._report(
                    parameter.schema.followed().child("default") or parameter.node,
                    f"the default of {parameter.name} does not match its schema: {violation}",
                    "Change the default or the schema.",
                )
        return ParameterPlan(
            parameter.name,
            parameter.argument,
            parameter.location,
            parameter.required,
            parameter.style,
            parameter.explode,
            text,
            schema,
            parameter.media_type,
            parameter.allow_empty,
            has_default,
            default,
            tuple(name for name in siblings if name != parameter.name),
            self._integral,
        )

    def _check_style(self, parameter: Parameter) -> None:
        """Reports what OpenAPI 3.0.3 §4.7.12.2 to §4.7.12.4 leave undefined."""
        text, node = text_plan(parameter.schema), parameter.node
        nested = {name for each in text.properties.values() for name in each}
        nested |= {*text.items, *(text.others or ())}
        if nested & {"array", "object"}:
            self._report(
                node,
                f"no style can express the arrays or objects nested in {parameter.name}",
                "Describe it by `content` with application/json, or make it flat.",
            )
        misuse = style_misuse(parameter.style, parameter.explode, text.types)
        if misuse is not None:
            detail, remedy = misuse
            self._report(node, f"{detail} (parameter {parameter.name})", remedy)

    def _content(self, lowering: SchemaLowering, entry: MediaType) -> MediaTypePlan:
        schema = None if entry.schema is None else self._schema(lowering, entry.schema)
        if lowering is not self.requests or entry.schema is None or not is_form(entry.name):
            return MediaTypePlan(entry.name, schema)
        members, others = form_members(entry, self._errors)
        members = tuple(replace(member, integral=self._integral) for member in members)
        return MediaTypePlan(entry.name, schema, members, others)

    def _response(self, response: Response) -> ResponsePlan:
        return ResponsePlan(
            response.status,
            tuple(self._header(header) for header in response.headers),
            tuple(self._content(self.responses, entry) for entry in response.content),
        )

    def _header(self, header: Header) -> HeaderPlan:
        return HeaderPlan(
            header.name,
            header.required,
            header.explode,
            text_plan(header.schema),
            self._schema(self.responses, header.schema),
            header.media_type,
        )

    def _schema(self, lowering: SchemaLowering, node: Node) -> SchemaPlan:
        """The lowered schema. A schema that no validator can be built for is an error here, not in
        Lambda. Each place is planned once per direction, with its errors."""
        key = (lowering.direction, node.identity)
        if key not in self._planned:
            self._planned[key] = self._new_schema(lowering, node)
        plan, errors = self._planned[key]
        self._errors.extend(errors)
        return plan

    def _new_schema(
        self, lowering: SchemaLowering, node: Node
    ) -> tuple[SchemaPlan, tuple[Diagnostic, ...]]:
        try:
            schema = lowering.lower(node)
            plan = SchemaPlan(schema, referenced(schema, lowering.definitions))
            self._prove(lowering, plan)
        except ContractError as error:
            return _ANY, error.diagnostics
        except ValueError as error:
            detail = f"no validator can be built: {error}"
            return _ANY, (node.diagnostic(detail, "Change the schema."),)
        return plan, ()

    def _prove(self, lowering: SchemaLowering, plan: SchemaPlan) -> None:
        """Builds a validator, one for all places that only refer to a definition. Raises
        ValueError."""
        schema = plan.schema
        refers = isinstance(schema, dict) and schema.keys() == {"$ref"}
        key = (lowering.direction, schema["$ref"] if refers else "")
        if key not in self._proved:
            self._validator(lowering, plan)
        if refers:
            self._proved.add(key)

    def _violations(self, lowering: SchemaLowering, plan: SchemaPlan, value: object) -> list[str]:
        found = violations(self._validator(lowering, plan), value)
        return [violation.detail for violation in found]

    def _validator(self, lowering: SchemaLowering, plan: SchemaPlan) -> Validator:
        definitions = {
            name: lambda name=name: lowering.definitions[name] for name in plan.definitions
        }
        return validator_for(plan, definitions, self._dialect)

    def _report(self, node: Node, detail: str, remedy: str) -> None:
        self._errors.append(node.diagnostic(detail, remedy))


def _is_text(media_type: str) -> bool:
    return is_json(media_type) or media_type.startswith("text/")
