"""Carries API Gateway's extensions over from the contract to the import document.

What an extension leaves open is filled in, and what it says stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from openapi_first.aws import extensions
from openapi_first.aws.extensions import PREFIX
from openapi_first.documents.node import Node
from openapi_first.openapi.gateway_extensions import is_intrinsic
from openapi_first.openapi.model import Contract
from openapi_first.resources.resources import Resources
from openapi_first.resources.templates import Template

_HANDLED = frozenset({extensions.ANY_METHOD, extensions.INTEGRATION})
"""Written by `methods`."""
_PATH_VARIABLE = re.compile(r"(method\.request\.path\.)(.+)", re.DOTALL)
"""AWS: rest-api-parameter-mapping."""


def written_extensions(node: Node) -> dict[str, Any]:
    """The extensions of an object, as the contract writes them."""
    members = node.value if isinstance(node.value, dict) else {}
    return {
        key: value
        for key, value in members.items()
        if isinstance(key, str) and key.startswith(PREFIX) and key not in _HANDLED
    }


def carry_over(document: dict[str, Any], contract: Contract, resources: Resources) -> None:
    """Adds the extensions of the contract's root, path items, servers, tags and components to an
    import document."""
    root = contract.root
    for key, value in written_extensions(root).items():
        document[key] = merged(value, document[key]) if key in document else value
    paths = root.get("paths")
    for path, template in resources.templates.items():
        node = paths.get(path) if paths is not None else None
        if node is not None:
            document["paths"][template.resource].update(written_extensions(node))
    for name in ("servers", "tags"):
        listed = root.get(name)
        nodes = listed.elements() if listed is not None else ()
        values = [each.value for each in nodes if written_extensions(each)]
        if values:
            document[name] = values
    components = root.get("components")
    if components is not None:
        document["components"].update(written_extensions(components))


def in_resource_terms(integration: Any, template: Template) -> Any:
    """The integration of the function, whose mapping expressions name the variables of the
    resource instead of those of the contract's path."""
    names = {name: each.name for each in template.variables for name in each.names}

    def renamed(value: Any) -> Any:
        found = _PATH_VARIABLE.fullmatch(value) if isinstance(value, str) else None
        return found[1] + names.get(found[2], found[2]) if found is not None else value

    value = dict(integration) if isinstance(integration, dict) else {}
    keys, parameters = value.get("cacheKeyParameters"), value.get("requestParameters")
    if isinstance(keys, list):
        value["cacheKeyParameters"] = list(_once(map(renamed, keys)))
    if isinstance(parameters, dict):
        value["requestParameters"] = {name: renamed(each) for name, each in parameters.items()}
    return value or integration


def merged(written: Any, generated: Any) -> Any:
    """What is written, with the generated members or elements that it does not have."""
    if is_intrinsic(written):
        return written
    if isinstance(written, dict) and isinstance(generated, dict):
        return {**generated, **written}
    if isinstance(written, list) and isinstance(generated, list):
        return list(_once((*written, *generated)))
    return written


def _once(elements: Iterable[Any]) -> Iterable[Any]:
    seen: list[Any] = []
    for each in elements:
        if each not in seen:
            seen.append(each)
    return seen


def is_kept(written: Any, made: Any) -> bool:
    """Whether all that is written is in what was made of it."""
    if isinstance(written, dict) and isinstance(made, dict):
        return all(key in made and made[key] == value for key, value in written.items())
    if isinstance(written, list) and isinstance(made, list):
        return all(each in made for each in written)
    return bool(written == made)
