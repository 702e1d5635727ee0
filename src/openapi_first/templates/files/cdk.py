"""The stacks in a folder that `cdk synth` wrote (AWS CDK: cloud assembly).

Nested assemblies, which stages of a CDK app make, are read too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_first.documents.errors import Diagnostic
from openapi_first.templates.files.errors import TemplateError

MANIFEST = "manifest.json"
_STACK = "aws:cloudformation:stack"
_ASSEMBLY = "cdk:cloud-assembly"
_ASSETS = "cdk:asset-manifest"
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class CdkStack:
    """`region` and `account_id` are "" in a stack that can be deployed anywhere. `assets` are files
    and folders, by the hashes in their keys."""

    name: str
    template: Path
    region: str
    account_id: str
    assets: Mapping[str, Path]


def is_assembly(folder: Path) -> bool:
    """Whether a folder has the manifest of a cloud assembly."""
    return (folder / MANIFEST).is_file()


def cdk_stacks(folder: Path, depth: int = 0) -> Iterator[CdkStack]:
    """Raises TemplateError if a manifest cannot be read."""
    if depth > _DEEPEST:
        raise _unreadable(folder / MANIFEST, "assemblies are nested too deeply")
    artifacts = _objects(_read(folder / MANIFEST).get("artifacts"))
    assets: dict[str, Path] = {}
    for artifact in artifacts.values():
        if artifact.get("type") == _ASSETS:
            assets |= _assets(folder, _properties(artifact))
    for name, artifact in artifacts.items():
        properties = _properties(artifact)
        if artifact.get("type") == _ASSEMBLY:
            nested = Path(folder, str(properties.get("directoryName", name)))
            yield from cdk_stacks(nested, depth + 1)
        elif artifact.get("type") == _STACK:
            account, region = _environment(str(artifact.get("environment", "")))
            template = Path(folder, str(properties.get("templateFile", f"{name}.template.json")))
            stack = str(properties.get("stackName", artifact.get("displayName", name)))
            yield CdkStack(stack, template, region, account, assets)


def _assets(folder: Path, properties: Mapping[str, Any]) -> dict[str, Path]:
    found = {}
    manifest = _read(Path(folder, str(properties.get("file", ""))))
    for kind in ("files", "dockerImages"):
        for key, asset in _objects(manifest.get(kind)).items():
            source = asset.get("source")
            source = source if isinstance(source, dict) else {}
            path = source.get("path", source.get("directory"))
            if isinstance(path, str):
                found[key] = Path(folder, path)
    return found


def _environment(written: str) -> tuple[str, str]:
    """The account and the region of `aws://ACCOUNT/REGION`."""
    account, _, region = written.removeprefix("aws://").partition("/")
    return (
        account if account.isdecimal() else "",
        region if region and not region.startswith("unknown-") else "",
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, f"is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise _unreadable(path, "is not an object")
    return value


def _properties(artifact: Mapping[str, Any]) -> dict[str, Any]:
    found = artifact.get("properties")
    return found if isinstance(found, dict) else {}


def _objects(value: Any) -> dict[str, dict[str, Any]]:
    members = value.items() if isinstance(value, dict) else ()
    return {str(name): each for name, each in members if isinstance(each, dict)}


def _unreadable(path: Path, detail: str) -> TemplateError:
    return TemplateError([Diagnostic(str(path), None, "", detail, "Run `cdk synth` again.")])
