"""`clinic-desktop remote ask`: what the documented systems say, beside what the clinic says, over real sockets."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clinic_desktop.cli import demo
from clinic_desktop.domain.systems import SECRETS
from clinic_desktop.services.clinic import open_clinic
from sync.sandbox.hosting import Sandbox
from sync.sandbox.knobs import Knobs
from tests.unit.cli.conftest import Call, Worked

DAYS = ("--from", "2026-01-05", "--to", "2026-01-06")
Ask = Callable[..., Any]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    names = ("healify", "arocord_hims", "hms_enterprise", "practice_studio", "healthcare_records")
    made = Sandbox(knobs={name: Knobs(limits=False) for name in names})
    yield made
    made.close()


def connect(sandbox: Sandbox, worked: Worked, call: Call, system: str, *, told: bool = False) -> None:
    one = next(each for each in sandbox.addresses() if each["system"] == system)
    given = {name: value for name, value in one["credentials"].items() if name in SECRETS}
    if system == "arocord_hims":
        given["username"] = one["credentials"]["admin_username"]
    if system == "practice_studio":
        del given["username"], given["password"]
    secrets = worked.profile.parent / "secrets.json"
    secrets.write_text(json.dumps(given))
    words = ("remote", "add", system, "--base-url", one["base_url"], "--secret-file", str(secrets))
    code, _out, err = call("administrator", *words)
    assert code == 0, err
    if told:
        code, _out, err = call("administrator", "sync", "--once", "--system", system)
        assert code in {0, 1}, err


@pytest.fixture
def ask(call: Call) -> Ask:
    def ask(user: str, *words: str) -> Any:
        code, out, err = call(user, "remote", "ask", *words, "--json")
        assert code == 0, err
        return json.loads(out)

    return ask


def looks(worked: Worked) -> list[tuple[str, str]]:
    """What the access log says of whoever was seen there, the newest last."""
    clinic, desk = open_clinic(worked.profile, "administrator", demo.PASSPHRASE, process="command")
    with clinic.store.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT a.kind, p.mrn FROM access a JOIN patients p ON p.id = a.patient ORDER BY a.rowid"
        ).fetchall()
    clinic.sign_out(desk)
    clinic.close()
    return [(row[0], row[1]) for row in found]


def test_hms_gives_a_second_opinion_on_what_a_patient_takes_and_the_look_is_written_down(
    sandbox: Sandbox, worked: Worked, call: Call, ask: Ask
) -> None:
    connect(sandbox, worked, call, "hms_enterprise", told=True)
    before = len(looks(worked))
    found = ask("doctor", "hms_enterprise", "interactions", "--patient", worked.seen)
    assert found["ours"]["medicines"]
    assert found["theirs"]["interactions"] == []
    assert "checked_at" in found["theirs"]
    assert looks(worked)[before:] == [("chart", worked.seen), ("chart", worked.seen)]


def test_a_role_that_may_not_look_asks_nothing(sandbox: Sandbox, worked: Worked, call: Call) -> None:
    connect(sandbox, worked, call, "hms_enterprise")
    asked = len(sandbox.gates["hms_enterprise"].system.log.asked)
    code, _out, err = call("frontdesk", "remote", "ask", "hms_enterprise", "interactions", "--patient", worked.seen)
    assert code == 3
    assert "role" in err
    assert len(sandbox.gates["hms_enterprise"].system.log.asked) == asked


def test_hms_says_its_numbers_its_measures_and_who_is_free(
    sandbox: Sandbox, worked: Worked, call: Call, ask: Ask
) -> None:
    connect(sandbox, worked, call, "hms_enterprise")
    numbers = ask("administrator", "hms_enterprise", "analytics", *DAYS)
    assert numbers["theirs"]["metrics"]
    assert numbers["ours"]["patients"] == 3
    assert ask("administrator", "hms_enterprise", "quality", *DAYS)["theirs"]
    system = sandbox.gates["hms_enterprise"].system
    provider = str(next(iter(system.tables["providers"]))["id"])
    found = ask("doctor", "hms_enterprise", "schedule", "--practitioner", provider, *DAYS)
    assert found["theirs"]["provider_id"] == provider
    assert found["ours"] is None


def test_healify_says_when_somebody_is_free(sandbox: Sandbox, worked: Worked, call: Call, ask: Ask) -> None:
    connect(sandbox, worked, call, "healify")
    found = ask("frontdesk", "healify", "slots", "--practitioner", "doc_456def", *DAYS)
    assert found["theirs"]["available_slots"] is not None


def test_arocord_says_its_numbers_and_gives_a_report_as_a_file(
    sandbox: Sandbox, worked: Worked, call: Call, ask: Ask, tmp_path: Path
) -> None:
    connect(sandbox, worked, call, "arocord_hims")
    found = ask("administrator", "arocord_hims", "dashboard")
    assert found["theirs"]
    assert found["ours"]["patients"] == 3
    assert ask("administrator", "arocord_hims", "report", "revenue-analysis")["theirs"] is not None
    out = tmp_path / "report.csv"
    ask("administrator", "arocord_hims", "export", "revenue-analysis", "--format", "csv", "--out", str(out))
    assert out.read_bytes()
    code, _out, err = call("administrator", "remote", "ask", "arocord_hims", "report", "no-such")
    assert code == 3, err


def test_healthcare_records_says_what_consents_allow_and_whether_the_record_is_good_fhir(
    sandbox: Sandbox, worked: Worked, call: Call, ask: Ask
) -> None:
    connect(sandbox, worked, call, "healthcare_records", told=True)
    found = ask("doctor", "healthcare_records", "consent-status", "--patient", worked.seen)
    assert found["theirs"]
    assert isinstance(found["ours"], list)
    checked = ask("doctor", "healthcare_records", "validate", "--patient", worked.seen)
    assert checked["theirs"]
    assert not [each for each in checked["ours"] if each.startswith("error")]


def test_practice_studio_says_who_cares_there_and_what_a_patient_owes(
    sandbox: Sandbox, worked: Worked, call: Call, ask: Ask
) -> None:
    connect(sandbox, worked, call, "practice_studio", told=True)
    found = ask("frontdesk", "practice_studio", "providers")
    assert found["theirs"]["providers"]
    assert found["ours"]
    owed = ask("cashier", "practice_studio", "invoices", "--patient", worked.seen)
    assert owed["ours"]
    assert owed["theirs"] is not None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hms_enterprise", "everything"), "interactions"),
        (("hms_enterprise", "interactions"), "--patient"),
        (("hms_enterprise", "analytics"), "which day"),
        (("hms_enterprise", "analytics", "--from", "2026-02-01", "--to", "2026-01-01"), "forward"),
        (("hms_enterprise", "schedule", *DAYS), "practitioner"),
        (("healify", "slots", "--practitioner", "doc_1", *DAYS), "not connected"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    sandbox: Sandbox, worked: Worked, call: Call, words: tuple[str, ...], said: str
) -> None:
    connect(sandbox, worked, call, "hms_enterprise")
    code, _out, err = call("doctor" if "interactions" in words else "administrator", "remote", "ask", *words)
    assert code == 3
    assert said in err


def test_a_patient_whom_the_system_does_not_know_is_not_asked_about(
    sandbox: Sandbox, worked: Worked, call: Call
) -> None:
    connect(sandbox, worked, call, "hms_enterprise")
    code, _out, err = call("doctor", "remote", "ask", "hms_enterprise", "interactions", "--patient", worked.seen)
    assert code == 3
    assert "not known" in err


def test_a_system_that_is_away_is_said_to_be(sandbox: Sandbox, worked: Worked, call: Call) -> None:
    connect(sandbox, worked, call, "arocord_hims")
    sandbox.close()
    code, _out, err = call("administrator", "remote", "ask", "arocord_hims", "dashboard")
    assert code == 4, err
    assert "reached" in err
