"""The forms of consents, sharing, programmes and their review: every field is kept and stands there again."""

from datetime import date

import pytest
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.programmes import Step
from clinic_desktop.services import programmes, restrictions, sharing
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.journeys import forms
from tests.journeys import test_journey_drafts as journey
from tests.journeys.forms import about_patient, plain, press, row, steps, there
from tests.journeys.small_clinic import Clinic
from tests.unit.services.consent_case import break_open, sign


def signed(clinic: Clinic) -> dict[str, str]:
    """A patient with a consent, a draft of one, a share and a restricted record."""
    desk = clinic.desk_for("nurse")
    sign(desk, clinic.patient, "disclosure")
    new = sharing.NewShare("Dr Bello", "healthcare_provider", "Opinion", ("allergies",), date(2026, 4, 1))
    sharing.share_record(desk.once(), clinic.patient, new)
    restrictions.restrict_record(desk.once(), clinic.patient, ["role:doctor"], "A neighbour")
    sign(desk, clinic.patient, "research", status="draft", signature=None)
    return about_patient(clinic)


def enrolled(clinic: Clinic) -> dict[str, str]:
    """A patient who takes part in one programme; another is on offer."""
    admin, nurse = clinic.desk_for("administrator"), clinic.desk_for("nurse")
    sign(nurse, clinic.patient, "programmes")
    made = [
        programmes.add_programme(admin.once(), programmes.NewProgramme(name, "x", "fitness", (Step("a"), Step("b"))))
        for name in ("Walk", "Swim")
    ]
    programmes.enrol(nurse.once(), clinic.patient, made[0], programmes.NewEnrolment())
    return about_patient(clinic)


def broken(clinic: Clinic) -> dict[str, str]:
    """A glass was broken, and a programme is on offer."""
    enrolled(clinic)
    break_open(clinic.desk_for("nurse"), clinic.patient, "other", "Nobody to be asked")
    return {}


FORMS = {
    "a consent": ("consents", "front_desk", about_patient, press("consents.new"), 11),
    "signing a draft": ("consents", "nurse", signed, steps(row("consents.list"), press("consents.sign")), 1),
    "withdrawing a consent": ("consents", "nurse", signed,
                              steps(row("consents.list"), press("consents.withdraw")), 1),
    "restricting a record": ("consents", "nurse", about_patient, press("consents.restrict"), 6),
    "lifting a restriction": ("consents", "nurse", signed, press("consents.lift"), 1),
    "breaking the glass": ("consents", "nurse", about_patient, press("consents.break_glass"), 2),
    "sharing": ("consents", "nurse", about_patient, press("consents.share"), 14),
    "withdrawing a share": ("consents", "nurse", signed,
                            steps(row("consents.shares"), press("consents.withdraw_share")), 1),
    "a file for a share": ("consents", "nurse", signed, steps(row("consents.shares"), press("consents.copy")), 1),
    "enrolling": ("programmes", "nurse", enrolled, steps(row("programmes.offered"), press("programmes.enrol")), 3),
    "a session": ("programmes", "nurse", enrolled, steps(row("programmes.taken"), press("programmes.note")), 4),
    "leaving a programme": ("programmes", "nurse", enrolled,
                            steps(row("programmes.taken"), press("programmes.leave")), 1),
    "reviewing a broken glass": ("oversight", "administrator", broken,
                                 steps(row("oversight.broken"), press("oversight.review")), 2),
    "a new programme": ("oversight", "administrator", plain(section="programmes", form="new"), there, 14),
    "a programme": ("oversight", "administrator", broken, steps(press("oversight.new"), row("oversight.programmes")),
                    13),
    "taking a programme off": ("oversight", "administrator", broken,
                               steps(row("oversight.programmes"), press("oversight.archive")), 1),
}  # fmt: skip
forms.FORMS.update(FORMS)


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor, clock: SetClock) -> Clinic:
    return Clinic(store, desk_for, clock)


@pytest.mark.parametrize("name", FORMS)
def test_every_field_is_kept_at_once_and_stands_there_again(name: str, clinic: Clinic, qtbot: QtBot) -> None:
    journey.test_every_field_is_kept_at_once_and_stands_there_again(name, clinic, qtbot)
