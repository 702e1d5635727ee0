"""Usage plans, over a socket, with a clock that stands still until told otherwise."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from openapi_first.stage.access.api_keys import ApiKey
from openapi_first.stage.api.rest_api import Integration, Method
from openapi_first.stage.app import Stage
from openapi_first.stage.messages.settings import Settings
from openapi_first.stage.usage.meter import Meter
from openapi_first.stage.usage.plan_file import read_plan_file
from openapi_first.stage.usage.usage_file import UsageFile, UsageFileError
from openapi_first.stage.usage.usage_plans import PlanError, Quota, Throttle, UsagePlan

ALICE = ApiKey("alice", "alices-key-of-20-characters")
BOB = ApiKey("bob", "bobs-key-of-20-characters-or-more")
SCHEME = {"type": "apiKey", "name": "x-api-key", "in": "header"}
NOON = datetime(2026, 3, 18, 12, tzinfo=UTC).timestamp()  # a Wednesday


class Clock:
    now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def metered(run, documents):
    """A stage of two keyed methods with the given plans; `clock` moves by hand."""

    def start(*plans, keys=(ALICE, BOB), settings=None, root=None):
        keyed = documents.proxy(security=[{"key": []}])
        document = documents.api(
            {"/items": {"get": keyed, "post": keyed}, "/open": {"get": documents.proxy()}},
            components={"securitySchemes": {"key": SCHEME}},
            **(root or {}),
        )
        clock = Clock()
        stage = run(document, api_keys=keys, usage_plans=plans, settings=settings, clock=clock)
        stage.clock = clock
        return stage

    return start


def plan(name="basic", keys=("alice",), **limits):
    return UsagePlan(name, keys, **limits)


def statuses(stage, count, key=ALICE, method="GET"):
    headers = [("x-api-key", key.value)]
    return [stage.send(method, "/prod/items", headers=headers).status for _ in range(count)]


def usage(stage, key="alice"):
    plans = stage.get("/_stage/usage").json()["plans"]
    return next(entry for plan in plans for entry in plan["keys"] if entry["id"] == key)


@pytest.mark.fact("F3.1/12", "F6/7", "F6/13")
def test_a_burst_passes_and_the_next_request_is_throttled_without_retry_after(metered):
    stage = metered(plan(throttle=Throttle(1, 3)))
    assert statuses(stage, 4) == [200, 200, 200, 429]
    reply = stage.get("/prod/items", ("x-api-key", ALICE.value))
    assert reply.body == b'{"message":"Too Many Requests"}'
    assert reply.one("x-amzn-ErrorType") == "TooManyRequestsException"
    assert reply.one("retry-after") is None
    assert stage.log[-1].answered_by == "THROTTLED"


@pytest.mark.fact("F6/7")
def test_tokens_come_back_at_the_rate_and_never_above_the_burst(metered):
    stage = metered(plan(throttle=Throttle(2, 3)))
    assert statuses(stage, 4) == [200, 200, 200, 429]
    stage.clock.now += 0.5
    assert statuses(stage, 2) == [200, 429]
    stage.clock.now += 60
    assert statuses(stage, 4) == [200, 200, 200, 429]


def test_a_clock_set_back_empties_nothing(metered):
    stage = metered(plan(throttle=Throttle(1, 3)))
    assert statuses(stage, 1) == [200]
    stage.clock.now -= 3600
    assert statuses(stage, 2) == [200, 200]


@pytest.mark.fact("F6/9")
def test_a_throttle_counts_each_key_by_itself(metered):
    stage = metered(plan(keys=("alice", "bob"), throttle=Throttle(1, 1)))
    assert statuses(stage, 2) == [200, 429]
    assert statuses(stage, 2, BOB) == [200, 429]


@pytest.mark.fact("F6/11")
def test_a_throttle_of_one_method_leaves_the_others_alone(metered):
    stage = metered(plan(methods={"/items/GET": Throttle(1, 1)}))
    assert statuses(stage, 2) == [200, 429]
    assert statuses(stage, 3, method="POST") == [200, 200, 200]


@pytest.mark.fact("F6/10")
def test_a_throttle_of_one_method_stands_in_for_the_plans_own_unless_set_otherwise(metered):
    limits = {"throttle": Throttle(1, 1), "methods": {"/items/GET": Throttle(1, 3)}}
    assert statuses(metered(plan(**limits)), 4) == [200, 200, 200, 429]
    settings = Settings(method_throttle_replaces_plan_throttle=False)
    assert statuses(metered(plan(**limits), settings=settings), 2) == [200, 429]


@pytest.mark.fact("F3.1/13", "F6/13")
def test_a_used_up_quota_is_a_limit_exceeded_until_the_period_ends(metered):
    stage = metered(plan(quota=Quota(2, "DAY")))
    assert statuses(stage, 3) == [200, 200, 429]
    reply = stage.get("/prod/items", ("x-api-key", ALICE.value))
    assert reply.body == b'{"message":"Limit Exceeded"}'
    assert reply.one("x-amzn-ErrorType") == "LimitExceededException"
    assert reply.one("retry-after") is None
    assert stage.log[-1].answered_by == "QUOTA_EXCEEDED"
    stage.clock.now += 12 * 3600
    assert statuses(stage, 3) == [200, 200, 429]


@pytest.mark.parametrize(
    ("period", "sunday", "resets"),
    [
        ("DAY", False, "2026-03-19T00:00:00Z"),
        ("WEEK", False, "2026-03-23T00:00:00Z"),
        ("WEEK", True, "2026-03-22T00:00:00Z"),
        ("MONTH", False, "2026-04-01T00:00:00Z"),
    ],
)
@pytest.mark.fact("F6/8")
def test_periods_end_at_calendar_boundaries_in_utc(metered, period, sunday, resets):
    stage = metered(plan(quota=Quota(1, period)), settings=Settings(weeks_begin_on_sunday=sunday))
    assert statuses(stage, 2) == [200, 429]
    assert usage(stage)["quota"]["resets_at"] == resets
    end = datetime.fromisoformat(resets).timestamp()
    stage.clock.now = end - 1
    assert statuses(stage, 1) == [429]
    stage.clock.now = end
    assert statuses(stage, 2) == [200, 429]


@pytest.mark.fact("F6/8")
def test_the_offset_is_subtracted_in_the_first_period_alone(metered):
    stage = metered(plan(quota=Quota(3, "MONTH", offset=2)))
    assert statuses(stage, 2) == [200, 429]
    stage.clock.now += 31 * 86400
    assert statuses(stage, 4) == [200, 200, 200, 429]


def test_rate_is_looked_at_before_quota_and_a_throttled_request_uses_none_of_it(metered):
    stage = metered(plan(throttle=Throttle(1, 1), quota=Quota(1, "DAY")))
    assert statuses(stage, 2) == [200, 429]
    assert stage.log[-1].answered_by == "THROTTLED"
    assert usage(stage)["quota"]["used"] == 1
    stage.clock.now += 1
    statuses(stage, 1)
    assert stage.log[-1].answered_by == "QUOTA_EXCEEDED"


@pytest.mark.fact("F3.1/6", "F6/6")
def test_a_key_in_no_plan_of_the_stage_is_forbidden(metered):
    stage = metered(plan(), plan("other", ("bob",), stages=("dev",)))
    assert statuses(stage, 1) == [200]
    reply = stage.get("/prod/items", ("x-api-key", BOB.value))
    assert (reply.status, reply.body) == (403, b'{"message":"Forbidden"}')


@pytest.mark.fact("F6/5")
def test_a_method_without_key_is_not_metered(metered):
    stage = metered(plan(throttle=Throttle(1, 1)))
    for _ in range(3):
        assert stage.get("/prod/open", ("x-api-key", ALICE.value)).status == 200
    assert usage(stage)["requests"] == 0


@pytest.mark.fact("F6/13")
def test_a_gateway_response_may_add_what_aws_leaves_out(metered):
    own = {"THROTTLED": {"responseParameters": {"gatewayresponse.header.Retry-After": "'1'"}}}
    stage = metered(
        plan(throttle=Throttle(1, 0)), root={"x-amazon-apigateway-gateway-responses": own}
    )
    reply = stage.get("/prod/items", ("x-api-key", ALICE.value))
    assert (reply.status, reply.one("retry-after")) == (429, "1")


def test_no_more_than_the_burst_passes_at_once(metered):
    stage = metered(plan(throttle=Throttle(0, 5)))
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: statuses(stage, 1)[0], range(24)))
    assert sorted(found) == [200] * 5 + [429] * 19


def test_usage_tells_limits_and_counts_by_id_and_no_values(metered):
    stage = metered(plan(throttle=Throttle(1, 3), quota=Quota(10, "DAY", offset=1)), keys=(ALICE,))
    statuses(stage, 4)
    reply = stage.get("/_stage/usage")
    assert ALICE.value.encode() not in reply.body
    (told,) = reply.json()["plans"]
    assert told["throttle"] == {"rateLimit": 1, "burstLimit": 3}
    assert told["quota"] == {"limit": 10, "period": "DAY", "offset": 1}
    entry = usage(stage)
    assert (entry["requests"], entry["throttled"], entry["tokens"]) == (4, 1, 0)
    assert entry["quota"]["remaining"] == 6


def test_usage_is_for_this_machine_only(metered):
    stage = metered(plan())
    for host, status in (("localhost:3000", 200), ("127.0.0.1", 200), ("evil.example", 403)):
        connection_headers = [("Host", host)]
        reply = _with_host(stage, connection_headers)
        assert reply == status


def _with_host(stage, headers):
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", stage.server.port, timeout=10)
    try:
        connection.putrequest("GET", "/_stage/usage", skip_host=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


def test_what_the_stage_tells_of_itself_is_only_read(metered):
    stage = metered(plan())
    assert stage.send("POST", "/_stage/usage").status == 405
    assert "/_stage/usage" in stage.get("/_stage/nothing").json()["message"]


def test_counters_survive_a_restart_when_asked(metered, tmp_path):
    first = metered(plan(throttle=Throttle(0, 5), quota=Quota(9, "DAY", offset=3)))
    file = UsageFile(tmp_path / "usage" / "u.json", first.stage.meter)
    assert statuses(first, 2) == [200, 200]
    first.server.run(_saved(file))
    second = metered(plan(throttle=Throttle(0, 5), quota=Quota(9, "DAY", offset=3)))
    UsageFile(tmp_path / "usage" / "u.json", second.stage.meter)
    assert usage(second)["quota"]["used"] == 2
    assert statuses(second, 4) == [200, 200, 200, 429]


async def _saved(file):
    file.save()


def test_counters_are_written_soon_after_a_request(tmp_path):
    path = tmp_path / "usage.json"

    async def scenario():
        clock = Clock()
        meter = Meter({"alice": plan(quota=Quota(5, "DAY"))}, Settings(), clock=clock)
        UsageFile(path, meter)
        meter.admit(ALICE, Method("/items", "GET", Integration("aws_proxy")))
        while not path.exists():
            await asyncio.sleep(0.02)

    asyncio.run(scenario())
    assert json.loads(path.read_text())["accounts"][0]["used"] == 1


@pytest.mark.parametrize("content", ["", "[]", '{"version": 9}', '{"version": 1, "accounts": [1]}'])
def test_a_file_that_holds_no_counters_is_named_with_the_way_out(tmp_path, content):
    path = tmp_path / "usage.json"
    path.write_text(content)
    with pytest.raises(UsageFileError, match=r"usage\.json holds no usage counters.*remove it"):
        UsageFile(path, Meter({}, Settings()))


WHOLE = """
keys:
  - {id: alice, value: alices-key-of-20-characters, enabled: true}
  - {id: bob, value: bobs-key-of-20-characters-or-more}
