"""Properties of `AWS::Serverless::Api` that SAM passes on to the REST API as they are.

aws-sam-translator knows them since 1.110, which works with few versions of pydantic. Older ones
refuse them, so these properties pass by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_API = "AWS::Serverless::Api"
_PASSED_ON = ("SecurityPolicy", "EndpointAccessMode")


def taken_out(template: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Takes out of the template what the translator does not know. By logical ID and name.

    `known` are the properties of an API that the translator knows.
    """
    unknown = [name for name in _PASSED_ON if name not in known]
    resources = template.get("Resources")
    found: dict[str, dict[str, Any]] = {}
    for logical_id, resource in resources.items() if isinstance(resources, dict) else ():
        properties = resource.get("Properties") if isinstance(resource, dict) else None
        if isinstance(properties, dict) and resource.get("Type") == _API:
            found[logical_id] = {
                name: properties.pop(name) for name in unknown if name in properties
            }
    return found


def put_back(translated: Mapping[str, Any], found: Mapping[str, Mapping[str, Any]]) -> None:
    """A REST API has the logical ID of the API that it is made of."""
    for logical_id, properties in found.items():
        translated["Resources"][logical_id]["Properties"].update(properties)
