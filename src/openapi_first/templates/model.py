"""What a template declares, as plain, frozen data: the reader makes it, the stage serves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredFunction:
    """An `AWS::Lambda::Function`, with everything that the template says of how it runs.

    `name` is its physical name, which invocation URIs have. `code` is the folder or ZIP file of its
    package, `source` the text of an inline one, and `image` the image it is deployed as; at most
    one of them is given, and `reason` says why none is. `layers` are folders or ZIP files, the last
    one wins. `timeout` is in seconds. `handler` and `runtime` are as AWS Lambda takes them; they
    are "" for an image, whose `command` may replace that of its Dockerfile. `pointer` is its place
    in the template.
    """

    logical_id: str
    name: str
    handler: str = ""
    runtime: str = ""
    code: Path | None = None
    source: str | None = None
    image: str | None = None
    command: tuple[str, ...] = ()
    layers: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 3.0
    memory_mb: int = 128
    reason: str = ""
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTable:
    """An `AWS::DynamoDB::Table`; `parameters` are those of the CreateTable call, and
    its TimeToLiveSpecification."""

    logical_id: str
    name: str
    parameters: Mapping[str, Any]
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredApi:
    """A REST API with the stage that the template deploys.

    `document` is its import document, without intrinsic functions. `api_keys` and `usage_plans`
    have the properties of `AWS::ApiGateway::ApiKey` and `AWS::ApiGateway::UsagePlan`, by logical id
    and with the ids of the keys that a plan has in `KeyIds`.
    """

    logical_id: str
    document: Mapping[str, Any]
    stage: str
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    api_keys: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    usage_plans: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """All that the stage can serve of a template.

    `notes` has a sentence with its place for each resource that is not served although requests
    could reach it. `files` are those that were read, by resolved paths. `region` is that of
    the first stack.
    """

    apis: tuple[DeclaredApi, ...] = ()
    functions: tuple[DeclaredFunction, ...] = ()
    tables: tuple[DeclaredTable, ...] = ()
    notes: tuple[str, ...] = ()
    files: frozenset[Path] = frozenset()
    region: str = "us-east-1"
