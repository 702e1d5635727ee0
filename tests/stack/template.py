"""template.yaml as plain data: `!Ref X` reads as `{"Ref": "X"}`, as in CloudFormation's JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"


class _Loader(yaml.CSafeLoader):
    pass


def _function(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix == "Ref" else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _function)


def read(file: Path = TEMPLATE) -> dict[str, Any]:
    template: dict[str, Any] = yaml.load(file.read_text(), _Loader)
    return template


def alternatives(value: Any) -> Iterator[Any]:
    """The values that a property may have: both of an Fn::If, AWS::NoValue apart."""
    if isinstance(value, dict) and "Fn::If" in value:
        yield from alternatives(value["Fn::If"][1])
        yield from alternatives(value["Fn::If"][2])
    elif value != {"Ref": "AWS::NoValue"}:
        yield value


def statements(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each statement of each policy, with its role or the like."""
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        documents = [properties.get("PolicyDocument"), properties.get("AssumeRolePolicyDocument")]
        for entry in properties.get("Policies", []):
            documents += [policy["PolicyDocument"] for policy in alternatives(entry)]
        for document in filter(None, documents):
            for statement in document["Statement"]:
                yield name, statement
