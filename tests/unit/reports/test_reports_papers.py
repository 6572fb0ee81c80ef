"""Papers printed again say what was, not what is today."""

from datetime import date, timedelta

import pypdfium2

from clinic_desktop.clock import SetClock
from clinic_desktop.reports import papers
from clinic_desktop.reports.wording import day
from clinic_desktop.services import pharmacy, prescribing
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.medicines import amoxicillin, world


def test_a_label_printed_again_keeps_the_day_it_was_handed_out(
    store: Store, desk_for: DeskFor, clock: SetClock
) -> None:
    clinic = world(store, desk_for)
    clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 100)
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()]).prescription_id
    order = pharmacy.work_order(clinic.pharmacist, clinic.patient, signed)
    picks = [pick for line in order.lines for pick in line.proposed]
    pharmacy.dispense(clinic.pharmacist, signed, picks, counselled=True, expect=order.prescription.revision)
    handed_on = clock.now().astimezone().date()
    clock.advance(timedelta(days=5))
    (pdf,) = papers.make(desk_for("pharmacist"), "medicine-label", clinic.patient, None)
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert day(handed_on) in text
    assert day(handed_on + timedelta(days=5)) not in text
