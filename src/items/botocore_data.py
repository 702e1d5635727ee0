"""botocore's data, only as much of it as a client of DynamoDB needs.

For any client, botocore lists the folders of all services, and reads `endpoints.json`: 1.2 MB about
every service in every region, from before services had rule sets. Endpoints now come from the
service's rule set; what the rest of botocore asks for is in `partitions.json`, too.
"""

from __future__ import annotations

from typing import Any

from botocore.loaders import Loader

_SERVICES = ["dynamodb", "signin", "sso", "sso-oidc", "sts"]
"""DynamoDB, and what botocore's credential providers call."""


class DynamoDBData(Loader):
    """A `data_loader` (botocore reference, "Loaders") for a session that makes DynamoDB clients."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002
        return _SERVICES

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
