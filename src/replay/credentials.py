"""Where each operation wants the stage's key: its security requirement, the names exactly as the
contract spells them (API Gateway matches some with case)."""

from __future__ import annotations

from contract.model import Contract, Operation
from replay.model import API_KEY, Request

__all__ = ["Credentials"]


class Credentials:
    """Puts the key's placeholder into requests."""

    def __init__(self, contract: Contract) -> None:
        components = contract.root.get("components")
        schemes = components.get("securitySchemes") if components is not None else None
        self._schemes = dict(schemes.items()) if schemes is not None else {}

    def wanted(self, operation: Operation) -> bool:
        """Whether the operation is refused without a key."""
        return bool(operation.security) and all(operation.security)

    def names(self, operation: Operation) -> tuple[str, ...]:
        """The headers in which the operation wants its keys."""
        return tuple(name for name, _ in self._headers(operation))

    def with_key(self, operation: Operation, request: Request, key: str = API_KEY) -> Request:
        """The request with the key where the operation wants it; as it is where it wants none."""
        headers, target = request.headers, request.target
        for name, value in self._headers(operation):
            headers = (*headers, (name, value.replace(API_KEY, key)))
        for name in self._queries(operation):
            target += f"{'&' if '?' in target else '?'}{name}={key}"
        return Request(request.method, target, headers, request.body)

    def _chosen(self, operation: Operation) -> tuple[str, ...]:
        requirements = [each for each in operation.security if each]
        return tuple(requirements[0]) if requirements else ()

    def _headers(self, operation: Operation) -> list[tuple[str, str]]:
        found = []
        for name in self._chosen(operation):
            scheme = self._schemes[name].value if name in self._schemes else {}
            if scheme.get("type") != "apiKey":
                basic = str(scheme.get("scheme", "bearer")).lower() == "basic"
                found.append(("Authorization", f"{'Basic' if basic else 'Bearer'} {API_KEY}"))
            elif scheme["in"] == "header":
                found.append((scheme["name"], API_KEY))
            elif scheme["in"] == "cookie":
                found.append(("Cookie", f"{scheme['name']}={API_KEY}"))
        return found

    def _queries(self, operation: Operation) -> list[str]:
        schemes = [
            self._schemes[each].value for each in self._chosen(operation) if each in self._schemes
        ]
        return [each["name"] for each in schemes if each.get("in") == "query"]
