"""Chooses who checks the credentials of a new project's security schemes."""

from __future__ import annotations

import json
import re

from openapi_first.aws.authorizers import JWT
from openapi_first.import_document.authorizers import SERVICE, Authorizer
from openapi_first.import_document.protection import protection, scheme_nodes
from openapi_first.openapi.model import Contract

ISSUER = "https://issuer.example"
_BARE_KEY = re.compile("[A-Za-z0-9_-]+")
_TOKENS = ("openIdConnect", "oauth2")


def authorizer_tables(contract: Contract, audience: str) -> str:
    """Tables of TOML for [tool.contract.authorizers]: one for each scheme that an operation
    requires and that neither API Gateway nor the contract's own extensions enforce."""
    schemes = scheme_nodes(contract)
    required = {
        name
        for operation in contract.operations
        for requirement in operation.security
        for name in requirement
    }
    tables = []
    for name in (each for each in schemes if each in required):
        scheme = schemes[name].value
        if protection(scheme, None).is_enforced:
            continue
        key = name if _BARE_KEY.fullmatch(name) else json.dumps(name)
        head = f"\n[tool.contract.authorizers.{key}]\n"
        with_issuer = Authorizer(JWT.name, issuer=ISSUER, audiences=(audience,))
        reads_tokens = scheme.get("type") in _TOKENS or (
            scheme.get("type") == "http" and str(scheme.get("scheme")).lower() == "bearer"
        )
        if reads_tokens and not list(with_issuer.misfits(scheme)):
            tables.append(
                f"{head}type = {json.dumps(JWT.name)}\n"
                f"issuer = {json.dumps(ISSUER)} # REPLACE: the `iss` of your tokens\n"
                f"audiences = [{json.dumps(audience)}] # REPLACE: the `aud` of your tokens\n"
            )
        else:
            tables.append(
                f"{head}type = {json.dumps(SERVICE)} # REPLACE, or check the credential in every "
                "function: API Gateway allows all requests\n"
            )
    return "".join(tables)
