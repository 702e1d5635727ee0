"""Adds credentials to requests, as the security requirements of operations want them.

Header names are spelled as in the contract, since API Gateway compares some with case. Requests
contain placeholders, `$VARIABLE`; only the client replaces them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from openapi_first.conformance.model.errors import CannotJudge
from openapi_first.conformance.model.given_credentials import Credential, WrongCredential
from openapi_first.conformance.model.messages import API_KEY, Request
from openapi_first.conformance.model.run import Options
from openapi_first.openapi.model import Contract, Operation


def given_credentials(
    named: Sequence[str], environment: Mapping[str, str]
) -> tuple[Credential, ...]:
    """The credentials that arguments `SCHEME=VARIABLE` name, from the environment. Raises
    CannotJudge for another syntax and for empty variables."""
    found: dict[str, Credential] = {}
    for text in named:
        scheme, _, variable = text.partition("=")
        if not scheme or not variable.isidentifier() or not variable.isascii():
            raise CannotJudge(
                f"{text!r} is not a security scheme and the name of an environment variable "
                "(SCHEME=VARIABLE, such as session=TOKEN)"
            )
        if not environment.get(variable):
            raise CannotJudge(
                f"the environment variable {variable} is empty or not set: put the credential there"
            )
        found[scheme] = Credential(scheme, variable, environment[variable])
    return tuple(found.values())


def wrong_credentials(
    named: Sequence[str], environment: Mapping[str, str]
) -> tuple[WrongCredential, ...]:
    """The same for credentials that the stage must refuse; one scheme may have several."""
    return tuple(
        WrongCredential(each.scheme, each.variable, each.value, f"in {each.variable}")
        for text in named
        for each in given_credentials([text], environment)
    )


def check_sendable(options: Options) -> None:
    """Raises CannotJudge for a credential that no header can carry (RFC 9110 §5.5)."""
    for placeholder, secret in options.secrets.items():
        if not secret.isascii() or not secret.isprintable():
            name = "the API key" if placeholder == API_KEY else placeholder.removeprefix("$")
            raise CannotJudge(
                f"{name} has characters that a header cannot carry: use printable ASCII"
            )


class Credentials:
    """Adds placeholders of credentials to requests: the credential given for a scheme, otherwise
    the API key."""

    def __init__(self, contract: Contract, given: Sequence[Credential] = ()) -> None:
        components = contract.root.get("components")
        schemes = components.get("securitySchemes") if components is not None else None
        self.schemes = {name: each.value for name, each in schemes.items()} if schemes else {}
        self._given = tuple(given)

    def required(self, operation: Operation) -> bool:
        """Whether the operation refuses requests without credentials."""
        return bool(operation.security) and all(operation.security)

    def chosen_schemes(self, operation: Operation) -> tuple[str, ...]:
        """The schemes of the security requirement that requests meet: the first one whose
        credentials are all given, otherwise the first."""
        requirements = [tuple(each) for each in operation.security if each]
        complete = [
            each
            for each in requirements
            if all(self._for(operation, scheme) is not None for scheme in each)
        ]
        return next(iter(complete or requirements), ())

    def _for(self, operation: Operation, scheme: str) -> Credential | None:
        """The credential given for a scheme and the scopes that the operation asks for. The last of
        several, as with other options of a command."""
        scopes = operation.scopes(scheme)
        own = (each for each in reversed(self._given) if each.scheme == scheme)
        return next((each for each in own if each.fits(scopes)), None)

    def dispensable(self, operation: Operation, scheme: str) -> bool:
        """Whether the chosen schemes without this one meet another requirement."""
        rest = set(self.chosen_schemes(operation)) - {scheme}
        return any(set(each) <= rest for each in operation.security)

    def missing(self, operation: Operation) -> tuple[str, ...]:
        """The chosen schemes for which no credential was given."""
        schemes = self.chosen_schemes(operation)
        return tuple(each for each in schemes if self._for(operation, each) is None)

    def headers(self, operation: Operation) -> tuple[str, ...]:
        """The names of the headers that carry the operation's credentials."""
        return tuple(name for name, _ in self._headers(operation, {}))

    def add_to(
        self,
        request: Request,
        operation: Operation,
        instead: Mapping[str, str | None] | None = None,
    ) -> Request:
        """The request with its credentials; `instead` are other values by scheme, None leaves the
        credential out."""
        headers = (*request.headers, *self._headers(operation, instead or {}))
        query = [
            (scheme["name"], value)
            for scheme, value in self._values(operation, instead or {})
            if scheme.get("type") == "apiKey" and scheme["in"] == "query"
        ]
        for location, name, value in self._also(operation):
            if location == "header":
                if name.lower() not in {each.lower() for each, _ in headers}:
                    headers = (*headers, (name, value))
            elif not _has_query(request.target, name):
                query.append((name, value))
        target = request.target
        for name, value in query:
            target += f"{'&' if '?' in target else '?'}{name}={value}"
        return replace(request, target=target, headers=headers)

    def _also(self, operation: Operation) -> Iterator[tuple[str, str, str]]:
        for scheme in self.chosen_schemes(operation):
            given = self._for(operation, scheme)
            yield from given.also if given is not None else ()

    def _values(
        self, operation: Operation, instead: Mapping[str, str | None]
    ) -> Iterator[tuple[Mapping[str, str], str]]:
        for name in self.chosen_schemes(operation):
            given = self._for(operation, name)
            value = instead.get(name, API_KEY if given is None else given.placeholder)
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


def _has_query(target: str, name: str) -> bool:
    pairs = target.partition("?")[2].split("&")
    return any(each.partition("=")[0] == name for each in pairs)
