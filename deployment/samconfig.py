"""The parameters that `sam deploy --guided` has saved in samconfig.toml."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deployment.aws import Refused


@dataclass(frozen=True)
class Saved:
    """A stack's name and parameters; None and empty where the file says nothing of them."""

    stack: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


def read(file: Path) -> Saved:
    """What the file's environment `default` has. Raises Refused when it is no TOML."""
    try:
        default = tomllib.loads(file.read_text(encoding="utf-8")).get("default", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{file} cannot be read: {error}") from error
    everywhere = default.get("global", {}).get("parameters", {})
    deploy = {**everywhere, **default.get("deploy", {}).get("parameters", {})}
    return Saved(deploy.get("stack_name"), parsed(deploy.get("parameter_overrides", "")))


def parsed(overrides: str | list[str] | Mapping[str, object]) -> dict[str, str]:
    """`A="1" B="2"`, a list of such, or a table, by name. Raises Refused for no NAME=VALUE."""
    if isinstance(overrides, Mapping):
        return {name: str(value) for name, value in overrides.items()}
    try:
        words = shlex.split(overrides if isinstance(overrides, str) else " ".join(overrides))
    except ValueError as error:
        raise Refused(f"Parameters {overrides!r}: {error}") from error
    wrong = [word for word in words if "=" not in word]
    if wrong:
        raise Refused(f"Not NAME=VALUE, as a parameter has to be: {' '.join(wrong)}")
    return dict(word.split("=", 1) for word in words)
