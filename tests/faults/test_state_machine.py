"""The sample service against a dictionary, in sequences of requests, faults and foreign writes."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from uuid import UUID, uuid5

import boto3
import hypothesis.strategies as st
import pytest
import yaml
from aws_lambda_powertools import Logger
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from items import connection, operations, records, reporting, table
from items.settings import BOTO3, CLIENTS
from items.store import ItemStore
from openapi_first.runtime import lambda_handler
from support import engines
from support.compiled import Handler, compiled_module, event
from support.faults import items_model as model
from support.faults.catalogue import DELAYED, FAULTS, REFUSED, SLOW
from support.faults.declared_answers import DeclaredAnswers
from support.faults.items_model import Content, Expected, Keyed, Precondition, State
from support.faults.local_table import LocalTable
from support.faults.malformed_items import MALFORMED, malformed
from support.faults.proxy import Fault, faulty
from support.faults.tables import TABLE, ServedTable, Table

ROOT = Path(__file__).parents[2]
ITEM = "/items/{id}"
CANARY = "canary-of-a-cause"
STEPS = 50
FAST = sorted(FAULTS.keys() - {each.name for each in (*SLOW, *DELAYED)})
NAMESPACE = UUID("4a7e2a6a-5a65-4f0b-8c77-2f3d7f2f3c51")
OTHER_TAGS = ("0" * 32, "A" * 32, "a,b", "", "é")


@dataclass
class Service:
    """The handler of the service, with its table."""

    handler: Handler
    table: Table
    judge: DeclaredAnswers
    steps: int = 0
    statuses: set[int] = field(default_factory=set)


@dataclass
class Listing:
    """A client that reads all pages. `lasting` are the items that were there all the time."""

    lasting: set[str]
    cursor: str | None = None
    seen: set[str] = field(default_factory=set)


CONTENTS = st.sampled_from(
    [Content("a", None), Content("a", ""), Content("b", "x"), Content("é\u2028\U0001f600", "\0")]
)
CALLERS = st.sampled_from(["one", "two"])
KEYS = st.sampled_from([None, "k", "K"])
PLACES = st.integers(0, 15)
LIMITS = st.sampled_from([1, 2, 3, 100])
TAGS = st.none() | st.tuples(
    st.lists(
        st.tuples(st.sampled_from(["own", "old", *OTHER_TAGS]), st.booleans()),
        max_size=3,
    ),
    st.sampled_from(["", "*", ",", "many"]),
)
"""Tags and whether each is weak, and what else makes the header."""
JSON: dict[str, str | list[str]] = {"Content-Type": "application/json"}
ODD, KNOWN = {"id": "odd 1"}, {"id": str(NAMESPACE)}
WRONG = st.sampled_from(
    [
        event(resource="/items", query={"limit": ["0"]}),
        event(resource="/items", query={"cursor": ["AV8Mag5tb02cnVQ_H0zpwae1cD4q"]}),
        event(method="POST", resource="/items", headers=JSON, body={}),
        event(method="POST", resource="/items", headers=JSON, body="{"),
        event(resource=ITEM, path=ODD),
        event(method="PUT", resource=ITEM, path=ODD, headers=JSON, body={"name": "a"}),
        event(method="DELETE", resource=ITEM, path=ODD),
        event(method="DELETE", resource=ITEM, path=KNOWN, headers={"If-Match": "a"}),
    ]
)


class Items(RuleBasedStateMachine):
    service: ClassVar[Service]

    @initialize()
    def begin(self) -> None:
        self.service.table.clear()
        self.state: State = {}
        self.ids = [str(NAMESPACE)]
        self.of_keys: dict[tuple[str, str], str] = {}
        self.listings: list[Listing] = []
        self.old_versions: list[str] = []
        self.fault: tuple[Fault, int, int] | None = None

    @rule(name=st.sampled_from(FAST), times=st.integers(1, 2), skip=st.sampled_from([0, 0, 1]))
    def meet_a_fault(self, name: str, times: int, skip: int) -> None:
        """The next request does."""
        self.fault = FAULTS[name], times, skip

    @rule(content=CONTENTS, caller=CALLERS, key=KEYS)
    def create(self, content: Content, caller: str, key: str | None) -> None:
        keyed = Keyed(caller, key, content) if key is not None else None
        place = self.of_keys.get((caller, key), model.NEW) if key is not None else model.NEW
        expected = model.create(self.state, content, keyed, place)
        known = set(self.state)
        answer = self.send(expected, "POST", body=content.as_json(), keyed=keyed)
        new = set(self.state) - known
        if key is not None and new and place == model.NEW:
            self.of_keys[caller, key] = next(iter(new))
        self.ids += [id for id in new if id not in self.ids]
        if answer["statusCode"] == 201:
            location = answer["multiValueHeaders"]["Location"][0]
            assert location == f"/items/{json.loads(answer['body'])['id']}"

    @rule(at=PLACES, upper=st.booleans(), tags=TAGS)
    def get(self, at: int, upper: bool, tags: Any) -> None:
        id = self.id(at, upper)
        condition = self.precondition(id, tags)
        self.send(
            model.get(self.state, id, condition),
            "GET",
            id,
            headers=named("If-None-Match", condition),
        )

    @rule(at=PLACES, upper=st.booleans(), content=CONTENTS, caller=CALLERS, key=KEYS, tags=TAGS)
    def put(
        self, at: int, upper: bool, content: Content, caller: str, key: str | None, tags: Any
    ) -> None:
        id = self.id(at, upper)
        keyed = Keyed(caller, key, content) if key is not None else None
        condition = self.precondition(id, tags)
        expected = model.put(self.state, id, content, keyed, condition)
        headers = named("If-Match", condition)
        self.send(expected, "PUT", id, body=content.as_json(), keyed=keyed, headers=headers)

    @rule(at=PLACES, upper=st.booleans(), tags=TAGS)
    def delete(self, at: int, upper: bool, tags: Any) -> None:
        id = self.id(at, upper)
        condition = self.precondition(id, tags)
        expected = model.delete(self.state, id, condition)
        self.send(expected, "DELETE", id, headers=named("If-Match", condition))

    @rule(limit=LIMITS)
    def begin_to_list(self, limit: int) -> None:
        listing = Listing({key for key, item in self.state.items() if not item.bad})
        self.listings.append(listing)
        self.list(listing, limit)

    @rule(at=PLACES, limit=LIMITS)
    def list_on(self, at: int, limit: int) -> None:
        if self.listings:
            self.list(self.listings[at % len(self.listings)], limit)

    @rule(
        at=PLACES,
        kind=st.none() | st.sampled_from(sorted(MALFORMED)),
        form=st.sampled_from(["new", "new", "known", "upper", "odd"]),
    )
    def another_program_writes(self, at: int, kind: str | None, form: str) -> None:
        id = {
            "new": str(uuid5(NAMESPACE, str(at))),
            "known": self.ids[at % len(self.ids)].lower(),
            "upper": self.ids[at % len(self.ids)].upper(),
            "odd": f"odd {at}",
        }[form]
        good: dict[str, Any] = dict(
            records.Item.new(id, records.Content("a"), None).as_attributes()
        )
        attributes = malformed(kind, id) if kind is not None else good
        self.service.table.plant(attributes)
        self.settle({**self.state, id: model.planted(kind, attributes, id)})
        if form != "odd" and id not in self.ids:
            self.ids.append(id)

    @rule(wrong=WRONG)
    def send_a_wrong_request(self, wrong: dict[str, Any]) -> None:
        wrong = {**wrong, "requestContext": {**wrong["requestContext"], **identity("one")}}
        assert self.served(wrong)["statusCode"] == 400

    @invariant()
    def the_table_is_the_model(self) -> None:
        self.service.steps += 1
        assert self.service.table.items == {
            key: item.attributes for key, item in self.state.items()
        }

    def id(self, at: int, upper: bool) -> str:
        id = self.ids[at % len(self.ids)]
        return id.upper() if upper else id

    def precondition(self, id: str, tags: Any) -> Precondition | None:
        if tags is None:
            return None
        chosen, extra = tags
        if extra == "*" or not chosen:
            return Precondition(" * ", any=True)
        item = self.state.get(id.lower()) or self.state.get(id)
        values = {
            "own": (item and item.version) or "0" * 32,
            "old": self.old_versions[-1] if self.old_versions else "1" * 32,
        }
        known = [(values.get(name, name), weak) for name, weak in chosen]
        lines = [f'W/"{value}"' if weak else f'"{value}"' for value, weak in known]
        if extra == "many":
            lines = [f'"{number:032x}"' for number in range(120)] + lines
        text = " ,\t".join(lines) + ("," if extra == "," else "")
        return Precondition(
            text or ",",
            any=False,
            strong=frozenset(value for value, weak in known if not weak),
            weak=frozenset(value for value, weak in known if weak),
        )

    def list(self, listing: Listing, limit: int) -> None:
        query = {"limit": [str(limit)]}
        if listing.cursor is not None:
            query["cursor"] = [listing.cursor]
        answer = self.send(Expected(200, (self.state,)), "GET", query=query)
        if answer["statusCode"] != 200:
            return
        page = json.loads(answer["body"])
        keys = [item["id"] for item in page["items"]]
        assert len(keys) <= limit
        assert listing.seen.isdisjoint(keys)
        assert len(set(keys)) == len(keys)
        for item in page["items"]:
            assert not self.state[item["id"]].bad
            assert item == self.state[item["id"]].as_json()
        listing.seen.update(keys)
        listing.cursor = page.get("next_cursor")
        if listing.cursor is None:
            assert listing.lasting <= listing.seen
            self.listings.remove(listing)
        else:
            assert keys, "only the last page is empty"

    def send(
        self,
        expected: Expected,
        method: str,
        id: str | None = None,
        *,
        keyed: Keyed | None = None,
        headers: dict[str, str] | None = None,
        **request: Any,
    ) -> dict[str, Any]:
        """The answer, once it and the table are what the model allows."""
        sent = event(
            method=method,
            resource=ITEM if id is not None else "/items",
            path={"id": id} if id is not None else None,
            headers={
                **(headers or {}),
                **({"Idempotency-Key": keyed.key} if keyed else {}),
                **(JSON if "body" in request else {}),
            },
            **request,
        )
        sent["requestContext"] |= identity(keyed.caller if keyed else "one")
        planned, self.fault = self.fault, None
        if planned is not None:
            self.service.table.inject(*planned)
        answer = self.served(sent)
        met = planned is not None and self.service.table.met > 0
        self.service.table.heal()
        status = answer["statusCode"]
        if met and planned is not None and status != expected.status:
            refused = planned[0] in REFUSED
            assert status == (500 if refused else 503), answer
            self.settle(*expected.states)
            return answer
        assert status == expected.status, answer
        self.settle(expected.states[-1])
        key = expected.key
        if key == model.NEW:
            key = json.loads(answer["body"])["id"]
        if key is not None:
            item = self.state[key]
            assert answer["multiValueHeaders"]["ETag"] == [f'"{item.version}"']
            if status != 304:
                assert json.loads(answer["body"]) == item.as_json()
        return answer

    def served(self, sent: dict[str, Any]) -> dict[str, Any]:
        with contextlib.redirect_stdout(io.StringIO()):
            answer = self.service.handler(sent, None)
        complaint = self.service.judge.complaint(sent["httpMethod"], sent["resource"], answer)
        assert complaint is None, f"{complaint}: {answer}"
        assert CANARY not in json.dumps(answer)
        self.service.statuses.add(answer["statusCode"])
        return answer

    def settle(self, *states: State) -> None:
        """The table is in one of the states, which becomes the model's."""
        stored = self.service.table.items
        found = next(filter(None, (fitting(each, stored) for each in states)), None)
        assert found is not None, f"the table has {stored}, and it should be in one of {states}"
        before, self.state = self.state, found[0]
        for key, item in self.state.items():
            old = before[key].version if key in before else None
            if old is not None and old != item.version:
                self.old_versions.append(old)
        good = {key for key, item in self.state.items() if not item.bad}
        for listing in self.listings:
            listing.lasting &= good


