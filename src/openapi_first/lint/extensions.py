"""API Gateway's extensions: which reach the import document, which of them the import reads, and
where a document with them can be imported."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from openapi_first.aws import pages, quotas
from openapi_first.aws.extensions import ANY_METHOD, EXTENSIONS, INTEGRATION, Place, Treatment
from openapi_first.aws.methods import RESPONSE_TRANSFER_MODES
from openapi_first.documents.node import Node
from openapi_first.import_document.extensions.carried_over import in_resource_terms, is_kept
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import GUIDE, QUOTAS, Finding, Rule, Verdict, finding
from openapi_first.openapi.gateway_extensions import Site, is_intrinsic, sites
from openapi_first.openapi.model import Operation

_EXTENSIONS = f"{pages.EXTENSIONS}.html"
_VARIABLES = GUIDE + "import-api-aws-variables.html"
_LONGEST = quotas.LONGEST_TIMEOUT_MS.limit
_STREAM = RESPONSE_TRANSFER_MODES[1]
_ACCOUNT_ID = re.compile(r"arn:[^\s\"']*[:/](\d{12})[:/]")
_VARIABLE = re.compile(r"\$\{(?!AWS::|stageVariables\.|!)([^}]*)\}")
_VELOCITY = frozenset({"requestTemplates", "responseTemplates"})

IDLE_EXTENSION= Rule(
    "idle-extension", Verdict.NOTE, "The extension has no effect on a REST API",
    "Some extensions are for HTTP APIs only.", _EXTENSIONS, "Nothing, or remove it.",
)  # fmt: skip
UNKNOWN_EXTENSION = Rule(
    "unknown-extension", Verdict.NOWHERE, "API Gateway does not read the extension here",
    "Each extension has its name and its place.", _EXTENSIONS,
    "Correct its name or its place, or remove it.",
)  # fmt: skip
LOST_EXTENSION = Rule(
    "lost-extension", Verdict.NOWHERE, "The extension does not reach API Gateway",
    "The import acts on the extensions of the document that is imported.", _EXTENSIONS,
    "Remove it, or write it into the import document after `contract gateway`.",
)  # fmt: skip
OWN = Rule("own-integration", Verdict.NOTE, "The operation has its own integration",
    "An integration calls a Lambda function, an HTTP endpoint or an AWS service, or is a mock.",
    f"{pages.EXTENSIONS}-integration.html",
    "Nothing: no function serves it. Beyond required parameters and models of bodies, the "
    "integration has to validate requests.",
)  # fmt: skip
STREAMING = Rule(
    "response-streaming", Verdict.NOTE, "The function does not stream its responses",
    "A function streams if its runtime does and the integration has the URI for it.",
    GUIDE + "response-transfer-mode-lambda.html",
    "Remove `responseTransferMode`: the runtime of Lambda for Python returns whole responses.",
)  # fmt: skip
TIMEOUT = Rule(
    "integration-timeout", Verdict.NOTE, "The timeout needs a higher quota",
    f"An integration has at most {_LONGEST} milliseconds, unless the quota is raised, which is "
    "possible for Regional and private APIs.", QUOTAS,
    "Nothing if the account has a higher quota; else lower it.",
)  # fmt: skip
INTRINSIC = Rule(
    "cloudformation-function", Verdict.NOTE, "Only CloudFormation and SAM can import the document",
    "Intrinsic functions are for the templates of CloudFormation.", pages.INTRINSIC_FUNCTIONS,
    "Nothing if you deploy it so, with AWS::Include or as the DefinitionBody. The console and the "
    "CLI import a document as it is.",
)  # fmt: skip
ACCOUNT = Rule(
    "account-id", Verdict.NOTE, "The document is for one account",
    "The import replaces ${AWS::AccountId}, ${AWS::Region} and ${AWS::Partition}.", _VARIABLES,
    "Nothing, or write ${AWS::AccountId} in its place.",
)  # fmt: skip
VARIABLE = Rule(
    "template-variable", Verdict.NOTE, "The import does not replace the variable",
    "The import replaces ${AWS::AccountId}, ${AWS::Region} and ${AWS::Partition}.", _VARIABLES,
    "Replace it in the import document before the import.",
)  # fmt: skip


def find(rendered: Rendered) -> Iterator[Finding]:
    for operation in rendered.contract.operations:
        yield from _integration(operation)
    for site in sites(rendered.contract.root):
        yield from _carried_over(site, rendered)
        for key, node in site.extensions():
            if key == ANY_METHOD:
                continue  # `sites` has its operation
            functions = sorted(set(_functions(node.value)))
            if functions:
                yield finding(INTRINSIC, node, f"{key} has {', '.join(functions)}")
            else:
                yield from _strings(node)


def _carried_over(site: Site, rendered: Rendered) -> Iterator[Finding]:
    made = _made(site, rendered)
    for key, written in site.extensions():
        known = EXTENSIONS.get(key)
        value = written.followed().value
        if key == INTEGRATION and site.steps[1:2]:
            template = rendered.resources.templates.get(str(site.steps[1]))
            value = in_resource_terms(value, template) if template is not None else value
        if known is None or site.place not in known.places:
            yield finding(UNKNOWN_EXTENSION, written, _why_unread(key, site.place))
        elif known.treatment is Treatment.REPORTED:
            yield finding(IDLE_EXTENSION, written, key)
        elif key != ANY_METHOD and not (key in made and is_kept(value, made[key])):
            how = "is replaced by the engine's own" if key in made else "is left out"
            yield finding(LOST_EXTENSION, written, f"{key} {how}")


def _made(site: Site, rendered: Rendered) -> dict[str, Any]:
    """The same object in the import document, which has only some servers and tags."""
    document: Any = rendered.document
    if site.place in (Place.SERVER, Place.TAG):
        listed = document.get(site.steps[0], [])
        return site.node.value if site.node.value in listed else {}
    templates = rendered.resources.templates
    for step in site.steps:
        if isinstance(step, str) and step in templates:
            step = templates[step].resource
        document = document.get(step, {}) if isinstance(document, dict) else {}
    return document if isinstance(document, dict) else {}


def _why_unread(key: str, place: Place) -> str:
    known = EXTENSIONS.get(key)
    if known is not None:
        owners = " or ".join(sorted(each.name.lower().replace("_", " ") for each in known.places))
        return f"{key} belongs to: {owners}; this is: {place.name.lower().replace('_', ' ')}"
    near = difflib.get_close_matches(key, EXTENSIONS, 1)
    return f"{key} is unknown" + (f"; {near[0]} is similar" if near else "")


def _integration(operation: Operation) -> Iterator[Finding]:
    node = operation.node.get(INTEGRATION)
    if node is None:
        return
    if operation.own_integration is not None:
        yield finding(OWN, node, f"{operation.method} {operation.path}: {_target(node.value)}")
    mode, timeout = node.child("responseTransferMode"), node.child("timeoutInMillis")
    streams = mode is not None and str(mode.value).upper() == _STREAM
    if mode is not None and streams and operation.own_integration is None:
        yield finding(STREAMING, mode, f"{operation.id} streams")
    number = timeout.value if timeout is not None else None
    if timeout is not None and isinstance(number, int) and number > _LONGEST and not streams:
        yield finding(TIMEOUT, timeout, f"{operation.id}: {number} milliseconds")


def _target(integration: dict[str, Any]) -> str:
    kind = str(integration.get("type", "aws_proxy")).lower()
    return " ".join((kind, str(integration.get("integrationSubtype", "")))).rstrip()


def _functions(value: Any) -> Iterator[str]:
    """The names of the intrinsic functions in a value."""
    if is_intrinsic(value):
        yield from value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _functions(each)


def _strings(node: Node) -> Iterator[Finding]:
    """What strings have that only one deployment, or no import, can fill in."""
    if isinstance(node.value, str):
        account = _ACCOUNT_ID.search(node.value)
        if account:
            yield finding(ACCOUNT, node, f"an ARN names the account {account[1]}")
        for variable in dict.fromkeys(_VARIABLE.findall(node.value)):
            yield finding(VARIABLE, node, f"the variable {variable}")
    keys: Any = ()
    if isinstance(node.value, dict):
        keys = [key for key in node.value if key not in _VELOCITY]
    elif isinstance(node.value, list):
        keys = range(len(node.value))
    for key in keys:
        child = node.child(key)
        if child is not None:
            yield from _strings(child)
