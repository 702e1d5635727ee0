"""The direct client obeys botocore's settings, keeps its connection, and starts without boto3."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ConnectionError, NoCredentialsError, NoRegionError

from items import connection
from items.direct_client import DirectClient
from items.settings import CLIENTS
from support.faults.answering import Call, answering

_GET = {"TableName": "items", "Key": {"id": {"S": "a"}}}
_ANSWER = {"Item": {"id": {"S": "a"}, "b": {"B": "AAE="}}, "ConsumedCapacity": {}}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Call]]:
    with answering(_ANSWER) as (url, calls):
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
        yield calls


def test_calls_share_a_connection_without_delay(
    dynamodb: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = []
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        connect(self, address)
        options.append(self.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr(socket.socket, "connect", noted)
    client = connection.client("direct")
    for _ in range(3):
        assert client.get_item(**_GET)["Item"] == _ANSWER["Item"]
    assert [bool(each) for each in options] == [True]
    assert len({call.port for call in dynamodb}) == 1
    client.close()
    client.get_item(**_GET)
    assert len({call.port for call in dynamodb}) == 2
    client.close()


def test_a_request_is_that_of_boto3s_client(
    dynamodb: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    for kind in ("boto3", "direct"):
        client = connection.client(kind)
        client.get_item(**_GET)
        client.close()
    theirs, ours = (call.headers for call in dynamodb)
    assert dynamodb[0].content == dynamodb[1].content == {**_GET, "ReturnConsumedCapacity": "TOTAL"}
    for name in ("Host", "X-Amz-Target", "Content-Type", "X-Amz-Security-Token"):
        assert ours[name] == theirs[name]
    for name in ("Host", "X-Amz-Target", "X-Amz-Security-Token"):
        assert name.lower() in _signed(theirs) & _signed(ours)
    _check_signature(dynamodb[1])
    scopes = [each["Authorization"].split(", ")[0].split("/")[2:] for each in (theirs, ours)]
    assert scopes == [["eu-central-1", "dynamodb", "aws4_request"]] * 2


def _check_signature(call: Call) -> None:
    """It is SigV4Auth's of botocore's request, of which the client gives it only a part."""
    names = ("Content-Type", "X-Amz-Target", "X-Amz-Date", "X-Amz-Security-Token", "Host")
    body = json.dumps(call.content, separators=(",", ":"))
    headers = {name: call.headers[name] for name in names}
    request = AWSRequest("POST", os.environ["AWS_ENDPOINT_URL_DYNAMODB"], headers, body.encode())
    request.context["timestamp"] = headers["X-Amz-Date"]
    auth: Any = SigV4Auth(Credentials("key", "secret", "token"), "dynamodb", "eu-central-1")
    expected = auth.signature(
        auth.string_to_sign(request, auth.canonical_request(request)), request
    )
    assert call.headers["Authorization"].endswith(f"Signature={expected}")


def _signed(headers: dict[str, str]) -> set[str]:
    return set(headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";"))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_DEFAULT_REGION": "us-east-1"},
        {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
        {"AWS_DEFAULT_REGION": "cn-north-1"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:8000"},
        {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8001/prefix"},
        {
            "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8001",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        },
    ],
    ids=["region", "FIPS", "dual stack", "China", "all services", "DynamoDB", "ignored"],
)
def test_the_endpoint_is_that_of_boto3s_client(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    theirs = boto3.session.Session().client("dynamodb")
    direct = DirectClient(Config(retries={"total_max_attempts": 2}))
    assert direct.meta.endpoint_url == theirs.meta.endpoint_url


def test_a_profile_has_the_region_the_endpoint_and_the_key(
    dynamodb: list[Call],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    url = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB")
    (tmp_path / "config").write_text(
        "[profile other]\nregion = sa-east-1\naws_access_key_id = of-profile\n"
        f"aws_secret_access_key = secret\nservices = here\n"
        f"[services here]\ndynamodb =\n  endpoint_url = {url}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "other")
    client = connection.client("direct")
    client.get_item(**_GET)
    client.close()
    assert "of-profile/" in dynamodb[0].headers["Authorization"]
    assert "/sa-east-1/dynamodb/" in dynamodb[0].headers["Authorization"]


def test_without_a_region_or_credentials_the_errors_are_botocores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(NoCredentialsError):
        connection.client("direct").get_item(**_GET)
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(NoRegionError):
        connection.client("direct")


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_proxy_gets_the_whole_url(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(_ANSWER) as (url, calls):
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://dynamodb.example")
        monkeypatch.setenv("http_proxy", url.replace("//", "//user:of-proxy@"))
        client = connection.client(kind)
        assert client.get_item(**_GET)["Item"]["id"] == {"S": "a"}
        client.close()
    assert calls[0].headers["Host"] == "dynamodb.example"
    assert calls[0].headers["Proxy-Authorization"] == "Basic dXNlcjpvZi1wcm94eQ=="


def test_an_error_shows_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-role")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-the-session")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for proxy in (None, f"http://user:of-proxy@127.0.0.1:{port}"):
        if proxy is not None:
            monkeypatch.setenv("https_proxy", proxy)
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"https://127.0.0.1:{port}")
        client = DirectClient(Config(retries={"total_max_attempts": 1}))
        with pytest.raises(ConnectionError) as raised:
            client.get_item(**_GET)
        client.close()
        shown = "".join(traceback.format_exception(raised.value))
        assert not [each for each in ("of-the-role", "of-the-session", "of-proxy") if each in shown]


def test_the_start_imports_no_boto3() -> None:
    code = (
        "import sys\nfrom items import connection\nconnection.store()\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'boto3', 's3transfer'}))"
    )
    for kind, imported in (("direct", "[]"), ("boto3", "['boto3', 's3transfer']")):
        environ = {**os.environ, "TABLE_NAME": "items", "DYNAMODB_CLIENT": kind}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == imported
