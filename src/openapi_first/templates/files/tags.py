"""Reads a template: JSON, or YAML with the short forms of intrinsic functions.

AWS: intrinsic-function-reference, template-formats. CloudFormation reads YAML 1.1, in which `yes`
and `on` are true.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from openapi_first.core.json_pointer import escaped
from openapi_first.documents.source import Source, read_source
from openapi_first.documents.yaml_document import YamlBuilder

_TRUE = frozenset({"yes", "Yes", "YES", "on", "On", "ON"})
_FALSE = frozenset({"no", "No", "NO", "off", "Off", "OFF"})
_LEADING_ZERO = re.compile(r"0[0-9]+")
_WITHOUT_PREFIX = frozenset({"Ref", "Condition"})


class TemplateBuilder(YamlBuilder):
    """Writes each short form as the object that it is short for. Of a repeated key the last value
    counts, as in CloudFormation (aws-cloudformation/cfn-lint#35); `repeated` has their pointers."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.repeated: list[str] = []

    def _takes_repeated(self, _: Any, pointer: str) -> bool:
        self.repeated.append(pointer)
        return True

    def build(self, node: Any, pointer: str) -> Any:
        tag = node.tag or ""
        if not tag.startswith("!") or tag == "!":
            if isinstance(node, yaml.ScalarNode) and not node.style:
                self.lines.setdefault(pointer, node.start_mark.line + 1)
                if node.value in _TRUE or node.value in _FALSE:
                    return node.value in _TRUE
                if _LEADING_ZERO.fullmatch(node.value):
                    return node.value  # an account ID
            return super().build(node, pointer)
        name = tag[1:]
        key = name if name in _WITHOUT_PREFIX else f"Fn::{name}"
        self.lines.setdefault(pointer, node.start_mark.line + 1)
        argument = super().build(node, f"{pointer}/{escaped(key)}")
        if name == "GetAtt" and isinstance(argument, str):
            argument = argument.split(".", 1)
        return {key: argument}


def read_file(path: Path) -> Source:
    """The values of a file. Raises ContractError as `read_source` does."""
    return read_with_repeated(path)[0]


def read_with_repeated(path: Path) -> tuple[Source, list[str]]:
    """The values of a file, and the JSON Pointers of its repeated keys. Raises ContractError as
    `read_source` does."""
    repeated: list[str] = []

    def builder(path: Path) -> TemplateBuilder:
        made = TemplateBuilder(path)
        made.repeated = repeated
        return made

    return read_source(path, builder=builder), repeated
