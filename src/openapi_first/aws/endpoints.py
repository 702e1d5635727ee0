"""How clients may reach a Regional or a private REST API."""

from __future__ import annotations

SECURITY_POLICIES = (
    "SecurityPolicy_TLS13_1_2_2021_06",
    "SecurityPolicy_TLS13_1_2_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_3_2025_09",
    "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
)
"""Those that refuse TLS 1.0 and 1.1 and need an access mode (AWS: apigateway-security-policies,
-list). `TLS_1_2` is left out, because an API cannot change to it from the default, `TLS_1_0`."""

ACCESS_MODES = ("BASIC", "STRICT")
"""AWS: apigateway-security-policies. An API can return from STRICT only with an outage."""

LARGEST_COMPRESSION_SIZE = 10_485_760
"""AWS: api-gateway-openapi-minimum-compression-size. In bytes, from 0."""
