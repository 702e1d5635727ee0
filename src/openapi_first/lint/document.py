"""The contract as a whole and its operations: what the import drops or rewrites,
and names in Python that the contract does not give."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_first.aws import names
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.findings.rule import (
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
from openapi_first.openapi.python_names import EXTENSION, derived_names

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
    f"Nothing. To keep the name, run `contract fix`; for another, set `{EXTENSION}`.",
)  # fmt: skip
MISSHAPEN_ANNOTATION = Rule(
    "misshapen-annotation", Verdict.NOTE, "The annotation has the wrong shape, and is ignored",
    "Annotations do not affect validation.",
    f"{JSON_SCHEMA}json-schema-validation#section-9",
    "Write it in the shape of the specification, or remove it.",
)  # fmt: skip
NEW_IN_3_2 = Rule(
    "new-in-openapi-3-2", Verdict.NOTE, "The member only documents, and is ignored",
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
        for each in derived_names(operation) if operation.own_integration is None else ():
            detail = f"{each.owner} is {each.name} in Python"
            yield finding(DERIVED_NAME, each.node, detail)
