"""What a client sends, and what an authorizer says of it, is in no log, metric, trace, report or
error, whoever refuses the request and whatever fails.

Every secret has the mark, so that one search finds all of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import boto3
import pytest
import requests

from openapi_first.cli.main import main
from openapi_first.compiler.compile import write_compiled
from openapi_first.openapi.model import Contract
from support.documents import written
from support.faults.catalogue import FAULTS
from support.faults.proxy import FaultProxy, faulty
from support.serving import ROOT, serving

MARK = "planted"
KEY = f"{MARK}ApiKeyOfTwentyCharacters"
BEARER = {"Authorization": f"Bearer {MARK}-token"}
SECRETS = {
    "x-api-key": KEY,
    "Cookie": f"session={MARK}-cookie",
    "Idempotency-Key": f"{MARK}-idempotency-key",
    "If-Match": f'"{MARK}-entity-tag"',
    "If-None-Match": f'"{MARK}-entity-tag"',
    "X-Other": f"{MARK}-header",
}
CURSOR = f"{MARK}{'A' * 21}"
BODY = {"name": f"{MARK}-name", "description": f"{MARK}-description"}
JSON = "application/json"
BY_THE_VALIDATOR_OF_AWS = "BadRequestException"
"""Its message quotes a string that violates a constraint, to the client that has sent it
(SECURITY.md). No template can change the message, only leave it out."""
FAILURES = (
    *("truncated", "HTML 503", "reset after the call", "garbage, with checksum"),
    *("AccessDeniedException", "ValidationException", "ThrottlingException"),
    *("ResourceNotFoundException", "wrong types, with checksum"),
)


@dataclass
class Seen:
    """What clients got, and all that the terminal of the stage showed."""

    answers: list[requests.Response] = field(default_factory=list)
    terminal: str = ""

    @property
    def statuses(self) -> set[int]:
        return {each.status_code for each in self.answers}


class Client:
    def __init__(self, base_url: str, seen: Seen) -> None:
        self.base_url, self.seen = base_url, seen

    def __call__(
        self, method: str, path: str, body: Any = None, **headers: str | None
    ) -> requests.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        sent: dict[str, Any] = {**SECRETS, **given}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None:
            sent = {"Content-Type": JSON, **sent}
        url = f"{self.base_url}{path}"
        answer = requests.request(method, url, headers=sent, data=data, timeout=30)
        self.seen.answers.append(answer)
        return answer


@pytest.fixture(scope="module")
def proxy(database: str) -> Iterator[FaultProxy]:
    with faulty(database) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def seen(proxy: FaultProxy) -> Seen:
    """Each kind of refusal and of failure, at a stage whose functions log all they can."""
    seen, table = Seen(), f"planted-{uuid4().hex}"
    settings = (f"TABLE_NAME={table}", "POWERTOOLS_LOG_LEVEL=DEBUG", "OPERATION_METRICS=on")
    options = [option for setting in settings for option in ("--env", setting)]
    environment = {"AWS_ENDPOINT_URL_DYNAMODB": proxy.url, "API_KEY": KEY}
    with serving(ROOT, *options, "--setup", "items.table", environment=environment) as server:
        send = Client(server.base_url, seen)
        refused(send)
        failed(send, proxy, table)
    seen.terminal = "".join(server.lines)
    return seen


def refused(send: Client) -> None:
    created = send("POST", "/items", BODY)
    assert created.status_code == 201
    item = f"/items/{created.json()['id']}"
    send("POST", "/items", {"name": f"{MARK}-another"})  # 409
    send("PUT", item, BODY)  # 412
    send("GET", f"/items/{uuid4()}")  # 404
    send("GET", f"/items?cursor={CURSOR}")
    send("GET", f"/items?limit={MARK}&cursor={MARK}&other={MARK}")
    send("POST", "/items", b"x", Content_Type=f"text/{MARK}")
    send("POST", "/items", b"{}", Content_Type=f"{MARK}/x; charset={MARK}", Content_Encoding=MARK)
    send("POST", "/items", json.dumps({"name": [MARK]}).encode(), Content_Type="application/json+x")
    send("POST", "/items", b'{"name": "planted', Accept=f"text/{MARK}")
    send("POST", "/items", {"name": MARK * 99})
    send("POST", "/items", {"name": 5, "description": [MARK]})
    send("POST", "/items", {"name": MARK, "description": MARK * 60_000}, Idempotency_Key=None)
    send("GET", f"/items?x={MARK}", x_api_key=f"{MARK}WrongKeyOfTwentyCharacters")
    for method, path in (("PATCH", item), ("GET", f"/nothing?x={MARK}")):
        send(method, path, BODY if method == "PATCH" else None)
        send(method, path, None, **BEARER)


def failed(send: Client, proxy: FaultProxy, table: str) -> None:
    client = boto3.client(
        "dynamodb",
        endpoint_url=f"http://{proxy.base}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    malformed = str(uuid4())
    item = {"id": {"S": malformed}, "name": {"N": "5"}, "description": {"S": f"{MARK}-stored"}}
    client.put_item(TableName=table, Item=item)  # type: ignore[arg-type]
    client.close()
    send("GET", "/items?limit=100")
    assert send("GET", f"/items/{malformed}").status_code == 500
    for name in FAILURES:
        proxy.inject(FAULTS[name], times=None)
        answer = send("POST", "/items", {**BODY, "name": f"{MARK}-{name}"}, **BEARER)
        assert answer.status_code >= 500, name
    proxy.heal()


def test_each_kind_of_refusal_and_failure_was_met(seen: Seen) -> None:
    assert seen.statuses >= {201, 200, 400, 403, 404, 409, 412, 413, 415, 500, 503}


def test_no_error_shows_what_was_sent(seen: Seen) -> None:
    for answer in seen.answers:
        if answer.headers.get("x-amzn-ErrorType") != BY_THE_VALIDATOR_OF_AWS:
            assert answer.ok or MARK not in answer.text.lower(), answer.text
        assert MARK not in str(answer.headers).lower()


def test_the_terminal_of_the_stage_has_the_local_key_alone_and_no_secret(seen: Seen) -> None:
    assert "MalformedItems=" in seen.terminal
    assert "an item is malformed" in seen.terminal
    assert "the operation answered with a problem" in seen.terminal
    welcome, _, rest = seen.terminal.partition("POST /prod/items 201")
    assert KEY in welcome  # the stage is on this machine, and its user needs the key
    shown = [line for line in rest.splitlines() if MARK in line.lower()]
    assert shown == []


EVENTS = """\
import json, sys
from pathlib import Path
import aws_lambda_powertools as powertools
from aws_lambda_powertools.tracing.base import BaseProvider

