"""A session of botocore with only as much of it as a client of DynamoDB needs.

For any session, botocore registers 127 handlers of events, most of them for other services and for
its documentation. For any client, it lists the folders of all services, and reads `endpoints.json`:
1.2 MB about every service in every region, from before services had rule sets. Endpoints now come
from the service's rule set; what the rest of botocore asks for is in `partitions.json`, too.

A rule set is read for each client, and evaluated again for each of its calls. Most functions need
none: without it, botocore takes the endpoint of the region, once, from `endpoints`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

if TYPE_CHECKING:
    from botocore.session import Session

_SERVICES = ["dynamodb", "signin", "sso", "sso-oidc", "sts"]
"""DynamoDB, and what botocore's credential providers call. Events have the same names."""


def session() -> Session:
    """Its clients call as those of `botocore.session.Session()` do, and have no documentation."""
    # Here, since the direct client seldom needs it: see `items.environment_session`.
    from botocore.session import Session

    made = Session(include_builtin_handlers=False)
    rules = needs_rules(made)
    made.register_component("data_loader", DynamoDBData(endpoint_rules=rules))
    register_handlers(made.get_component("event_emitter"))
    return made


def register_handlers(events: Any) -> None:
    """Those of botocore's handlers that concern the services, with an emitter of botocore."""
    from botocore.handlers import BUILTIN_HANDLERS, REGISTER_FIRST, REGISTER_LAST

    register: dict[Any, Callable[[str, Any], None]] = {
        REGISTER_FIRST: events.register_first,
        REGISTER_LAST: events.register_last,
    }
    for name, handler, *order in BUILTIN_HANDLERS:
        event, *of_service = name.split(".")
        if event != "docs" and (not of_service or of_service[0] in ("*", *_SERVICES)):
            register.get(order[0] if order else None, events.register)(name, handler)


_RULES = ("dynamodb", "endpoint-rule-set-1")


def needs_rules(session: Session) -> bool:
    """Whether the endpoint can be another than that of the region: for FIPS, dual stack, an account
    (AWS SDKs guide, "Account-based endpoints"), or botocore's region `local`.

    In a Lambda, credentials are variables of the environment. They name an account only if the
    variable for it is set, too.
    """
    setting = session.get_config_variable
    region = setting("region") or ""
    return bool(
        not os.environ.get("AWS_ACCESS_KEY_ID")
        or os.environ.get("AWS_ACCOUNT_ID")
        or setting("account_id_endpoint_mode") == "required"
        or setting("use_fips_endpoint")
        or setting("use_dualstack_endpoint")
        or "fips" in region
        or region == "local"
    )


class DynamoDBData(Loader):
    """A `data_loader` (botocore reference, "Loaders") for a session that makes DynamoDB clients.

    Without `endpoint_rules`, DynamoDB's endpoint is that of the region, the same for all calls.
    """

    def __init__(self, *, endpoint_rules: bool = True) -> None:
        super().__init__()
        self._endpoint_rules = endpoint_rules

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002
        return _SERVICES

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Any:
        """Raises UnknownServiceError for rules that are not asked for, as botocore expects."""
        if not self._endpoint_rules and (service_name, type_name) == _RULES:
            raise UnknownServiceError(service_name=service_name, known_service_names="")
        return super().load_service_model(service_name, type_name, api_version)

    def load_data_with_path(self, name: str) -> tuple[Any, str]:
        if name != "endpoints":
            found: tuple[Any, str] = super().load_data_with_path(name)
            return found
        content, path = super().load_data_with_path("partitions")
        partitions = [_partition(each) for each in content["partitions"]]
        return {"version": 3, "partitions": partitions}, path


def _partition(known: dict[str, Any]) -> dict[str, Any]:
    """A partition of `partitions.json` in the format of `endpoints.json`, without services."""
    suffix, dual_stack = known["outputs"]["dnsSuffix"], known["outputs"]["dualStackDnsSuffix"]
    hostname, fips = "{service}.{region}.{dnsSuffix}", "{service}-fips.{region}.{dnsSuffix}"
    return {
        "partition": known["id"],
        "dnsSuffix": suffix,
        "regionRegex": known["regionRegex"],
        "regions": known["regions"],
        "defaults": {
            "hostname": hostname,
            "protocols": ["https"],
            "signatureVersions": ["v4"],
            "variants": [
                {"tags": ["fips"], "hostname": fips, "dnsSuffix": suffix},
                {"tags": ["dualstack"], "hostname": hostname, "dnsSuffix": dual_stack},
                {"tags": ["dualstack", "fips"], "hostname": fips, "dnsSuffix": dual_stack},
            ],
        },
        "services": {},
    }
