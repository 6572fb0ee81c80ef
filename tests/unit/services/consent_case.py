"""A patient whose consents are tried, and a signature as a hand would draw it."""

from datetime import date

from clinic_desktop.clock import new_id
from clinic_desktop.domain.signatures import PAD, Signature, write
from clinic_desktop.services import break_glass, consents, patients
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.break_glass import Glass
from clinic_desktop.services.consents import NewConsent
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store.tables.consents import consents as table

SIGNED = write(Signature(PAD, (((500, 1500), (2500, 900), (4500, 2100), (6500, 1200)), ((700, 2500), (6000, 2400)))))
ADULT = date(1980, 5, 17)


def register(desk: Desk, family: str = "Okafor", born_on: date | None = ADULT) -> str:
    """Register a patient."""
    new = NewPatient(family, "Chidi", "male", born_on, "day" if born_on else "unknown")
    return patients.register_patient(desk.once(), new).patient_id


def sign(desk: Desk, patient_id: str, scope: str, **changes: object) -> str:
    """Record a signed consent."""
    values = {"scope": scope, "signature": SIGNED, "channels": ("sms",) if scope == "communication" else ()} | changes
    return consents.record_consent(desk.once(), patient_id, NewConsent(**values))  # type: ignore[arg-type]


def put_in_state(desk: Desk, patient_id: str, scope: str, state: str) -> None:
    """Leave a patient with no consent, or with one of a state, for a scope."""
    if state == "absent":
        return
    until = date(2026, 3, 9) if state == "expired" else None
    begins = date(2026, 3, 11) if state == "from tomorrow" else None
    made = sign(desk, patient_id, scope, granted_on=date(2026, 1, 5), valid_from=begins, valid_until=until)
    if state == "withdrawn":
        consents.withdraw_consent(desk.once(), made, "Changed my mind", expect=1)
    with desk.store.read() as connection:
        kept = connection.execute(table.select().where(table.c.id == made)).one()
    assert kept.status == ("withdrawn" if state == "withdrawn" else "active")


def act_id() -> str:
    """An id for an act."""
    return new_id()


def break_open(desk: Desk, patient_id: str, reason: str, words: str) -> Glass:
    """Break the glass after the password was given again."""
    desk.session.prove(desk.store.clock.steady())
    return break_glass.break_glass(desk.once(), patient_id, reason, words)
