"""Settings for the import document that a contract cannot express: `[tool.contract]` in TOML.

[tool.contract]
binary_media_types = ["*/*"]

[tool.contract.quotas]                 # that AWS has raised
resources = 600

[tool.contract.authorizers.session]    # for the security scheme `session`
type = "jwt"
audiences = ["shop"]

[tool.contract.errors]                 # the bodies of the gateway's own responses
body = { code = "$status", message = "$detail" }
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from openapi_first.aws.authorizers import (
    ALGORITHMS,
    JWT,
    LONGEST_TTL_SECONDS,
    REQUEST,
    TOKEN,
    USER_POOL,
)
from openapi_first.aws.quotas import AUTHORIZERS, RESOURCES
from openapi_first.core.problem_templates import ErrorBody
from openapi_first.documents.errors import SettingsError
from openapi_first.documents.settings_file import (
    WORDS,
    is_setting,
    settings_table,
    unknown_settings,
)
from openapi_first.import_document.authorizers import SERVICE, Authorizer
from openapi_first.import_document.extensions.api_settings import ApiSettings
from openapi_first.import_document.gateway_responses import error_body
from openapi_first.openapi.model import Contract

_COMMON = {"identity_source": str}
_FUNCTION = {"function": str, "credentials": str, "result_ttl_in_seconds": int}
_KEYS: Mapping[str, Mapping[str, type]] = {
    TOKEN.name: {**_COMMON, **_FUNCTION, "identity_validation_expression": str},
    REQUEST.name: {**_COMMON, **_FUNCTION},
    USER_POOL.name: {
        **_COMMON,
        "user_pools": list,
        "identity_validation_expression": str,
        "result_ttl_in_seconds": int,
    },
    JWT.name: {**_COMMON, "issuer": str, "audiences": list, "algorithms": list},
    SERVICE: {},
}
_QUOTAS = {"resources": RESOURCES, "authorizers": AUTHORIZERS}
_MEDIA_TYPE = re.compile(r"[\w.+-]+/(?:\*|[\w.+-]+)|\*/\*", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True)
class GatewaySettings:
    """`allow_origins` are the allowed CORS origins, or only `*`; the keys of `authorizers` are
    security schemes; `binary_media_types`, if any, replace those of the contract; `errors` is the
    body of every response of the gateway's own; `quotas` are those that AWS has raised:
    `resources` and `authorizers` of an API; `api` is what differs by stage."""

    allow_origins: tuple[str, ...] = ("*",)
    authorizers: Mapping[str, Authorizer] = dataclasses.field(default_factory=dict)
    binary_media_types: tuple[str, ...] = ()
    errors: ErrorBody | None = None
    quotas: Mapping[str, int] = dataclasses.field(default_factory=dict)
    api: ApiSettings = dataclasses.field(default_factory=ApiSettings)

    @property
    def static_origin(self) -> str | None:
        """The allowed origin of every response; None when it depends on the request."""
        return self.allow_origins[0] if len(self.allow_origins) == 1 else None

    @property
    def stage_variables(self) -> tuple[str, ...]:
        return tuple(
            variable
            for name, authorizer in self.authorizers.items()
            for variable in authorizer.variables(name)
        )


def read_settings(
    path: Path, contract: Contract, *, allow_origins: tuple[str, ...] = ("*",)
) -> GatewaySettings:
    """The settings for a contract; the defaults when the file does not exist or has none.

    Raises SettingsError with every problem.
    """
    table = settings_table(path)
    problems = unknown_settings(table)
    authorizers: dict[str, Authorizer] = {}
    binary = table.get("binary_media_types", [])
    if not (is_setting(binary, list) and all(map(_MEDIA_TYPE.fullmatch, binary))):
        problems.append(
            f"[tool.contract]: binary_media_types is not a list of media types: {binary!r}"
        )
    errors = error_body(table["errors"], problems) if "errors" in table else None
    quotas = table.get("quotas", {})
    problems.extend(_quota_problems(quotas))
    chosen = table.get("authorizers", {})
    if not isinstance(chosen, dict):
        problems.append("[tool.contract]: authorizers is not a table of security schemes")
        chosen = {}
    components = contract.root.value.get("components") or {}
    schemes = components.get("securitySchemes") or {}
    for name, written in chosen.items():
        where = f"[tool.contract.authorizers.{name}]"
        if name not in schemes:
            known = ", ".join(schemes) or "none"
            problems.append(f"{where}: unknown security scheme; the contract has: {known}")
            continue
        found = list(_problems_in(written))
        if not found:
            authorizer = _authorizer(written)
            found = list(authorizer.misfits(schemes[name]))
            authorizers[name] = authorizer
        problems.extend(f"{where}: {each}" for each in found)
    if problems:
        raise SettingsError(path, problems)
    return GatewaySettings(allow_origins, authorizers, tuple(binary), errors, quotas)


def _quota_problems(quotas: Any) -> Iterable[str]:
    if not isinstance(quotas, dict):
        return ["[tool.contract]: quotas is not a table of numbers"]
    names = ", ".join(_QUOTAS)
    unknown = [name for name in quotas if name not in _QUOTAS]
    problems = [f"unknown quota {name}; AWS raises: {names}" for name in unknown]
    problems += [
        f"{name} is not a number above {quota.limit}, which AWS grants to everyone: {given!r}"
        for name, quota in _QUOTAS.items()
        if not (is_setting(given := quotas.get(name, quota.limit), int) and given >= quota.limit)
    ]
    return [f"[tool.contract.quotas]: {each}" for each in problems]


def _problems_in(written: Any) -> Iterable[str]:
    if not isinstance(written, dict):
        return [f"is not a table: {written!r}"]
    kind = written.get("type")
    if not isinstance(kind, str) or kind not in _KEYS:
        return [f"unknown type {kind!r}; use one of: {', '.join(_KEYS)}"]
    keys = _KEYS[kind]
    problems = [
        f"unknown setting {key} for {kind}; use: {', '.join(keys) or 'only type'}"
        for key in written
        if key != "type" and key not in keys
    ]
    problems += [
        f"{key} is not {WORDS[wanted]}: {written[key]!r}"
        for key, wanted in keys.items()
        if key in written and not is_setting(written[key], wanted)
    ]
    return problems or _out_of_range(kind, written)


def _out_of_range(kind: str, written: Mapping[str, Any]) -> list[str]:
    """AWS: API_CreateAuthorizer."""
    problems = []
    if not 0 <= written.get("result_ttl_in_seconds", 0) <= LONGEST_TTL_SECONDS:
        problems.append(
            f"result_ttl_in_seconds must be from 0 (no caching) to {LONGEST_TTL_SECONDS}"
        )
    if kind == JWT.name and not written.get("audiences"):
        problems.append("audiences is missing: tokens for every audience would be accepted")
    if not written.get("issuer", "https://").startswith("https://"):
        problems.append("issuer must be an https URL, exactly as in the tokens' iss claim")
    unknown = [each for each in written.get("algorithms", ()) if each not in ALGORITHMS]
    if unknown:
        problems.append(f"unknown algorithm {unknown[0]}; use: {', '.join(ALGORITHMS)}")
    return problems


def _authorizer(written: Mapping[str, Any]) -> Authorizer:
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in written.items()
    }
    return Authorizer(**values)
