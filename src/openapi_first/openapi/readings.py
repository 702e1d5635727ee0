"""What is read differently from what is written: Swagger 2.0, OpenAPI 3.2, misshapen annotations.

Errors and findings point to what is written, also in a document that is converted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from openapi_first.dialects.annotations import drop_misshapen
from openapi_first.dialects.new_in_3_2 import new_in_3_2
from openapi_first.dialects.part import Part
from openapi_first.dialects.swagger.checks import check
from openapi_first.dialects.swagger.conversion import convert
from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.node import Node
from openapi_first.openapi.model import Remark, RemarkKind


def without_misshapen(root: Node, version: str) -> list[Remark]:
    """Removes the annotations with a wrong shape, which nothing depends on."""
    found = drop_misshapen(root, version)
    return [Remark(RemarkKind.MISSHAPEN, _node(part), detail) for part, detail in found]


def openapi_3_1(root: Node) -> tuple[list[Remark], list[Diagnostic]]:
    """What a document of 3.2 has that one of 3.1 has not: what is ignored, and what is an error."""
    remarks, errors = [], []
    for each in new_in_3_2(root):
        named = f"{each.name} is new in OpenAPI 3.2"
        if each.remedy is None:
            remarks.append(Remark(RemarkKind.NEW_IN_3_2, _node(each.part), named))
        else:
            detail = f"{named}, and is not supported yet"
            errors.append(_node(each.part).diagnostic(detail, each.remedy))
    return remarks, errors


def openapi_3_0(root: Node, errors: Iterable[Diagnostic]) -> tuple[Node, list[Remark]]:
    """The converted document, and what is read differently. `errors` are those found so far.

    Raises ContractError with these and the document's own, if there is any: a document that
    Swagger's schema refuses cannot be converted.
    """
    found = list(errors) or [
        _node(each.part).diagnostic(each.detail, each.remedy) for each in check(root)
    ]
    if found:
        raise ContractError(found)
    conversion = convert(root)
    nodes = {pointer: _node(part) for pointer, part in conversion.origins.items()}
    source = replace(
        root.source,
        value=conversion.document,
        targets={},
        origins={pointer: (node.source, node.pointer) for pointer, node in nodes.items()},
    )
    remarks = [
        Remark(
            RemarkKind.CONVERTED if loss.enforced else RemarkKind.UNENFORCED,
            _node(loss.part),
            loss.detail,
        )
        for loss in conversion.losses
    ]
    return Node(source, source.value, ""), remarks


def _node(part: Part) -> Node:
    """Only nodes make parts."""
    return cast(Node, part)