def fitting(state: State, stored: Mapping[str, Any]) -> tuple[State] | None:
    found = model.learned(state, stored)
    return None if found is None else (found,)


def named(name: str, condition: Precondition | None) -> dict[str, str]:
    return {} if condition is None else {name: condition.text}


def identity(caller: str) -> dict[str, Any]:
    return {"path": "/items", "identity": {"apiKeyId": caller}}


def run(service: Service, steps: int, *, derandomize: bool) -> None:
    """Runs at least so many steps. Raises AssertionError for what is wrong, with the sequence that
    shows it."""

    class Machine(Items):
        """One for each service."""

    Machine.service = service
    # Hypothesis ends some sequences earlier.
    while service.steps < steps:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=1 + (steps - service.steps) // STEPS,
                stateful_step_count=STEPS,
                derandomize=derandomize,
                deadline=None,
                database=None,
                # Ids are random, so a shorter sequence may not show the same.
                phases=[Phase.generate],
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert service.statuses == {200, 201, 204, 304, 400, 404, 409, 412, 500, 503}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    folder = tmp_path_factory.mktemp("items")
    return compiled_module(folder, (ROOT / "openapi.yaml").read_text())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "service" in metafunc.fixturenames:
        kinds = CLIENTS if metafunc.config.getoption("--all") else (BOTO3,)
        metafunc.parametrize("service", kinds, indirect=True)


