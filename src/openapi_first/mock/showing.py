"""How a mock shows what it remembers, and how it refuses: in the contract's responses."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from openapi_first.conformance.model.declarations import declared_headers, declared_response
from openapi_first.conformance.roles.members import is_object, members
from openapi_first.core.json_pointer import escaped
from openapi_first.core.media_types import is_json, media_type_of
from openapi_first.core.problem_details import Problem
from openapi_first.documents.node import Node
from openapi_first.mock.answers import Answers
from openapi_first.mock.preferences import Preferences
from openapi_first.mock.shaping import Shapes, at, placed
from openapi_first.mock.store import Thing
from openapi_first.openapi.model import Operation
from openapi_first.runtime.responses import Reply


class Showing:
    """Makes replies of things. By path, `identifying` are the members that identify them, and
    `reads` the operations that read them."""

    def __init__(
        self, answers: Answers, identifying: Mapping[str, str], reads: Mapping[str, Operation]
    ) -> None:
        self.answers = answers
        self.shapes = Shapes(answers.values.schemas)
        self._identifying = identifying
        self._reads = reads

    def reply(
        self, operation: Operation, thing: Thing, headers: Mapping[str, Any] | None = None
    ) -> Reply[Any]:
        """The lowest success of an operation with the thing in its body, if it has one in JSON.
        Raises Problem."""
        given = {"ETag": self.entity_tag(thing), **(headers or {})}
        made = self.made(operation, given)
        schema = self.schema(operation, made)
        if schema is None:
            return made
        place = self.place(schema, thing.path)
        part = member_at(schema, place)
        value = self.shapes.fitted(part, thing.value, at(made.value, place)) if part else None
        body = value if not place else placed(made.value, place, value)
        status, media_type = made.status or operation.success, made.media_type or ""
        if self.answers.fits(operation, status, body, media_type):
            return Reply(body, status, made.headers, media_type)
        return made

    def made(self, operation: Operation, headers: Mapping[str, Any] | None = None) -> Reply[Any]:
        """A made-up reply, in JSON if the operation declares that. Raises Problem."""
        response = declared_response(operation, operation.success)
        names = [entry.name for entry in response.content] if response is not None else []
        accept = ",".join(name for name in names if is_json(media_type_of(name)))
        return self.answers.answer(operation, accept=accept, headers=headers)

    def schema(self, operation: Operation, made: Reply[Any]) -> Node | None:
        """The schema of a reply's body in JSON."""
        response = declared_response(operation, made.status or operation.success)
        for entry in response.content if response is not None and made.media_type else ():
            if entry.name == made.media_type and is_json(media_type_of(entry.name)):
                return entry.schema
        return None

    def place(self, schema: Node, path: str) -> str:
        """The JSON Pointer of a thing in a body: the body itself, or an object in it that has the
        member that identifies the thing."""
        name, own = self._identifying.get(path), members(schema)
        if name is None or name in own:
            return ""
        for each, part in own.items():
            if is_object(part) and name in members(part):
                return f"/{escaped(each)}"
        return ""

    def entity_tag(self, thing: Thing) -> str:
        """Another one for each version, in the form that the contract declares if it is a known
        one."""
        name = f"{thing.path} {sorted(thing.variables.items())} {thing.version}"
        plain = hashlib.sha256(name.encode()).hexdigest()[:32]
        forms = (f'"{plain}"', f'W/"{plain}"', f'"{plain[:8]}"', f'"{thing.version}"', plain)
        read = self._reads.get(thing.path)
        if read is None:
            return forms[0]
        for header in declared_headers(read, read.success):
            if header.name.lower() == "etag":
                for each in forms:
                    if self.answers.header_fits(read, read.success, header, each):
                        return each
        return forms[0]

    def refused(self, operation: Operation, status: int, detail: str) -> Reply[Any] | None:
        """The declared response for a refusal; None if the contract does not declare the status.
        Raises Problem where the contract declares a body that the engine can make."""
        declared = self.answers.contract(operation).declared(status)
        if declared is None:
            return None
        if declared.content and declared.problem is None:
            return self.answers.answer(operation, Preferences(code=status))
        made = self.answers.headers(operation, status, {})
        lines = self.answers.contract(operation).lines(made, status).lines
        headers = {
            name: line if isinstance(line, str) else ", ".join(line) for name, line in lines.items()
        }
        raise Problem(status, detail, headers=headers)


def member_at(schema: Node, pointer: str) -> Node | None:
    """The schema at the JSON Pointer of a member, or the schema itself."""
    return schema if not pointer else members(schema).get(pointer[1:])
