"""samconfig.toml: what the first deployment has asked for, and what a user has added for SAM."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openapi_first.deployment.account.failures import Refused

_PASSED_AS_OPTIONS = ("stack_name", "region", "profile", "parameter_overrides")
_LONG_FORM = re.compile(r"ParameterKey=(?P<name>[^,]+),ParameterValue=(?P<value>.*)", re.DOTALL)


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
    """Reads the environment `default`. Raises Refused if the file is not TOML, or has something
    else where SAM has a table or a string."""
    if not file.exists():
        return Saved()
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{file} cannot be read: {error}. Correct or remove it.") from error
    deploy = {
        **_table(file, written, "default", "global", "parameters"),
        **_table(file, written, "default", "deploy", "parameters"),
    }
    for name in ("stack_name", "region", "profile"):
        if not isinstance(deploy.get(name, ""), str):
            raise Refused(f"{file}: {name} is not a string: put it into quotes.")
    return Saved(
        deploy.get("stack_name", ""),
        deploy.get("region", ""),
        deploy.get("profile", ""),
        pairs(deploy.get("parameter_overrides", ""), f"{file.name}, parameter_overrides"),
        {name: value for name, value in deploy.items() if name not in _PASSED_AS_OPTIONS},
    )


def _table(file: Path, written: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """The table of these names, {} if there is none."""
    table = written
    for name in names:
        inner = table.get(name, {})
        if not isinstance(inner, dict):
            raise Refused(f"{file}: {name} is not a table, e.g. [{'.'.join(names)}]: correct it.")
        table = inner
    return table


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
    # JSON is YAML. Of TOML's types it lacks dates.
    file.write_text(json.dumps(settings, default=str), encoding="utf-8")
    return file


def pairs(written: object, where: str) -> dict[str, str]:
    """Parses `A="1" B="2"`, a list of such, or a table; SAM's long form, `ParameterKey=A,
    ParameterValue=1`, too. Raises Refused for anything else, and for a name that is there twice."""
    if isinstance(written, Mapping):
        return {name: _value(value, f"{where}: {name}") for name, value in written.items()}
    parts = [written] if isinstance(written, str) else written
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise Refused(f"{where}: {written!r} is not NAME=VALUE.")
    try:
        words = shlex.split(" ".join(parts))
    except ValueError as error:
        raise Refused(f"{where} {written!r}: {error}") from error
    words = [_LONG_FORM.sub(r"\g<name>=\g<value>", word) for word in words]
    wrong = [word for word in words if not word.partition("=")[0] or "=" not in word]
    if wrong:
        raise Refused(f"{where}: {' '.join(wrong)!r} is not NAME=VALUE.")
    names = [word.partition("=")[0] for word in words]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise Refused(f"{where} has {', '.join(repeated)} more than once: leave one of them.")
    return dict(word.split("=", 1) for word in words)


def _value(written: object, where: str) -> str:
    if isinstance(written, list):
        return ",".join(_value(each, where) for each in written)
    if not isinstance(written, str | int | float):
        raise Refused(f"{where} is neither a string nor a number.")
    # Numbers and booleans are written as in JSON, and so in parameters.
    return written if isinstance(written, str) else json.dumps(written)
