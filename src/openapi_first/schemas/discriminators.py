"""Discriminators, lowered: each branch asks for the names that stand for it.

OpenAPI 3.0.3 §4.7.25: the property must be there, and its value names a schema of the list. A
discriminator beside neither `oneOf` nor `anyOf` changes no outcome (3.1.1 §4.8.25).
"""

from __future__ import annotations

from typing import Any

from openapi_first.openapi.errors import ContractError, ContractFault
from openapi_first.openapi.node import Node


def branch_names(node: Node, faults: list[ContractFault]) -> dict[int, list[str]]:
    """For each branch of the schema's `oneOf` or `anyOf`, by its index, the values that name it:
    those of the mapping, and the schema's own name (§4.7.25.1)."""
    discriminator = node.child("discriminator")
    branches = node.child("oneOf") or node.child("anyOf")
    assert discriminator is not None
    if branches is None:
        return {}
    places: dict[object, int] = {}
    names: dict[int, list[str]] = {}
    for index in range(len(branches.value)):
        branch = branches.child(index)
        assert branch is not None
        if not isinstance(branch.value, dict) or "$ref" not in branch.value:
            faults.append(
                branch.fault(
                    "a discriminator cannot choose a schema that has no name",
                    "Move it to components/schemas and refer to it.",
                )
            )
            continue
        target = branch.resolve(branch.value["$ref"])
        places[target.place] = index
        names[index] = [target.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")]
    mapping = discriminator.child("mapping")
    for value, reference in mapping.value.items() if mapping is not None else ():
        place = mapping.child(value) if mapping is not None else None
        assert place is not None
        if "#" not in reference and "/" not in reference and "." not in reference:
            reference = f"#/components/schemas/{reference}"  # a name: §4.7.25.2
        try:
            index = places[place.resolve(str(reference)).place]
        except ContractError as error:
            faults.extend(error.faults)
        except KeyError:
            faults.append(
                place.fault(f"{value} names none of the schemas listed", "List it, or remove it.")
            )
        else:
            names[index].append(str(value))
    return names


def discriminated(node: Node, schema: dict[str, Any], faults: list[ContractFault]) -> None:
    """Holds each branch of the lowered `schema` to the values that name it."""
    name = node.value["discriminator"]["propertyName"]
    key = "oneOf" if "oneOf" in schema else "anyOf"
    for index, values in branch_names(node, faults).items():
        chosen = {"required": [name], "properties": {name: {"enum": values}}}
        schema[key][index] = {"allOf": [chosen, schema[key][index]]}
