"""Consent forms, health summaries and sealed copies as they come out of the services."""

import hashlib
import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.consents import ConsentRefusal
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.reports import consent_papers, papers
from clinic_desktop.services import charting, consents, restrictions, sharing
from clinic_desktop.services.charting import NewAllergy, NewProblem
from clinic_desktop.services.immunization_rows import NewImmunization
from clinic_desktop.services.immunizations import record_immunization
from clinic_desktop.services.sharing import NewShare
from tests.conftest import DeskFor
from tests.unit.services.consent_case import register, sign


def words(pdf: bytes, password: str = "") -> str:
    reader = PdfReader(io.BytesIO(pdf))
    if password:
        reader.decrypt(password)
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def test_a_consent_form_says_what_was_agreed_and_draws_the_signature_as_large_as_it_was(desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    made = sign(desk, patient, "disclosure", witness_name="Sister Ngozi", valid_until=date(2027, 1, 1))
    (pdf,) = papers.make(desk, "consent-form", patient, made[-8:])
    told = words(pdf)
    for part in (
        "OKAFOR, Chidi",
        "share my health record",
        "from 10-Mar-2026 to 01-Jan-2027",
        "Sister Ngozi",
        "In force",
    ):
        assert part in told
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    drawn = page.get_contents()
    assert drawn is not None
    # The case's first stroke goes 20 mm to the right, then 20, then 20: 56.69 points each.
    lines = [line for line in drawn.get_data().decode("latin-1").splitlines() if line.startswith("q 1 J 1 j")]
    assert len(lines) == 2
    numbers = [float(word) for word in lines[0].split("RG 1.2 w ")[1].replace(" m", "").replace(" l", "").split()[:4]]
    assert numbers[2] - numbers[0] == pytest.approx(20 * 72 / 25.4, abs=0.02)
    assert numbers[3] - numbers[1] == pytest.approx(6 * 72 / 25.4, abs=0.02)


def test_a_refused_consent_says_who_refused_and_names_no_time_in_force(desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    made = sign(desk, patient, "research", status="rejected")
    told = words(consent_papers.consent_form(desk, patient, made))
    assert "Refused by" in told
    assert "In force" not in told
    assert "until it is withdrawn" not in told


def test_a_withdrawn_consent_says_so_on_paper(desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    made = sign(desk, patient, "research")
    consents.withdraw_consent(desk.once(), made, "Does not want it any more", expect=1)
    told = words(consent_papers.consent_form(desk, patient, made))
    assert "Withdrawn on 10-Mar-2026: Does not want it any more" in told


def test_a_health_summary_holds_what_is_known(desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    charting.add_allergy(desk.once(), patient, NewAllergy("penicillin", severity="severe"))
    charting.add_problem(desk.once(), patient, NewProblem("Essential hypertension", "I10"))
    (pdf,) = papers.make(desk, "health-summary", patient, None)
    told = words(pdf)
    assert "penicillin, severe" in told
    assert "Essential hypertension I10" in told
    assert "Laboratory results None on record." in told


def test_a_health_summary_names_the_vaccines_that_were_given_and_the_day_on_which_no_allergy_was_confirmed(
    desk_for: DeskFor,
) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    charting.confirm_no_known_allergies(desk.once(), patient)
    given = NewImmunization("Yellow fever", occurred_on=date(2020, 5, 1), lot="YF77", primary_source=False)
    record_immunization(desk.once(), patient, given)
    told = words(consent_papers.health_summary(desk, patient))
    assert "No known allergies, confirmed on 10-Mar-2026" in told
    assert "Yellow fever YF77 01-May-2020" in told
    without = sharing.health_summary_facts(desk, patient, ("allergies",))
    assert not without.doses


def test_a_restricted_record_is_not_printed(desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    restrictions.restrict_record(desk.once(), patient, ["role:nurse"], "A neighbour")
    for document in ("health-summary", "prescription", "laboratory-report", "visit-summary"):
        with pytest.raises(ConsentRefusal):
            papers.make(desk, document, patient, None)


def test_a_sealed_copy_holds_the_parts_that_were_shared_and_is_noted(desk_for: DeskFor, clock: SetClock) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    charting.add_allergy(desk.once(), patient, NewAllergy("penicillin"))
    charting.add_problem(desk.once(), patient, NewProblem("Essential hypertension", "I10"))
    sign(desk, patient, "disclosure")
    new = NewShare("Dr Bello", "healthcare_provider", "A second opinion", ("allergies",), date(2026, 3, 20))
    share = sharing.share_record(desk.once(), patient, new)
    copy = consent_papers.sealed_copy(desk, share.share_id)
    told = words(copy.content, copy.password)
    assert "penicillin" in told
    assert "Dr Bello" in told
    assert "20-Mar-2026" in told
    assert "hypertension" not in told
    (shown,) = sharing.shares_of(desk, patient)
    assert [one.sha256 for one in shown.copies] == [hashlib.sha256(copy.content).hexdigest()]
    again = consent_papers.sealed_copy(desk, share.share_id)
    assert again.password != copy.password
    clock.advance(timedelta(days=11))
    desk = desk_for("doctor")
    with pytest.raises(Refusal, match="expired"):
        consent_papers.sealed_copy(desk, share.share_id)
    assert len(sharing.shares_of(desk, patient)[0].copies) == 2
