"""The settings of a deployment in `samconfig.toml`, or the same in YAML.

AWS: serverless-sam-cli-config.
"""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openapi_first.documents.errors import Diagnostic
from openapi_first.documents.source import read_source
from openapi_first.templates.files.errors import TemplateError

NAMES = ("samconfig.toml", "samconfig.yaml", "samconfig.yml")
"""SAM reads the first one that is there."""
_COMMANDS = ("global", "build", "deploy", "local_start_api")
"""Those that know parameters; the last one is what the stage stands for."""


@dataclass(frozen=True, slots=True)
class SamConfig:
    """`parameters` are the overrides; `stack` and `region` are "" if the file does not say them."""

    path: Path | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    stack: str = ""
    region: str = ""
    has_environment: bool = False


def read_samconfig(template: Path, environment: str = "default") -> SamConfig:
    """That of a template, or of the project whose `.aws-sam/build` has it.

    Raises TemplateError for TOML that cannot be read, and ContractError for YAML.
    """
    folder = template.parent
    if folder.parts[-2:] == (".aws-sam", "build"):
        folder = folder.parent.parent
    path = next((folder / name for name in NAMES if (folder / name).is_file()), None)
    if path is None:
        return SamConfig()
    table = _toml(path) if path.suffix == ".toml" else read_source(path).value
    settings: dict[str, Any] = {}
    overrides: dict[str, str] = {}
    for command in _COMMANDS:
        found: Any = table
        for step in (environment, command, "parameters"):
            found = found.get(step, {}) if isinstance(found, dict) else {}
        if isinstance(found, dict):
            settings |= found
            overrides |= overridden(found.get("parameter_overrides"))
    return SamConfig(
        path,
        overrides,
        str(settings.get("stack_name", "")),
        str(settings.get("region", "")),
        isinstance(table, dict) and environment in table,
    )


def _toml(path: Path) -> Any:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        diagnostic = Diagnostic(str(path), None, "", f"cannot be read: {error}", "Fix the TOML.")
        raise TemplateError([diagnostic]) from None


def overridden(written: object) -> dict[str, str]:
    """Parameter overrides, as a string or a list of `NAME=VALUE`, or of
    `ParameterKey=NAME,ParameterValue=VALUE`, or as a table."""
    if isinstance(written, dict):
        return {str(name): str(value) for name, value in written.items()}
    words: list[str] = []
    for text in written if isinstance(written, list) else [written]:
        if isinstance(text, dict):
            words += [f"{name}={value}" for name, value in text.items()]
        elif isinstance(text, str):
            words += _words(text)
    values: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if name == "ParameterKey" and ",ParameterValue=" in value:
            name, _, value = value.partition(",ParameterValue=")
        if sign:
            values[name] = value
    return values


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quotation mark that is never closed
        return text.split()
