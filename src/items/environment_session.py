"""What the direct client asks of botocore's session, without the session.

A function in Lambda has its settings in variables of the environment, and no files of profiles. Its
credentials are variables, too, or with SnapStart those of an endpoint that a variable names (Lambda
guide, "Activating and managing Lambda SnapStart"). To import botocore's session, which imports its
client, would take a fifteenth of the function's start.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from botocore.configprovider import ConfigValueStore, create_botocore_default_config_mapping
from botocore.credentials import ContainerProvider, CredentialResolver, Credentials, EnvProvider
from botocore.model import ServiceModel
from botocore.useragent import UserAgentString

from items import botocore_data
from items.botocore_data import DynamoDBData

if TYPE_CHECKING:
    from botocore.session import Session

AnySession: TypeAlias = Union["EnvironmentSession", "Session"]

_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
)
_OTHERS = "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"
_FILES = {
    "AWS_CONFIG_FILE": "~/.aws/config",
    "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials",
}


def session() -> AnySession:
    """botocore's, unless variables of the environment say all that it would find."""
    return EnvironmentSession() if suffices(os.environ) else botocore_data.session()


def suffices(environ: Mapping[str, str]) -> bool:
    """Whether botocore would find no setting elsewhere than in these variables, and in them the
    credentials (boto3 guide, "Credentials")."""
    if not any(environ.get(name) for name in _CREDENTIALS):
        return False
    if any(environ.get(name) for name in _OTHERS):
        return False
    files = (environ.get(name, default) for name, default in _FILES.items())
    return not any(Path(each).expanduser().is_file() for each in files)


class EnvironmentSession:
    """Reads the variables as `botocore.session.Session` does, where they suffice."""

    def __init__(self) -> None:
        self.full_config: dict[str, Any] = {}
        self._variables = ConfigValueStore(create_botocore_default_config_mapping(self))

    def instance_variables(self) -> dict[str, Any]:
        return {}

    def get_scoped_config(self) -> dict[str, Any]:
        return {}

    def get_config_variable(self, name: str) -> Any:
        return self._variables.get_config_variable(name)

    def get_credentials(self) -> Credentials | None:
        providers = [EnvProvider(), ContainerProvider()]
        found: Credentials | None = CredentialResolver(providers).load_credentials()
        return found

    def get_service_model(self, name: str) -> ServiceModel:
        return ServiceModel(DynamoDBData().load_service_model(name, "service-2"), name)

    def user_agent(self) -> str:
        return str(UserAgentString.from_environment().to_string())
