"""From a prescription to its paper and to the labels of what is handed out."""

from datetime import date
from decimal import Decimal

from clinic_desktop.domain import cards
from clinic_desktop.domain.coding import ndc_words
from clinic_desktop.domain.doses import counted
from clinic_desktop.i18n import _
from clinic_desktop.reports.label_sheets import LabelSheets
from clinic_desktop.reports.medicine_label import MedicineLabelPaper, medicine_sheets
from clinic_desktop.reports.prescription import PrescriptionPaper, PrescriptionPaperLine
from clinic_desktop.reports.prescription import prescription as prescription_paper
from clinic_desktop.reports.printed import head_of, here, identity_of, printed_by, today
from clinic_desktop.reports.wording import day
from clinic_desktop.services import prescribing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.patients import BannerFacts, patient_banner
from clinic_desktop.services.prescriptions import Prescription
from clinic_desktop.services.work_orders import LabelOf


def prescription(desk: Desk, prescription_id: str) -> bytes:
    """A signed prescription as PDF."""
    facts = prescribing.prescription(desk, prescription_id)
    banner = patient_banner(desk, facts.patient_id)
    lines = tuple(
        PrescriptionPaperLine(
            line.title,
            _capital(line.sig),
            line.quantity_text,
            line.refills,
            line.instructions,
            line.substitution_allowed,
            line.indication,
            _capital(line.timing),
            ndc_words(line.ndc),
        )
        for line in facts.lines
    )
    return prescription_paper(
        PrescriptionPaper(
            clinic=head_of(desk),
            patient=identity_of(desk, facts.patient_id, here(facts.signed_at)),
            printed=printed_by(desk),
            number=facts.number,
            signed_at=here(facts.signed_at),
            prescriber=", ".join(part for part in (facts.prescriber, facts.prescriber_credentials) if part),
            allergies=allergy_words(banner),
            lines=lines,
            allergies_listed=banner.allergy_state == "listed",
            prescriber_registration=facts.prescriber_licence,
            weight=_weight(banner),
            note=facts.note,
            prescriber_numbers=_numbers(facts),
            pharmacy=_pharmacy(facts),
            fill_by="" if facts.expires_on is None else day(date.fromisoformat(facts.expires_on)),
            diagnosis=", ".join(dict.fromkeys(code for line in facts.lines for code in line.diagnoses.split())),
        )
    )


def _numbers(facts: Prescription) -> tuple[str, ...]:
    """Under which numbers it was signed; the one for controlled drugs only where there is such a drug."""
    npi = (_("NPI {number}").format(number=facts.prescriber_npi),) if facts.prescriber_npi else ()
    if not facts.prescriber_dea or not any(line.controlled for line in facts.lines):
        return npi
    return (*npi, _("DEA {number}").format(number=facts.prescriber_dea))


def _pharmacy(facts: Prescription) -> str:
    """The pharmacy outside that fills it: its name, number, address and telephone."""
    if facts.pharmacy is None:
        return ""
    one = facts.pharmacy
    number = _("NCPDP {number}").format(number=one.ncpdp) if one.ncpdp else ""
    return " · ".join(part for part in (one.name, number, one.where, one.phone) if part)


def label(desk: Desk, prescription_id: str, what: LabelOf) -> bytes:
    """The label of one pack as PDF, at the label's own size."""
    return label_sheets(desk, prescription_id, what).pdf()


def label_sheets(desk: Desk, prescription_id: str, what: LabelOf) -> LabelSheets:
    """The label of one pack, and as many more as its words need."""
    facts = prescribing.prescription(desk, prescription_id)
    line = next(each for each in facts.lines if each.line_id == what.line_id)
    who = identity_of(desk, facts.patient_id)
    return medicine_sheets(
        MedicineLabelPaper(
            clinic=head_of(desk).name,
            patient_name=who.name(),
            mrn=who.mrn,
            medicine=what.title,
            quantity=counted(Decimal(what.quantity), what.unit),
            directions=_capital(line.sig),
            dispensed_on=what.dispensed_on or today(desk),
            prescription_number=facts.number,
            warnings=(line.instructions,) if line.instructions else (),
            lot=what.lot,
            expires_on=what.expires_on,
            code=cards.write("medicine", what.line_id),
        )
    )


def allergy_words(banner: BannerFacts) -> str:
    """One of the three states of allergies, in words."""
    if banner.allergy_state == "listed":
        return ", ".join(banner.allergies)
    if banner.allergy_state == "none_known":
        on = banner.allergies_confirmed_on
        return _("none known, confirmed on {date}").format(date=day(on)) if on else _("none known")
    return _("not asked")


def _weight(banner: BannerFacts) -> str:
    if not banner.weight or banner.weight_on is None:
        return ""
    return _("{weight} on {date}").format(weight=banner.weight, date=day(banner.weight_on))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
