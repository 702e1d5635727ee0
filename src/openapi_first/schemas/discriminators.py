"""Lowers discriminators: each branch requires the property to have one of the branch's names.

OpenAPI 3.0.3 §4.7.25: the property is required, and its value names a schema of the list. Without
`oneOf` or `anyOf`, a discriminator does not affect validation (3.1.1 §4.8.25).
"""

from __future__ import annotations

from typing import Any

from openapi_first.core.json_pointer import unescaped
from openapi_first.documents.errors import ContractError, Diagnostic
from openapi_first.documents.node import Node


def selects(node: Node) -> bool:
    """Whether the discriminator at `node` constrains a value: it has branches, and all of them have
    names."""
    branches = node.child("oneOf") or node.child("anyOf")
    return branches is not None and all(
        isinstance(branch, dict) and "$ref" in branch for branch in branches.value
    )


def branch_names(node: Node, errors: list[Diagnostic]) -> dict[int, list[str]]:
    """The values that select each branch of `oneOf` or `anyOf`, by its index: the values in the
    mapping, and the schema's own name (§4.7.25.1). Empty if a branch has no name: inline schemas
    are not considered, so the property does not select."""
    if not selects(node):
        return {}
    discriminator = node.child("discriminator")
    branches = node.child("oneOf") or node.child("anyOf")
    assert discriminator is not None
    assert branches is not None
    indexes: dict[object, int] = {}
    names: dict[int, list[str]] = {}
    for index in range(len(branches.value)):
        branch = branches.child(index)
        assert branch is not None
        target = branch.resolve(branch.value["$ref"])
        indexes[target.identity] = index
        names[index] = [unescaped(target.pointer.rpartition("/")[2])]
    mapping = discriminator.child("mapping")
    for value, reference in mapping.value.items() if mapping is not None else ():
        entry = mapping.child(value) if mapping is not None else None
        assert entry is not None
        if "#" not in reference and "/" not in reference and "." not in reference:
            reference = f"#/components/schemas/{reference}"  # a name: §4.7.25.2
        try:
            index = indexes[entry.resolve(str(reference)).identity]
        except ContractError as error:
            errors.extend(error.diagnostics)
        except KeyError:
            errors.append(
                entry.diagnostic(
                    f"the schema of {value} is not one of the branches",
                    "Add it, or remove the entry.",
                )
            )
        else:
            names[index].append(str(value))
    return names


def apply_discriminator(node: Node, schema: dict[str, Any], errors: list[Diagnostic]) -> None:
    """Restricts each branch of the lowered `schema` to the values that select it."""
    name = node.value["discriminator"]["propertyName"]
    key = "oneOf" if "oneOf" in schema else "anyOf"
    for index, values in branch_names(node, errors).items():
        chosen = {"required": [name], "properties": {name: {"enum": values}}}
        schema[key][index] = {"allOf": [chosen, schema[key][index]]}
