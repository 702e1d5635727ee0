"""Clients of the sample service, all at once, that compare each answer with a model.

What they send is good, refused, half of a request, slow or huge, and some hang up midway. DynamoDB
may fail meanwhile: after an error, a client sends the same request again.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from soak.connection import Answer, Connection
from soak.model import Known, Model, Tally, Violation

_ERRORS = (500, 503, 504)
"""Without 502, which would be a function that has died."""
_MOST_TRIES = 5
_MOST_ITEMS = 5
_TALLIES = 3


@dataclass
class Soak:
    """Clients of a stage at `url`. `violations` are answers that should have been others."""

    url: str
    seed: int
    model: Model = field(default_factory=Model)
    statuses: Counter[int] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    hung_up: int = 0
    slowest: float = 0.0
    """Seconds."""

    async def run(self, clients: int, seconds: float) -> None:
        """Sends from all clients until the time is over; each run has new clients."""
        deadline = time.monotonic() + seconds
        first = len(self.model.items)
        async with asyncio.TaskGroup() as group:
            for number in range(clients):
                name = f"{first}.{number}"
                choice = random.Random(f"{self.seed} {name}")
                group.create_task(_Client(self, name, choice).run(deadline))

    async def prepare(self) -> None:
        """Creates the numbers that all clients increment. DynamoDB must be well."""
        connection = Connection(self.url)
        for _ in range(_TALLIES):
            answer = await self.ask(connection, "POST", "/items", {"name": "0"})
            self.model.tallies.append(Tally(f"/items/{answer.content['id']}"))
        await connection.close()

    async def check(self) -> None:
        """Compares all items with the model. DynamoDB must be well."""
        connection, items, query = Connection(self.url), [], "limit=100"
        while query:
            page = (await self.ask(connection, "GET", f"/items?{query}")).content
            items += page["items"]
            query = f"limit=100&cursor={page['next_cursor']}" if "next_cursor" in page else ""
        await connection.close()
        self.violations += self.model.violations(items)

    async def ask(self, connection: Connection, *request: Any, **options: Any) -> Answer:
        started = time.monotonic()
        answer = await connection.send(*request, **options)
        self.slowest = max(self.slowest, time.monotonic() - started)
        self.statuses[answer.status] += 1
        return answer


class _Client:
    def __init__(self, soak: Soak, name: str, choice: random.Random) -> None:
        self._soak = soak
        self._name = name
        self._choice = choice
        self._items: list[Known] = []
        self._made = 0
        self._connection = Connection(soak.url)
        self._seen: Counter[str] = Counter()
        """The highest number that it has read of each tally."""

    async def run(self, deadline: float) -> None:
        kinds: list[Callable[[], Awaitable[None]]] = [
            *[self._create] * 4, *[self._read] * 4, *[self._update] * 5, *[self._delete] * 3,
            *[self._list] * 2, *[self._increment] * 2, *[self._refused] * 6,
            self._slow, self._large, self._hang_up,
        ]  # fmt: skip
        while time.monotonic() < deadline:
            try:
                for _ in range(self._choice.randint(1, 8)):
                    await self._choice.choice(kinds)()
            except Exception as error:
                self._soak.violations.append(
                    f"client {self._name}: {type(error).__name__}: {error}"
                )
            await self._connection.close()

    async def _create(self) -> None:
        """With a key, and again after an error; or without one, and then never again."""
        if len(self._items) == _MOST_ITEMS:
            return
        self._made += 1
        token, name = f"{self._name}.{self._made}", f"name {self._choice.random()}"
        known = self._soak.model.create(token, name)
        headers = {"Idempotency-Key": token} if self._choice.random() < 0.7 else {}
        tries = _MOST_TRIES if headers else 1
        body = {"name": name, "description": token}
        answer, _ = await self._ask("POST", "/items", (201,), body, headers, tries=tries)
        if answer.status == 201:
            known.read(answer.content, answer.etag)
            known.id = answer.content["id"]
            self._items.append(known)

    async def _read(self) -> None:
        if not self._items:
            return
        known = self._choice.choice(self._items)
        answer, _ = await self._ask("GET", f"/items/{known.id}", (200, 404))
        if answer.status == 200:
            known.read(answer.content, answer.etag)
        elif answer.status == 404:
            known.is_missing()
            self._items.remove(known)

    async def _update(self) -> None:
        """On a condition or on none, with a key or without one."""
        known = self._choice.choice(self._items) if self._items else None
        if known is None or known.etag is None:
            return await self._read()
        self._made += 1
        name, headers = f"name {self._choice.random()}", {}
        if self._choice.random() < 0.7:
            headers["If-Match"] = known.etag
        if self._choice.random() < 0.7:
            headers["Idempotency-Key"] = f"{known.token} {self._made}"
        body = {"name": name, "description": known.token}
        answer, errors = await self._ask("PUT", f"/items/{known.id}", (200, 412), body, headers)
        if answer.status == 200:
            known.may_become(name)
            known.read(answer.content, answer.etag)
            if known.possible != {name}:
                raise Violation(f"{known.token} was to be {name}, and is {known.possible}")
        elif answer.status == 412:
            # Without a key, the function takes the second attempt of a write for another write.
            if not errors or "Idempotency-Key" in headers or "If-Match" not in headers:
                raise Violation(f"{known.token}: 412 after {errors} errors, with {headers}")
            known.becomes(name)
        else:
            known.may_become(name)
        return None

    async def _delete(self) -> None:
        if not self._items:
            return
        known = self._choice.choice(self._items)
        headers = {}
        if known.etag is not None and self._choice.random() < 0.5:
            headers["If-Match"] = known.etag
        answer, _ = await self._ask("DELETE", f"/items/{known.id}", (204,), None, headers)
        if answer.status == 204:
            known.becomes(None)
            self._items.remove(known)
        else:
            known.may_become(None)

    async def _list(self) -> None:
        """A page; the items in it that this client has made are as it knows them."""
        answer, _ = await self._ask("GET", "/items?limit=20", (200,))
        for item in answer.content["items"] if answer.status == 200 else ():
            token = item.get("description", "")
            if token.startswith(f"{self._name}."):
                known = self._soak.model.items[token]
                if item["name"] not in known.possible:
                    raise Violation(f"{token} can be {known.possible}, and is listed as {item}")

    async def _increment(self) -> None:
        tally = self._choice.choice(self._soak.model.tallies)
        read, _ = await self._ask("GET", tally.path, (200,))
        if read.status != 200:
            return
        number = int(read.content["name"])
        if number < self._seen[tally.path]:
            raise Violation(f"{tally.path} went from {self._seen[tally.path]} to {number}")
        self._seen[tally.path] = number
        self._made += 1
        headers = {"If-Match": read.etag, "Idempotency-Key": f"{self._name} {self._made}"}
        body = {"name": str(number + 1)}
        answer, errors = await self._ask("PUT", tally.path, (200, 412), body, headers)
        if answer.status == 200:
            tally.acknowledged += 1
        elif errors:
            tally.unknown += 1

    async def _refused(self) -> None:
        """By the router, the key, a validator or the function."""
        method, path, status, body, key = self._choice.choice(
            [
                ("GET", "/nowhere", 404, None, True),
                ("GET", "/items", 403, None, False),
                ("POST", "/items", 400, {}, True),
                ("POST", "/items", 400, "no object", True),
                ("GET", "/items/not-a-uuid", 400, None, True),
                ("GET", "/items?limit=0", 400, None, True),
                ("OPTIONS", "/items", 200, None, False),
            ]
        )
        options = (
            {} if key else {"key": self._choice.choice([None, "not-one-of-the-keys-there-are"])}
        )
        await self._ask(
            method, path, (status, 204) if status == 200 else (status,), body, **options
        )

    async def _slow(self) -> None:
        await self._ask("POST", "/items", (400,), {"name": 1}, pause=0.05)

    async def _large(self) -> None:
        await self._ask("POST", "/items", (400,), {"name": "x" * 400_000})

    async def _hang_up(self) -> None:
        """In the middle of a request, or before its answer."""
        await self._connection.send_part("POST", "/items", {"name": 1}, self._choice.random())
        self._soak.hung_up += 1

    async def _ask(
        self,
        method: str,
        path: str,
        statuses: tuple[int, ...],
        body: object = None,
        headers: dict[str, str] | None = None,
        *,
        tries: int = _MOST_TRIES,
        **options: Any,
    ) -> tuple[Answer, int]:
        """The first answer that is not an error, else the last one; and the number of errors.

        Raises Violation for a status that is neither an error nor one of `statuses`.
        """
        for errors in range(tries):
            request = (method, path, body, headers)
            answer = await self._soak.ask(self._connection, *request, **options)
            if answer.status not in _ERRORS:
                if answer.status not in statuses:
                    raise Violation(
                        f"{method} {path}: {answer.status} after {errors} errors, and not "
                        f"{' or '.join(map(str, statuses))}: {answer.content}"
                    )
                return answer, errors
            await asyncio.sleep(self._choice.random() / 10)
        return answer, tries
