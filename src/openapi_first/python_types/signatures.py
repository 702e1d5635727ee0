"""The signatures of the functions that serve a contract, and the types they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openapi_first.core.media_types import BINARY, is_json, media_type_of
from openapi_first.openapi.model import Contract, MediaType, Operation
from openapi_first.python_types.defaults import Defaults
from openapi_first.python_types.expressions import TypeExpressions
from openapi_first.python_types.python_source import ClassNames, union
from openapi_first.schemas.directions import Direction
from openapi_first.schemas.form_members import form_members, is_form

_NO_BODY = ("204", "205", "304")


@dataclass(frozen=True)
class Signature:
    """A function with its type expressions. `body` is the type of the successful response's body,
    `replies` that of the body of any response; with `needs_reply` a plain body is not enough, since
    the successful response has required headers."""

    function: str
    operation_id: str
    summary: str
    arguments: Mapping[str, str]
    body: str
    replies: str
    needs_reply: bool

    @property
    def returned(self) -> str:
        """Everything that the function may return."""
        return union((self.body, f"Reply[{self.replies}]"))


@dataclass(frozen=True)
class ContractTypes:
    """`definitions` has the source of each named type, in the contract's order."""

    definitions: Mapping[str, str]
    signatures: tuple[Signature, ...]


def signatures_of(contract: Contract) -> ContractTypes:
    """The types of all shared schemas, and a signature for each operation that is served."""
    writer = TypeExpressions(contract.openapi, ClassNames(), _files(contract))
    schemas = contract.root.get("components")
    shared = schemas.child("schemas") if schemas is not None else None
    for name in shared.value if shared is not None else ():
        assert shared is not None
        node = shared.child(name)
        assert node is not None
        for direction in Direction:
            writer.named(node, direction)
    defaults = Defaults(contract)
    signatures = tuple(_signature(each, writer, defaults) for each in contract.served)
    return ContractTypes(writer.definitions, signatures)


def _signature(operation: Operation, writer: TypeExpressions, defaults: Defaults) -> Signature:
    arguments = dict(_arguments(operation, writer, defaults))
    bodies = _bodies(operation, writer)
    success = (str(operation.success), "2XX", "default")
    declared = {each.status: each for each in operation.responses}
    response = next((declared[key] for key in success if key in declared), None)
    written = operation.node.value
    return Signature(
        operation.function,
        operation.id,
        str(written.get("summary") or written.get("description") or ""),
        arguments,
        next((bodies[key] for key in success if key in bodies), "None"),
        union(bodies.values()) if bodies else "None",
        response is not None and any(each.required for each in response.headers),
    )


def _files(contract: Contract) -> dict[object, str]:
    """The types of files in multipart forms, by the identity of their schemas. A body of another
    media type may share the schema; there the value is a string."""
    files: set[object] = set()
    others: set[object] = set()
    for operation in contract.operations:
        bodies = [*operation.responses]
        taken = operation.body.content if operation.body is not None else ()
        for entry in (*taken, *(each for body in bodies for each in body.content)):
            for member in form_members(entry) if entry.schema is not None else ():
                is_file = member.media_type == BINARY and entry in taken
                (files if is_file else others).add(member.content.identity)
    return {each: "FormFile | str" if each in others else "FormFile" for each in files}


def _arguments(
    operation: Operation, writer: TypeExpressions, defaults: Defaults
) -> Iterator[tuple[str, str]]:
    for parameter in operation.parameters:
        expression = writer.of(parameter.schema, Direction.REQUEST, operation.id, parameter.name)
        # An allowed empty value counts as None.
        always = parameter.required or defaults.has(parameter)
        optional = parameter.allow_empty or not always
        yield parameter.argument, union((expression, "None")) if optional else expression
    if operation.body is not None:
        expression = union(
            _content(entry, Direction.REQUEST, writer, operation.id, "body")
            for entry in operation.body.content
        )
        yield "body", expression if operation.body.required else union((expression, "None"))


def _bodies(operation: Operation, writer: TypeExpressions) -> dict[str, str]:
    """The type of each response's body, by status."""
    bodies: dict[str, str] = {}
    for response in operation.responses:
        if response.status in _NO_BODY or not response.content or operation.method == "HEAD":
            bodies[response.status] = "None"
            continue
        bodies[response.status] = union(
            _content(entry, Direction.RESPONSE, writer, operation.id, response.status)
            for entry in response.content
        )
    return bodies


def _content(entry: MediaType, direction: Direction, writer: TypeExpressions, *name: str) -> str:
    media_type = media_type_of(entry.name)
    if is_json(media_type) or (is_form(media_type) and entry.schema is not None):
        return writer.of(entry.schema, direction, *name) if entry.schema is not None else "Any"
    if "*" in media_type:
        return "Any"
    text = media_type.startswith("text/") or is_form(media_type)
    if direction is Direction.RESPONSE:
        return "str | bytes"
    return "str" if text and media_type != BINARY else "bytes"
