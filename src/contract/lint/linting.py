"""Lints a contract: everything that `contract lint` has to say about it."""

from __future__ import annotations

from contract.compiler import compile_contract
from contract.gateway_settings import GatewaySettings
from contract.lint.findings import Finding, ordered
from contract.lint.imports import import_findings
from contract.lint.keywords import keyword_findings
from contract.lint.quotas import quota_findings
from contract.model import Contract

__all__ = ["lint"]


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
