"""Gives the SAM translator addresses in S3 for local files, and finds the files again.

aws-sam-translator takes only what a package has been uploaded to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from openapi_first.core.json_pointer import escaped

BUCKET = "local-file"
"""Stands for the machine; the key is the path in the template."""

# The properties that may name local files, by type; Globals has those of functions.
_PROPERTIES = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::HttpApi": "DefinitionUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}
_FUNCTION = "AWS::Serverless::Function"


def with_addresses(template: dict[str, Any], resolve: Callable[[Any, str], Any]) -> None:
    """Changes the template. `resolve` resolves a path, given its JSON Pointer."""
    shared = _object(_object(template.get("Globals")).get("Function"))
    for logical_id, resource in _serverless(template):
        kind = resource["Type"]
        properties = resource.setdefault("Properties", {})
        if not isinstance(properties, dict):
            continue
        base = f"/Resources/{escaped(logical_id)}/Properties"
        name = _PROPERTIES[kind]
        if kind == _FUNCTION:
            package = properties.get("PackageType", shared.get("PackageType"))
            if package == "Image":
                if "ImageUri" not in properties:
                    properties["ImageUri"] = built_image(logical_id, resource)
                continue
            if not {"CodeUri", "InlineCode"} & {*properties, *shared}:
                properties[name] = "."
        if name in properties:
            properties[name] = _address(resolve(properties[name], f"{base}/{name}"))
    if "CodeUri" in shared:
        shared["CodeUri"] = _address(resolve(shared["CodeUri"], "/Globals/Function/CodeUri"))


def built_image(logical_id: str, resource: dict[str, Any]) -> str:
    """The name that `sam build` gives to an image."""
    tag = _object(resource.get("Metadata")).get("DockerTag", "latest")
    return f"{logical_id.lower()}:{tag}"


def local_path(address: Any) -> str | None:
    """The path that an address stands for; None for a real one."""
    if not isinstance(address, dict):
        return None
    bucket = address.get("S3Bucket", address.get("Bucket"))
    key = address.get("S3Key", address.get("Key"))
    return str(key) if bucket == BUCKET and key else None


def _address(path: Any) -> Any:
    if isinstance(path, str) and "://" not in path:
        return {"Bucket": BUCKET, "Key": path}
    return path


def _serverless(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for logical_id, resource in _object(template.get("Resources")).items():
        if isinstance(resource, dict) and str(resource.get("Type")) in _PROPERTIES:
            yield logical_id, resource


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
