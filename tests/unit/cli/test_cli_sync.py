"""`remote` and `sync` as a script calls them: a visit reaches five systems and is read back where it is shown."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.engine.desk import Desk
from sync.sandbox.catalogue import SYSTEMS
from sync.sandbox.hms_enterprise.samples import PROVIDER_ID
from sync.sandbox.hosting import Sandbox
from sync.sandbox.knobs import Knobs
from sync.sandbox.people import People
from tests.unit.cli.conftest import Call, Worked

Asked = Callable[..., Any]
SECRETS = {"token", "username", "password", "mfa_code", "client_id", "client_secret", "scope"}
# Who the clinic's people are there, as the sandbox's samples have it.
THERE = (
    ("healify", "doctor", "doc_456def"), ("arocord_hims", "doctor", "doctor_001"),
    ("arocord_hims", "pharmacist", "pharmacist_001"), ("hms_enterprise", "doctor", PROVIDER_ID),
    ("practice_studio", "doctor", "PROV-54321"),
)  # fmt: skip


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    # Nobody else is there: who comes from there is told to the others, and is not what is counted here.
    made = Sandbox(knobs={name: Knobs(limits=False) for name in SYSTEMS})
    for name, gate in made.gates.items():
        if name != "healthcare_records":  # it hides who they are, and nobody of there comes here
            gate.system.tables["patients"].rows.clear()
    yield made
    made.close()


@pytest.fixture
def connected(worked: Worked, asked: Asked, sandbox: Sandbox, tmp_path: Path) -> Worked:
    """The worked clinic, connected to all five."""
    for one in sandbox.addresses():
        secrets = {name: value for name, value in one["credentials"].items() if name in SECRETS}
        if one["system"] == "practice_studio":
            secrets = {name: secrets[name] for name in ("client_id", "client_secret", "scope")}
        file = tmp_path / "secrets.json"
        file.write_text(json.dumps(secrets))
        asked(
            "administrator", "remote", "add", one["system"], "--base-url", one["base_url"], "--secret-file", str(file)
        )
        assert asked("administrator", "remote", "test", one["system"])["found"]
    for system, username, there in THERE:
        asked("administrator", "remote", "set", system, f"practitioner.{username}", there)
    return worked


def counted(status: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {(line["system"], line["kind"]): line for line in status}


def test_one_visit_reaches_every_system_that_takes_it_and_is_read_back_where_it_is_shown(
    connected: Worked, asked: Asked, call: Call
) -> None:
    asked("administrator", "sync", "--once")
    status = counted(asked("administrator", "sync", "status"))
    confirmed = {
        ("healify", "patient"), ("healify", "encounter"), ("healify", "prescription"),
        ("arocord_hims", "patient"), ("arocord_hims", "encounter"), ("arocord_hims", "lab_order"),
        ("hms_enterprise", "patient"), ("hms_enterprise", "encounter"),
        ("practice_studio", "patient"), ("healthcare_records", "patient"), ("healthcare_records", "encounter"),
    }  # fmt: skip
    # What is never shown again is sent, and never called confirmed: the answer to the sending is no reading back.
    sent = {
        ("arocord_hims", "lab_result"), ("arocord_hims", "invoice"), ("arocord_hims", "payment"),
        ("hms_enterprise", "prescription"), ("hms_enterprise", "charge"), ("hms_enterprise", "lab_order"),
    }  # fmt: skip
    # What came from one system (its own visits and prescriptions) stays here: the others are not told of it.
    for cell in confirmed:
        # Its limits are narrow: what was just sent there may be read back by the next run.
        word = "sent" if cell[0] == "healthcare_records" else "confirmed"
        assert status[cell][word] > 0, (cell, status[cell])
    for cell in sent:
        assert status[cell]["sent"] == status[cell]["here"] - status[cell]["stays_here"] > 0, (cell, status[cell])
    assert not any(status[cell]["confirmed"] for cell in sent)
    # A prescription that was handed out leaves their queue, and with it the only list that showed it.
    for cell in (("arocord_hims", "prescription"), ("arocord_hims", "dispense")):
        assert status[cell]["sent"] == status[cell]["here"] - status[cell]["stays_here"] > 0, cell
    assert not any(line["refused"] or line["waiting"] or line["conflicts"] for line in status.values())
    for cell in (("practice_studio", "encounter"), ("practice_studio", "invoice"), ("hms_enterprise", "lab_result")):
        assert status[cell]["cannot_tell"] > 0, cell
    # What is to be decided is counted as it is listed.
    _code, out, _said = call("administrator", "sync", "status")
    for system in SYSTEMS:
        listed = asked("administrator", "sync", "conflicts", "--system", system)
        assert len(listed) == sum(line["to_decide"] for (of, _kind), line in status.items() if of == system), system
        assert (f"{system}: {len(listed)} to decide: `sync conflicts --system {system}`" in out) == bool(listed)
    _what_is_alike_is_decided_at_once(asked, call)


def _what_is_alike_is_decided_at_once(asked: Asked, call: Call) -> None:
    """Visits that a system only shows: listed as one, left by a decision, brought back, closed together."""

    def visits() -> dict[str, Any]:
        return counted(asked("administrator", "sync", "status"))["practice_studio", "encounter"]

    resolve, alike = ("administrator", "sync", "resolve"), "practice_studio/encounter"
    listed = {one["id"]: one for one in asked("administrator", "sync", "conflicts")}
    many = listed[alike]["count"]
    assert (listed[alike]["sort"], listed[alike]["keep"]) == ("cannot", ["told --why TEXT", "not_told --why TEXT"])
    shown = asked("administrator", "sync", "show", alike)["records"]
    assert len(shown) == many
    code, _out, said = call(*resolve, alike, "--keep", "here")
    assert (code, "--keep told --why TEXT | not_told --why TEXT" in said) == (3, True), said
    done = asked(*resolve, alike, "--keep", "not_told", "--why", "They read them in their portal")
    assert done == {"id": alike, "keep": "not_told", "count": many}
    found = visits()
    assert (found["cannot_tell"], found["not_told"]) == (0, many)
    assert found["not_told_by"].startswith("They read them in their portal (")
    assert found["here"] == sum(found[name] for name in ("sent", "waiting", "not_told", "stays_here"))
    code, out, _said = call("administrator", "sync", "status")
    assert f"{alike}: {many} not told, as was decided: They read them in their portal (" in out
    assert asked(*resolve, alike, "--keep", "tell_again")["count"] == many
    assert call(*resolve, "practice_studio/../x", "--keep", "tell_again")[0] == 3
    assert asked(*resolve, shown[0]["id"], "--keep", "told", "--why", "By telephone")["count"] == 1
    code, _out, said = call(*resolve, shown[0]["id"], "--keep", "told", "--why", "By telephone")
    assert (code, "no such conflict" in said) == (3, True)
    if many > 1:
        assert asked(*resolve, alike, "--keep", "told", "--why", "By telephone")["count"] == many - 1
    assert visits()["cannot_tell"] == 0


def test_once_more_asks_little_and_sends_nothing(connected: Worked, asked: Asked, sandbox: Sandbox) -> None:
    asked("administrator", "sync", "--once", "--system", "healify")
    after = asked("administrator", "sync", "status", "--system", "healify")
    assert after == asked("administrator", "sync", "--system", "healify", "status")
    assert {line["system"] for line in after} == {"healify"}
    before = len(sandbox.gates["healify"].system.log.effects)
    asked("administrator", "sync", "--once", "--system", "healify")
    assert len(sandbox.gates["healify"].system.log.effects) == before


def test_each_stage_of_a_system_is_said_to_whoever_asks_and_never_on_standard_output(
    connected: Worked, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clinic_desktop.cli.sync_stages.LOOK_SECONDS", 0.0)  # no stage is too short to be seen
    once = ("administrator", "sync", "--once", "--system", "healify")
    code, out, said = call(*once, "-v", "--json")
    assert code in {0, 1}
    assert {line["system"] for line in json.loads(out)} == {"healify"}
    lines = [line for line in said.splitlines() if line.startswith("Healify: ")]
    assert any("telling it: " in line for line in lines), said
    _code, quiet, unsaid = call(*once, "--json")
    assert not [line for line in unsaid.splitlines() if line.startswith("Healify: ")], "a script hears nothing of it"
    assert [one.keys() for one in json.loads(quiet)] == [one.keys() for one in json.loads(out)]


def test_what_a_command_cannot_do_is_refused_by_name(
    connected: Worked, call: Call, asked: Asked, sandbox: Sandbox, tmp_path: Path
) -> None:
    code, _out, said = call("doctor", "sync", "--once")
    assert code == 3
    assert "may not" in said
    code, _out, said = call("administrator", "remote", "set", "healify", "practitioner.nobody", "doc_1")
    assert code == 3
    assert "nobody" in said
    code, _out, said = call("administrator", "remote", "set", "healify", "practitioner.doctor", "doc_other")
    assert (code, "doc_456def" in said, "--sure" in said) == (3, True, True), "none is replaced unasked"
    code, _out, said = call("administrator", "remote", "set", "practice_studio", "practitioner.doctor", "P-1", "--sure")
    assert (code, "directory" in said, "remote_id" in said) == (3, True, True)
    code, _out, said = call("administrator", "sync", "resolve", "no-such-id", "--keep", "here")
    assert code == 3
    assert "no such conflict" in said
    code, _out, said = call("administrator", "sync", "resolve", "no-such-id", "--keep", "both")
    assert code == 3
    assert "here, there" in said
    # What an update does there is set and listed.
    listed = asked("administrator", "remote", "set", "hms_enterprise", "put.patient", "merge")
    (known,) = [one["updates"] for one in listed if one["system"] == "hms_enterprise"]
    assert (known["patient"]["mode"], known["patient"]["how"]) == ("merge", "set by an administrator")
    assert asked("administrator", "remote", "test", "hms_enterprise")["updates"] == known
    _code, out, _said = call("administrator", "remote", "test", "hms_enterprise")
    assert "HMS Enterprise-Grade answers and takes this sign-in." in out
    assert "patient: seen there, sent new, changed" in out, "as much as of a system that counts its patients"
    assert "cannot be told: " in out
    assert call("administrator", "remote", "set", "hms_enterprise", "put.patient", "perhaps")[0] == 3
    assert call("administrator", "remote", "set", "hms_enterprise", "put.charge", "merge")[0] == 3
    assert call("doctor", "remote", "set", "hms_enterprise", "put.patient", "merge")[0] == 3
    # A system that does not go on by itself is named, and the command ends with problems.
    sandbox.gates["healify"].system.expire()
    code, _out, said = call("administrator", "sync", "--once", "--system", "healify")
    assert code == 1
    assert "asks for a sign-in: `remote set healify secrets FILE`" in said
    _code, out, _said = call("administrator", "remote", "list")
    assert "    Healify asks for a sign-in: `remote set healify secrets FILE`" in out
    assert call("administrator", "remote", "test", "healify")[0] == 3
    # What is said there can be done: what is not accepted is not kept, what is lets it go on.
    file = tmp_path / "again.json"
    file.write_text('{"token": "wrong"}')
    code, _out, said = call("administrator", "remote", "set", "healify", "secrets", str(file))
    assert (code, "does not accept" in said) == (3, True), "they said no"
    sandbox.gates["healify"].system.reissue()
    (told,) = [one for one in sandbox.addresses() if one["system"] == "healify"]
    file.write_text(json.dumps({"token": told["credentials"]["token"]}))
    asked("administrator", "remote", "set", "healify", "secrets", str(file))
    code, _out, said = call("administrator", "sync", "--once", "--system", "healify")
    assert "asks for a sign-in" not in said
    assert call("administrator", "remote", "set", "healify", "secrets", str(tmp_path / "none"))[0] == 4


def test_once_hears_what_others_changed_and_put_in_there_since_the_last_time(
    connected: Worked, asked: Asked, sandbox: Sandbox
) -> None:
    asked("administrator", "sync", "--once", "--system", "healify")
    others = People(sandbox.gates["healify"].system)
    (ours,) = [one for one in sandbox.gates["healify"].system.tables["patients"] if one["phone"]][:1]
    others.edit("patients", ours["id"], phone="+15550104242")
    newcomer = {name: value for name, value in ours.items() if name not in {"id", "emergency_contact"}}
    others.add("patients", {**newcomer, "first_name": "Wren", "last_name": "Thatcher", "date_of_birth": "1971-02-03",
                            "email": "wren@example.org", "phone": "+15550107777"}, "pat_wren1")  # fmt: skip
    asked("administrator", "sync", "--once", "--system", "healify")
    assert asked("administrator", "find", "Thatcher")[0]["born_on"] == "1971-02-03"
    (found,) = asked("administrator", "find", "+15550104242")
    assert ours["last_name"].upper() in str(found["name"]).upper()


def test_once_does_not_wait_for_ever_for_a_system_that_cannot_be_reached(
    worked: Worked, call: Call, asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Desk, "backoff", lambda _desk, tries: 0.2 * (tries + 1))
    (tmp_path / "secrets.json").write_text('{"token": "held"}')
    nobody = "http://127.0.0.1:9"
    code, _out, said = call("administrator", "remote", "add", "healify", "--base-url", nobody, "--secret-file",
                            str(tmp_path / "secrets.json"))  # fmt: skip
    assert (code, "not tested yet: `remote test healify`" in said) == (0, True)
    assert call("administrator", "remote", "test", "healify")[0] == 4, "nobody said no"
    begun = time.monotonic()
    code, _out, said = call("administrator", "sync", "--once")
    assert (code, time.monotonic() - begun < 20.0) == (1, True)
    assert "could not be reached" in said
    call("administrator", "remote", "set", "healify", "base_url", "http://127.0.0.1:10")
    _code, out, _said = call("administrator", "remote", "list")
    assert "    It has no secrets, and nothing is sent or asked until `remote set healify secrets FILE`" in out
