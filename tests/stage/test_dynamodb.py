import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from openapi_first.stage import dynamodb


@pytest.fixture(scope="module")
def local():
    with dynamodb.start() as server:
        yield server


@pytest.fixture
def client(local):
    made = boto3.client(
        "dynamodb",
        endpoint_url=local.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(max_pool_connections=16),
    )
    yield made
    made.close()


def make_table(client, name):
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def test_it_starts_without_waiting_and_keeps_items(client, local):
    assert local.endpoint_url.startswith("http://127.0.0.1:")
    make_table(client, "kept")
    client.put_item(TableName="kept", Item={"id": {"S": "1"}})
    assert client.get_item(TableName="kept", Key={"id": {"S": "1"}})["Item"] == {"id": {"S": "1"}}


def test_only_one_of_many_writes_under_a_condition_wins(client):
    make_table(client, "raced")

    def put(number):
        try:
            client.put_item(
                TableName="raced",
                Item={"id": {"S": "1"}, "n": {"N": str(number)}},
                ConditionExpression="attribute_not_exists(id)",
            )
        except client.exceptions.ConditionalCheckFailedException:
            return 0
        return 1

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(put, range(48))) == 1


def test_a_connection_is_kept_and_answers_without_delay(client):
    make_table(client, "quick")
    key = {"id": {"S": "1"}}
    client.get_item(TableName="quick", Key=key)
    times = []
    for _ in range(9):
        started = time.perf_counter()
        client.get_item(TableName="quick", Key=key)
        times.append(time.perf_counter() - started)
    assert sorted(times)[4] < 0.035  # Nagle and a delayed ACK would make it 40 ms


def test_an_interrupt_from_the_terminal_does_not_end_it(client, local):
    os.kill(local.pid, signal.SIGINT)
    assert "TableNames" in client.list_tables()


def test_it_ends_with_the_process_that_started_it():
    script = (
        "from openapi_first.stage import dynamodb; import time; "
        "s = dynamodb.start(); print(s.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    with parent:
        pid = int(parent.stdout.readline())
        parent.kill()
    end = time.monotonic() + 10
    while True:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                break
        except (ProcessLookupError, FileNotFoundError):
            break
        assert time.monotonic() < end
        time.sleep(0.02)


def test_stopping_twice_is_fine_and_a_stopped_server_says_so():
    server = dynamodb.start()
    server.stop()
    server.stop()
    with pytest.raises(dynamodb.LocalDynamoDBError, match="stopped"):
        server.wait_ready()
