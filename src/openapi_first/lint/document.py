"""The contract as a whole and its operations: what the import drops or rewrites,
and names in Python that the contract does not give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_first.aws import names, pages
from openapi_first.aws.extensions import EXTENSIONS, PREFIX, Treatment
from openapi_first.lint.rendered import Rendered
from openapi_first.lint.rule import (
    IMPORT,
    JSON_SCHEMA,
    KNOWN_ISSUES,
    NOTHING,
    OPENAPI,
    OPENAPI_3_2,
    SWAGGER_2_0,
    Finding,
    Rule,
    Verdict,
    finding,
)
from openapi_first.openapi.model import RemarkKind
from openapi_first.openapi.node import Node
from openapi_first.openapi.python_names import EXTENSION, derived_names
from openapi_first.openapi.semantics import METHODS

_EXTENSIONS = f"{pages.EXTENSIONS}.html"

OPENAPI_3_1 = Rule(
    "openapi-3-1", Verdict.CHANGED, "The import document is written in OpenAPI 3.0",
    "OpenAPI 2.0 and 3.0 are supported.", IMPORT, NOTHING,
)  # fmt: skip
MODEL_NAME = Rule(
    "model-name", Verdict.CHANGED, "The model's name differs from the schema's",
    "Model names are alphanumeric.", KNOWN_ISSUES, "Nothing, or use only letters and digits.",
)  # fmt: skip
CALLBACKS = Rule(
    "callbacks", Verdict.CHANGED, "Callbacks are dropped",
    "The import creates resources and methods from `paths` only.", IMPORT, NOTHING,
)  # fmt: skip
DEPRECATED = Rule(
    "deprecated", Verdict.CHANGED, "`deprecated` is dropped", "`deprecated` is not supported.",
    KNOWN_ISSUES, NOTHING,
)  # fmt: skip
DERIVED_NAME = Rule(
    "derived-name", Verdict.NOTE, "The name in Python is derived",
    "`operationId` is optional, and names need not be names in Python.",
    f"{OPENAPI}operation-object",
    f"Nothing, or set another name with `{EXTENSION}`.",
)  # fmt: skip
IDLE_EXTENSION = Rule(
    "idle-extension", Verdict.NOTE, "The extension has no effect on a REST API",
    "Some extensions are for HTTP APIs only.", _EXTENSIONS, "Nothing, or remove it.",
)  # fmt: skip
LOST_EXTENSION = Rule(
    "lost-extension", Verdict.NOWHERE, "The extension does not reach API Gateway",
    "The import acts on the extensions of the document that is imported.", _EXTENSIONS,
    "Remove it, or write it into the import document after `contract gateway`.",
)  # fmt: skip
MISSHAPEN_ANNOTATION = Rule(
    "misshapen-annotation", Verdict.NOTE, "The annotation has the wrong shape, and is ignored",
    "Annotations do not affect validation.",
    f"{JSON_SCHEMA}json-schema-validation#section-9",
    "Write it in the shape of the specification, or remove it.",
)  # fmt: skip
NEW_IN_3_2 = Rule(
    "new-in-openapi-3-2", Verdict.NOTE, "What only OpenAPI 3.2 has is ignored",
    "OpenAPI 3.2 adds members to 3.1; these only document.",
    f"{OPENAPI_3_2}appendix-a-revision-history", NOTHING,
)  # fmt: skip
SWAGGER = Rule(
    "swagger-reading", Verdict.NOTE, "OpenAPI 3.0 says it differently than Swagger 2.0",
    "Swagger 2.0 has other media types, names and arrays than OpenAPI 3.0.",
    f"{SWAGGER_2_0}specification",
    "Nothing, or write what is meant.",
)  # fmt: skip
SWAGGER_LOSS = Rule(
    "swagger-loss", Verdict.NOWHERE, "OpenAPI 3.0 has no counterpart",
    "Swagger 2.0 has forms of arrays and headers that OpenAPI 3.0 does not have.",
    f"{SWAGGER_2_0}parameter-object",
    "Write it in a way that both versions have.",
)  # fmt: skip

_REMARKS = {
    RemarkKind.MISSHAPEN: MISSHAPEN_ANNOTATION,
    RemarkKind.NEW_IN_3_2: NEW_IN_3_2,
    RemarkKind.CONVERTED: SWAGGER,
    RemarkKind.UNENFORCED: SWAGGER_LOSS,
}


def find(rendered: Rendered) -> Iterator[Finding]:
    contract = rendered.contract
    for remark in contract.remarks:
        yield finding(_REMARKS[remark.kind], remark.node, remark.detail)
    root = contract.root
    if contract.openapi == "3.1":
        written = ".".join(str(root.value["openapi"]).split(".")[:2])
        yield finding(OPENAPI_3_1, root.child("openapi") or root, f"OpenAPI {written}")
    components = root.get("components")
    schemas = components.child("schemas") if components is not None else None
    for name in schemas.value if schemas is not None else ():
        node = schemas.child(name) if schemas is not None else None
        if node is not None and not names.MODEL_NAME.fullmatch(name):
            yield finding(MODEL_NAME, node, f"the schema {name}")
    for operation in contract.operations:
        for rule in (DEPRECATED, CALLBACKS):
            node = operation.node.child(rule.id)
            if node is not None and node.value:
                yield finding(rule, node, f"{rule.id} of {operation.id}")
        for each in derived_names(operation):
            detail = f"{each.owner} is {each.name} in Python"
            yield finding(DERIVED_NAME, each.node, detail)
    yield from _extensions(rendered)


def _extensions(rendered: Rendered) -> Iterator[Finding]:
    """Extensions without effect; those of security schemes are for `security` to find."""
    for node, steps in _extensible(rendered):
        made: Any = rendered.document
        for step in steps:
            made = made.get(step, {})
        for key in node.value:
            place = node.child(key)
            if not key.startswith(PREFIX) or place is None:
                continue
            known = EXTENSIONS.get(key)
            if known is not None and known.treatment is Treatment.REPORTED:
                yield finding(IDLE_EXTENSION, place, key)
            elif key not in made:
                yield finding(LOST_EXTENSION, place, f"{key} is left out")
            elif made[key] != place.value:
                yield finding(LOST_EXTENSION, place, f"{key} is replaced by the engine's own")


def _extensible(rendered: Rendered) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """The objects that may have extensions, and where they are in the import document."""
    root, templates = rendered.contract.root, rendered.resources.templates
    yield root, ()
    paths = root.get("paths")
    for path, item in paths.items() if paths is not None else ():
        if not path.startswith("/"):
            continue
        path = templates[path].resource if path in templates else path
        yield item, ("paths", path)
        for method in METHODS:
            operation = item.get(method)
            if operation is not None:
                yield operation, ("paths", path, method)
    for name in ("servers", "tags"):
        listed = root.get(name)
        for each in listed.elements() if listed is not None else ():
            yield each, (name,)
    components = root.get("components")
    if components is not None:
        yield components, ("components",)
