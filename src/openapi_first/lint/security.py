"""Security requirements: who decides on them, and what becomes of alternatives and scopes."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.aws import extensions
from openapi_first.documents.node import Node
from openapi_first.import_document.authorizers import Authorizer
from openapi_first.import_document.protection import Protection, protection, scheme_nodes
from openapi_first.import_document.settings import GatewaySettings
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import (
    GUIDE,
    KNOWN_ISSUES,
    NOTHING,
    REFERENCE,
    Finding,
    Rule,
    Verdict,
    finding,
)
from openapi_first.openapi.model import Operation

_ACCESS = GUIDE + "apigateway-control-access-to-api.html"
_PUT_METHOD = REFERENCE + "API_PutMethod.html"

API_KEY = Rule(
    "api-key", Verdict.GATEWAY, "The gateway requires the API key",
    "A method requires a key when its own `security` names the apiKey scheme x-api-key.",
    GUIDE + "api-key-usage-plan-oas.html", NOTHING,
)  # fmt: skip
KEY_ELSEWHERE = Rule(
    "api-key-elsewhere", Verdict.NOWHERE, "The key is not where API Gateway looks",
    "API keys come in the header x-api-key or from an authorizer.",
    GUIDE + "api-gateway-api-key-source.html",
    "Declare it `in: header` with the name x-api-key, or add an authorizer.",
)  # fmt: skip
AUTHORIZER = Rule(
    "authorizer", Verdict.GATEWAY, "An authorizer decides",
    f"A scheme with {extensions.AUTHORIZER} becomes the method's authorizer.",
    GUIDE + "api-gateway-swagger-extensions-authorizer.html", NOTHING,
)  # fmt: skip
IN_SERVICE = Rule(
    "security-in-service", Verdict.LAMBDA, "The service's own functions check it",
    "API Gateway checks authorizers and API keys, and nothing else.", _ACCESS,
    "Nothing, if those functions check it.",
)  # fmt: skip
NOT_ENFORCED = Rule(
    "security-scheme", Verdict.NOWHERE, "Nothing enforces the security scheme",
    "A security scheme's type must be apiKey; other types need an authorizer.", KNOWN_ISSUES,
    "Name who decides: `[tool.contract.authorizers.NAME]` in pyproject.toml or "
    f"`{extensions.AUTHORIZER}` in the scheme. Or use an API key.",
)  # fmt: skip
SCOPES = Rule(
    "scopes", Verdict.GATEWAY, "The authorizer requires the scope",
    "A call is authorized if the access token has any of the method's scopes.", _PUT_METHOD,
    NOTHING,
)  # fmt: skip
ANY_SCOPE = Rule(
    "any-scope", Verdict.NOWHERE, "One of the scopes is enough",
    "A call is authorized if the access token has any of the method's scopes; OpenAPI requires "
    "all of them.",
    _PUT_METHOD, "Declare one scope for the operation, or decide in a Lambda authorizer.",
)  # fmt: skip
SCOPES_IN_AUTHORIZER = Rule(
    "scopes-in-authorizer", Verdict.LAMBDA, "The Lambda authorizer checks the scopes",
    "Scopes are compared for user pools and JWTs; a Lambda authorizer receives the token and "
    "returns a policy.",
    GUIDE + "api-gateway-lambda-authorizer-output.html",
    "Nothing, if that authorizer checks the token's scopes for the method's ARN.",
)  # fmt: skip
AT_ROOT = Rule(
    "root-security", Verdict.CHANGED, "Root security is copied to each operation",
    "Security at the root is not used.", KNOWN_ISSUES, NOTHING,
)  # fmt: skip
ALTERNATIVES = Rule(
    "security-alternatives", Verdict.CHANGED, "Alternatives become one requirement",
    "A method has one authorizer, and requires a key or does not; it offers no alternatives.",
    _ACCESS, "Declare one requirement, or decide in an authorizer.",
)  # fmt: skip

_BY_PROTECTION = {
    Protection.API_KEY: API_KEY,
    Protection.AUTHORIZER: AUTHORIZER,
    Protection.SERVICE: IN_SERVICE,
    Protection.MISPLACED_KEY: KEY_ELSEWHERE,
    Protection.NONE: NOT_ENFORCED,
}


def find(rendered: Rendered) -> Iterator[Finding]:
    contract = rendered.contract
    root = contract.root.child("security")
    if root is not None and root.value:
        yield finding(AT_ROOT, root, "security at the root")
    schemes = scheme_nodes(contract)
    for operation in contract.operations:
        written = operation.node.child("security") or root
        if written is not None:
            yield from _operation(operation, written, schemes, rendered.settings)


def _operation(
    operation: Operation, written: Node, schemes: dict[str, Node], settings: GatewaySettings
) -> Iterator[Finding]:
    if len(set(map(frozenset, operation.security))) > 1:
        yield finding(ALTERNATIVES, written, f"{operation.id} has alternatives")
    required = {name for requirement in operation.security for name in requirement}
    for name in required & schemes.keys():
        authorizer = settings.authorizers.get(name)
        found = protection(schemes[name].value, authorizer)
        yield finding(_BY_PROTECTION[found], schemes[name], f"the scheme {name}")
        scopes = operation.scopes(name)
        if scopes and found.is_enforced:
            detail = f"{operation.id}: {', '.join(sorted(scopes))} of {name}"
            several = any(len(requirement.get(name, ())) > 1 for requirement in operation.security)
            one = ANY_SCOPE if several else SCOPES
            checked = _checks_scopes(schemes[name], authorizer)
            yield finding(one if checked else SCOPES_IN_AUTHORIZER, written, detail)


def _checks_scopes(scheme: Node, authorizer: Authorizer | None) -> bool:
    if authorizer is not None:
        return authorizer.checks_scopes
    extension = scheme.value.get(extensions.AUTHORIZER)
    kind = str(extension.get("type")).lower() if isinstance(extension, dict) else None
    return Authorizer(kind or "").checks_scopes
