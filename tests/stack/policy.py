"""The function's policy against the calls to AWS that the service has made in a run."""

from __future__ import annotations

import ast
from pathlib import Path

from openapi_first.stage.functions import worker
from stack.template import ROOT, alternatives, read, statements

SERVICE = ROOT / "src" / "items"
WORKER = worker.__name__
# What `contract serve --setup items.table` does before the function starts, and in its environment,
# so that moto cannot distinguish the two. A function that did so would be seen in its own process.
SET_UP = {"dynamodb:CreateTable", "dynamodb:DescribeTable"}
POLICY = {
    action
    for role, statement in statements(read())
    if role == "FunctionRole"
    and {"Fn::GetAtt": ["Table", "Arn"]} in alternatives(statement.get("Resource"))
    for action in statement["Action"]
}


def function_modules() -> set[str]:
    """What a started function imports of the service: not `items.table`, which no function does."""
    found: set[str] = set()
    waiting = [SERVICE / "__init__.py", SERVICE / "handler.py"]
    while waiting:
        path = waiting.pop()
        name = ".".join(path.relative_to(SERVICE.parent).with_suffix("").parts)
        if name not in found:
            found.add(name)
            waiting += _imported(path)
    return {name.removesuffix(".__init__") for name in found}


def _imported(path: Path) -> list[Path]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == SERVICE.name:
            found += [SERVICE / f"{alias.name}.py" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("items."):
            assert node.module is not None
            found.append(SERVICE.parent.joinpath(*node.module.split(".")).with_suffix(".py"))
    return found


def complaints(calls: set[tuple[str, str]], *, whole: bool) -> list[str]:
    """What is wrong with the calls, as pairs of module and call; `whole` if all tests have run."""
    modules = function_modules()
    made = {call for module, call in calls if module in modules}
    made |= {call for module, call in calls if module == WORKER} - SET_UP
    others = {call for module, call in calls if module == "items.table"} - SET_UP
    return [
        *(f"{call} was called, and template.yaml does not allow it" for call in made - POLICY),
        *(f"{call} was called by the set-up of the table" for call in others),
        *(
            f"{call} is allowed in template.yaml, and no test called it"
            for call in (POLICY - made if whole else ())
        ),
    ]
