"""The boto3 session of every command: one rule for region and profile.

The region is the first of: the one named, AWS_REGION, AWS_DEFAULT_REGION, that of the profile that
is named or in AWS_PROFILE, that in samconfig.toml, that of the profile in samconfig.toml, that of
the default profile. boto3 itself reads neither AWS_REGION nor samconfig.toml, while SAM reads both
(AWS: sdkref feature-region, serverless-sam-cli-config). The profile in samconfig.toml counts unless
the environment has a profile or keys.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3

_SAMCONFIG = Path("samconfig.toml")


@dataclass(frozen=True, slots=True)
class Choice:
    """`region` is "" if nothing names one. `profile` is None for that of the environment."""

    region: str
    profile: str | None


def session(*, region: str | None = None, profile: str | None = None) -> boto3.Session:
    """By the rule above, in the current folder. Raises BotoCoreError and ValueError as boto3."""
    import boto3  # other commands do without

    found = choice(*_saved(_SAMCONFIG), region=region, profile=profile)
    return boto3.Session(profile_name=found.profile, region_name=found.region or None)


def choice(
    saved_region: str, saved_profile: str, *, region: str | None = None, profile: str | None = None
) -> Choice:
    """What the rule chooses, given what samconfig.toml has, "" for nothing.

    Raises BotoCoreError, e.g. for a profile that does not exist.
    """
    in_environment = any(os.environ.get(name) for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID"))
    chosen = profile or (None if in_environment else saved_profile or None)
    named = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if named:
        return Choice(named, chosen)
    if profile or os.environ.get("AWS_PROFILE"):
        return Choice(_region_of(profile) or saved_region, chosen)
    return Choice(saved_region or _region_of(chosen), chosen)


def _region_of(profile: str | None) -> str:
    import boto3

    return boto3.Session(profile_name=profile).region_name or ""


def _saved(file: Path) -> tuple[str, str]:
    """Region and profile of `sam deploy`; a file that cannot be read has none."""
    try:
        settings: Any = tomllib.loads(file.read_text(encoding="utf-8")).get("default", {})
        parameters: dict[str, Any] = {}
        for command in ("global", "deploy"):
            parameters |= settings.get(command, {}).get("parameters", {})
    except (OSError, ValueError, AttributeError, TypeError):
        return "", ""
    return str(parameters.get("region", "")), str(parameters.get("profile", ""))
