"""Compares the verdicts of lint with what the stage and the handler do with requests."""

from __future__ import annotations

import asyncio
import copy
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote, urlencode

from differential.wire import Sent
from openapi_first.compiler.compile import compile_contract
from openapi_first.core.json_pointer import unescaped
from openapi_first.lint.findings.rendered import Rendered
from openapi_first.lint.lint import lint
from openapi_first.lint.reports.formats import as_json
from openapi_first.openapi.loader import load
from openapi_first.runtime import lambda_handler
from openapi_first.stage.app import Stage
from openapi_first.stage.messages.invoker import InvocationResult
from verdicts.contracts import Generated, generated

VERDICTS = ("gateway", "lambda", "nowhere")


@dataclass
class Table:
    """What was compared. `constraints` are those that lint lists for requests."""

    contracts: int = 0
    constraints: Counter[str] = field(default_factory=Counter)
    violated: Counter[str] = field(default_factory=Counter)
    without_request: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of the constraints, those with a request that violates only them."""
        return self.violated.total() / max(self.constraints.total(), 1)

    def __str__(self) -> str:
        lines = [f"{self.contracts} contracts"]
        for verdict in VERDICTS:
            lines.append(
                f"{verdict:8} {self.constraints[verdict]:6} constraints, "
                f"{self.violated[verdict]:6} violated by a request"
            )
        lines.append(f"{self.share:.1%} of the constraints have such a request")
        lines.append(f"{len(self.disagreements)} disagreements")
        return "\n".join(lines)


class _Function:
    """The handler as the function that the stage invokes."""

    def __init__(self, handler: Any) -> None:
        self._handler = handler
        self.invoked = 0

    async def invoke(self, event: bytes) -> InvocationResult:
        self.invoked += 1
        return InvocationResult(json.dumps(self._handler(json.loads(event), None)).encode())


class Deployment:
    """A contract in the stage, before the handler that is compiled from it, in this process."""

    def __init__(self, made: Generated, folder: Path) -> None:
        path = folder / "openapi.yaml"
        path.write_text(json.dumps(made.document), encoding="utf-8")
        contract = load(path)
        rendered = Rendered.of(contract)
        self.findings: list[dict[str, Any]] = json.loads(as_json(lint(rendered)))["findings"]
        module = ModuleType("compiled_contract")
        module.__file__ = str(folder / "compiled.py")
        source = compile_contract(contract, [], rendered.plans)
        exec(compile(source, module.__file__, "exec"), module.__dict__)
        operations = ModuleType("operations")
        operations.call = lambda **_: None  # type: ignore[attr-defined]
        self._function = _Function(lambda_handler(module, operations))
        variables = {"function": "f"}
        self._stage = Stage(
            rendered.document,
            invoker=self._function,
            stage_variables=variables,
            on_access=lambda _: None,
        )
        self._made = made

    def observed(self, request: Sent) -> str:
        """`gateway` or `lambda` for the one that refuses a request; `nowhere` if none does."""
        before = self._function.invoked
        status = asyncio.run(_status(self._stage, self._made, request))
        if status >= 500:
            raise AssertionError(f"{status} for {request}")
        if status < 400:
            return "nowhere"
        return "gateway" if self._function.invoked == before else "lambda"


async def _status(stage: Stage, made: Generated, request: Sent) -> int:
    path = made.path
    for name, text in request.path.items():
        path = path.replace(f"{{{name}}}", text)
    headers = dict(request.headers)
    if request.content_type is not None:
        boundary = "; boundary=B" if request.content_type.startswith("multipart/") else ""
        headers["Content-Type"] = request.content_type + boundary
    if request.cookies:
        headers["Cookie"] = "; ".join(f"{k}={quote(v)}" for k, v in request.cookies.items())
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": made.method.upper(),
        "path": f"/prod{path}",
        "raw_path": f"/prod{path}".encode(),
        "query_string": urlencode(request.query, quote_via=quote).encode(),
        "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
    }
    sent: list[Any] = []

    received = iter([{"type": "http.request", "body": request.body or b"", "more_body": False}])

    async def receive() -> Any:
        for message in received:
            return message
        # The client waits for its answer.
        return await asyncio.Future()

    async def send(message: Any) -> None:
        sent.append(message)

    await stage.app(scope, receive, send)
    return int(sent[0]["status"])


def judge(made: Generated, table: Table) -> None:
    """Adds a contract to the table."""
    with tempfile.TemporaryDirectory() as folder:
        deployment = Deployment(made, Path(folder))
    table.contracts += 1
    said: dict[str, set[str]] = {}
    for each in deployment.findings:
        if each["verdict"] in VERDICTS and "/responses/" not in each["pointer"]:
            said.setdefault(each["pointer"], set()).add(each["verdict"])
    refused = deployment.observed(made.valid)
    if refused != "nowhere":
        table.disagreements.append(f"the valid request is refused: {refused}\n{made}")
        return
    requests = {each.pointer: each.requests for each in made.violations}
    for pointer in sorted(said.keys() | requests.keys()):
        sent, verdicts = requests.get(pointer, ()), said.get(pointer, set())
        table.constraints.update(verdicts)
        if not sent:
            table.without_request += [f"{pointer}: {verdict}" for verdict in sorted(verdicts)]
            continue
        table.violated.update(verdicts)
        seen = {deployment.observed(each) for each in sent}
        if verdicts != {_verdict(seen)}:
            table.disagreements.append(
                f"{pointer}: lint says {', '.join(sorted(verdicts)) or 'nothing'}, and it is "
                f"{', '.join(sorted(seen))}\n{sent}\n{json.dumps(made.document)}"
            )


def _verdict(seen: set[str]) -> str:
    """The gateway enforces what it refuses always, and the Lambda what else is refused always."""
    return "nowhere" if "nowhere" in seen else "lambda" if "lambda" in seen else "gateway"


def more_than_one(made: Generated) -> Iterator[str]:
    """The constraints whose requests are refused without them as well: they violate another."""
    for violation in made.violations:
        document = without(made.document, violation.pointer)
        if document is None or not violation.requests:
            continue
        with tempfile.TemporaryDirectory() as folder:
            deployment = Deployment(replace(made, document=document), Path(folder))
        if any(deployment.observed(each) != "nowhere" for each in violation.requests):
            yield violation.pointer


def without(document: dict[str, Any], pointer: str) -> dict[str, Any] | None:
    """The document without the keyword; None if the contract would not be valid."""
    changed = copy.deepcopy(document)
    *above, last = map(unescaped, pointer.split("/")[1:])
    owner: Any = changed
    for step in above:
        owner = owner[int(step)] if isinstance(owner, list) else owner[step]
    in_path = owner.get("in") == "path" and last == "required"
    if in_path or above[-1] == "content" or "discriminator" in owner:
        return None
    del owner[last]
    return changed


def judged(seeds: Sequence[int]) -> Table:
    """The table for the contracts of these seeds."""
    table = Table()
    for seed in seeds:
        judge(generated(seed), table)
    return table
