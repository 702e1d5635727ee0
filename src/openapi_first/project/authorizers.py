"""Chooses who checks the credentials of a new project's security schemes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openapi_first.aws.authorizers import JWT
from openapi_first.aws.extensions import AUTHORIZER
from openapi_first.import_document.authorizers import SERVICE, Authorizer
from openapi_first.import_document.protection import Protection, protection, scheme_nodes
from openapi_first.import_document.settings import read_settings
from openapi_first.openapi.model import Contract

ISSUER = "https://issuer.example"
_BARE_KEY = re.compile("[A-Za-z0-9_-]+")
_TOKENS = ("openIdConnect", "oauth2")


def authorizer_tables(contract: Contract, audience: str) -> str:
    """Tables of TOML for [tool.contract.authorizers]: one for each scheme that an operation
    requires and that neither API Gateway nor the contract's own extensions enforce.

    An operation of API Gateway has at most one authorizer (AWS: API_Method), so of two schemes of
    one operation only the first gets one."""
    schemes = scheme_nodes(contract)
    together = [
        {name for requirement in operation.security for name in requirement}
        for operation in contract.operations
    ]
    at_gateway: set[str] = set()
    tables = []
    for name, node in schemes.items():
        used = [names for names in together if name in names]
        if not used:
            continue
        if protection(node.value, None).is_enforced:
            if isinstance(node.value.get(AUTHORIZER), dict):
                at_gateway.add(name)
            continue
        others = sorted(at_gateway & set().union(*used))
        if others or not _reads_tokens(node.value):
            tables.append(_service(name, others))
        else:
            at_gateway.add(name)
            tables.append(_jwt(name, audience))
    return "".join(tables)


def takes_api_key(contract: Contract) -> bool:
    """Whether an operation requires an API key of a usage plan."""
    required = {
        name
        for operation in contract.operations
        for requirement in operation.security
        for name in requirement
    }
    return bool(required & _key_schemes(contract))


def other_schemes(contract: Contract) -> list[str]:
    """The schemes of credentials that operations require beside, or instead of, an API key of a
    usage plan; the first of those that an operation leaves to choose."""
    keys = _key_schemes(contract)
    required: dict[str, None] = {}
    for operation in contract.operations:
        others = [[name for name in each if name not in keys] for each in operation.security]
        if all(others):
            required.update(dict.fromkeys(others[0] if others else ()))
    return list(required)


def unset_issuers(contract: Contract, settings: Path) -> list[str]:
    """The schemes whose issuer is still the one that a new project has. Raises SettingsError."""
    authorizers = read_settings(settings, contract).authorizers
    return [name for name, each in authorizers.items() if each.issuer == ISSUER]


def _key_schemes(contract: Contract) -> set[str]:
    schemes = scheme_nodes(contract)
    return {
        name for name, node in schemes.items() if protection(node.value, None) is Protection.API_KEY
    }


def _reads_tokens(scheme: Mapping[str, Any]) -> bool:
    kind = scheme.get("type")
    bearer = kind == "http" and str(scheme.get("scheme")).lower() == "bearer"
    authorizer = Authorizer(JWT.name, issuer=ISSUER, audiences=("any",))
    return (bearer or kind in _TOKENS) and not list(authorizer.misfits(scheme))


def _jwt(name: str, audience: str) -> str:
    return (
        f"{_head(name)}type = {json.dumps(JWT.name)}\n"
        f"issuer = {json.dumps(ISSUER)} # REPLACE: the `iss` of your tokens\n"
        f"audiences = [{json.dumps(audience)}] # REPLACE: the `aud` of your tokens\n"
    )


def _service(name: str, others: list[str]) -> str:
    """`others` are schemes that have an authorizer for an operation of this one."""
    why = "# REPLACE, or check the credential in every function: API Gateway does not check it"
    if others:
        named = ", ".join(map(json.dumps, others))
        why = f"# REPLACE this or {named}: an operation has one authorizer"
    return f"{_head(name)}{why}\ntype = {json.dumps(SERVICE)}\n"


def _head(name: str) -> str:
    key = name if _BARE_KEY.fullmatch(name) else json.dumps(name)
    return f"\n[tool.contract.authorizers.{key}]\n"
