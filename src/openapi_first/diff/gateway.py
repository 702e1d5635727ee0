"""Compares what a contract says to API Gateway: its `x-amazon-apigateway-*` extensions.

They are settings, not messages. What decides who may call is breaking when it is added or changed,
since the settings do not show which calls are still accepted; the rest clients may only notice.
"""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.aws.authorizers import NOT_SEEN_BY_CLIENTS
from openapi_first.aws.extensions import (
    API_KEY_SOURCE,
    AUTH,
    AUTHORIZER,
    AUTHTYPE,
    DOCUMENTATION,
    ENDPOINT_ACCESS_MODE,
    ENDPOINT_CONFIGURATION,
    GATEWAY_RESPONSES,
    INTEGRATION,
    POLICY,
    PREFIX,
    SECURITY_POLICY,
    Place,
)
from openapi_first.diff.documentation import alike
from openapi_first.diff.findings.changes import Changes
from openapi_first.diff.schemas.views import canonical
from openapi_first.documents.node import Node
from openapi_first.openapi.gateway_extensions import sites
from openapi_first.openapi.model import Contract

_ACCESS = frozenset(
    {
        *(API_KEY_SOURCE, AUTH, AUTHORIZER, AUTHTYPE, ENDPOINT_ACCESS_MODE),
        *(ENDPOINT_CONFIGURATION, POLICY, SECURITY_POLICY),
    }
)
_RULES = {
    DOCUMENTATION: "description-changed",
    GATEWAY_RESPONSES: "gateway-responses-changed",
    INTEGRATION: "integration-changed",
}


def compare_settings(old: Contract, new: Contract, changes: Changes) -> None:
    """The extensions outside of operations; a security scheme that only one contract has is part of
    the security of its operations."""
    before, after = (_by_steps(contract) for contract in (old, new))
    for steps, node in before.items():
        if steps in after:
            part = " ".join(map(str, steps[-1:]))
            compare_extensions(part, node, after[steps], changes)


def _by_steps(contract: Contract) -> dict[tuple[str | int, ...], Node]:
    elsewhere = (Place.PATH_ITEM, Place.OPERATION)
    return {site.steps: site.node for site in sites(contract.root) if site.place not in elsewhere}


def compare_extensions(part: str, old: Node, new: Node, changes: Changes) -> None:
    """The extensions of one object in both contracts."""
    for key in dict.fromkeys((*_extensions(old), *_extensions(new))):
        if not alike(old, new, key):
            before, after = old.child(key), new.child(key)
            rule = _rule(key, before, after)
            changes.add(rule, part, before or old, after or new, key)


def _extensions(node: Node) -> Iterator[str]:
    return (key for key in node.value if isinstance(key, str) and key.startswith(PREFIX))


def _rule(key: str, old: Node | None, new: Node | None) -> str:
    if key not in _ACCESS:
        return _RULES.get(key, "gateway-setting-changed")
    if new is None and key == POLICY:
        return "access-widened"
    if key == AUTHORIZER and old is not None and new is not None and _seen(old) == _seen(new):
        return "gateway-setting-changed"
    return "access-changed"


def _seen(authorizer: Node) -> str:
    """What decides which credentials a client needs, as JSON."""
    value = authorizer.value if isinstance(authorizer.value, dict) else {}
    return canonical({key: value[key] for key in value if key not in NOT_SEEN_BY_CLIENTS})
