"""On the address that an administrator chose, over TLS alone: the clinic's own certificate, the same guard, no more."""

import contextlib
import hashlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import local_network
from clinic_desktop.services.certificates import CHAIN, FOLDER, standing
from clinic_desktop.store.tables.pairing import local_networks
from tests.unit.agent.local_api.api_case import Api, body_of


@dataclass(frozen=True)
class Network:
    """Where the API answers other machines, and what the window was told of it."""

    api: Api
    address: str
    port: int
    told: dict[str, object]

    @property
    def name(self) -> str:
        return f"{self.address}:{self.port}"

    def client(self, certificate: Path | None = None) -> httpx.Client:
        """A careful client trusts this one certificate and nothing else; without one, whatever its system trusts."""
        context = ssl.create_default_context(cafile=None if certificate is None else str(certificate))
        return httpx.Client(base_url=f"https://{self.name}", verify=context, trust_env=False, timeout=20)

    @property
    def certificate(self) -> Path:
        return self.api.home.profile / FOLDER / CHAIN


def own_address() -> str | None:
    """An address that this machine has in its network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            line.connect(("10.255.255.255", 9))
        except OSError:
            return None
        found = str(line.getsockname()[0])
    return None if found.startswith("127.") else found


def free_port(address: str) -> int:
    with socket.socket() as line:
        line.bind((address, 0))
        return int(line.getsockname()[1])


@pytest.fixture(scope="module")
def network(api: Api) -> Iterator[Network]:
    """The API after an administrator chose this machine's address; where it has none, another of its own loop."""
    found = own_address()
    address = found or "127.0.0.2"
    port = free_port(address)
    if found is not None:
        assert local_network.choose_network(api.admin, f" {address} ", port) == local_network.Network(address, port)
    else:
        values = {"address": address, "port": port, "chosen_at": "x", "chosen_by": api.admin.session.staff_id}
        with api.clinic.store.write(act=new_id(), session=None) as unit:
            unit.create(local_networks, values, kind="local_network.chosen")
    api.local.closed()
    api.local.opened(api.clinic)
    (told,) = [one for one in api.told if one["event"] == "network"]
    yield Network(api, address, port, told)
    local_network.leave_network(api.admin)
    api.local.closed()
    api.local.opened(api.clinic)
    with pytest.raises(OSError, match=r"."):
        socket.create_connection((address, port), 5)


def test_the_certificate_that_answers_is_the_one_whose_fingerprint_is_shown(network: Network) -> None:
    context = ssl.create_default_context(cafile=str(network.certificate))
    with (
        socket.create_connection((network.address, network.port), 20) as line,
        context.wrap_socket(line, server_hostname=network.address) as tls,
    ):
        der = tls.getpeercert(binary_form=True)
        assert tls.version() in {"TLSv1.2", "TLSv1.3"}
    assert der is not None
    assert hashlib.sha256(der).hexdigest().upper() == str(network.told["sha256"]).replace(":", "")
    assert (network.told["address"], network.told["port"]) == (network.address, network.port)


def test_a_client_that_pins_the_certificate_is_served_and_one_that_does_not_says_nothing(
    network: Network, tmp_path: Path
) -> None:
    sent = {"Authorization": f"Bearer {network.api.tokens['monitor']}"}
    with network.client(network.certificate) as line:
        assert line.get("/v1/status", headers=sent).json()["kind"] == "monitor"
        told = line.post("/v1/vitals", headers=sent, json=body_of("/v1/vitals", network.api))
        assert (told.status_code, told.json()["state"]) == (201, "filed")
        found = line.get(f"/v1/patients/{network.api.home.mrn}", headers=sent)
        assert found.json()["name"] == "OTIENO, Grace"
    before = network.api.statements
    standing(tmp_path, network.address)  # the same words in a certificate of another's
    for certificate in (tmp_path / FOLDER / CHAIN, None):
        with network.client(certificate) as line, pytest.raises(httpx.ConnectError, match=r"(?i)certificate"):
            line.get("/v1/status", headers=sent)
    assert network.api.statements == before


def test_what_does_not_speak_tls_is_answered_nothing(network: Network) -> None:
    before = network.api.statements
    head = f"Host: {network.name}\r\nAuthorization: Bearer {network.api.tokens['monitor']}\r\n\r\n"
    for first in (
        "GET /v1/status HTTP/1.1",
        f"GET http://{network.name}/v1/status HTTP/1.1",
        "GET /v1/health HTTP/1.0",
    ):
        with socket.create_connection((network.address, network.port), 20) as line:
            line.sendall(f"{first}\r\n{head}".encode())
            held = b""
            with contextlib.suppress(ConnectionResetError):
                while got := line.recv(65536):
                    held += got
        assert b"HTTP/" not in held, first
    assert network.api.statements == before


def test_over_tls_the_guard_is_the_same(network: Network) -> None:
    api, sent = network.api, {"Authorization": f"Bearer {network.api.tokens['monitor']}"}
    before = api.statements
    with network.client(network.certificate) as line:
        for host in ("evil.example", network.address, f"{network.address}.evil.example:{network.port}",
                     f"{network.address}:{network.port + 1}", f"localhost:{network.port}"):  # fmt: skip
            assert line.get("/v1/status", headers={**sent, "Host": host}).status_code == 421, host
        assert line.get("/v1/status", headers={**sent, "Origin": f"https://{network.name}"}).status_code == 403
        assert line.get("/v1/status").status_code == 401
        assert line.get("/v1/status", headers={"Authorization": f"Bearer {api.gone}"}).status_code == 401
        assert line.get("/v1/queue", headers=sent).status_code == 403
        form = {**sent, "Content-Type": "application/x-www-form-urlencoded"}
        assert line.post("/v1/vitals", headers=form, content=b"values=1").status_code == 415
    assert api.statements == before


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="open ports are read from /proc")
def test_it_listens_on_that_address_alone(network: Network) -> None:
    packed = socket.inet_aton(network.address)[::-1].hex().upper()
    lines = [line.split() for path in ("tcp", "tcp6") for line in (Path("/proc/net") / path).read_text().splitlines()]
    listening = {one[1] for one in lines if one[3] == "0A"}
    assert {one for one in listening if one.endswith(f":{network.port:04X}")} == {f"{packed}:{network.port:04X}"}
    assert {one for one in listening if one.endswith(f":{network.api.port:04X}")} == {
        f"0100007F:{network.api.port:04X}"
    }


def test_with_the_key_gone_the_network_is_shut_and_this_machine_is_still_told_to_come_again(network: Network) -> None:
    network.api.local.closed()
    try:
        with network.client(network.certificate) as line, pytest.raises(httpx.ConnectError):
            line.get("/v1/health")
        assert network.api.ask("GET", "/v1/health").json()["status"] == "locked"
    finally:
        network.api.local.opened(network.api.clinic)
    with network.client(network.certificate) as line:
        assert line.get("/v1/health").json()["status"] == "ok"


@pytest.mark.parametrize(
    ("address", "port", "field"),
    [
        *((one, 8443, "address") for one in ("0.0.0.0", "::", "127.0.0.1", "8.8.8.8", "224.0.0.1", "clinic.local", "")),
        ("192.168.1.20", 0, "port"), ("192.168.1.20", 65536, "port"),
    ],
)  # fmt: skip
def test_no_other_kind_of_address_can_be_chosen(api: Api, address: str, port: int, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        local_network.choose_network(api.admin, address, port)
    assert refused.value.field == field