plans:
  - name: basic
    keys: [alice, bob]
    throttle: {rateLimit: 0.5, burstLimit: 20}
    quota: {limit: 1000, period: MONTH, offset: 10}
    apiStages:
      - stage: prod
        throttle: {"/items/{id}/GET": {rateLimit: 1, burstLimit: 2}}
      - {stage: dev}
"""


@pytest.mark.fact("F6/11")
def test_a_file_of_keys_and_plans_speaks_the_words_of_the_aws_api(tmp_path):
    path = tmp_path / "plans.yaml"
    path.write_text(WHOLE)
    found = read_plan_file(path, "prod")
    assert found.keys == (ALICE, ApiKey("bob", BOB.value, enabled=False))
    assert found.plans == (
        UsagePlan(
            "basic",
            ("alice", "bob"),
            Throttle(0.5, 20),
            Quota(1000, "MONTH", 10),
            {"/items/{id}/GET": Throttle(1, 2)},
            ("prod", "dev"),
        ),
    )
    assert "bob" in found.warnings[0]
    assert read_plan_file(path, "dev").plans[0].methods == {}


def test_a_file_with_mistakes_names_each_with_its_place(tmp_path):
    path = tmp_path / "plans.yaml"
    path.write_text(
        "keys: [{id: a, value: short}]\n"
        "plans: [{name: p, throttle: {rateLimit: -1, burstLimit: x, rate: 1},"
        " quota: {limit: 1, period: YEAR}, apiStages: [{stage: prod, throttle: {GET: {}}}]}]\n"
    )
    with pytest.raises(PlanError) as caught:
        read_plan_file(path, "prod")
    text = str(caught.value)
    for part in (
        "#/keys/0/value: the value of API key 'a' must have 20 to 128 characters",
        "#/plans/0/throttle/rate: unknown",
        "#/plans/0/throttle/rateLimit: must be a number",
        "#/plans/0/throttle/burstLimit: must be a whole number",
        "#/plans/0/quota/period: must be one of DAY, WEEK, MONTH",
        "'GET' is not a resource and method",
    ):
        assert part in text


@pytest.mark.parametrize("content", ["a: [", "- 1", "\x00", "3"])
def test_a_file_that_is_no_plan_file_is_explained(tmp_path, content):
    path = tmp_path / "plans.yaml"
    path.write_text(content)
    with pytest.raises(PlanError, match=r"plans\.yaml"):
        read_plan_file(path, "prod")


@pytest.mark.fact("F6/4")
def test_plans_that_aws_would_refuse_are_refused_all_at_once(documents, fake):
    plans = [
        plan(methods={f"/a/{n}/GET": Throttle(1, 1) for n in range(21)}),
        plan("basic"),
        plan("third", ("carol",)),
    ]
    with pytest.raises(PlanError) as caught:
        Stage(documents.one(), invoker=fake(), api_keys=[ALICE], usage_plans=plans)
    text = str(caught.value)
    for part in ("two plans are named", "one plan per stage", "'carol'", "throttles 21 methods"):
        assert part in text


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Throttle(-1, 1),
        lambda: Quota(-1, "DAY"),
        lambda: Quota(1, "DAY", 2),
    ],
)
def test_limits_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="must"):
        wrong()
