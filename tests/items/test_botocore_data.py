"""A client made with a small part of botocore calls as the client made with all of it.

Fails when a release of botocore reads other data for its endpoints, or needs a handler that is left
out.
"""

from __future__ import annotations

import itertools
import os
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import BotoCoreError
from botocore.handlers import BUILTIN_HANDLERS
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.regions import EndpointResolver

from items import botocore_data
from items.botocore_data import DynamoDBData, needs_rules

_ALL = botocore.session.Session()
_PART = botocore_data.session()
_PART.register_component("data_loader", DynamoDBData())  # with the rules
for _session in (_ALL, _PART):
    _session.set_credentials("test", "test")


def _destination(session: Any, service: str, region: str | None, **options: Any) -> Any:
    """Where a call is sent and how it is signed, without sending it; botocore's error if any."""
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1}, **options)
    sent: list[Any] = []

    def keep(request: Any, **_: Any) -> None:
        sent.append(request)
        raise InterruptedError

    try:
        client = session.create_client(service, region_name=region, config=config)
        client.meta.events.register("before-send", keep)
        call = client.list_tables if service == "dynamodb" else client.get_caller_identity
        with pytest.raises(InterruptedError):
            call()
    except BotoCoreError as error:
        return str(error)
    scope = sent[0].headers["Authorization"].split(b",")[0].split(b"/", 2)[2]
    return sent[0].url, scope, client.meta.region_name, client.meta.partition


_REGIONS = [
    region
    for partition in _ALL.get_available_partitions()
    for region in _ALL.get_available_regions("dynamodb", partition)
]


@pytest.mark.parametrize("region", ["eu-central-1", "cn-north-1", "us-gov-west-1", "xx-new-1"])
@pytest.mark.parametrize("service", ["dynamodb", "sts"])
def test_calls_have_the_same_endpoint_and_signature(service: str, region: str) -> None:
    for fips, dual_stack in itertools.product((False, True), repeat=2):
        options = {"use_fips_endpoint": fips, "use_dualstack_endpoint": dual_stack}
        expected = _destination(_ALL, service, region, **options)
        assert _destination(_PART, service, region, **options) == expected


class _Recorder(HierarchicalEmitter):
    """Calls no handler, but says which ones it would call, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self._called: list[int] = []

    def _noting(self, handler: Any) -> Any:
        return lambda **_: self._called.append(id(handler))

    def register(self, event_name: str, handler: Any, *options: Any) -> None:
        super().register(event_name, self._noting(handler), *options)

    def register_first(self, event_name: str, handler: Any, *options: Any) -> None:
        super().register_first(event_name, self._noting(handler), *options)

    def register_last(self, event_name: str, handler: Any, *options: Any) -> None:
        super().register_last(event_name, self._noting(handler), *options)

    def called(self, event: str) -> list[int]:
        self._called.clear()
        EventAliaser(self).emit(event)
        return [*self._called]


@pytest.mark.parametrize("service", ["dynamodb", "signin", "sso", "sso-oidc", "sts"])
def test_events_of_the_services_have_all_of_botocores_handlers(service: str) -> None:
    everything, part = _Recorder(), _Recorder()
    botocore.session.Session(event_hooks=everything)
    botocore_data.register_handlers(EventAliaser(part))
    model = _ALL.get_service_model(service)
    assert model.service_id.hyphenize() == service
    calls = [*model.operation_names, *map(xform_name, model.operation_names)]
    events = {name.split(".")[0] for name, *_ in BUILTIN_HANDLERS} - {"docs"}
    # Powertools, once imported, has its own handler in every session.
    builtin = {id(handler) for _, handler, *_ in BUILTIN_HANDLERS}
    found = 0
    for event in sorted(events):
        for name in (event, f"{event}.{service}", *(f"{event}.{service}.{call}" for call in calls)):
            expected = [each for each in everything.called(name) if each in builtin]
            assert part.called(name) == expected, name
            found += len(expected)
    assert found >= 100


def test_without_rules_every_region_has_the_endpoint_of_the_rules() -> None:
    loader = _ALL.get_component("data_loader")
    rules = EndpointProvider(
        loader.load_service_model("dynamodb", "endpoint-rule-set-1"), loader.load_data("partitions")
    )
    resolver = EndpointResolver(DynamoDBData().load_data("endpoints"))
    assert len(_REGIONS) > 30
    for region in _REGIONS:
        hostname = resolver.construct_endpoint("dynamodb", region)["hostname"]
        assert f"https://{hostname}" == rules.resolve_endpoint(Region=region).url


_SCOPE = b"eu-central-1/dynamodb/aws4_request"
_PLAIN = "https://dynamodb.eu-central-1.amazonaws.com/"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, _PLAIN),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000"}, "http://127.0.0.1:8000/"),
        (
            {"AWS_ACCOUNT_ID": "123456789012"},
            "https://123456789012.ddb.eu-central-1.amazonaws.com/",
        ),
        ({"AWS_ACCOUNT_ID_ENDPOINT_MODE": "required"}, "no AccountID was provided"),
        (
            {"AWS_USE_FIPS_ENDPOINT": "true"},
            "https://dynamodb-fips.eu-central-1.amazonaws.com/",
        ),
        ({"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "https://dynamodb.eu-central-1.api.aws/"),
        ({"AWS_DEFAULT_REGION": "local"}, "http://localhost:8000/"),
        (
            {"AWS_DEFAULT_REGION": "fips-us-gov-west-1"},
            "https://dynamodb.us-gov-west-1.amazonaws.com/",
        ),
    ],
    ids=[
        "none",
        "endpoint",
        "account",
        "account required",
        "FIPS",
        "dual stack",
        "local",
        "FIPS by region",
    ],
)
def test_every_setting_of_an_endpoint_is_used(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    region = {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_CONFIG_FILE": os.devnull}
    for name, value in {**region, **keys, **environment}.items():
        monkeypatch.setenv(name, value)
    session = botocore_data.session()
    rules = needs_rules(session)
    found = _destination(session, "dynamodb", None)
    assert expected in found if rules else found[:2] == (expected, _SCOPE)
    assert rules is (expected not in (_PLAIN, "http://127.0.0.1:8000/"))
