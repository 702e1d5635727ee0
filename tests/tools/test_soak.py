"""Many clients at once are all answered as they should be, and leave nothing behind."""

from __future__ import annotations

import asyncio
import time

from soak import Soak, footprint
from support.serving import ROOT, serving


def test_many_clients_are_answered_rightly_and_leave_nothing_behind(everything: bool) -> None:
    clients, seconds = (64, 3) if everything else (16, 1)
    arguments = ("--setup", "items.table", "--env", "TABLE_NAME")
    with serving(ROOT, *arguments, environment={"TABLE_NAME": "soak"}) as served:
        soak = Soak(served.base_url, seed=7)
        asyncio.run(soak.run(clients, seconds / 2))
        before = footprint(served.process.pid)
        asyncio.run(soak.run(clients, seconds))
        time.sleep(0.5)
        after = footprint(served.process.pid)
    assert soak.errors == []
    assert soak.hung_up
    assert soak.statuses.keys() >= {200, 201, 204, 400, 403, 404}
    assert after.processes <= before.processes
    assert after.files <= before.files + 8  # connections that were just closed
