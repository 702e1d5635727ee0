"""Lints a contract: everything that `contract lint` has to say about it."""

from __future__ import annotations

from openapi_first.compiler.compile import compile_contract
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.lint.findings import Finding, ordered
from openapi_first.lint.import_findings import import_findings
from openapi_first.lint.keyword_findings import keyword_findings
from openapi_first.lint.quota_findings import quota_findings
from openapi_first.openapi.model import Contract

_DEFAULTS = GatewaySettings()


def lint(contract: Contract, settings: GatewaySettings = _DEFAULTS) -> tuple[Finding, ...]:
    """The findings, in the order of the files. Raises ContractError for what the compiler refuses,
    since the Lambda enforces nothing of that."""
    compile_contract(contract, [])
    return ordered(
        [
            *import_findings(contract, settings),
            *keyword_findings(contract),
            *quota_findings(contract, settings),
        ]
    )
