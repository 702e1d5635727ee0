"""Compares who may call an operation.

Whoever met one of the old requirements must meet one of the new. Schemes are the same when they
ask for the same thing, whatever they are called.
"""

from __future__ import annotations

from openapi_first.diff.changes import Changes
from openapi_first.diff.views import canonical
from openapi_first.openapi.model import Contract, Operation
from openapi_first.openapi.node import Node

_Requirement = dict[str, frozenset[str]]
"""Scopes by what a scheme asks for."""


def compare_security(
    contracts: tuple[Contract, Contract], old: Operation, new: Operation, changes: Changes
) -> None:
    """Adds what changed in the security requirements of an operation."""
    before, after = _requirements(contracts[0], old), _requirements(contracts[1], new)
    places = _place(contracts[0], old), _place(contracts[1], new)
    lost = [one for one in before if not any(_asks_no_more(other, one) for other in after)]
    won = [other for other in after if not any(_asks_no_more(one, other) for one in before)]
    if lost:
        changes.add("security-narrowed", "security", *places, _texts(lost, contracts[0], old))
    if won:
        changes.add("security-widened", "security", *places, _texts(won, contracts[1], new))
    if not lost and not won and _names(old) != _names(new):
        changes.add("security-scheme-renamed", "security", *places)


def _requirements(contract: Contract, operation: Operation) -> list[_Requirement]:
    """The alternatives; one that asks for nothing when there is none."""
    found = [
        {_asked(contract, name): frozenset(scopes) for name, scopes in requirement.items()}
        for requirement in operation.security
    ]
    return found or [{}]


def _asks_no_more(one: _Requirement, other: _Requirement) -> bool:
    return all(asked in other and scopes <= other[asked] for asked, scopes in one.items())


def _asked(contract: Contract, name: str) -> str:
    """What a scheme asks of a client, as text: not its name, its description or its extensions."""
    scheme = _scheme(contract, name)
    if scheme is None:
        return name
    asked = {
        key: value
        for key, value in scheme.value.items()
        if key in ("type", "name", "in", "scheme", "openIdConnectUrl")
    }
    if asked.get("in") == "header":
        asked["name"] = str(asked["name"]).lower()
    if "scheme" in asked:
        asked["scheme"] = str(asked["scheme"]).lower()
    flows = scheme.value.get("flows", {})
    asked["flows"] = {
        kind: {key: value for key, value in flow.items() if key.endswith("Url")}
        for kind, flow in flows.items()
        if isinstance(flow, dict)
    }
    return canonical(asked)


def _scheme(contract: Contract, name: str) -> Node | None:
    components = contract.root.get("components")
    schemes = components.get("securitySchemes") if components is not None else None
    return schemes.get(name) if schemes is not None else None


def _names(operation: Operation) -> set[str]:
    return {name for requirement in operation.security for name in requirement}


def _place(contract: Contract, operation: Operation) -> Node:
    return operation.node.child("security") or contract.root.child("security") or operation.node


def _texts(found: list[_Requirement], contract: Contract, operation: Operation) -> str:
    named = {_asked(contract, name): name for name in _names(operation)}
    return " or ".join(
        " and ".join(
            named.get(asked, asked) + (f" [{', '.join(sorted(scopes))}]" if scopes else "")
            for asked, scopes in requirement.items()
        )
        or "none"
        for requirement in found
    )
