"""Serves any contract with functions that return its examples, and tests it: `make examples`.

    served_examples.py CONTRACT...

For each contract, writes a service whose functions return the examples of their responses, or
values made from the schemas, serves it, and runs `contract test`. A finding in a response that no
function has returned is one that the engine is responsible for; these are printed, and the exit
status is then 1.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_first.conformance.requests.parameter_writer import NotSendable, parameter_text
from openapi_first.conformance.requests.request_builder import examples_of
from openapi_first.core.errors import UserError
from openapi_first.core.media_types import is_json
from openapi_first.import_document.document import is_binary
from openapi_first.openapi.loader import load
from openapi_first.openapi.model import Contract, Header, MediaType, Operation, Parameter, Response
from openapi_first.samples.lowered_schemas import LoweredSchemas
from openapi_first.samples.sampling import NoSample, sample
from support.commands import contract as command
from support.serving import KEY, serving

_SERVICE = '''"""Functions that return what `replies.json` has for them."""

import base64
import json
from pathlib import Path
from types import ModuleType

import compiled
from openapi_first.runtime import Reply, current_request, lambda_handler

_REPLIES = json.loads((Path(__file__).parent / "replies.json").read_text())
_CALLS = Path(__file__).parent / "calls.txt"


def _function(name):
    def function(**arguments):
        with _CALLS.open("a") as calls:
            calls.write(current_request().event["requestContext"]["requestId"] + "\\n")
        reply = _REPLIES[name]
        value = reply["value"]
        if reply["bytes"]:
            value = base64.b64decode(value)
        return Reply(value, reply["status"], reply["headers"], reply["media_type"])

    return function


operations = ModuleType("operations")
for _name in _REPLIES:
    setattr(operations, _name, _function(_name))
handler = lambda_handler(compiled, operations)
'''


@dataclass(frozen=True, slots=True)
class Outcome:
    """`findings` are those in responses of the engine; `others` counts those of the service."""

    operations: int
    requests: int
    findings: tuple[str, ...]
    others: int
    made_nothing_for: tuple[str, ...]


class Examples:
    """Replies that match a contract."""

    def __init__(self, contract: Contract) -> None:
        self._schemas = LoweredSchemas(contract.openapi)
        self._rng = random.Random(0)

    def reply(self, operation: Operation) -> dict[str, Any]:
        """The reply of an operation as JSON. Raises NoSample."""
        response = self._response(operation)
        status = operation.success
        empty = {"status": status, "value": None, "bytes": False, "headers": {}, "media_type": None}
        if response is None:
            return empty
        headers = {
            header.name: parameter_text(_as_parameter(header), self._header(header))
            for header in response.headers
            if header.required
        }
        chosen = min(response.content, key=lambda each: not is_json(each.name), default=None)
        if chosen is None or operation.method == "HEAD":
            return {**empty, "headers": headers}
        name = chosen.name.replace("*/*", "application/json").replace("/*", "/plain")
        if chosen.schema is None or is_binary(name):
            value, binary = base64.b64encode(b"bytes").decode(), True
            if is_json(name):
                value, binary = "text", False
        else:
            value, binary = self._body(chosen), False
            if not is_json(name) and not isinstance(value, str):
                value = json.dumps(value)
        reply = {"value": value, "bytes": binary, "headers": headers, "media_type": name}
        return {**empty, **reply}

    def _response(self, operation: Operation) -> Response | None:
        by_status = {each.status: each for each in operation.responses}
        for status in (str(operation.success), "2XX", "DEFAULT", "default"):
            if status in by_status:
                return by_status[status]
        return None

    def _body(self, entry: MediaType) -> Any:
        assert entry.schema is not None
        lowered = self._schemas.response(entry.schema)
        written = (
            *examples_of(entry.node).values(),
            *examples_of(entry.schema.followed()).values(),
        )
        return next(filter(lowered.allows, written), None) or sample(lowered, self._rng)

    def _header(self, header: Header) -> Any:
        return sample(self._schemas.response(header.schema), self._rng)


def _as_parameter(header: Header) -> Parameter:
    return Parameter(
        header.name, "header", True, "", "simple", header.explode, False, header.media_type,
        header.schema, header.node,
    )  # fmt: skip


def serve_examples(path: Path, folder: Path) -> Outcome:
    """Tests the contract in `path` as a service in `folder`. Raises UserError for a contract that
    cannot be served."""
    contract = load(path)
    examples, replies, missing = Examples(contract), {}, []
    for operation in contract.operations:
        try:
            replies[operation.function] = examples.reply(operation)
        except (NoSample, NotSendable):
            missing.append(f"{operation.method} {operation.path}")
            replies[operation.function] = {
                "status": operation.success, "value": None, "bytes": False, "headers": {},
                "media_type": None,
            }  # fmt: skip
    (folder / "src").mkdir()
    (folder / "src" / "service.py").write_text(_SERVICE)
    (folder / "src" / "replies.json").write_text(json.dumps(replies))
    calls = folder / "src" / "calls.txt"
    calls.touch()
    schemes = contract.root.get("components")
    declared = schemes.get("securitySchemes") if schemes is not None else None
    (folder / "pyproject.toml").write_text(
        "".join(
            f'[tool.contract.authorizers.{json.dumps(name)}]\ntype = "service"\n'
            for name in (declared.value if declared is not None else ())
        )
    )
    credentials = {"API_KEY": KEY}
    options = ["--format", "json", "--allow-destructive", "--max-examples", "5"]
    for number, name in enumerate(declared.value if declared is not None else ()):
        credentials[f"CREDENTIAL_{number}"] = "credential"
        options.append(f"--credential={name}=CREDENTIAL_{number}")
    source = os.fspath(path.resolve())
    with serving(
        folder, source, "--settings", "pyproject.toml", handler="service.handler"
    ) as server:
        url = server.base_url
        done = command("test", url, source, *options, folder=folder, environment=credentials)
    if not done.stdout.startswith("{"):
        raise UserError(done.stderr.strip())
    report = json.loads(done.stdout)
    called = set(calls.read_text().split())
    findings = [one for each in report["findings"] for one in each["occurrences"]]
    engine = [each for each in findings if _request_id(each) not in called]
    return Outcome(
        len(contract.operations),
        report["requests"],
        tuple(_line(each) for each in engine),
        len(findings) - len(engine),
        tuple(missing),
    )


def _request_id(finding: dict[str, Any]) -> str | None:
    response = (finding.get("exchange") or {}).get("response") or {}
    for name, value in response.get("headers", ()):
        if name.lower() == "x-amzn-requestid":
            return str(value)
    return None


def _line(finding: dict[str, Any]) -> str:
    exchange = finding.get("exchange") or {}
    case = exchange.get("case", "")
    return f"{finding['operation']} [{finding['check']}] {case}: {finding['detail']}"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    options.add_argument("contracts", nargs="+", type=Path, metavar="CONTRACT")
    found = False
    for path in options.parse_args().contracts:
        with tempfile.TemporaryDirectory() as folder:
            try:
                outcome = serve_examples(path, Path(folder))
            except (UserError, AssertionError) as error:
                print(f"{path.name}: not served: {re.sub(chr(10) + '.*', '', str(error))}")
                continue
        print(
            f"{path.name}: {outcome.operations} operations, {outcome.requests} requests, "
            f"{len(outcome.findings)} findings of the engine, {outcome.others} of the service"
        )
        for line in (
            *outcome.findings,
            *(f"no value for {each}" for each in outcome.made_nothing_for),
        ):
            print(f"    {line}")
        found = found or bool(outcome.findings)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
