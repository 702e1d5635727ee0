"""One region of the account: its services, its clock and the ids that it gives out."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from drift.imported_api import ACCOUNT
from support.aws_account.services.functions import Functions
from support.aws_account.services.gateway import Gateway
from support.aws_account.services.observed import Alarms, Tables, Tokens
from support.aws_account.services.storage import Registry, Storage

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Clock:
    """Times differ by a millisecond at least, so that events have an order."""

    def __init__(self) -> None:
        self._last = 0

    def milliseconds(self) -> int:
        self._last = max(self._last + 1, int(time.time() * 1000))
        return self._last

    def seconds(self) -> int:
        return self.milliseconds() // 1000

    def text(self) -> str:
        moment = datetime.fromtimestamp(self.milliseconds() / 1000, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Region:
    """What the account has in one region. Ids differ between accounts and calls, as on AWS, but not
    between runs of a test."""

    name: str
    account: str = ACCOUNT
    clock: Clock = field(default_factory=Clock)
    _made: int = 0

    def __post_init__(self) -> None:
        self.gateway = Gateway(self.made_id, self.clock.seconds)
        self.storage = Storage()
        self.registry = Registry(f"{self.account}.dkr.ecr.{self.name}.amazonaws.com")
        self.functions = Functions(self.arn("lambda", "function:"))
        self.tokens = Tokens(self.account)
        self.tables = Tables(self.arn("dynamodb", "table/"))
        self.alarms = Alarms(self.arn("cloudwatch", "alarm:"))
        self.alarms_of_groups: dict[str, list[str]] = {}
        """The alarms that stop a deployment, by the names of CodeDeploy's deployment groups."""

    def arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{self.name}:{self.account}:{rest}"

    def made_id(self, length: int = 10) -> str:
        """Lower-case letters and digits, which begin with a letter."""
        self._made += 1
        digest = hashlib.sha256(f"{self.name}/{self._made}".encode()).digest()
        first, *rest = digest[:length]
        return _LETTERS[first % 26] + "".join(_LETTERS[byte % len(_LETTERS)] for byte in rest)
