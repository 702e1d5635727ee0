"""The condition keys that a resource policy of an API can use.

AWS: apigateway-resource-policies-aws-condition-keys; reference_policies_condition-keys (IAM). Case
does not matter in the names of keys.
"""

from __future__ import annotations

CURRENT_TIME = "aws:CurrentTime"
EPOCH_TIME = "aws:EpochTime"
PRINCIPAL_ACCOUNT = "aws:PrincipalAccount"
PRINCIPAL_ARN = "aws:PrincipalArn"
REFERER = "aws:Referer"
SECURE_TRANSPORT = "aws:SecureTransport"
SOURCE_ARN = "aws:SourceArn"
SOURCE_IP = "aws:SourceIp"
SOURCE_VPC = "aws:SourceVpc"
SOURCE_VPCE = "aws:SourceVpce"
USER_AGENT = "aws:UserAgent"
VPC_SOURCE_IP = "aws:VpcSourceIp"

OF_EVERY_CALLER = (
    *(CURRENT_TIME, EPOCH_TIME, REFERER, SECURE_TRANSPORT, SOURCE_ARN, SOURCE_IP, SOURCE_VPC),
    *(SOURCE_VPCE, VPC_SOURCE_IP, USER_AGENT),
)
"""In requests of all authorization types. SourceVpc, SourceVpce and VpcSourceIp are those of a VPC
endpoint, so only private APIs have them."""

OF_REQUESTS = (CURRENT_TIME, EPOCH_TIME, REFERER, SECURE_TRANSPORT, SOURCE_IP, USER_AGENT)
"""Those that a request has by itself, without a VPC, a resource or a principal that sends it."""

OF_SIGNED_CALLERS = (
    *("aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"),
    *(PRINCIPAL_ACCOUNT, PRINCIPAL_ARN, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"),
    *("aws:PrincipalTag", "aws:PrincipalType", "aws:userid", "aws:username"),
)
"""Only in signed requests, to methods of the type AWS_IAM. PrincipalTag is followed by `/` and the
tag's name."""

CONDITION_KEYS = (*OF_EVERY_CALLER, *OF_SIGNED_CALLERS)
"""All of them. A policy may name others; requests to an API do not have them."""
