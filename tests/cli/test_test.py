"""`contract test` as a user starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from xml.etree import ElementTree

import requests

from openapi_first.conformance.model.coverage import CoverageRecord, Point
from openapi_first.conformance.model.run import Exchange, Options, Phase, SilentListener
from openapi_first.conformance.session import replay
from openapi_first.openapi.loader import load
from support.commands import contract
from support.relay import Answer, Relay, relaying
from support.serving import KEY, ROOT

_QUICK = ("--phase", "example", "--phase", "gateway", "--phase", "life-cycle")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "openapi_first", "test", *arguments]


def contract_test(
    url: str, *arguments: str, key: str | None = KEY
) -> subprocess.CompletedProcess[str]:
    environment = {} if key is None else {"API_KEY": key}
    return contract("test", url, *_QUICK, *arguments, environment=environment)


def test_a_kept_contract_exits_0_and_its_summary_fits_a_screen(stage: str) -> None:
    done = subprocess.run(
        command(stage, *_QUICK),
        cwd=ROOT,
        env={**os.environ, "API_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) < 24
    assert "promises kept" in done.stdout.splitlines()[-1]
    assert "at most" in done.stderr


def test_a_broken_promise_exits_1_with_its_line_and_a_curl_that_shows_it(stage: str) -> None:
    def change(answer: Answer) -> None:
        if answer.method == "PUT" and answer.status == 200:
            answer.status = 202

    with relaying(stage) as relay:
        relay.change = change
        done = contract_test(relay.url, "--fail-fast", "--format", "json")
        report = json.loads(done.stdout)
        (finding,) = report["findings"]
        shell = subprocess.run(
            finding["curl"],
            shell=True,
            env={**os.environ, "API_KEY": KEY},
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.returncode == 1
    assert (finding["operation"], finding["check"]) == ("updateItem", "status")
    lines = (ROOT / "openapi.yaml").read_text().splitlines()
    assert lines[finding["line"] - 1].strip() == "responses:"
    assert shell.stdout.startswith("HTTP/1.1 ")
    assert KEY not in done.stdout


def test_what_cannot_be_judged_exits_2_with_one_line(stage: str) -> None:
    for url, key in ((stage, None), (stage, "wrong" * 5), ("http://127.0.0.1:1/prod", KEY)):
        done = contract_test(url, key=key)
        assert done.returncode == 2
        assert done.stderr.splitlines()[-1].startswith("contract: ")
        assert "Traceback" not in done.stderr


def test_a_dry_run_lists_requests_and_sends_none(stage: str) -> None:
    with relaying(stage) as relay:
        done = contract_test(relay.url, "--dry-run")
        assert relay.seen == []
    assert done.returncode == 0
    assert "POST /items  # createItem: example created" in done.stdout
    assert "of a quota" in done.stdout.splitlines()[-1]


def test_records_of_coverage_merge_and_gate(stage: str, tmp_path: Path) -> None:
    file = tmp_path / "coverage.json"
    origin = stage.rpartition("/")[0]
    file.write_text(requests.get(f"{origin}/_stage/coverage", timeout=10).text)
    before = CoverageRecord.read(file).seen
    done = contract_test(stage, "--coverage", str(file), "--cov-fail-under", "99.9")
    assert done.returncode == 1
    assert "Coverage is below 99.9 %." in done.stderr
    after = CoverageRecord.read(file).seen
    point = Point("GET /items/{id}", "status", "304")
    assert after[point] > before[point]
    file.write_text("{}")
    assert contract_test(stage, "--coverage", str(file)).returncode == 2


def test_ctrl_c_removes_what_was_created_and_exits_2(stage: str) -> None:
    """Even what a request creates that is under way at that moment."""
    created = threading.Event()

    def change(answer: Answer) -> None:
        if answer.status == 201:
            created.set()
            time.sleep(0.5)

    with relaying(stage) as relay:
        relay.change = change
        process = subprocess.Popen(
            command(relay.url, "--api-key", KEY, "--max-examples", "0"),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert created.wait(60)
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 2, output
    assert "Ended early (requests that were not sent were not judged): interrupted" in output
    assert "Traceback" not in output
    found = requests.get(f"{stage}/items", headers={"x-api-key": KEY}, timeout=10).json()
    assert found["items"] == []


def _dies(relay: Relay, after: int) -> None:
    relay.loses = lambda method, path, number: number > after


def test_a_stage_that_dies_midway_leaves_reports_that_say_so_and_exits_2(
    stage: str, tmp_path: Path
) -> None:
    junit, page, record = tmp_path / "junit.xml", tmp_path / "page.html", tmp_path / "record.json"
    with relaying(stage) as relay:
        _dies(relay, after=40)
        done = contract_test(
            relay.url,
            *("--junit", str(junit), "--html", str(page), "--coverage", str(record)),
            *("--cov-fail-under", "99"),
        )
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.splitlines()[-1].startswith("contract: ")
    assert "keep failing" in done.stderr.splitlines()[-1]
    assert "Ended early (requests that were not sent were not judged): " in done.stdout
    assert "not removed: /items/" in done.stdout
    suite = ElementTree.parse(junit).getroot()[0]
    assert (suite.get("errors"), suite.get("failures")) == ("1", "0")
    assert int(suite.get("tests") or 0) == len(suite.findall("testcase"))
    assert "Ended early" in page.read_text()
    assert "No promise was broken" not in page.read_text()
    assert CoverageRecord.read(record).seen[Point("POST /items", "status", "201")]


def test_what_was_found_before_a_stage_died_is_reported_and_exits_1(
    stage: str, tmp_path: Path
) -> None:
    def change(answer: Answer) -> None:
        if answer.method == "POST" and answer.status == 201:
            answer.status = 202

    junit = tmp_path / "junit.xml"
    with relaying(stage) as relay:
        _dies(relay, after=40)
        relay.change = change
        done = contract_test(relay.url, "--format", "json", "--junit", str(junit))
    assert done.returncode == 1, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert {finding["operation"] for finding in report["findings"]} == {"createItem"}
    assert "keep failing" in report["ended_early"]
    suite = ElementTree.parse(junit).getroot()[0]
    assert suite.get("errors") == "1"
    assert int(suite.get("failures") or 0) == len(suite.findall("testcase/failure")) > 0


def test_ctrl_c_during_the_cleanup_says_what_is_left(stage: str) -> None:
    class Impatient(SilentListener):
        def phase(self, phase: Phase) -> None:
            self.cleaning = phase is Phase.CLEANUP

        def exchanged(self, exchange: Exchange, total: int) -> None:
            if self.cleaning:
                raise KeyboardInterrupt

    with relaying(stage) as relay:
        chosen = Options(relay.url, KEY, phases=frozenset({Phase.EXAMPLE}))
        found = replay(load(ROOT / "openapi.yaml"), chosen, Impatient())
    left = [note for note in found.notes if note.startswith("not removed: ")]
    assert left
    assert found.ended_early is None  # all was sent and judged


def test_a_key_that_an_answer_shows_is_a_finding_and_in_no_report(
    stage: str, tmp_path: Path
) -> None:
    def change(answer: Answer) -> None:
        if answer.method == "GET" and answer.status == 200 and "items?" not in answer.path:
            answer.body = answer.body[:-1] + f', "caller": "{KEY}"}}'.encode()
            answer.headers.append(("X-Caller", KEY))

    page, junit = tmp_path / "page.html", tmp_path / "junit.xml"
    with relaying(stage) as relay:
        relay.change = change
        options = ("--format", "json", "--html", str(page), "--junit", str(junit))
        done = contract_test(relay.url, *options)
    checks = {finding["check"] for finding in json.loads(done.stdout)["findings"]}
    assert {"disclosure", "undocumented-header"} <= checks
    reports = done.stdout + done.stderr + page.read_text() + junit.read_text()
    assert KEY not in reports
    assert '\\"caller\\": \\"$API_KEY\\"' in done.stdout


def test_a_report_that_cannot_be_written_costs_nothing_but_itself(
    stage: str, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    done = contract_test(stage, "--junit", str(tmp_path), "--html", str(page))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"contract: cannot write {tmp_path}: ")
    assert "promises kept" in done.stdout
    assert page.exists()
