"""A project with a SAM template is served as AWS would run it, and follows its files.

The project has 4 functions with modules of the same names, 2 layers, an authorizer, the policy
of a private API, a plan, a table and an `http` integration.
"""

from __future__ import annotations

import http.client
import json
import shutil
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from support.serving import KEY, Serving, serving

PROJECT = Path(__file__).with_name("project")
TOKEN = {"authorization": "let-me-in"}
ENDPOINT, OTHER = "vpce-1a2b3c4d", "vpce-5e6f7a8b"


class Rates(BaseHTTPRequestHandler):
    """The endpoint of the `http` integration."""

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Shop:
    """The project, served."""

    folder: Path
    serving: Serving

    def call(
        self, path: str, headers: Mapping[str, str] | None = None, body: Any = None
    ) -> tuple[int, Any]:
        base = urlsplit(self.serving.base_url)
        connection = http.client.HTTPConnection(base.netloc, timeout=60)
        sent = None if body is None else json.dumps(body)
        given = {
            **(headers or {}),
            **({} if sent is None else {"content-type": "application/json"}),
        }
        connection.request("GET" if sent is None else "POST", f"{base.path}{path}", sent, given)
        response = connection.getresponse()
        read = response.read()
        connection.close()
        return response.status, json.loads(read)

    def edit(self, name: str, before: str, after: str, said: str) -> None:
        """Changes a file, and waits until the stage says what it did."""
        lines = len(self.serving.lines)
        path = self.folder / name
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))
        self.serving.wait_for(said, after=lines)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("projects") / "shop"
    shutil.copytree(PROJECT, folder)
    (folder / "samconfig.toml").write_text(
        '[default.deploy.parameters]\nparameter_overrides = "Stage=Live"\n'
    )
    (folder / "env.json").write_text('{"List": {"GREETING": "hi"}}')
    with HTTPServer(("127.0.0.1", 0), Rates) as upstream:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        parameter = f"Upstream=http://127.0.0.1:{upstream.server_port}"
        time = "aws:CurrentTime=2022-09-15T00:00:00Z"
        endpoint = f"aws:SourceVpce={ENDPOINT}"
        options = ("--parameter", parameter, "--env-vars", "env.json")
        options += ("--context", time, "--context", endpoint)
        with serving(folder, ".", function=options) as server:
            server.wait_for("REST APIs")
            yield Shop(folder, server)
        upstream.shutdown()


def test_the_first_lines_name_what_is_served_and_what_is_not(shop: Shop) -> None:
    text = "".join(shop.serving.lines)
    assert "serving template.yaml" in text
    assert shop.serving.base_url.endswith("/Live")
    assert f"API key    {KEY}" in text
    assert "Guard  in a process here: app.handler" in text
    assert "Tables     shop-Things" in text
    assert text.count("Web (AWS::ApiGatewayV2::Api) is not served") == 1
    assert "template.yaml:" in text


def test_each_function_has_its_own_modules_layers_and_environment(shop: Shop) -> None:
    status, read = shop.call("/things", TOKEN)
    assert (status, read["who"], read["word"], read["caller"]) == (200, "list", "hello", "ann")
    assert read["greeting"] == "hi"  # of --env-vars
    status, added = shop.call("/things", body={"id": "a"})
    assert (status, added["who"], added["word"], added["number"]) == (201, "add", "hello", 7)
    assert added["put"] == 200  # in the table of the template
    assert added["seen"] is None  # the environment of another function
    shop.serving.wait_for(r"^  List \| listing")


def test_the_gateway_refuses_what_it_would_on_aws(shop: Shop) -> None:
    assert shop.call("/things")[0] == 401
    assert shop.call("/things", {"authorization": "other"})[0] == 401
    assert shop.call("/things", body={}) == (400, {"message": "Invalid request body"})
    assert shop.call("/echo") == (403, {"message": "Forbidden"})


def test_a_plan_of_the_template_is_enforced(shop: Shop) -> None:
    answers = [shop.call("/echo", {"x-api-key": KEY}) for _ in range(4)]
    assert [status for status, _ in answers] == [200, 200, 200, 429]
    assert answers[3][1] == {"message": "Limit Exceeded"}
    echoed = answers[0][1]
    assert (echoed["stage"], echoed["path"]) == ("Live", "/Live/echo")
    assert echoed["variables"] == {"colour": "blue"}


def test_policies_find_the_condition_keys_that_are_given(shop: Shop) -> None:
    only, date = f"{ENDPOINT}}}}}", '{"aws:CurrentTime": "2022-10-01T00:00:00Z"}'
    until = f"{ENDPOINT}}}, DateLessThan: {date}}}"
    shop.edit("template.yaml", only, until, r"template\.yaml changed: reloaded")
    assert shop.call("/rates")[0] == 200  # at the time of --context, not of this test
    shop.edit("template.yaml", until, only, r"template\.yaml changed: reloaded")


