"""What AWS or its SDK reports, as one line with a remedy."""

from __future__ import annotations

import difflib
import json

import boto3
from botocore import exceptions

from openapi_first.core.errors import UserError


class Refused(UserError):
    """The task cannot be done; each line of the message says what is wrong and how to fix it.

    `code` is that of the error that AWS returned, if it was one.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


_EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
_UNKNOWN = (
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "AuthFailure",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "InvalidSignatureException",
)
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
_THROTTLED = ("Throttling", "ThrottlingException", "TooManyRequestsException")

_SIGN_IN = "sign in again, e.g. with `aws sso login`, and try again"
_NO_CREDENTIALS = (
    "No AWS credentials found: run `aws configure sso` or `aws configure`, or set AWS_PROFILE, "
    "and try again."
)


def explained(error: Exception, action: str, region: str) -> Refused:
    """The error as one line. `action` is what was to be called, as IAM writes it."""
    line = " ".join(str(error).split())
    if isinstance(error, exceptions.ClientError):
        return _of_aws(error, action, region, line)
    if isinstance(error, exceptions.NoCredentialsError):
        return Refused(_NO_CREDENTIALS)
    if isinstance(error, exceptions.ProfileNotFound):
        return Refused(
            f"{line}: set AWS_PROFILE to one of `aws configure list-profiles`, or correct "
            "`profile` in samconfig.toml."
        )
    if isinstance(error, exceptions.PartialCredentialsError):
        return Refused(f"The AWS credentials are incomplete ({line}): set all of them.")
    if isinstance(error, exceptions.ConfigParseError | exceptions.InvalidConfigError):
        return Refused(f"{line.rstrip('.')}: correct it in the file of AWS profiles.")
    if isinstance(error, exceptions.SSLError):
        return Refused(
            f"{line.rstrip('.')}: name the certificates of your network, AWS_CA_BUNDLE=FILE"
        )
    if isinstance(
        error,
        exceptions.ConnectionError | exceptions.HTTPClientError | exceptions.InvalidRegionError,
    ):
        return Refused(
            f"{line.rstrip('.')}: is {region} a region of AWS{_near(region)}, and does the network "
            "(or HTTPS_PROXY) reach it?"
        )
    if isinstance(
        error,
        exceptions.SSOError
        | exceptions.TokenRetrievalError
        | exceptions.CredentialRetrievalError
        | json.JSONDecodeError
        | OSError
        | EOFError,
    ):
        line = line or "there is no terminal to ask for a code"
        return Refused(f"The AWS credentials cannot be fetched ({line}): {_SIGN_IN}.")
    return Refused(f"{action} failed: {line}")


def _of_aws(error: exceptions.ClientError, action: str, region: str, line: str) -> Refused:
    details = error.response.get("Error", {})
    code = details.get("Code", "")
    message = " ".join(details.get("Message", "").split()).rstrip(".") or code
    if code in _EXPIRED:
        text = f"The AWS credentials have expired: {_SIGN_IN}."
    elif code in _UNKNOWN:
        text = (
            f"AWS does not accept these credentials in {region} ({message}): check AWS_PROFILE or "
            "the keys, and that the account has enabled this region."
        )
    elif code in DENIED:
        text = (
            f"AWS does not allow {action} ({message}): allow that action to this identity, or use "
            "another profile."
        )
    elif code in _THROTTLED:
        text = f"AWS throttles {action}: try again in a minute."
    else:
        text = f"{action} failed: {line}"
    return Refused(text, code)


def _near(region: str) -> str:
    found = difflib.get_close_matches(region, regions(), 1)
    return f" (did you mean {found[0]}?)" if found and found[0] != region else ""


def regions() -> list[str]:
    """The regions that the SDK knows, of every partition."""
    session = boto3.Session(region_name="us-east-1")
    return [
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("cloudformation", partition_name=partition)
    ]
