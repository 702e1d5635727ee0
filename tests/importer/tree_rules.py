"""What becomes of paths and operations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from importer.rules import GUIDE, Document, Outcome, rule
from importer.walking import authorizers, children, methods, parameters, pointed
from importer.walking import references as written_references

_REFUSED, _LEFT_OUT, _QUOTA = Outcome.REFUSED, Outcome.LEFT_OUT, Outcome.QUOTA
_IGNORED = Outcome.IGNORED
_QUOTAS = GUIDE + "api-gateway-execution-service-limits-table.html"
_IMPORT = GUIDE + "api-gateway-import-api.html"
_PUT_METHOD = "https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html"
_SEGMENT = re.compile(r"[A-Za-z0-9_.,:-]+|\{[A-Za-z0-9_.,:-]+\+?\}")


def _steps(path: str) -> list[str]:
    return [step for step in path.strip("/").split("/") if step]


@rule("openapi-version", _REFUSED, "OpenAPI 2.0 and 3.0 are supported.", _IMPORT)
def _(document: Document) -> Iterator[str]:
    if not re.fullmatch(r"3\.0(\.\d+)?", str(document.get("openapi"))):
        yield "/openapi"


@rule("definition-size", _QUOTA, "An API definition has at most 6 MB.", _QUOTAS)
def _(document: Document) -> Iterator[str]:
    if len(json.dumps(document).encode()) > 6 * 1024 * 1024:
        yield ""


@rule("resources", _QUOTA, "An API has at most 300 resources.", _QUOTAS)
def _(document: Document) -> Iterator[str]:
    found = {()}
    for path in document.get("paths", {}):
        steps = _steps(path)
        found |= {tuple(steps[: index + 1]) for index in range(len(steps))}
    if len(found) > 300:
        yield "/paths"


@rule("path-begins", _REFUSED, "A path begins with a slash.", _IMPORT)
def _(document: Document) -> Iterator[str]:
    for path in document.get("paths", {}):
        if not path.startswith("/"):
            yield pointed("paths", path)


@rule(
    "path-segment", _REFUSED,
    "A path segment has alphanumeric characters, hyphens, periods, commas, colons, underscores "
    "and braces alone; a path parameter is a segment of its own.",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for path in document.get("paths", {}):
        if path.startswith("/") and not all(map(_SEGMENT.fullmatch, _steps(path))):
            yield pointed("paths", path)


@rule(
    "sibling-variable", _REFUSED,
    "A sibling of this resource already has a variable path part: only one is allowed.",
    "https://docs.aws.amazon.com/apigateway/latest/api/API_CreateResource.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    variables: dict[tuple[str, ...], str] = {}
    for path in document.get("paths", {}):
        steps = _steps(path)
        for index, step in enumerate(steps):
            if step.startswith("{"):
                known = variables.setdefault(tuple(steps[:index]), step)
                if known != step:
                    yield pointed("paths", path)


@rule(
    "greedy-child", _REFUSED,
    "Cannot create a child of a resource with a greedy path variable.",
    "https://docs.aws.amazon.com/apigateway/latest/api/API_CreateResource.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for path in document.get("paths", {}):
        if any(step.endswith("+}") for step in _steps(path)[:-1]):
            yield pointed("paths", path)


@rule(
    "method", _REFUSED, "The methods are GET, PUT, POST, DELETE, PATCH, OPTIONS, HEAD and ANY.",
    _PUT_METHOD,
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for path, item in document.get("paths", {}).items():
        if "trace" in item:
            yield pointed("paths", path, "trace")


@rule(
    "path-parameters", _LEFT_OUT, "Parameters are declared on operations: a path has none.",
    _IMPORT,
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for path, item in document.get("paths", {}).items():
        if item.get("parameters"):
            yield pointed("paths", path, "parameters")


@rule(
    "parameter-name", _REFUSED, "The name of a request parameter matches ^[a-zA-Z0-9._$-]+$.",
    GUIDE + "rest-api-parameter-mapping-sources.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for parameter, pointer in parameters(document):
        # A colon was seen to be taken too.
        if not re.fullmatch("[a-zA-Z0-9:._$-]+", str(parameter.get("name"))):
            yield pointer


@rule(
    "parameter-location", _LEFT_OUT, "Parameters are in the path, the query or the headers.",
    GUIDE + "rest-api-parameter-mapping-sources.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for parameter, pointer in parameters(document):
        if parameter.get("in") not in ("path", "query", "header"):
            yield pointer


@rule(
    "parameter-attribute", _LEFT_OUT,
    "Of a parameter, name, in, required, type and description are supported; others are ignored.",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for parameter, pointer in parameters(document):
        for key in parameter.keys() - {"name", "in", "required", "description", "schema"}:
            yield f"{pointer}/{key}"
        for key in parameter.get("schema", {}).keys() - {"type"}:
            yield f"{pointer}/schema/{key}"


@rule("operation-deprecated", _IGNORED, "The deprecated field is not supported and is dropped.")
def _(document: Document) -> Iterator[str]:
    for _, _, operation, pointer in methods(document):
        if operation.get("deprecated"):
            yield f"{pointer}/deprecated"


@rule("callbacks", _IGNORED, "Resources and methods are made of the paths alone.", _IMPORT)
def _(document: Document) -> Iterator[str]:
    for _, _, operation, pointer in methods(document):
        for key in ("callbacks", "servers"):
            if operation.get(key):
                yield f"{pointer}/{key}"


@rule(
    "response-status", _IGNORED, "A method response has one status code.",
    "https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethodResponse.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for _, _, operation, pointer in methods(document):
        for status, _, place in children(operation.get("responses", {}), f"{pointer}/responses"):
            if not re.fullmatch("[1-5][0-9]{2}", str(status)):
                yield place


@rule("root-security", _LEFT_OUT, "Root-level security is not used: it is set per operation.")
def _(document: Document) -> Iterator[str]:
    # Recorded imports show that authorizers are, by operations that have no security.
    guarded = {name for name, _, _ in authorizers(document)}
    for index, requirement in enumerate(document.get("security", [])):
        for name in requirement.keys() - guarded:
            yield pointed("security", index, name)


@rule(
    "servers", _IGNORED, "With basepath=ignore, the default, the servers have no effect.",
    GUIDE + "api-gateway-import-api-basePath.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    if document.get("servers"):
        yield "/servers"


@rule(
    "security-scheme", _REFUSED, "An operation names security schemes that are defined.",
    GUIDE + "api-key-usage-plan-oas.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    schemes = document.get("components", {}).get("securitySchemes", {})
    for _, _, operation, pointer in methods(document):
        for index, requirement in enumerate(operation.get("security", [])):
            for name in requirement.keys() - schemes.keys():
                yield pointer + pointed("security", index, name)


@rule("security-type", _LEFT_OUT, "A scheme's type is apiKey; others work through authorizers.")
def _(document: Document) -> Iterator[str]:
    guarded = {name for name, _, _ in authorizers(document)}
    schemes = document.get("components", {}).get("securitySchemes", {})
    other = {name for name, scheme in schemes.items() if scheme.get("type") != "apiKey"} - guarded
    for _, _, operation, pointer in methods(document):
        for index, requirement in enumerate(operation.get("security", [])):
            for name in requirement.keys() & other:
                yield pointer + pointed("security", index, name)


@rule("reference-elsewhere", _REFUSED, "A $ref may not name another file.")
def _(document: Document) -> Iterator[str]:
    for reference, pointer in written_references(document):
        if not reference.startswith("#"):
            yield pointer


@rule(
    "reference-unknown", _REFUSED, "Reference to a model that is not found: a warning.",
    GUIDE + "api-gateway-import-api-errors-warnings.html",
)  # fmt: skip
def _(document: Document) -> Iterator[str]:
    for reference, pointer in written_references(document):
        if reference.startswith("#") and not _resolves(document, reference):
            yield pointer


def _resolves(document: object, reference: str) -> bool:
    value = document
    for step in reference.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    return True
