"""Names in Python that the contract does not give itself."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.import_document.settings import GatewaySettings
from openapi_first.lint.rule import Finding, Rule, Verdict, finding
from openapi_first.openapi.model import Contract
from openapi_first.openapi.python_names import EXTENSION, derived_names

DERIVED_NAME = Rule(
    "derived-name", Verdict.NOTE, "The name in Python is derived",
    "`operationId` is optional, and names need not be names in Python.",
    "https://spec.openapis.org/oas/v3.0.3#operation-object",
    f"Nothing, or set another name with `{EXTENSION}`.",
)  # fmt: skip


def find(contract: Contract, _settings: GatewaySettings) -> Iterator[Finding]:
    for operation in contract.operations:
        for each in derived_names(operation):
            yield finding(DERIVED_NAME, each.node, f"{each.owner} is {each.name} in Python")
