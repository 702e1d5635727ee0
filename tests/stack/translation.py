"""The template as SAM translates it, and questions to it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stack.template import TEMPLATE

TRANSLATE = Path(__file__).with_name("translate.py")


def translated(python: Path, *parameters: str) -> dict[str, Any]:
    done = subprocess.run(
        [python, TRANSLATE, TEMPLATE, *parameters], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    template: dict[str, Any] = json.loads(done.stdout)
    return template


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def the(template: dict[str, Any], kind: str) -> tuple[str, dict[str, Any]]:
    (found,) = of_type(template, kind).items()
    return found


def references(value: Any) -> Iterator[str]:
    """The resources, parameters and pseudo parameters that a value names."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref":
                yield inner
            elif key == "Fn::GetAtt":
                yield inner[0]
            elif key == "Fn::Sub":
                text, own = (inner, {}) if isinstance(inner, str) else inner
                named = {name.split(".")[0] for name in re.findall(r"\$\{([^}]+)\}", text)}
                yield from sorted(named - own.keys())
                yield from references(own)
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)
