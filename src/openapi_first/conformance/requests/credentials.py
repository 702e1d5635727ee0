"""Where each operation wants its credentials: its security requirement, the names exactly as the
contract spells them (API Gateway matches some with case).

Requests hold placeholders, `$VARIABLE`; the client alone puts the values in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from openapi_first.conformance.model.errors import CannotJudge
from openapi_first.conformance.model.messages import API_KEY, Request
from openapi_first.conformance.model.run import Credential
from openapi_first.openapi.model import Contract, Operation


def given_credentials(
    named: Sequence[str], environment: Mapping[str, str]
) -> tuple[Credential, ...]:
    """The credentials of `SCHEME=VARIABLE`, out of the environment. Raises CannotJudge for what is
    no such text, and for variables that hold nothing."""
    found: dict[str, Credential] = {}
    for text in named:
        scheme, _, variable = text.partition("=")
        if not scheme or not variable.isidentifier() or not variable.isascii():
            raise CannotJudge(
                "a security scheme and the name of a variable are needed, as in session=TOKEN, "
                f"and {text!r} is not that"
            )
        if not environment.get(variable):
            raise CannotJudge(f"no credential is in the environment's {variable}")
        found[scheme] = Credential(scheme, variable, environment[variable])
    return tuple(found.values())


class Credentials:
    """Puts placeholders of credentials into requests: a scheme's own where one is given, else the
    API key's."""

    def __init__(self, contract: Contract, given: Sequence[Credential] = ()) -> None:
        components = contract.root.get("components")
        schemes = components.get("securitySchemes") if components is not None else None
        self.schemes = {name: each.value for name, each in schemes.items()} if schemes else {}
        self._own = {each.scheme: each.placeholder for each in given}

    def wanted(self, operation: Operation) -> bool:
        """Whether the operation is refused without credentials."""
        return bool(operation.security) and all(operation.security)

    def chosen(self, operation: Operation) -> tuple[str, ...]:
        """The schemes of the requirement that requests meet: the first one whose credentials are
        all given, else the first."""
        requirements = [tuple(each) for each in operation.security if each]
        met = [each for each in requirements if set(each) <= set(self._own)]
        return next(iter(met or requirements), ())

    def dispensable(self, operation: Operation, scheme: str) -> bool:
        """Whether the rest of the chosen requirement meets another one."""
        rest = set(self.chosen(operation)) - {scheme}
        return any(set(each) <= rest for each in operation.security)

    def ungiven(self, operation: Operation) -> tuple[str, ...]:
        """The chosen schemes that have no credential of their own."""
        return tuple(name for name in self.chosen(operation) if name not in self._own)

    def names(self, operation: Operation) -> tuple[str, ...]:
        """The headers in which the operation wants its credentials."""
        return tuple(name for name, _ in self._headers(operation, {}))

    def with_key(
        self,
        operation: Operation,
        request: Request,
        instead: Mapping[str, str | None] | None = None,
    ) -> Request:
        """The request with its credentials; `instead` are others by scheme, None for none."""
        headers, target = request.headers, request.target
        for pair in self._headers(operation, instead or {}):
            headers = (*headers, pair)
        for scheme, value in self._values(operation, instead or {}):
            if scheme.get("type") == "apiKey" and scheme["in"] == "query":
                target += f"{'&' if '?' in target else '?'}{scheme['name']}={value}"
        return replace(request, target=target, headers=headers)

    def _values(
        self, operation: Operation, instead: Mapping[str, str | None]
    ) -> Iterator[tuple[Mapping[str, str], str]]:
        for name in self.chosen(operation):
            value = instead.get(name, self._own.get(name, API_KEY))
            if value is not None:
                yield self.schemes.get(name, {}), value

    def _headers(
        self, operation: Operation, instead: Mapping[str, str | None]
    ) -> Iterator[tuple[str, str]]:
        for scheme, value in self._values(operation, instead):
            if scheme.get("type") != "apiKey":
                basic = str(scheme.get("scheme", "bearer")).lower() == "basic"
                yield "Authorization", f"{'Basic' if basic else 'Bearer'} {value}"
            elif scheme["in"] == "header":
                yield scheme["name"], value
            elif scheme["in"] == "cookie":
                yield "Cookie", f"{scheme['name']}={value}"
