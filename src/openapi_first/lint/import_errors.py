"""What API Gateway refuses to import. `import_document.import_checks` finds it, since writing an
import document stops there too; the rules are here."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.aws.extensions import REQUEST_VALIDATORS
from openapi_first.aws.methods import ANY, METHODS
from openapi_first.import_document.import_checks import import_errors
from openapi_first.lint.rendered import Rendered
from openapi_first.lint.rule import GUIDE, KNOWN_ISSUES, REFERENCE, Finding, Rule, Verdict

METHOD = Rule(
    "method-unknown", Verdict.REJECTED, "API Gateway does not have the method",
    f"The methods are {', '.join(METHODS)} and {ANY}.",
    REFERENCE + "API_PutMethod.html", "Remove the operation.",
)  # fmt: skip
SEGMENT = Rule(
    "path-segment", Verdict.REJECTED, "API Gateway does not accept the path segment",
    "A path segment has only alphanumeric characters, _ - . , : and braces; a variable is a "
    "whole segment.",
    KNOWN_ISSUES,
    "Use only letters, digits and _ . : , -, or one variable as the whole segment.",
)  # fmt: skip
GREEDY = Rule(
    "greedy-variable", Verdict.REJECTED, "Something follows a greedy variable",
    "A resource with a greedy path variable has no children.",
    GUIDE + "api-gateway-set-up-simple-proxy.html", "Put the variable at the end.",
)  # fmt: skip
SIBLINGS = Rule(
    "sibling-variables", Verdict.REJECTED, "Two variables have the same place in a path",
    "Only one child of a resource may be a variable.", KNOWN_ISSUES,
    "Give both the same name.",
)  # fmt: skip
VALIDATOR = Rule(
    "validator", Verdict.REJECTED, "The request validator cannot be used",
    f"An operation names a validator of {REQUEST_VALIDATORS}.",
    GUIDE + "api-gateway-swagger-extensions-request-validator.html",
    "Name a validator that is declared.",
)  # fmt: skip
INTEGRATION = Rule(
    "integration", Verdict.REJECTED, "The integration has no `type` or no `uri`",
    "An integration has a `type`, and each but a mock calls its `uri`; `integrationSubtype` is for "
    "HTTP APIs.", GUIDE + "api-gateway-swagger-extensions-integration.html",
    "Add what is missing.",
)  # fmt: skip
_BY_ID = {rule.id: rule for rule in (METHOD, SEGMENT, GREEDY, SIBLINGS, VALIDATOR, INTEGRATION)}


def find(rendered: Rendered) -> Iterator[Finding]:
    for rule, error in import_errors(rendered.contract):
        yield Finding(_BY_ID[rule], error.file, error.line, error.pointer, error.detail)
