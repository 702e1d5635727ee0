"""The functions of a stack (AWS: aws-resource-lambda-function)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_first.core.json_pointer import escaped
from openapi_first.templates.intrinsics.parameters import text_of
from openapi_first.templates.intrinsics.stack import Resource, Stack
from openapi_first.templates.model import DeclaredFunction
from openapi_first.templates.sam.local_code import local_path

_FUNCTION = "AWS::Lambda::Function"
_LAYER = "AWS::Lambda::LayerVersion"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""Of a variable (AWS Lambda: API_Environment)."""
_ASSET = "aws:asset:path"


@dataclass(frozen=True, slots=True)
class _Code:
    path: Path | None = None
    source: str | None = None
    image: str | None = None
    reason: str = ""


def declared_functions(
    stack: Stack, layers: Mapping[str, Path | None]
) -> Iterator[DeclaredFunction]:
    """`layers` are those of all stacks, as `declared_layers` finds them."""
    for resource in stack.of_type(_FUNCTION):
        properties = stack.properties(resource)
        code = _code(stack, resource, properties.get("Code"))
        image = _object(properties.get("ImageConfig"))
        yield DeclaredFunction(
            logical_id=resource.logical_id,
            name=stack.name(resource),
            handler=text_of(properties.get("Handler") or ""),
            runtime=text_of(properties.get("Runtime") or ""),
            code=code.path,
            source=code.source,
            image=code.image,
            command=tuple(map(text_of, _array(image.get("Command")))),
            layers=tuple(_layers(stack, resource, properties, layers)),
            environment=_environment(stack, resource, properties),
            timeout=_number(stack, resource, properties, "Timeout", 3.0),
            memory_mb=int(_number(stack, resource, properties, "MemorySize", 128.0)),
            reason=code.reason,
            pointer=resource.pointer,
        )


def declared_layers(stack: Stack) -> dict[str, Path | None]:
    """The folder or ZIP file of each layer, by ARN; None for one that is not here."""
    found: dict[str, Path | None] = {}
    for resource in stack.of_type(_LAYER):
        content = stack.properties(resource).get("Content")
        code = _code(stack, resource, content)
        if code.path is None:
            reason = code.reason or "it has no content"
            stack.problems.note(
                resource.pointer, f"the layer {resource.logical_id} is left out: {reason}"
            )
        found[stack.ref(resource)] = code.path
    return found


def _code(stack: Stack, resource: Resource, written: Any) -> _Code:
    asset = _object(resource.written.get("Metadata")).get(_ASSET)
    code = _object(written)
    if isinstance(code.get("ImageUri"), str):
        return _Code(image=code["ImageUri"])
    if isinstance(code.get("ZipFile"), str):
        return _Code(source=code["ZipFile"])
    path: Path | None = None
    key = text_of(code.get("S3Key") or "")
    if isinstance(asset, str):
        path = stack.path(asset)
    elif isinstance(written, str):
        path = None if "://" in written else stack.path(written)
    else:
        local = local_path(code)
        path = stack.path(local) if local is not None else stack.assets.get(Path(key).stem)
    if path is None:
        if not key:
            return _Code(reason="the template gives no code")
        return _Code(reason=f"its code is in S3: s3://{code.get('S3Bucket')}/{key}")
    if not path.exists():
        return _Code(reason=f"its code {path} does not exist")
    if not path.is_dir() and not zipfile.is_zipfile(path):
        return _Code(reason=f"its code {path} is neither a folder nor a ZIP file")
    return _Code(path=path)


def _layers(
    stack: Stack,
    resource: Resource,
    properties: Mapping[str, Any],
    layers: Mapping[str, Path | None],
) -> Iterator[Path]:
    for index, arn in enumerate(map(str, _array(properties.get("Layers")))):
        path = layers.get(arn)
        if path is not None:
            yield path
        elif arn not in layers:
            pointer = f"{resource.properties_pointer}/Layers/{index}"
            detail = f"the layer {arn} of {resource.logical_id} is not here"
            stack.problems.note(pointer, f"{detail}; what it has must be installed")


def _environment(stack: Stack, resource: Resource, properties: Mapping[str, Any]) -> dict[str, str]:
    variables = _object(properties.get("Environment")).get("Variables")
    pointer = f"{resource.properties_pointer}/Environment/Variables"
    found: dict[str, str] = {}
    for name, value in _object(variables).items():
        if not _NAME.fullmatch(name) or "\0" in text_of(value):
            detail = f"the variable {name!r} is left out: Lambda refuses its name or its value"
            remedy = "a name has letters, digits and _ only, and a value no NUL"
            stack.problems.note(f"{pointer}/{escaped(name)}", f"{detail}; {remedy}")
        elif isinstance(value, dict | list):
            detail = f"the variable {name} is not a string"
            stack.problems.report(f"{pointer}/{name}", detail, "Join the list, or write a string.")
        else:
            found[name] = "" if value is None else text_of(value)
    return found


def _number(
    stack: Stack, resource: Resource, properties: Mapping[str, Any], name: str, default: float
) -> float:
    written = properties.get(name)
    if written is None:
        return default
    try:
        number = float(text_of(written))
    except ValueError:
        number = 0.0
    if not 0 < number < 1_000_000:
        pointer = f"{resource.properties_pointer}/{name}"
        detail = f"{name} is {written!r}, which is not a positive number"
        stack.problems.report(pointer, detail, f"The default is {default:g}.")
        return default
    return number


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _array(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
