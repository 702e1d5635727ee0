"""A client made with the small part of botocore's data is the client made with all of it.

Fails when a release of botocore reads other data for its endpoints.
"""

from __future__ import annotations

import itertools
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from items.botocore_data import DynamoDBData

_ALL = botocore.session.Session()
_PART = botocore.session.Session()
_PART.register_component("data_loader", DynamoDBData())
for _session in (_ALL, _PART):
    _session.set_credentials("test", "test")


def _destination(session: Any, service: str, region: str, **options: Any) -> Any:
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