def test_an_http_integration_calls_the_url_of_a_parameter(shop: Shop) -> None:
    assert shop.call("/rates") == (200, {"path": "/rates"})


def test_changed_code_restarts_the_functions_that_have_it(shop: Shop) -> None:
    shop.edit("src/add/util.py", '"add"', '"new add"', r"util\.py changed: reloaded: functions Add")
    assert shop.call("/things", body={"id": "b"})[1]["who"] == "new add"
    said = r"words\.py changed: reloaded: functions List, Add"
    shop.edit("layers/words/python/words.py", "hello", "goodbye", said)
    assert shop.call("/things", TOKEN)[1]["word"] == "goodbye"
    shop.edit("layers/words/python/words.py", "goodbye", "hello", said)


def test_a_changed_file_of_variables_restarts_its_function(shop: Shop) -> None:
    shop.edit("env.json", '"hi"', '"good day"', "env.json changed: reloaded: functions List")
    assert shop.call("/things", TOKEN)[1]["greeting"] == "good day"
    shop.edit("env.json", '"good day"', '"hi"', "env.json changed: reloaded: functions List")


def test_an_included_document_changes_the_api_and_no_function(shop: Shop) -> None:
    shop.edit("api.yaml", "  /rates:", "  /prices:", r"api\.yaml changed: reloaded\.")
    assert shop.call("/prices")[0] == 200
    assert shop.call("/rates")[0] == 403
    shop.edit("api.yaml", "  /prices:", "  /rates:", r"api\.yaml changed: reloaded\.")


def test_the_policy_of_a_private_api_is_evaluated_and_replaced(shop: Shop) -> None:
    shop.edit("template.yaml", ENDPOINT, OTHER, r"template\.yaml changed: reloaded")
    status, refused = shop.call("/rates")
    assert (status, "is not authorized to perform" in refused["Message"]) == (403, True)
    shop.edit("template.yaml", OTHER, ENDPOINT, r"template\.yaml changed: reloaded")
    assert shop.call("/rates")[0] == 200


def test_a_changed_plan_counts_from_its_start(shop: Shop) -> None:
    shop.edit("template.yaml", "Limit: 3", "Limit: 2", r"template\.yaml changed: reloaded")
    answers = [shop.call("/echo", {"x-api-key": KEY})[0] for _ in range(3)]
    assert answers == [200, 200, 429]
    shop.edit("template.yaml", "Limit: 2", "Limit: 3", r"template\.yaml changed: reloaded")


def test_a_broken_template_keeps_the_last_one_and_says_where_it_is_broken(shop: Shop) -> None:
    shop.edit("template.yaml", "!Ref Words]", "!Ref Nothing]", "the last working version")
    assert "no resource Nothing" in "".join(shop.serving.lines)
    assert shop.call("/rates")[0] == 200
    shop.edit("template.yaml", "!Ref Nothing]", "!Ref Words]", r"template\.yaml changed: reloaded")


def test_code_that_changes_while_the_template_is_broken_is_loaded_when_it_is_mended(
    shop: Shop,
) -> None:
    before = shop.call("/things", body={"id": "c"})[1]["who"]
    shop.edit("template.yaml", "!Ref Words]", "!Ref Nothing]", "the last working version")
    said = r"util\.py changed: not reloaded.* has to be corrected first"
    shop.edit("src/add/util.py", '= "', '= "later ', said)
    assert shop.call("/things", body={"id": "c"})[1]["who"] == before
    said = r"template\.yaml changed: reloaded: functions Add"
    shop.edit("template.yaml", "!Ref Nothing]", "!Ref Words]", said)
    assert shop.call("/things", body={"id": "c"})[1]["who"] == f"later {before}"
    said = r"util\.py changed: reloaded: functions Add"
    shop.edit("src/add/util.py", '= "later ', '= "', said)


def test_functions_and_tables_come_and_go_with_the_template(shop: Shop) -> None:
    more = (
        "  More:\n    Type: AWS::Serverless::SimpleTable\n"
        "  Extra:\n    Type: AWS::Serverless::Function\n    Properties: {CodeUri: src/echo}\n"
        "  Web:\n"
    )
    said = "reloaded: functions Extra; created tables shop-More"
    shop.edit("template.yaml", "  Web:\n", more, said)
    keyed = more.replace(
        "SimpleTable\n", "SimpleTable\n    Properties: {PrimaryKey: {Name: k, Type: String}}\n"
    )
    shop.edit("template.yaml", more, keyed, "the table More keeps its data")
    shop.edit("template.yaml", keyed, "  Web:\n", "reloaded: functions Extra")
