"""What tests of web hooks do: create one, and let the courier go its round."""

import asyncio
from datetime import timedelta
from typing import Any
from weakref import WeakKeyDictionary

from app.courier import Courier
from app.database import Database
from app.schemas.hooks.inputs import HookInput
from app.services.access.keys import Principal, Role
from app.services.hooks.hooks import create_hook
from tests.conftest import Deployment
from tests.writing import CITY

CODE = CITY.rpartition("/")[2]
OFFICE = Principal(
    key_id="0",
    owner="the office",
    role=Role.ADMINISTRATOR,
    areas=frozenset(),
    responsible_unit=None,
    plan=None,
)

# Each deployment has one, which keeps the lease.
_COURIERS: WeakKeyDictionary[Database, Courier] = WeakKeyDictionary()


def create(deployment: Deployment, url: str, events: list[str], **more: Any) -> dict[str, Any]:
    """A hook to any address, as a deployment that allows it creates one."""
    given = HookInput.model_validate({"url": url, "events": events, **more})
    with deployment.database.write_transaction() as session:
        made = create_hook(
            session, OFFICE, plan_code=CODE, given=given, reaches_any=True, now=deployment.clock()
        )
        return made.model_dump()


def courier_of(deployment: Deployment, *, reaches_any: bool = True, seconds: float = 5) -> Courier:
    """A courier as a process has one, which goes its rounds when it is told to."""
    return Courier(
        deployment.database, clock=deployment.clock, reaches_any=reaches_any, seconds=seconds
    )


def deliver(deployment: Deployment, courier: Courier | None = None, *, after: float = 0) -> None:
    """A round, ``after`` so many seconds: reminders are left in it, and posted in the next."""
    deployment.clock.now += timedelta(seconds=after)
    if courier is None:
        courier = _COURIERS.setdefault(deployment.database, courier_of(deployment))
    asyncio.run(go(courier))


async def go(courier: Courier) -> None:
    """Two rounds, to their ends."""
    for _ in range(2):
        await courier.go_round()
        await courier.finish()
