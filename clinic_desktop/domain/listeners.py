"""What a workstation listens to for its devices: ports, a folder, a serial line, and the one address."""

import ipaddress
from dataclasses import dataclass
from pathlib import PurePath

from clinic_desktop.domain.refusals import Refusal

BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
LOOPBACK = "127.0.0.1"
PORTS = ("api_port", "mllp_port", "mllps_port", "astm_port")
# Below are the ports of the system, which no program of a person may open.
FIRST_PORT, LAST_PORT = 1024, 65535


@dataclass(frozen=True)
class Listeners:
    """A port of 0 is none; so are an empty folder and an empty line."""

    api_port: int = 0
    mllp_port: int = 0
    mllps_port: int = 0
    astm_port: int = 0
    drop_folder: str = ""
    serial_line: str = ""
    serial_baud: int = 9600
    listen_on: str = LOOPBACK


def require_sound(wanted: Listeners) -> Listeners:
    """What is wanted, tidied. Raises Refusal naming the field."""
    used: dict[int, str] = {}
    for name in PORTS:
        port = getattr(wanted, name)
        if port and not FIRST_PORT <= port <= LAST_PORT:
            raise Refusal("A port is a number from 1024 to 65535, or 0 for none.", field=name)
        if port and port in used:
            raise Refusal("Each listener needs a port of its own.", field=name)
        used[port] = name
    folder, line, address = wanted.drop_folder.strip(), wanted.serial_line.strip(), wanted.listen_on.strip() or LOOPBACK
    if folder and ("\0" in folder or not PurePath(folder).is_absolute()):
        raise Refusal("Give the whole path of the folder, from its root on.", field="drop_folder")
    if any(not letter.isprintable() for letter in line):
        raise Refusal("Give the name of a serial line, such as COM3 or /dev/ttyUSB0.", field="serial_line")
    if wanted.serial_baud not in BAUDS:
        raise Refusal("Choose the speed of the line.", field="serial_baud")
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        raise Refusal("Give one address of this machine, such as 192.168.1.20.", field="listen_on") from None
    if found.is_unspecified or found.is_multicast or not found.is_private:
        raise Refusal("Choose one address that this machine has in the clinic's own network.", field="listen_on")
    return Listeners(
        wanted.api_port, wanted.mllp_port, wanted.mllps_port, wanted.astm_port, folder, line, wanted.serial_baud,
        str(found),
    )  # fmt: skip
