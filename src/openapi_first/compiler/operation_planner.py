"""Plans operations, the data of the compiled module, and proves that validators can be built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from openapi_first.compiler.error_bodies import ErrorBodies
from openapi_first.compiler.form_planner import member_plans
from openapi_first.compiler.protective_headers import (
    undeclared_headers,
    with_protective_headers,
)
from openapi_first.compiler.text_planner import nested_plan, text_plan
from openapi_first.core.media_types import is_json
from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Header, MediaType, Operation, Parameter, Response
from openapi_first.openapi.styles import STYLES, style_misuse
from openapi_first.patterns.to_rust import to_rust
from openapi_first.runtime.plan import (
    DRAFT_4,
    DRAFT_2020_12,
    BodyPlan,
    HeaderPlan,
    MediaTypePlan,
    NestedText,
    OperationPlan,
    ParameterPlan,
    ResponsePlan,
    SchemaPlan,
)
from openapi_first.runtime.responses import header_violations
from openapi_first.runtime.validators import Validator, validator_for, violations
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.form_members import is_form
from openapi_first.schemas.lowering import SchemaLowering, lowerings

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
        self.error_bodies = ErrorBodies(self.responses.definitions, self._dialect)
        self._errors: list[Diagnostic] = []
        self._planned: dict[object, tuple[SchemaPlan, tuple[Diagnostic, ...]]] = {}
        self._proved: set[tuple[Direction, str]] = set()
        self._responses: dict[tuple[str, object], ResponsePlan] = {}
        """Those without errors, by status and place: many operations refer to the same one."""
        self.shared_errors: set[Diagnostic] = set()
        """Errors of schemas, which all operations that reach them have: each is lowered once."""

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
        responses = with_protective_headers(operation, responses, self._may_have)
        # Not Place.of, which looks for the lines of the whole file.
        _, written = operation.node.source.origin(operation.node.pointer)
        return OperationPlan(
            operation.id,
            operation.function,
            operation.method,
            operation.path,
            written,
            operation.success,
            parameters,
            body,
            responses,
            undeclared_headers(operation),
        )

    def _parameter(self, parameter: Parameter, siblings: tuple[str, ...]) -> ParameterPlan:
        schema = self._schema(self.requests, parameter.schema)
        text, nested = text_plan(parameter.schema), tuple[NestedText, ...]()
        if parameter.media_type is None:
            nested = self._styled(parameter)
        elif not _is_text(parameter.media_type):
            self._report(
                parameter.node,
                f"a parameter cannot have the media type {parameter.media_type}",
                "Use application/json or a text type.",
            )
        written = parameter.schema.followed().value
        has_default = isinstance(written, dict) and "default" in written
        default = written["default"] if has_default else None
        if has_default and self._violations(self.requests, schema, default):
            has_default, default = False, None  # `contract lint` reports it
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
            nested,
        )

    def _styled(self, parameter: Parameter) -> tuple[NestedText, ...]:
        """The places of a parameter in the style `deepObject`. Reports what OpenAPI 3.0.3 §4.7.12.2
        to §4.7.12.4 leave undefined in other styles."""
        text, node = text_plan(parameter.schema), parameter.node
        misuse = style_misuse(parameter.style, parameter.explode, text.types)
        if misuse is not None:
            detail, remedy = misuse
            self._report(node, f"{detail} (parameter {parameter.name})", remedy)
        if STYLES[parameter.style].prefixes_names:
            try:
                return nested_plan(parameter.schema)
            except ContractError as error:
                self._errors.extend(error.diagnostics)
                return ()
        nested = {name for each in text.properties.values() for name in each}
        nested |= {*text.items, *(text.others or ())}
        if nested & {"array", "object"}:
            self._report(
                node,
                f"no style can express the arrays or objects nested in {parameter.name}",
                "Use the style `deepObject`, or describe it by `content` with application/json.",
            )
        return ()

    def _content(self, lowering: SchemaLowering, entry: MediaType) -> MediaTypePlan:
        schema = None if entry.schema is None else self._schema(lowering, entry.schema)
        if lowering is not self.requests or entry.schema is None or not is_form(entry.name):
            return MediaTypePlan(entry.name, schema)
        members, others = member_plans(entry, self._errors)
        members = tuple(replace(member, integral=self._integral) for member in members)
        return MediaTypePlan(entry.name, schema, members, others)

    def _response(self, response: Response) -> ResponsePlan:
        key = (response.status, response.node.identity)
        plan = self._responses.get(key)
        if plan is not None:
            return plan
        plan = ResponsePlan(
            response.status,
            tuple(self._header(header) for header in response.headers),
            tuple(self._content(self.responses, entry) for entry in response.content),
        )
        if not self._errors:
            plan = replace(plan, problem=self.error_bodies.plan(plan))
            self._responses[key] = plan
        return plan

    def _header(self, header: Header) -> HeaderPlan:
        return HeaderPlan(
            header.name,
            header.required,
            header.explode,
            text_plan(header.schema),
            self._schema(self.responses, header.schema),
            header.media_type,
        )

    def _may_have(self, header: HeaderPlan, value: str) -> bool:
        validator = self._validator(self.responses, header.schema)
        return not header_violations(header, value, validator)

    def _schema(self, lowering: SchemaLowering, node: Node) -> SchemaPlan:
        """The lowered schema. A schema that no validator can be built for is an error here, not in
        Lambda. Each place is planned once per direction, with its errors."""
        key = (lowering.direction, node.identity)
        found = self._planned.get(key)
        if found is None:
            found = self._planned[key] = self._new_schema(lowering, node)
        plan, errors = found
        self._errors.extend(errors)
        return plan

    def _new_schema(
        self, lowering: SchemaLowering, node: Node
    ) -> tuple[SchemaPlan, tuple[Diagnostic, ...]]:
        try:
            schema = lowering.lower(node)
            plan = SchemaPlan(schema, lowering.references.of(schema))
            self._prove(lowering, plan)
        except ContractError as error:
            self.shared_errors.update(error.diagnostics)
            return _ANY, error.diagnostics
        except ValueError as error:
            detail = f"no validator can be built: {error}"
            return _ANY, (node.diagnostic(detail, "Change the schema."),)
        return plan, ()

    def _prove(self, lowering: SchemaLowering, plan: SchemaPlan) -> None:
        """Builds a validator, but not for a mere reference to a definition that is part of one
        already. Raises ValueError."""
        schema = plan.schema
        refers = isinstance(schema, dict) and schema.keys() == {"$ref"}
        if refers and (lowering.direction, schema["$ref"]) in self._proved:
            return
        self._validator(lowering, plan)
        self._proved.update(
            (lowering.direction, lowering.prefix + name) for name in plan.definitions
        )

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
