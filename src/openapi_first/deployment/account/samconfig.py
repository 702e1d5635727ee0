"""samconfig.toml: what the first deployment has asked for, and what a user has added for SAM."""

from __future__ import annotations

import json
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openapi_first.deployment.account.failures import Refused

_PASSED_AS_OPTIONS = ("stack_name", "region", "profile", "parameter_overrides")


@dataclass(frozen=True)
class Saved:
    """Stack, region and profile are "" if the file does not have them. `options` are the other
    settings for `sam deploy`."""

    stack: str = ""
    region: str = ""
    profile: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


def read(file: Path) -> Saved:
    """Reads the environment `default`. Raises Refused if the file is not TOML."""
    if not file.exists():
        return Saved()
    try:
        default = tomllib.loads(file.read_text(encoding="utf-8")).get("default", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{file} cannot be read: {error}. Correct or remove it.") from error
    everywhere = default.get("global", {}).get("parameters", {})
    deploy = {**everywhere, **default.get("deploy", {}).get("parameters", {})}
    return Saved(
        str(deploy.get("stack_name", "")),
        str(deploy.get("region", "")),
        str(deploy.get("profile", "")),
        pairs(deploy.get("parameter_overrides", ""), f"{file.name}, parameter_overrides"),
        {name: value for name, value in deploy.items() if name not in _PASSED_AS_OPTIONS},
    )


def write(file: Path, saved: Saved) -> None:
    """Writes the file, for SAM as well."""
    overrides = " ".join(f"{name}={shlex.quote(v)}" for name, v in saved.parameters.items())
    settings: dict[str, Any] = {
        "stack_name": saved.stack,
        "region": saved.region,
        **({"profile": saved.profile} if saved.profile else {}),
        "parameter_overrides": overrides,
        **saved.options,
    }
    lines = ["version = 0.1", "", "[default.deploy.parameters]"]
    # A JSON string or boolean is one of TOML, too.
    lines += [
        f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in settings.items()
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def for_sam(saved: Saved) -> Path:
    """Writes SAM's own configuration: what a user has added to samconfig.toml.

    Region and profile are passed as options. SAM would otherwise read samconfig.toml for every
    stack, and prefer its region and profile to the environment's.
    """
    settings = {"version": 0.1, "default": {"global": {"parameters": dict(saved.options)}}}
    file = Path("build/samconfig.yaml")
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML
    return file


def pairs(written: str | list[str] | Mapping[str, object], where: str) -> dict[str, str]:
    """Parses `A="1" B="2"`, a list of such, or a table. Raises Refused for anything else."""
    if isinstance(written, Mapping):
        return {name: str(value) for name, value in written.items()}
    try:
        words = shlex.split(written if isinstance(written, str) else " ".join(written))
    except ValueError as error:
        raise Refused(f"{where} {written!r}: {error}") from error
    wrong = [word for word in words if not word.partition("=")[0] or "=" not in word]
    if wrong:
        raise Refused(f"{where}: {' '.join(wrong)!r} is not NAME=VALUE.")
    return dict(word.split("=", 1) for word in words)
