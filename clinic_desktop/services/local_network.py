"""Whether the local API is reached from the clinic's own network: no, unless an administrator chose one address."""

import ipaddress
from dataclasses import dataclass

from sqlalchemy import Connection, select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, command
from clinic_desktop.store.tables.pairing import local_networks

IN_ACT = ("chosen",)


@dataclass(frozen=True)
class Network:
    """The one address and port on which other machines may ask, over TLS."""

    address: str
    port: int


@command
def choose_network(act: Act, address: str, port: int) -> Network:
    """Let other machines ask on one address of this machine, from the next start of the background process on.

    Raises Refusal for every address at once, for this machine's own loop, and for addresses of the internet.
    """
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        raise Refusal(N_("Give one address of this machine, such as 192.168.1.20."), field="address") from None
    if found.is_unspecified or found.is_loopback or found.is_multicast or not found.is_private:
        raise Refusal(N_("Choose one address that this machine has in the clinic's own network."), field="address")
    if not 1 <= port <= 65535:
        raise Refusal(N_("A port is a number from 1 to 65535."), field="port")
    _leave(act)
    values = {"address": str(found), "port": port, "chosen_at": act.at, "chosen_by": act.session.staff_id}
    act.create(local_networks, values, kind="local_network.chosen")
    return Network(str(found), port)


@command
def leave_network(act: Act) -> None:
    """Answer on this machine alone again, from the next start of the background process on."""
    _leave(act)


def chosen(connection: Connection) -> Network | None:
    """The address that was chosen; None where this machine alone may ask."""
    row = connection.execute(select(local_networks).where(local_networks.c.active == 1)).first()
    return None if row is None else Network(row.address, row.port)


def _leave(act: Act) -> None:
    for row in act.conn.execute(select(local_networks.c.id).where(local_networks.c.active == 1)).all():
        act.change(local_networks, row.id, {"active": 0}, kind="local_network.left")
