"""What a rule of `contract lint` says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
KNOWN_ISSUES = GUIDE + "api-gateway-known-issues.html"
VALIDATION = GUIDE + "api-gateway-method-request-validation.html"
QUOTAS = GUIDE + "api-gateway-execution-service-limits-table.html"
SECURITY = GUIDE + "apigateway-control-access-to-api.html"
PUT_METHOD = "https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html"


class Verdict(Enum):
    """What becomes of a constraint, or of another part of the contract, at API Gateway."""

    REJECTED = "rejected at import"
    NOWHERE = "enforced nowhere"
    CHANGED = "dropped or changed at import"
    LAMBDA = "enforced in the Lambda only"
    GATEWAY = "enforced at the gateway"

    @property
    def fails(self) -> bool:
        """Whether a contract with such a finding does not pass."""
        return self in (Verdict.REJECTED, Verdict.NOWHERE)


@dataclass(frozen=True, slots=True)
class Rule:
    """`statement` is what the page at `source` says, in short; `remedy` is for the contract."""

    id: str
    verdict: Verdict
    title: str
    statement: str
    source: str
    remedy: str