traced = []

class Segment:
    def __getattr__(self, name):
        return lambda *arguments, **options: traced.append((name, arguments, options))
    def __enter__(self):
        return self
    def __exit__(self, *error):
        return False

class Provider:
    def in_subsegment(self, name, **options):
        traced.append((name, options))
        return Segment()
    in_subsegment_async = in_subsegment
    def put_annotation(self, *arguments):
        traced.append(arguments)
    put_metadata = put_annotation
    def patch(self, modules): pass
    def patch_all(self): pass

tracer = powertools.Tracer
powertools.Tracer = lambda **options: tracer(provider=Provider(), auto_patch=False, **options)
from items.handler import handler

answers = [handler(event, None) for event in json.loads(sys.stdin.read())]
Path(sys.argv[1]).write_text(json.dumps({"answers": answers, "traced": repr(traced)}))
"""


def event(**parts: Any) -> dict[str, Any]:
    context = {
        "requestId": str(uuid4()),
        "authorizer": {"claims": {"sub": f"{MARK}-sub"}, "principalId": f"{MARK}-id", "x": MARK},
        "identity": {"apiKey": KEY, "apiKeyId": f"{MARK}-key-id", "sourceIp": f"{MARK}-address"},
    }
    lines = {name: [value] for name, value in {**SECRETS, **BEARER, "Content-Type": JSON}.items()}
    return {
        "resource": "/items",
        "path": "/items",
        "httpMethod": "POST",
        "headers": {name: value for name, (value,) in lines.items()},
        "multiValueHeaders": lines,
        "queryStringParameters": {"cursor": CURSOR},
        "multiValueQueryStringParameters": {"cursor": [CURSOR]},
        "pathParameters": None,
        "stageVariables": {"a": MARK},
        "requestContext": context,
        "body": json.dumps(BODY),
        "isBase64Encoded": False,
        **parts,
    }


def test_the_function_logs_measures_and_traces_nothing_of_an_event(
    proxy: FaultProxy, contract: Contract, tmp_path: Path
) -> None:
    environment = {
        "PATH": "",
        "PYTHONPATH": f"{ROOT / 'src'}:{tmp_path}",
        "AWS_ENDPOINT_URL_DYNAMODB": proxy.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": f"{MARK}-access",
        "AWS_SECRET_ACCESS_KEY": f"{MARK}-secret",
        "TABLE_NAME": "no-such-table",
        "POWERTOOLS_LOG_LEVEL": "DEBUG",
        "OPERATION_METRICS": "on",
        "OPERATION_TRACES": "on",
        "POWERTOOLS_TRACE_DISABLED": "false",
        "LAMBDA_TASK_ROOT": str(tmp_path),
    }
    write_compiled(contract, tmp_path / "compiled.py")
    events: list[dict[str, Any]] = [
        event(),
        event(httpMethod="GET"),
        event(httpMethod="DELETE"),
        event(resource=f"/{MARK}", path=f"/{MARK}"),
        event(body=f"{MARK} is not JSON"),
        event(body=f"{MARK} is not base64", isBase64Encoded=True),
        event(requestContext=MARK),
        event(multiValueHeaders=MARK),
        {"Records": [{"body": MARK}]},
    ]
    done = subprocess.run(
        [sys.executable, "-c", EVENTS, str(tmp_path / "seen.json")],
        input=json.dumps(events),
        text=True,
        cwd=ROOT,
        env=environment,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "seen.json").read_text())
    assert {each["statusCode"] for each in found["answers"]} >= {400, 404, 500}
    assert "create_item" in found["traced"]
    assert '"_aws"' in done.stdout
    resource = f"/{MARK}"  # the API's own name of a path, which no client chooses
    for text in (done.stdout, done.stderr, json.dumps(found)):
        kept = [line for line in text.replace(resource, "").splitlines() if MARK in line.lower()]
        assert kept == []


class Echo(BaseHTTPRequestHandler):
    """Answers with all that it is sent, against the contract."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        for name in ("x-api-key", "Authorization"):
            self.send_header(f"X-Echo-{name}", str(self.headers.get(name)))
        self.end_headers()
        self.wfile.write(str(self.headers).encode())

    do_POST = do_PUT = do_OPTIONS = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


def test_no_report_of_contract_tests_shows_a_credential(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    schemes = {
        "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
    operation = {
        "operationId": "read",
        "security": [{"key": [], "bearer": []}],
        "responses": {"200": {"description": "", "content": {JSON: {}}}},
    }
    contract = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/things": {"get": operation}},
        "components": {"securitySchemes": schemes},
    }
    (tmp_path / "pyproject.toml").write_text(
        '[tool.contract.authorizers.bearer]\ntype = "service"\n'
    )
    source = written(tmp_path, contract)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOKEN", f"{MARK}-token-of-the-caller")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    files = {option: tmp_path / f"report.{option}" for option in ("junit", "html")}
    reports = [part for option, path in files.items() for part in (f"--{option}", str(path))]
    try:
        for form in ("text", "json"):
            arguments = ["test", f"http://127.0.0.1:{server.server_port}/prod", str(source)]
            options = ["--api-key", KEY, "--credential", "bearer=TOKEN", "--format", form]
            assert main([*arguments, *options, "--phase", "boundary", *reports]) == 1
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    printed = capsys.readouterr()
    for text in (printed.out, printed.err, *(each.read_text() for each in files.values())):
        assert MARK not in text.lower()
    assert "x-api-key" in printed.out.lower()
