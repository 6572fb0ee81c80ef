"""What devices tell a real process that nobody has given the key: sealed, then filed once as if it had come then."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest
from sqlalchemy import select

from clinic_desktop.cli import demo
from clinic_desktop.services import letterbox, pairing
from clinic_desktop.services.letterbox import Letterbox
from clinic_desktop.store.tables.chart import vital_signs
from clinic_desktop.store.tables.devices import device_messages
from clinic_desktop.store.tables.documents import documents
from clinic_desktop.store.tables.inbox import notifications
from tests.listening import Agent, Home, made

PAPER = base64.b64encode(b"Dear colleague, thank you for sending her.").decode()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return made(tmp_path_factory.mktemp("sealed-api"))


@pytest.fixture(scope="module")
def tokens(home: Home) -> dict[str, str]:
    """A monitor, an analyser, and a monitor that is revoked while what it told waits."""
    clinic = home.open()
    admin = clinic.sign_in("administrator", demo.PASSPHRASE)
    made = {name: pairing.new_token() for name in ("monitor", "analyser", "gone", "documents", "scanner", "printer")}
    for name, token in made.items():
        pairing.pair_device(admin, "monitor" if name == "gone" else name, name.title(), token)
    clinic.sign_out(admin)
    clinic.close()
    return made


@pytest.fixture(scope="module")
def agent(home: Home, tokens: dict[str, str]) -> Iterator[Agent]:
    running = Agent(home, "--api-port", "0")
    running.lock()
    yield running
    running.kill()


def tell(agent: Agent, token: str, path: str, body: dict[str, object], **headers: str) -> httpx.Response:
    url = f"http://127.0.0.1:{agent.port('api')}{path}"
    return httpx.post(url, json=body, headers={"Authorization": f"Bearer {token}", **headers}, trust_env=False)


def test_what_is_told_while_locked_is_filed_once_at_its_own_time_and_what_is_refused_then_is_said(
    agent: Agent, home: Home, tokens: dict[str, str]
) -> None:
    whom = {"number": home.mrn, "family_name": "Otieno", "given_names": "Grace", "born_on": "1986-01-05"}
    pressure: dict[str, object] = {"patient": whom, "values": {"pressure": "121/79"}}
    kept = [
        tell(agent, tokens["monitor"], "/v1/vitals", pressure),
        tell(agent, tokens["monitor"], "/v1/vitals", pressure, **{"Idempotency-Key": "K1"}),
        tell(agent, tokens["monitor"], "/v1/vitals", pressure, **{"Idempotency-Key": "K1"}),  # its answer was lost
        tell(agent, tokens["analyser"], "/v1/results",
             {"patient": whom, "results": [{"code": "2345-7", "value": "98", "unit": "mg/dL"}]}),
        tell(agent, tokens["gone"], "/v1/vitals", pressure),
        tell(agent, tokens["documents"], "/v1/documents",
             {"patient": whom, "kind": "letter", "title": "From the hospital", "content": PAPER}),
    ]  # fmt: skip
    assert [one.status_code for one in kept] == [202] * 6
    assert tell(agent, "wrong", "/v1/vitals", pressure).status_code == 401
    # For the window, and for the printer, now or not at all: each is told so, and nothing of it is kept.
    asked: tuple[tuple[str, str, dict[str, object], str], ...] = (
        ("scanner", "/v1/scans", {"content": "]C10112345"}, "a scan is for the window alone"),
        ("printer", "/v1/prints/x/take", {}, "given out after the next sign-in"),
    )
    for device, path, body, why in asked:
        told = tell(agent, tokens[device], path, body)
        assert (told.status_code, told.headers["retry-after"]) == (503, "30")
        assert why in told.json()["detail"]
    assert len(Letterbox(home.profile).waiting()) == 6
    for kept_file in (home.profile / letterbox.FOLDER).iterdir():
        content = kept_file.read_bytes()
        secret = (b"Otieno", home.mrn.encode(), b"121/79", PAPER.encode(), *(t.encode() for t in tokens.values()))
        assert not [word for word in secret if word in content]
    clinic = home.open()
    admin = clinic.sign_in("administrator", demo.PASSPHRASE)
    sealed_by = clinic.store.clock.now()
    gone = next(one for one in pairing.paired(admin) if one.name == "Gone")
    pairing.revoke_device(admin, gone.id)
    clinic.sign_out(admin)
    agent.unlock()
    assert agent.hear("letterbox.emptied") == {"event": "letterbox.emptied", "filed": 5, "lost": 1}
    with clinic.store.read() as connection:
        taken = list(connection.execute(select(vital_signs.c.taken_at)).scalars())
        messages = list(connection.execute(select(device_messages.c.received_at)).scalars())
        papers = list(connection.execute(select(documents.c.title)).scalars())
        said = list(connection.execute(select(notifications.c.body)).scalars())
    clinic.close()
    assert len({str(at) for at in taken}) == 2  # of K1 once
    assert papers == ["From the hospital"]
    assert all(datetime.fromisoformat(str(at)) < sealed_by for at in (*taken, *messages))
    assert sum("could not be taken" in one for one in said) == 2
    assert json.dumps(said)


def test_a_process_that_answers_on_no_port_files_what_another_sealed(
    agent: Agent, home: Home, tokens: dict[str, str]
) -> None:
    agent.kill()  # it has the key, and looks into the letterbox by itself
    sealing = Agent(home, "--api-port", "0", sealed=True)
    try:
        whom = {"number": home.mrn, "family_name": "Otieno", "given_names": "Grace", "born_on": "1986-01-05"}
        told: dict[str, object] = {"patient": whom, "values": {"pressure": "118/70"}}
        assert tell(sealing, tokens["monitor"], "/v1/vitals", told).status_code == 202
    finally:
        sealing.kill()
    plain = Agent(home, "--astm-port", "0", sealed=True)
    try:
        plain.unlock()
        assert plain.hear("letterbox.emptied")["lost"] == 0
        assert Letterbox(home.profile).waiting() == []
    finally:
        plain.kill()
