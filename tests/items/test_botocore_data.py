"""A client made with the small part of botocore's data is the client made with all of it.

Fails when a release of botocore reads other data for its endpoints.
"""

from __future__ import annotations

import itertools
import os
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import BotoCoreError
from botocore.regions import EndpointResolver

from items.botocore_data import DynamoDBData, needs_rules

_ALL = botocore.session.Session()
_PART = botocore.session.Session()
_PART.register_component("data_loader", DynamoDBData())
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
    session = botocore.session.Session()
    rules = needs_rules(session)
    session.register_component("data_loader", DynamoDBData(endpoint_rules=rules))
    found = _destination(session, "dynamodb", None)
    assert expected in found if rules else found[:2] == (expected, _SCOPE)
    assert rules is (expected not in (_PLAIN, "http://127.0.0.1:8000/"))
