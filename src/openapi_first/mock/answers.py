"""The answer of a mock to a request, by the contract's examples or made up, always as declared."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, NoReturn

from openapi_first.conformance.model.declarations import declared_response
from openapi_first.core.media_types import is_range, media_type_of
from openapi_first.mock.preferences import NoAnswer, Preferences
from openapi_first.mock.values import Values, examples_of, schema_examples
from openapi_first.openapi.model import Header, MediaType, Operation, Response
from openapi_first.runtime.responses import Reply, ResponseContract
from openapi_first.runtime.wire.accept import by_preference
from openapi_first.runtime.wire.bodies_sent import can_be_written, can_carry
from openapi_first.runtime.wire.outgoing import NO_BODY, Outgoing

_OF_THE_TRANSPORT = frozenset(
    {"connection", "content-encoding", "content-length", "date", "transfer-encoding"}
)
"""Headers that say how a response is sent, which nobody can make up."""
_CONCRETE = {"text/*": "text/plain", "image/*": "image/png", "audio/*": "audio/mpeg"}


class Answers:
    """Makes the responses of a contract's operations. `compiled` is its compiled module."""

    def __init__(self, compiled: ModuleType, values: Values) -> None:
        self.values = values
        self._compiled = compiled
        self._contracts: dict[str, ResponseContract] = {}
        self._bodies: dict[tuple[str, int, str], Any] = {}
        self._dynamic = itertools.count()

    def answer(
        self,
        operation: Operation,
        chosen: Preferences = Preferences(),  # noqa: B008 - frozen
        accept: str | None = None,
        headers: Mapping[str, Any] | None = None,
    ) -> Reply[Any]:
        """The response that is preferred, else the one of the lowest success. `headers` win over
        made-up ones. Raises NoAnswer if the contract does not have what is preferred, or if no
        response can be made."""
        status, response = self._response(operation, chosen.code)
        sent = self.headers(operation, status, headers or {})
        if status in NO_BODY or not response.content:
            if chosen.example is not None:
                _no_example(operation, status, chosen.example)
            return Reply(None, status, sent)
        value, media_type = self._body(operation, status, response, chosen, accept)
        return Reply(value, status, sent, media_type)

    def contract(self, operation: Operation) -> ResponseContract:
        """What validates the operation's responses."""
        if operation.function not in self._contracts:
            plan = self._compiled.OPERATIONS[operation.function]()
            self._contracts[operation.function] = ResponseContract(
                plan, self._compiled.RESPONSE_SCHEMAS, self._compiled.DIALECT
            )
        return self._contracts[operation.function]

    def headers(
        self, operation: Operation, status: int, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The declared headers of a response, by those that are given where they are valid, by
        their examples, or made up. Raises NoAnswer."""
        by_name = {name.lower(): value for name, value in given.items()}
        response = declared_response(operation, status)
        found: dict[str, Any] = {}
        for header in response.headers if response is not None else ():
            name = header.name.lower()
            candidates = self._header_values(operation, status, header)
            if name in by_name and by_name[name] is None and not header.required:
                continue
            if name in by_name:
                candidates = itertools.chain([by_name[name]], candidates)
            elif name in _OF_THE_TRANSPORT:
                continue
            for value in candidates:
                if self.header_fits(operation, status, header, value):
                    found[header.name] = value
                    break
            else:
                if header.required:
                    _no_value(operation, status, f"the header {header.name}")
        return found

    def fits(self, operation: Operation, status: int, value: Any, media_type: str) -> bool:
        """Whether a body can be sent, and is as declared."""
        return (
            (value is None or can_carry(value, media_type))
            and can_be_written(value, media_type)
            and not self.contract(operation).body_violations(value, status, media_type)
        )

    def media_types(self, response: Response, accept: str | None) -> list[tuple[str, MediaType]]:
        """The media types of a response with their entries, the preferred one first."""
        entries = {_concrete(entry.name, accept): entry for entry in response.content}
        return [(name, entries[name]) for name in by_preference(list(entries), accept)]

    def _response(self, operation: Operation, code: int | None) -> tuple[int, Response]:
        if code is not None:
            response = declared_response(operation, code)
            if response is None:
                raise NoAnswer(
                    400,
                    f"{operation.label} does not declare {code}, which the request prefers. It "
                    f"declares {', '.join(each.status for each in operation.responses)}.",
                )
            return code, response
        declared = {each.status: each for each in operation.responses}
        for status in (*sorted(filter(str.isdecimal, declared)), *sorted(declared)):
            if status[0] == "2":
                return _code(status), declared[status]
        for status in ("default", *sorted(declared)):
            if status in declared and status[0] != "1":
                return _code(status), declared[status]
        raise NoAnswer(501, f"{operation.label} declares no response that a mock could send.")

    def _body(
        self,
        operation: Operation,
        status: int,
        response: Response,
        chosen: Preferences,
        accept: str | None,
    ) -> tuple[Any, str]:
        ordered = self.media_types(response, accept)
        if chosen.example is not None:
            return self._example(operation, status, chosen.example, ordered)
        for media_type, entry in ordered:
            name = f"{operation.id} {status} {media_type}"
            if chosen.dynamic:
                name += f" {next(self._dynamic)}"
                found = self._fitting(
                    operation, status, media_type, self.values.varied(entry, media_type, name)
                )
            else:
                key = (operation.function, status, media_type)
                if key not in self._bodies:
                    made = self.values.bodies(entry, media_type, name)
                    self._bodies[key] = self._fitting(operation, status, media_type, made)
                found = self._bodies[key]
            if found is not None:
                return found[0], media_type
        _no_value(operation, status, " and ".join(name for name, _ in ordered))

    def _fitting(
        self, operation: Operation, status: int, media_type: str, values: Iterator[Any]
    ) -> tuple[Any] | None:
        for value in values:
            if self.fits(operation, status, value, media_type):
                return (value,)
        return None

    def _example(
        self, operation: Operation, status: int, name: str, ordered: list[tuple[str, MediaType]]
    ) -> tuple[Any, str]:
        for media_type, entry in ordered:
            examples = examples_of(entry.node)
            if name in examples:
                if not self.fits(operation, status, examples[name], media_type):
                    raise NoAnswer(
                        501,
                        f"The example {name} does not match the schema of the response {status} of "
                        f"{operation.label}: `contract lint` shows why.",
                    )
                return examples[name], media_type
        _no_example(operation, status, name)

    def _header_values(self, operation: Operation, status: int, header: Header) -> Iterator[Any]:
        if "example" in header.node.value or "examples" in header.node.value:
            yield from examples_of(header.node).values()
        yield from schema_examples(header.schema)
        if header.name.lower() == "etag":
            yield '"mock"'
        yield from self.values.headers(header.schema, f"{operation.id} {status} {header.name}")

    def header_fits(self, operation: Operation, status: int, header: Header, value: Any) -> bool:
        """Whether a header can be sent with this value, and is as declared."""
        contract = self.contract(operation)
        try:
            lines = contract.lines({header.name: value}, status).lines
        except (TypeError, ValueError):
            return False
        found = contract.violations(Outgoing(None, status, lines, None))
        return bool(lines) and ("headers", header.name) not in [each.path[:2] for each in found]


def _code(status: str) -> int:
    """The status of a declared one: `200` for `2XX` and `default`."""
    if status.isdecimal():
        return int(status)
    return 200 if status == "default" else int(status[0]) * 100


def _concrete(media_type: str, accept: str | None) -> str:
    """A media type in a range: one that the client names, else a usual one."""
    if not is_range(media_type):
        return media_type
    for part in (accept or "").split(","):
        wanted = media_type_of(part)
        of_range = media_type == "*/*" or wanted.startswith(media_type.partition("/")[0] + "/")
        if wanted and "/" in wanted and not is_range(wanted) and of_range:
            return wanted
    return _CONCRETE.get(media_type, "application/json")


def _no_example(operation: Operation, status: int, name: str) -> NoReturn:
    known = [
        f"{example} ({response.status})"
        for response in operation.responses
        for example in dict.fromkeys(
            each for entry in response.content for each in examples_of(entry.node) if each
        )
    ]
    raise NoAnswer(
        400,
        f"The response {status} of {operation.label} has no example {name}. "
        + (f"The operation's examples are {', '.join(known)}." if known else "It has none."),
    )


def _no_value(operation: Operation, status: int, what: str) -> NoReturn:
    raise NoAnswer(
        501,
        f"The mock has found no value for {what} in the response {status} of {operation.label}; "
        "add an example to the contract.",
    )
