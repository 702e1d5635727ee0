"""DynamoDB's five calls without boto3's client, at a fraction of its CPU time, start and memory.

boto3's client spends most of a call on what this service does not need: it serialises and parses
each value by botocore's model. What decides is botocore's here, too: settings, credentials,
endpoint, signature, certificates, errors, and what the standard retry mode sends again and when.
The events of boto3's client that `items.answers`, `items.attempts` and `items.deadline` use are
emitted likewise, so that both clients have the same checks.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from types import SimpleNamespace
from typing import Any

from botocore import exceptions
from botocore.auth import SigV4Auth
from botocore.config import Config
from botocore.configprovider import ConfiguredEndpointProvider
from botocore.credentials import Credentials
from botocore.endpoint_provider import EndpointProvider
from botocore.hooks import HierarchicalEmitter
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import JSONParser
from botocore.retries.standard import register_retry_handler
from urllib3 import Timeout

from items import environment_session
from items.botocore_data import DynamoDBData
from items.direct_http import Answer, Endpoint
from items.environment_session import AnySession

_SERVICE = "dynamodb"
_compact = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Meta:
    """What handlers of events read of `client.meta`."""

    events: HierarchicalEmitter
    service_model: ServiceModel
    endpoint_url: str


class DirectClient:
    """Has the parameters, answers and errors of boto3's client. Thread-safe.

    Binary data stays Base64 in both directions. Emits the events provide-client-params,
    before-send, before-parse and after-call (boto3 guide, "Extensibility guide"), and needs-retry
    after each attempt that failed or was not the first.
    """

    def __init__(self, settings: Config) -> None:
        """Raises NoRegionError. `settings` has timeouts and the number of attempts."""
        config: Any = settings  # its type stubs have no attributes
        session = environment_session.session()
        self._region = session.get_config_variable("region")
        if not self._region:
            raise exceptions.NoRegionError
        self._credentials: Credentials | None = session.get_credentials()
        model = session.get_service_model(_SERVICE)
        url = _configured_endpoint(session) or self._rules_endpoint(session)
        self.meta = Meta(HierarchicalEmitter(), model, url)
        self._endpoint = Endpoint(
            url,
            Timeout(connect=config.connect_timeout, read=config.read_timeout),
            config.max_pool_connections,
            session.get_config_variable("ca_bundle"),
        )
        client: Any = self  # of which that of botocore needs only `meta`
        register_retry_handler(client, config.retries["total_max_attempts"])
        self._errors: Any = JSONParser()
        self._user_agent = session.user_agent()
        self._target = model.metadata["targetPrefix"]
        self._headers = {
            "Content-Type": f"application/x-amz-json-{model.metadata['jsonVersion']}",
            "Host": self._endpoint.host,
        }

    def get_item(self, **parameters: Any) -> dict[str, Any]:
        return self._call("GetItem", parameters)

    def put_item(self, **parameters: Any) -> dict[str, Any]:
        return self._call("PutItem", parameters)

    def update_item(self, **parameters: Any) -> dict[str, Any]:
        return self._call("UpdateItem", parameters)

    def delete_item(self, **parameters: Any) -> dict[str, Any]:
        return self._call("DeleteItem", parameters)

    def scan(self, **parameters: Any) -> dict[str, Any]:
        return self._call("Scan", parameters)

    def close(self) -> None:
        """Closes the connections; the next call opens another."""
        self._endpoint.close()

    def _call(self, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """The answer. Raises the exceptions of botocore, and those of handlers of events."""
        events, model = self.meta.events, self.meta.service_model.operation_model(name)
        event = f"{_SERVICE}.{name}"
        events.emit(f"provide-client-params.{event}", params=parameters, model=model)
        body = _compact(parameters).encode()
        context: dict[str, Any] = {}
        for attempt in count(1):
            answer, parsed, error = self._attempt(model, body)
            if attempt == 1 and error is None and "Error" not in parsed:
                break
            pauses = events.emit(
                f"needs-retry.{event}",
                response=None if error else (answer, parsed),
                endpoint=self,
                operation=model,
                attempts=attempt,
                caught_exception=error,
                request_dict={"context": context},
            )
            pause = next((each for _, each in pauses if each is not None), None)
            if pause is None:
                break
            time.sleep(pause)
        if error is not None:
            raise error
        known = {"http_response": answer, "model": model, "context": context}
        events.emit(f"after-call.{event}", parsed=parsed, **known)
        if "Error" in parsed:
            raise exceptions.ClientError(parsed, name)  # type: ignore[arg-type] # as botocore does
        return parsed

    def _attempt(
        self, model: OperationModel, body: bytes
    ) -> tuple[Answer | None, dict[str, Any], Exception | None]:
        """An answer with its content, or what has prevented one."""
        try:
            answer = self._sent(model.name, body)
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
            return None, {}, error
        found = {
            "status_code": answer.status_code,
            "headers": answer.headers,
            "body": answer.content,
            "context": {"operation_name": model.name},
        }
        replaced: dict[str, Any] = {}
        self.meta.events.emit(
            f"before-parse.{_SERVICE}.{model.name}",
            operation_model=model,
            response_dict=found,
            customized_response_dict=replaced,
        )
        return answer, {**self._parsed(found), **replaced}, None

    def _sent(self, name: str, body: bytes) -> Answer:
        """Signed for each attempt, since a signature has its time and credentials end."""
        if self._credentials is None:
            raise exceptions.NoCredentialsError
        headers = {**self._headers, "X-Amz-Target": f"{self._target}.{name}"}
        # What SigV4Auth reads and writes of an AWSRequest, whose headers cost more.
        request: Any = SimpleNamespace(method="POST", headers=headers, body=body, params=None)
        request.url, request.context = self.meta.endpoint_url, {}
        credentials = self._credentials.get_frozen_credentials()
        SigV4Auth(credentials, _SERVICE, self._region).add_auth(request)
        # Proxies may change it, so it is not signed.
        headers["User-Agent"] = self._user_agent
        for _, answer in self.meta.events.emit(f"before-send.{_SERVICE}.{name}", request=request):
            if answer is not None:
                found: Answer = answer
                return found
        return self._endpoint.send(headers, body)

    def _parsed(self, found: Mapping[str, Any]) -> dict[str, Any]:
        status = found["status_code"]
        if status == 200:
            return {**json.loads(found["body"]), "ResponseMetadata": {"HTTPStatusCode": status}}
        # With a shape, it would take a status from 201 to 300 for a success.
        parsed: dict[str, Any] = self._errors.parse(found, None)
        parsed.setdefault("Error", {"Code": str(status), "Message": ""})
        return parsed

    def _rules_endpoint(self, session: AnySession) -> str:
        """The one of the region (botocore's rules for endpoints)."""
        loader = DynamoDBData()
        rules = loader.load_service_model(_SERVICE, "endpoint-rule-set-1")
        account = (
            self._credentials.get_frozen_credentials().account_id if self._credentials else None
        )
        found = EndpointProvider(rules, loader.load_data("partitions")).resolve_endpoint(
            Region=self._region,
            UseDualStack=bool(session.get_config_variable("use_dualstack_endpoint")),
            UseFIPS=bool(session.get_config_variable("use_fips_endpoint")),
            AccountId=account,
            AccountIdEndpointMode=session.get_config_variable("account_id_endpoint_mode"),
        )
        return str(found.url)


def _configured_endpoint(session: AnySession) -> str | None:
    """AWS_ENDPOINT_URL_DYNAMODB, or what else configures it (AWS SDKs guide, "Service-specific
    endpoints")."""
    if session.get_config_variable("ignore_configured_endpoint_urls"):
        return None
    found: str | None = ConfiguredEndpointProvider(
        session.full_config, session.get_scoped_config(), _SERVICE
    ).provide()
    return found
