"""Compares who may call an operation.

A client that met one of the old requirements must meet one of the new ones. Two schemes are the
same if they require the same credentials, whatever their names.
"""

from __future__ import annotations

from openapi_first.diff.findings.changes import Changes
from openapi_first.diff.schemas.views import canonical
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Contract, Operation

_Requirement = dict[str, frozenset[str]]
"""Scopes by what a scheme requires (`_required`)."""


def compare_security(
    contracts: tuple[Contract, Contract], old: Operation, new: Operation, changes: Changes
) -> None:
    before, after = _requirements(contracts[0], old), _requirements(contracts[1], new)
    places = _place(contracts[0], old), _place(contracts[1], new)
    refused = [one for one in before if not any(_requires_no_more(other, one) for other in after)]
    accepted = [
        other for other in after if not any(_requires_no_more(one, other) for one in before)
    ]
    if refused:
        detail = _described(refused, contracts[0], old)
        changes.add("security-narrowed", "security", *places, detail)
    if accepted:
        detail = _described(accepted, contracts[1], new)
        changes.add("security-widened", "security", *places, detail)
    if not refused and not accepted and _names(old) != _names(new):
        changes.add("security-scheme-renamed", "security", *places)


def _requirements(contract: Contract, operation: Operation) -> list[_Requirement]:
    """The alternatives; a single empty one if the operation has none."""
    found = [
        {_required(contract, name): frozenset(scopes) for name, scopes in requirement.items()}
        for requirement in operation.security
    ]
    return found or [{}]


def _requires_no_more(one: _Requirement, other: _Requirement) -> bool:
    return all(key in other and scopes <= other[key] for key, scopes in one.items())


def _required(contract: Contract, name: str) -> str:
    """What a scheme requires of a client, as JSON without its name, description and extensions."""
    scheme = _scheme(contract, name)
    if scheme is None:
        return name
    required = {
        key: value
        for key, value in scheme.value.items()
        if key in ("type", "name", "in", "scheme", "openIdConnectUrl")
    }
    if required.get("in") == "header":
        required["name"] = str(required["name"]).lower()
    if "scheme" in required:
        required["scheme"] = str(required["scheme"]).lower()
    flows = scheme.value.get("flows", {})
    required["flows"] = {
        kind: {key: value for key, value in flow.items() if key.endswith("Url")}
        for kind, flow in flows.items()
        if isinstance(flow, dict)
    }
    return canonical(required)


def _scheme(contract: Contract, name: str) -> Node | None:
    components = contract.root.get("components")
    schemes = components.get("securitySchemes") if components is not None else None
    return schemes.get(name) if schemes is not None else None


def _names(operation: Operation) -> set[str]:
    return {name for requirement in operation.security for name in requirement}


def _place(contract: Contract, operation: Operation) -> Node:
    return operation.node.child("security") or contract.root.child("security") or operation.node


def _described(found: list[_Requirement], contract: Contract, operation: Operation) -> str:
    named = {_required(contract, name): name for name in _names(operation)}
    return " or ".join(
        " and ".join(
            named.get(key, key) + (f" [{', '.join(sorted(scopes))}]" if scopes else "")
            for key, scopes in requirement.items()
        )
        or "none"
        for requirement in found
    )
