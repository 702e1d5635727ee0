"""The packages of the engine and what each may import; `make architecture` writes their table.

The tests read MAY_IMPORT from here and check the code against it.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "src" / "openapi_first"
PAGE = ROOT / "ARCHITECTURE.md"

MAY_IMPORT = {
    "aws": "",
    "core": "",
    "decimals": "",
    "sdk": "",
    "patterns": "core",
    "dialects": "core",
    "dialects.swagger": "aws core dialects",
    "documents": "aws core",
    "openapi": "aws core documents dialects dialects.swagger",
    "fix": "core documents openapi",
    "schemas": "core documents openapi",
    "runtime.lifecycle": "",
    "runtime.problems": "core runtime.telemetry",
    "runtime.telemetry": "",
    "runtime.wire": "core",
    "runtime": "core runtime.lifecycle runtime.problems runtime.telemetry runtime.wire",
    "runtime.pre_traffic": "core runtime runtime.wire",
    "resources": "aws core documents openapi",
    "compiler": "aws core documents openapi schemas patterns resources runtime runtime.problems "
    "runtime.wire",
    "python_types": "core documents openapi schemas patterns runtime",
    "import_document.extensions": "aws documents openapi resources",
    "import_document": "aws core decimals documents openapi schemas resources "
    "import_document.extensions",
    "lint.findings": "aws core documents openapi schemas resources compiler import_document",
    "lint": "aws core dialects documents openapi schemas resources runtime compiler "
    "import_document import_document.extensions lint.findings",
    "lint.reports": "core lint.findings",
    "diff.findings": "core documents schemas",
    "diff.schemas": "core documents openapi schemas patterns runtime diff.findings",
    "diff": "aws core documents openapi schemas diff.findings diff.schemas",
    "drift": "aws core decimals sdk",
    "stage.messages": "aws core",
    "stage.models": "core decimals patterns",
    "stage.policies": "core",
    "stage.api": "aws core patterns stage.messages stage.models stage.policies",
    "stage.support": "aws core stage.policies stage.api",
    "stage.functions": "aws core sdk stage.messages",
    "stage.access": "aws core stage.messages stage.policies stage.api stage.functions",
    "stage.usage": "aws core stage.messages stage.api stage.access",
    "stage.mapping": "aws stage.messages stage.api",
    "stage.integrations": "aws core stage.messages stage.api stage.mapping",
    "stage.gateway": "aws core runtime.wire stage.messages stage.models stage.api "
    "stage.functions stage.access stage.usage stage.integrations",
    "stage.http": "aws core stage.messages stage.gateway",
    "stage.console": "aws core stage.messages stage.gateway",
    "stage": "aws core stage.messages stage.models stage.api stage.support stage.functions "
    "stage.access stage.usage stage.integrations stage.gateway stage.http stage.console",
    "samples.values": "patterns",
    "samples": "core documents openapi schemas patterns runtime samples.values",
    "conformance.model": "core documents openapi",
    "conformance.roles": "core documents openapi conformance.model",
    "conformance.requests": "core documents openapi schemas samples conformance.model "
    "conformance.roles",
    "conformance.judging": "aws core decimals documents openapi schemas runtime runtime.wire "
    "compiler import_document samples conformance.model conformance.roles conformance.requests",
    "conformance.coverage": "aws core documents openapi schemas runtime import_document "
    "samples conformance.model conformance.requests conformance.judging",
    "conformance.http": "core documents openapi sdk conformance.model conformance.requests "
    "conformance.judging",
    "conformance.cases": "aws core documents openapi samples conformance.model conformance.roles "
    "conformance.requests conformance.judging",
    "conformance.generation": "core documents openapi conformance.model conformance.roles "
    "conformance.requests conformance.judging",
    "conformance.phases": "core documents openapi samples conformance.model conformance.roles "
    "conformance.requests conformance.judging conformance.coverage conformance.http "
    "conformance.cases conformance.generation",
    "conformance.life_cycle": "core documents openapi samples conformance.model conformance.roles "
    "conformance.judging conformance.phases",
    "conformance.reports": "aws core documents openapi conformance.model conformance.judging "
    "conformance.coverage",
    "conformance": "aws core documents openapi runtime compiler conformance.model "
    "conformance.roles conformance.requests conformance.judging conformance.coverage "
    "conformance.http conformance.cases conformance.generation conformance.phases "
    "conformance.life_cycle conformance.reports",
    "pre_traffic": "aws core openapi resources samples conformance.model conformance.requests",
    "mock": "core documents openapi schemas samples runtime runtime.wire conformance.model "
    "conformance.roles",
    "clients": "core dialects documents openapi",
    "project": "aws core documents openapi compiler import_document lint lint.findings "
    "python_types",
    "project.upgrade": "core project",
    "templates.files": "aws core documents",
    "templates.intrinsics": "core templates.files",
    "templates.sam": "core templates.files",
    "templates.rest": "aws core dialects.swagger documents templates.files templates.intrinsics",
    "templates": "core documents templates.files templates.intrinsics templates.sam templates.rest",
    "serving.access": "aws samples.values stage.messages stage.api stage.functions stage.access",
    "serving.dynamodb": "core stage",
    "serving.screen": "aws core documents openapi samples runtime runtime.telemetry "
    "conformance.model conformance.requests conformance.http serving.access stage "
    "stage.messages stage.api stage.functions stage.access",
    "serving.functions": "aws core templates serving.screen stage.functions stage.messages",
    "serving": "aws core documents openapi resources samples templates.files templates.rest "
    "runtime runtime.wire compiler import_document conformance.model conformance.judging "
    "conformance.coverage conformance.reports serving.access serving.dynamodb "
    "serving.screen stage stage.messages stage.api stage.functions stage.access stage.usage "
    "stage.gateway stage.http stage.console",
    "serving.templates": "aws core templates templates.files serving serving.access "
    "serving.dynamodb serving.functions serving.screen stage stage.access stage.functions "
    "stage.http stage.messages stage.usage",
    "serving.testing": "core project templates.files serving serving.access stage "
    "stage.messages stage.api stage.functions stage.access stage.http",
    "deployment.account": "core sdk",
    "deployment.stack": "deployment.account",
    "deployment.settings": "templates.files templates.intrinsics deployment.account "
    "deployment.stack",
    "deployment.gateway": "deployment.account deployment.stack deployment.settings",
    "deployment": "core openapi project deployment.account deployment.stack "
    "deployment.settings deployment.gateway",
    "cli": "*",
    "cli.terminal": "core",
    "cli.options": "aws core documents openapi compiler import_document import_document.extensions "
    "project",
}
"""The packages of the engine, each with those it may import; `*` is all of them."""

BEGIN = "<!-- The table is generated by `make architecture`; do not edit it. -->\n"
END = "<!-- End of the table. -->\n"


def page_with_table(page: str) -> str:
    """ARCHITECTURE.md with the table of today's packages between its two markers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        sys.exit(f"{PAGE.name}: the markers of the table are missing: {BEGIN}{END}")
    return f"{before}{begin}\n{_table()}\n{end}{after}"


def _table() -> str:
    rows = ["| package | what it does | may import |", "|---|---|---|"]
    rows += [
        f"| `{package}` | {_first_line(package)} | {_allowed(package)} |" for package in MAY_IMPORT
    ]
    return "\n".join(rows) + "\n"


def _first_line(package: str) -> str:
    path = ENGINE.joinpath(*package.split("."), "__init__.py")
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


def _allowed(package: str) -> str:
    """All packages inside the package itself are written as one: `stage.*`."""
    allowed = MAY_IMPORT[package].split()
    if allowed == ["*"]:
        return "everything"
    inside = {each for each in MAY_IMPORT if each.startswith(f"{package}.")}
    if inside and inside <= set(allowed):
        allowed = [each for each in allowed if each not in inside] + [f"{package}.*"]
    return ", ".join(f"`{each}`" for each in allowed) or "nothing"


if __name__ == "__main__":
    PAGE.write_text(page_with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
