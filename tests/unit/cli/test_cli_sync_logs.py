"""No name, number, token or note reaches any log, at any level, while five systems are told and heard."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from clinic_desktop import logs
from clinic_desktop.cli import demo
from clinic_desktop.domain.systems import SECRETS
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services.charting import NewAllergy, add_allergy
from clinic_desktop.services.clinic import open_clinic
from clinic_desktop.services.patients import NewPatient, register_patient
from clinic_desktop.services.remotes import add_remote
from sync.records.exact import strings
from sync.sandbox.faults import Rule
from sync.sandbox.hosting import Sandbox
from sync.sandbox.knobs import Knobs
from tests.unit.cli.conftest import Worked

SYSTEMS = ("healify", "arocord_hims", "hms_enterprise", "practice_studio", "healthcare_records")
SECONDS = 10.0  # longer than the first pauses after a fault
FAULTS = [
    Rule("error_before", method="POST", options={"status": 503}),
    Rule("error_after", method="POST", options={"status": 500}),
    Rule("lost_after", method="POST"),
    Rule("truncated", method="GET"),
    Rule("proxy_page", method="GET"),
    Rule("token_expired", system="practice_studio"),
]
PLANTED = NewPatient(
    "Zyxwalder", "Quibblestone", "female", date(1961, 4, 9), "day", phone="+1 555 091 7342",
    email="planted.mail@nowhere.example", address="77 Plantedstreet", city="Plantedtown", national_id="NID98765431",
)  # fmt: skip
WORDS = {
    "zyxwald", "quibblestone", "0917342", "091 7342", "planted", "nid98765431", "1961-04-09", "okafor",
}  # fmt: skip


class Everything(logging.Handler):
    """Keeps every record as text, with what it was made of and its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self._plain = logging.Formatter("%(name)s %(levelname)s %(message)s")

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self._plain.format(record)} {record.args!r}".lower())


@pytest.fixture
def heard() -> Iterator[Everything]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield Everything()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(knobs={name: Knobs(limits=False) for name in SYSTEMS})
    yield made
    made.close()


def test_nothing_of_a_patient_and_no_secret_reaches_a_log(
    worked: Worked, sandbox: Sandbox, heard: Everything, capfd: pytest.CaptureFixture[str]
) -> None:
    clinic, admin = open_clinic(worked.profile, "administrator", demo.PASSPHRASE, process="command")
    logs.start(worked.profile / "logs", "agent", logging.DEBUG)
    logging.getLogger().addHandler(heard)
    logging.getLogger().setLevel(logging.DEBUG)
    secret = set()
    for one in sandbox.addresses():
        given = {name: str(value) for name, value in one["credentials"].items() if name in SECRETS}
        if one["system"] == "practice_studio":
            del given["username"], given["password"]
        secret |= {value.lower() for name, value in given.items() if name not in {"username", "scope"}}
        add_remote(admin, one["system"], one["base_url"], given)
    front = clinic.sign_in("frontdesk", demo.PASSPHRASE)
    doctor = clinic.sign_in("doctor", demo.PASSPHRASE)
    patient = register_patient(front, PLANTED).patient_id
    add_allergy(doctor, patient, NewAllergy("Plantedallergen", reaction="Plantedreaction", severity="severe"))
    office = PostOffice(clinic)
    office.run(60.0, until_idle=True)
    told = {line["system"] for line in office.status() if line["sent"] or line["confirmed"]}
    assert told == set(SYSTEMS), "every system was told something"
    for rule in FAULTS:
        sandbox.faults.add(rule)
    register_patient(front, replace(PLANTED, given_names="Zyxwalda", phone="+1 555 091 7342", national_id=None))
    office.run(SECONDS, until_idle=False)
    office.close()
    assert set(sandbox.faults.fired) >= {rule.kind for rule in FAULTS}
    with clinic.store.read() as connection:
        tokens = {str(row[0]).lower() for row in connection.exec_driver_sql("SELECT value FROM remote_secrets")}
        found = connection.exec_driver_sql("SELECT content FROM consultation_steps WHERE content <> ''")
        steps = [json.loads(row[0]) for row in found]
    notes = {text.lower() for _path, text in strings(steps) if len(text) > 20}
    clinic.close()
    written = "\n".join(path.read_text(encoding="utf-8") for path in (worked.profile / "logs").rglob("*.log*")).lower()
    printed = "".join(capfd.readouterr()).lower()
    everything = "\n".join([*heard.lines, written, printed])
    assert len(heard.lines) > 50, "the loggers of the network are heard too"
    assert notes
    long = {value for value in secret | tokens if len(value) > 7}
    assert long
    for word in WORDS | notes | long:
        assert word not in everything, "something of a patient, or a secret, was written down"