@pytest.fixture
def service(
    request: pytest.FixtureRequest, compiled: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, Table], Service]]:
    """The service with a table at an endpoint."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    # botocore's pause before a retry is random, up to a second.
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    clients = []

    def make(endpoint_url: str, table: Table) -> Service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint_url)
        clients.append(connection.client(request.param))
        if isinstance(table, LocalTable):
            table.serve(clients[-1])
        store = ItemStore(clients[-1], TABLE)
        monkeypatch.setattr(operations, "store", lambda: store)
        logger = Logger(service="state machine", level="CRITICAL")
        monkeypatch.setattr(reporting, "LOGGER", logger)
        document = yaml.safe_load((ROOT / "openapi.yaml").read_text())
        handler = lambda_handler(compiled, operations, logger=logger)
        return Service(handler, table, DeclaredAnswers(document))

    yield make
    for client in clients:
        client.close()


@pytest.mark.timeout(1800)
def test_the_service_does_what_a_dictionary_would(
    service: Callable[[str, Table], Service], everything: bool
) -> None:
    made = service("http://127.0.0.1:9", LocalTable())
    run(made, 50_000 if everything else 2_000, derandomize=not everything)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", engines.ENGINES)
def test_the_service_does_it_on_a_server(
    service: Callable[[str, Table], Service],
    monkeypatch: pytest.MonkeyPatch,
    everything: bool,
    name: str,
) -> None:
    if not everything:
        pytest.skip("takes a server and ten times as long: `make test-all`")
    lacking = engines.missing(name)
    if lacking is not None:
        pytest.skip(lacking)
    with engines.start(name) as engine, faulty(engine.endpoint_url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", engine.endpoint_url)
        client = boto3.client(
            "dynamodb",
            endpoint_url=engine.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        table.create(client, TABLE)
        run(service(proxy.url, ServedTable(client, proxy)), 3_000, derandomize=False)
        client.close()
