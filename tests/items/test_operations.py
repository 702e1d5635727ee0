"""The five operations, through the contract's own handler: what a client sees."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from items import failures, operations
from items.records import Content, Item
from items.store import ItemStore
from openapi_first.compiler.compile import write_compiled
from openapi_first.openapi.loader import load
from openapi_first.runtime import lambda_handler
from support import engines
from support.faults.items_events import event
from support.faults.malformed_items import MALFORMED, malformed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ROOT = Path(__file__).resolve().parents[2]
_UNKNOWN = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


_Send = Callable[..., _Answer]


@pytest.fixture(scope="session")
def compiled_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("compiled") / "compiled.py"
    write_compiled(load(_ROOT / "openapi.yaml"), path)
    return path


@pytest.fixture(scope="session")
def compiled(compiled_path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("compiled", compiled_path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def send(compiled: ModuleType, store: ItemStore, monkeypatch: pytest.MonkeyPatch) -> _Send:
    """Send a request to the handler; responses are held against the contract on the way."""
    monkeypatch.setattr(operations, "store", lambda: store)
    handler = lambda_handler(compiled, operations)

    def send(method: str, id: str | None = None, **request: Any) -> _Answer:
        reply = handler(event(method, id, **request), object())
        headers = {name: values[0] for name, values in reply["multiValueHeaders"].items()}
        return _Answer(reply["statusCode"], headers, reply["body"])

    return send


def test_an_item_is_created_where_location_says(send: _Send) -> None:
    created = send("POST", body={"name": "a", "description": "b"})
    assert created.status == 201
    assert created.json["name"] == "a"
    assert created.json["description"] == "b"
    assert created.headers["Location"] == f"/prod/items/{created.json['id']}"
    read = send("GET", created.headers["Location"].rpartition("/")[2])
    assert (read.status, read.json) == (200, created.json)
    assert read.headers["ETag"] == created.headers["ETag"]


def test_a_description_not_given_is_absent_and_an_empty_one_is_not(send: _Send) -> None:
    assert "description" not in send("POST", body={"name": "a"}).json
    assert send("POST", body={"name": "a", "description": ""}).json["description"] == ""


def test_ids_compare_without_case(send: _Send) -> None:
    id = send("POST", body={"name": "a"}).json["id"]
    assert send("GET", id.upper()).json["id"] == id
    assert send("PUT", id.upper(), body={"name": "b"}).json["id"] == id
    assert send("DELETE", id.upper()).status == 204
    assert send("GET", id).status == 404


def test_a_known_version_is_not_sent_again(send: _Send) -> None:
    created = send("POST", body={"name": "a"})
    id, tag = created.json["id"], created.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        unchanged = send("GET", id, headers={"If-None-Match": known})
        assert (unchanged.status, unchanged.text) == (304, "")
        assert unchanged.headers["ETag"] == tag
    assert send("GET", id, headers={"If-None-Match": '"other"'}).status == 200


def test_a_replacement_is_whole_and_changes_the_tag(send: _Send) -> None:
    created = send("POST", body={"name": "a", "description": "b"})
    id, tag = created.json["id"], created.headers["ETag"]
    replaced = send("PUT", id, body={"name": "c"}, headers={"If-Match": tag})
    assert replaced.status == 200
    assert replaced.json == {
        "id": id,
        "name": "c",
        "created_at": created.json["created_at"],
        "updated_at": replaced.json["updated_at"],
    }
    assert replaced.headers["ETag"] != tag


def test_a_stale_write_is_412_and_changes_nothing(send: _Send) -> None:
    created = send("POST", body={"name": "a"})
    id, tag = created.json["id"], created.headers["ETag"]
    for stale in ('"other"', f"W/{tag}"):
        assert send("PUT", id, body={"name": "b"}, headers={"If-Match": stale}).status == 412
        assert send("DELETE", id, headers={"If-Match": stale}).status == 412
    assert send("GET", id).json == created.json


def test_a_conditional_write_with_a_key_can_be_sent_again(send: _Send) -> None:
    created = send("POST", body={"name": "a"})
    id = created.json["id"]
    headers = {"If-Match": created.headers["ETag"], "Idempotency-Key": "k"}
    replaced = send("PUT", id, body={"name": "b"}, headers=headers)
    again = send("PUT", id, body={"name": "b"}, headers=headers)
    assert (again.status, again.json, again.headers["ETag"]) == (
        200, replaced.json, replaced.headers["ETag"],
    )  # fmt: skip
    assert send("PUT", id, body={"name": "c"}, headers=headers).status == 412
    other = {**headers, "Idempotency-Key": "other"}
    assert send("PUT", id, body={"name": "b"}, headers=other).status == 412
    assert send("PUT", id, body={"name": "b"}, headers=headers, api_key_id="two").status == 412


def test_put_of_an_unknown_id_is_404_and_creates_nothing(send: _Send) -> None:
    for headers in ({}, {"If-Match": "*"}, {"If-Match": '"any"'}):
        assert send("PUT", _UNKNOWN, body={"name": "a"}, headers=headers).status == 404
    assert send("GET").json == {"items": []}


def test_delete_succeeds_again_whatever_was_expected(send: _Send) -> None:
    created = send("POST", body={"name": "a"})
    id, tag = created.json["id"], created.headers["ETag"]
    assert send("DELETE", id, headers={"If-Match": tag}).status == 204
    assert send("DELETE", id).status == 204
    assert send("DELETE", id, headers={"If-Match": tag}).status == 204
    assert send("DELETE", id, headers={"If-Match": "*"}).status == 204


@pytest.mark.parametrize(
    ("method", "header"), [("GET", "If-None-Match"), ("PUT", "If-Match"), ("DELETE", "If-Match")]
)
def test_a_malformed_precondition_is_400_and_named(send: _Send, method: str, header: str) -> None:
    body = {"name": "a"} if method == "PUT" else None
    id = send("POST", body={"name": "a"}).json["id"]
    refused = send(method, id, body=body, headers={header: "not quoted"})
    assert refused.status == 400
    assert [error["parameter"] for error in refused.json["errors"]] == [header]


def test_pages_follow_the_cursor_to_the_end(send: _Send) -> None:
    created = {send("POST", body={"name": str(n)}).json["id"] for n in range(7)}
    first = send("GET", query={"limit": "3"}).json
    second = send("GET", query={"limit": "3", "cursor": first["next_cursor"]}).json
    third = send("GET", query={"limit": "3", "cursor": second["next_cursor"]}).json
    assert [len(page["items"]) for page in (first, second, third)] == [3, 3, 1]
    assert "next_cursor" not in third
    pages = first["items"] + second["items"] + third["items"]
    assert {item["id"] for item in pages} == created


def test_twenty_items_make_a_page_where_no_limit_is_given(send: _Send) -> None:
    for number in range(21):
        send("POST", body={"name": str(number)})
    assert len(send("GET").json["items"]) == 20


def test_a_foreign_cursor_is_400_and_named(send: _Send) -> None:
    refused = send("GET", query={"cursor": "AV8Mag5tb02cnVQ_H0zpwae1cD4q"})
    assert refused.status == 400
    assert [error["parameter"] for error in refused.json["errors"]] == ["cursor"]


def test_a_replay_is_the_same_201_and_another_body_409(send: _Send) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first = send("POST", body={"name": "a"}, headers=key)
    again = send("POST", body={"name": "a"}, headers=key)
    assert (again.status, again.json) == (201, first.json)
    assert again.headers["Location"] == first.headers["Location"]
    assert send("POST", body={"name": "b"}, headers=key).status == 409
    assert len(send("GET").json["items"]) == 1


def test_callers_do_not_share_idempotency_keys(send: _Send) -> None:
    key = {"Idempotency-Key": "k"}
    ids = {
        send("POST", body={"name": "a"}, headers=key, api_key_id=caller).json["id"]
        for caller in ("key-one", "key-two")
    }
    assert len(ids) == 2
    assert send("POST", body={"name": "a"}, headers=key, api_key_id=None).status == 500


def test_an_item_above_400_kb_is_413(send: _Send) -> None:
    large = {"name": "a", "description": "b" * 409_600}
    id = send("POST", body={"name": "a"}).json["id"]
    assert send("POST", body=large).status == 413
    assert send("PUT", id, body=large).status == 413


def test_an_unavailable_store_is_503_with_the_time_to_wait(
    send: _Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable() -> ItemStore:
        raise failures.StoreUnavailable("away")

    monkeypatch.setattr(operations, "store", unavailable)
    for method, id, body in [
        ("GET", None, None),
        ("POST", None, {"name": "a"}),
        ("GET", _UNKNOWN, None),
        ("PUT", _UNKNOWN, {"name": "a"}),
        ("DELETE", _UNKNOWN, None),
    ]:
        refused = send(method, id, body=body)
        assert refused.status == 503
        assert refused.headers["Retry-After"] in ("1", "2", "3")
        assert "away" not in refused.text


def test_malformed_items_are_left_out_repaired_and_removed(
    send: _Send,
    client: DynamoDBClient,
    table_name: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    everything: bool,
) -> None:
    good = send("POST", body={"name": "a"}).json
    ids = {kind: (str(uuid4()), str(uuid4())) for kind in MALFORMED}
    for kind, pair in ids.items():
        for id in pair:
            client.put_item(TableName=table_name, Item=malformed(kind, id))
    caplog.clear()
    capsys.readouterr()
    assert send("GET", query={"limit": "100"}).json == {"items": [good]}
    errors = [vars(each) for each in caplog.records if each.levelname == "ERROR"]
    assert sorted(each["key"] for each in errors) == sorted(
        id for pair in ids.values() for id in pair
    )
    counted = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert counted["MalformedItems"] == [len(errors)]
    tried = list(ids.values())[:: 1 if everything else 4]
    for id, other in tried:
        caplog.clear()
        read = send("GET", id)
        assert (read.status, id in read.json.get("detail", "")) == (500, False)
        assert f"the stored item '{id}' is malformed" in caplog.text
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["MalformedItems"] == [1]
        assert send("PUT", id, body={"name": "b"}, headers={"If-Match": '"x"'}).status == 412
        repaired = send("PUT", id, body={"name": "b"})
        assert (repaired.status, repaired.json["name"]) == (200, "b")
        assert send("GET", id).json == repaired.json
        again = send("PUT", id, body={"name": "c"}, headers={"If-Match": repaired.headers["ETag"]})
        assert again.json["created_at"] == repaired.json["created_at"]
        assert send("DELETE", other).status == 204
    listed = {each["id"] for each in send("GET", query={"limit": "100"}).json["items"]}
    assert listed == {good["id"], *(id for id, _ in tried)}


def test_an_id_stored_in_upper_case_is_read_repaired_and_removed_by_the_same_id(
    send: _Send, client: DynamoDBClient, table_name: str
) -> None:
    for method in ("PUT", "DELETE"):
        id = str(uuid4()).upper()
        attributes = dict(Item.new(id, Content("a"), None).as_attributes())
        client.put_item(TableName=table_name, Item={**attributes, "ttl": {"N": "1"}})
        assert send("GET").json == {"items": []}
        assert send("GET", id).status == 500
        if method == "PUT":
            repaired = send("PUT", id, body={"name": "b"}).json
            assert repaired["id"] == id.lower()
            assert repaired["created_at"] == attributes["created_at"]["S"]
            stored = client.scan(TableName=table_name)["Items"]
            assert [(each["id"], each["ttl"]) for each in stored] == [
                ({"S": id.lower()}, {"N": "1"})
            ]
            id = id.lower()
        assert send("DELETE", id).status == 204
        assert not client.scan(TableName=table_name)["Items"]


def test_a_delete_takes_the_copy_in_upper_case_with_it(
    send: _Send, client: DynamoDBClient, table_name: str
) -> None:
    created = send("POST", body={"name": "a"})
    id, tag = created.json["id"], created.headers["ETag"]
    client.put_item(TableName=table_name, Item=malformed("name empty", id.upper()))
    assert send("DELETE", id.upper(), headers={"If-Match": '"other"'}).status == 412
    assert len(client.scan(TableName=table_name)["Items"]) == 2
    assert send("DELETE", id.upper(), headers={"If-Match": tag}).status == 204
    assert not client.scan(TableName=table_name)["Items"]


def test_ids_that_are_no_uuid_stop_no_listing(
    send: _Send, client: DynamoDBClient, table_name: str
) -> None:
    created = {send("POST", body={"name": str(n)}).json["id"] for n in range(5)}
    for number in range(30):
        foreign = malformed("only an id", f"order#{number}")
        client.put_item(TableName=table_name, Item=foreign)
    listed: list[str] = []
    query = {"limit": "1"}
    while True:
        page = send("GET", query=query).json
        listed += [each["id"] for each in page["items"]]
        if "next_cursor" not in page:
            break
        query = {"limit": "1", "cursor": page["next_cursor"]}
    assert sorted(listed) == sorted(created)


def test_the_handler_starts_from_the_environment_alone(
    engine: engines.Engine, table_name: str, compiled_path: Path
) -> None:
    """In a process of its own, as Lambda starts it."""
    program = (
        "import json, sys; from items.handler import handler;"
        "json.dump(handler(json.load(sys.stdin), object()), sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(event("POST", body={"name": "a"})),
        env={
            "PYTHONPATH": os.pathsep.join([str(_ROOT / "src"), str(compiled_path.parent)]),
            "TABLE_NAME": table_name,
            "AWS_ENDPOINT_URL_DYNAMODB": engine.endpoint_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stderr)["statusCode"] == 201
