"""Whole runs, against a stage over its socket."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from openapi_first.conformance.cases.ownership import may_be_sent, strings
from openapi_first.conformance.cases.setup import Setup
from openapi_first.conformance.model.errors import CannotJudge
from openapi_first.conformance.model.messages import Request
from openapi_first.conformance.model.run import Options, Phase, Run, SilentListener
from openapi_first.conformance.session import plan, replay
from openapi_first.openapi.model import Contract
from support.relay import Answer, relaying
from support.serving import KEY

_QUICK = frozenset({Phase.GATEWAY, Phase.EXAMPLE, Phase.LIFE_CYCLE})
_ALL = frozenset(Phase)
_HEADERS = {"x-api-key": KEY}


def run(contract: Contract, url: str, **options: object) -> Run:
    """A run of all but the generated and the boundary cases, unless the options say so."""
    chosen: dict[str, object] = {"api_key": KEY, "seed": 7, "phases": _QUICK, **options}
    return replay(contract, Options(url, **chosen))  # type: ignore[arg-type]


def items(url: str) -> list[object]:
    found: list[object] = requests.get(
        f"{url}/items?limit=100", headers=_HEADERS, timeout=30
    ).json()["items"]
    return found


def test_the_healthy_service_keeps_every_promise_and_is_left_as_it_was(
    contract: Contract, stage: str, everything: bool
) -> None:
    made = requests.post(f"{stage}/items", headers=_HEADERS, json={"name": "not ours"}, timeout=30)
    before = items(stage)
    found = run(contract, stage, max_examples=20 if everything else 2, phases=_ALL)
    assert found.findings == ()
    assert [verdict.promise.id for verdict in found.verdicts if not verdict.kept] == []
    assert found.coverage.missing == ()
    assert found.coverage.undocumented == ()
    assert found.notes == ()
    assert items(stage) == before
    requests.delete(f"{stage}/items/{made.json()['id']}", headers=_HEADERS, timeout=30)


def test_sequences_do_not_change_what_lists_show_of_others(
    contract: Contract, stage: str, everything: bool
) -> None:
    """A generator of sequences takes an id from a list, and removes what has it."""
    theirs = [
        requests.post(f"{stage}/items", headers=_HEADERS, json={"name": "theirs"}, timeout=30)
        for _ in range(5)
    ]
    before = items(stage)
    generated = frozenset({Phase.GENERATED})
    run(contract, stage, max_examples=150 if everything else 15, phases=generated)
    assert [item for item in before if item not in items(stage)] == []
    for made in theirs:
        requests.delete(f"{stage}/items/{made.json()['id']}", headers=_HEADERS, timeout=30)


def test_a_uuid_is_made_up_unless_a_response_has_shown_it(contract: Contract) -> None:
    setup = Setup.of(contract, Options("http://127.0.0.1/prod"))
    remove = setup.operations["deleteItem"]
    name = "5F0C6A0E-6d6f-4d9c-9d54-3f1f4ce9c1a7"
    request = Request("DELETE", f"/items/{name}", (), None)
    seen = frozenset(strings({"items": [{"id": name}]}))
    assert may_be_sent(setup, remove, request)
    assert not may_be_sent(setup, remove, request, seen=seen)
    assert may_be_sent(setup, remove, request, frozenset({f"/items/{name}"}), seen)


def test_another_api_is_judged_with_nothing_changed(
    shipping_contract: Contract, shipping: str
) -> None:
    found = run(shipping_contract, shipping, max_examples=4, phases=_ALL, allow_destructive=True)
    assert found.findings == ()
    assert found.coverage.missing == ()


def test_what_the_run_has_not_created_is_not_changed(
    shipping_contract: Contract, shipping: str
) -> None:
    with relaying(shipping) as relay:
        answers: list[Answer] = []
        relay.change = answers.append
        found = run(shipping_contract, relay.url, max_examples=4, phases=_ALL)
    written = [each for each in answers if each.method == "PUT" and each.status < 300]
    assert written == []
    assert any("--allow-destructive" in note for note in found.notes)


def test_the_same_seed_plans_the_same_requests(contract: Contract) -> None:
    def planned(seed: int) -> list[object]:
        cases = plan(contract, Options("http://127.0.0.1/prod", KEY, seed)).cases
        return [
            (each.title, each.request.method, each.request.target, each.request.body)
            for each in cases
        ]

    assert planned(3) == planned(3)
    assert planned(3) != planned(4)


def test_lost_connections_are_retried_and_noted_and_change_no_verdict(
    contract: Contract, stage: str
) -> None:
    with relaying(stage) as relay:
        relay.loses = lambda method, path, number: method == "GET" and number % 20 == 0
        found = run(contract, relay.url)
    assert found.findings == ()
    assert found.resets > 0
    assert any("a connection was lost" in note for note in found.notes)


def test_a_life_cycle_starts_again_when_a_write_is_lost(contract: Contract, stage: str) -> None:
    lost: list[int] = []

    def loses(method: str, path: str, number: int) -> bool:
        if method == "POST" and len(lost) < 1 and number > 60:
            lost.append(number)
            return True
        return False

    with relaying(stage) as relay:
        relay.loses = loses
        found = run(contract, relay.url)
    assert lost
    assert found.findings == ()


def test_the_gateway_phase_starts_again_when_a_write_is_lost(
    contract: Contract, stage: str
) -> None:
    writes: list[str] = []

    def loses(method: str, path: str, number: int) -> bool:
        if method == "POST":
            writes.append(path)
        return method == "POST" and len(writes) == 3  # after those that judge the key

    with relaying(stage) as relay:
        relay.loses = loses
        found = run(contract, relay.url, phases=frozenset({Phase.GATEWAY}))
    assert len(writes) > 3
    assert found.findings == ()
    assert found.ended_early is None


def test_a_finding_names_the_promise_its_line_and_a_request_to_repeat(
    contract: Contract, stage: str
) -> None:
    def change(answer: Answer) -> None:
        if answer.method == "GET" and b"updated_at" in answer.body and "?" not in answer.path:
            body = json.loads(answer.body)
            if "items" not in body:
                body.pop("updated_at")
                answer.body = json.dumps(body).encode()

    with relaying(stage) as relay:
        relay.change = change
        found = run(contract, relay.url, fail_fast=True)
    (finding,) = found.findings
    assert (finding.promise.operation, finding.promise.check) == ("getItem", "body")
    assert "updated_at" in finding.detail
    assert finding.place.line is not None
    line = contract.root.source.data.decode().splitlines()[finding.place.line - 1]
    assert line.strip() == '"200":'
    assert '"x-api-key: $API_KEY"' in finding.curl
    assert KEY not in finding.curl
    assert items(stage) == []


@pytest.mark.parametrize(
    ("check", "operation", "method", "header"),
    [
        ("header", "createItem", "POST", "ETag"),
        ("cors", "deleteItem", "DELETE", "Access-Control-Allow-Origin"),
    ],
)
def test_a_missing_header_is_found(
    contract: Contract, stage: str, check: str, operation: str, method: str, header: str
) -> None:
    def change(answer: Answer) -> None:
        if answer.method == method:
            answer.headers = [pair for pair in answer.headers if pair[0] != header]

    with relaying(stage) as relay:
        relay.change = change
        found = run(contract, relay.url)
    broken = {(each.promise.check, each.promise.operation) for each in found.findings}
    assert (check, operation) in broken


def test_too_many_requests_are_waited_for(contract: Contract, stage: str) -> None:
    throttled: list[str] = []

    def change(answer: Answer) -> None:
        if len(throttled) < 2 and answer.method == "GET" and answer.status == 200:
            throttled.append(answer.path)
            answer.status, answer.body = 429, b""
            answer.headers = [("Retry-After", "0"), ("Access-Control-Allow-Origin", "*")]

    with relaying(stage) as relay:
        # The first requests find out whether there is a stage at all.
        relay.change = lambda answer: change(answer) if len(relay.seen) > 10 else None
        found = run(contract, relay.url)
    assert found.throttled == 2
    assert found.findings == ()


def test_an_interrupted_run_removes_what_it_has_created(contract: Contract, stage: str) -> None:
    class Impatient(SilentListener):
        phases: list[Phase] = []  # noqa: RUF012

        def phase(self, phase: Phase) -> None:
            self.phases.append(phase)
            if phase is Phase.BOUNDARY:
                assert items(stage)
                raise KeyboardInterrupt

    listener = Impatient()
    found = replay(contract, Options(stage, KEY), listener)
    assert found.ended_early == "interrupted"
    assert listener.phases[-1] is Phase.CLEANUP
    assert items(stage) == []


def test_a_wrong_key_is_reported_after_two_requests(contract: Contract, stage: str) -> None:
    with relaying(stage) as relay:
        with pytest.raises(CannotJudge, match="the API key is refused"):
            run(contract, relay.url, api_key="wrong-key-wrong-key-wrong-key")
        assert len(relay.seen) <= 2


def test_a_stage_of_another_api_is_not_judged(
    contract: Contract, shipping_contract: Contract, stage: str, shipping: str
) -> None:
    with pytest.raises(CannotJudge, match="this is another API"):
        run(shipping_contract, stage)
    with pytest.raises(CannotJudge):
        run(contract, shipping)


def test_a_quota_that_is_too_small_is_reported_before_it_is_used(
    contract: Contract, stage: str
) -> None:
    with relaying(stage) as relay:
        with pytest.raises(CannotJudge, match="only 100 are left of the quota"):
            run(contract, relay.url, quota=100)
        assert relay.seen == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:1/prod", "cannot connect"),
        ("http://stage.invalid/prod", "the host stage.invalid does not exist"),
        ("stage/prod", "is not the URL of a stage"),
        ("http://127.0.0.1:3000/prod?x=1", "has a query"),
        ("https://abc.execute-api.eu-west-1.amazonaws.com/", "does not name a stage"),
    ],
)
def test_a_url_without_a_stage_is_reported_in_a_line(
    contract: Contract, url: str, reason: str
) -> None:
    with pytest.raises(CannotJudge, match=reason):
        run(contract, url)


def test_a_stage_without_tls_is_reported(contract: Contract, stage: str) -> None:
    with pytest.raises(CannotJudge, match="TLS fails"):
        run(contract, stage.replace("http://", "https://"))


def test_a_certificate_that_nobody_trusts_is_reported(contract: Contract, tmp_path: Path) -> None:
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    server.socket = self_signed(tmp_path).wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # the client hangs up
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        with pytest.raises(CannotJudge, match=r"(?i)TLS fails.*certificate"):
            run(contract, f"https://127.0.0.1:{server.server_port}/prod")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    kinds = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = key.private_bytes(serialization.Encoding.PEM, *kinds)
    file = folder / "server.pem"
    file.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
