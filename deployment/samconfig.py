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
    """A stack's name and parameters; None and empty if the file does not have them."""

    stack: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


def read(file: Path) -> Saved:
    """Reads the environment `default`. Raises Refused if the file is not TOML."""
    try:
        default = tomllib.loads(file.read_text(encoding="utf-8")).get("default", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{file} cannot be read: {error}") from error
    everywhere = default.get("global", {}).get("parameters", {})
    deploy = {**everywhere, **default.get("deploy", {}).get("parameters", {})}
    return Saved(deploy.get("stack_name"), parsed(deploy.get("parameter_overrides", "")))


def parsed(overrides: str | list[str] | Mapping[str, object]) -> dict[str, str]:
    """Parses `A="1" B="2"`, a list of such, or a table. Raises Refused for anything else."""
    if isinstance(overrides, Mapping):
        return {name: str(value) for name, value in overrides.items()}
    try:
        words = shlex.split(overrides if isinstance(overrides, str) else " ".join(overrides))
    except ValueError as error:
        raise Refused(f"Parameters {overrides!r}: {error}") from error
    wrong = [word for word in words if "=" not in word]
    if wrong:
        raise Refused(f"{' '.join(wrong)!r} is not a parameter (NAME=VALUE)")
    return dict(word.split("=", 1) for word in words)
