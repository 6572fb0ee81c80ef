"""A prescription, A5 or A4 at true size."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clinic_desktop.i18n import _, ngettext
from clinic_desktop.reports.flow import BODY, NORMAL, QUIET, SECTION, STRONG, Cell, Column, Style
from clinic_desktop.reports.page import A4, A5, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.sheet import CRITICAL, MM
from clinic_desktop.reports.wording import moment


@dataclass(frozen=True, repr=False)
class PrescriptionPaperLine:
    """One medicine: what it is, how it is taken in full words, and how much is handed out."""

    medicine: str  # "amoxicillin 500 mg capsule"
    sig: str  # "Take 1 capsule by mouth three times a day for 7 days"
    quantity: str  # "21 capsules"
    refills: int = 0
    instructions: str = ""
    substitution_allowed: bool = True
    indication: str = ""
    timing: str = ""
    ndc: str = ""


@dataclass(frozen=True, repr=False)
class PrescriptionPaper:
    """Everything that stands on a prescription; `allergies` says one of the three states in words."""

    clinic: ClinicHead
    patient: PatientIdentity
    printed: Printed
    number: str
    signed_at: datetime
    prescriber: str
    allergies: str  # "penicillin (rash)", "none known, confirmed on 20-Nov-2026" or "not asked"
    lines: tuple[PrescriptionPaperLine, ...]
    allergies_listed: bool = False
    prescriber_registration: str = ""
    weight: str = ""
    diagnosis: str = ""
    note: str = ""
    prescriber_numbers: tuple[str, ...] = ()  # "NPI 1234567893", "DEA AB1234563" where a drug is controlled
    pharmacy: str = ""
    fill_by: str = ""
    size: Literal["A5", "A4"] = "A5"


def prescription(data: PrescriptionPaper) -> bytes:
    """The prescription as PDF."""
    paper = Paper(
        A5 if data.size == "A5" else A4,
        data.clinic,
        data.printed,
        _("Prescription"),
        number=data.number,
        patient=data.patient,
    )
    alarming = Style(BODY, bold=True, colour=CRITICAL) if data.allergies_listed else STRONG
    paper.labelled(_("Allergies"), data.allergies, alarming, width=24 * MM)
    told = (
        (_("Weight"), data.weight), (_("For"), data.diagnosis), (_("Pharmacy"), data.pharmacy),
        (_("Fill by"), data.fill_by),
    )  # fmt: skip
    for label, words in told:
        if words:
            paper.labelled(label, words, width=24 * MM)
    paper.rule()
    columns = (Column(9 * MM, "right"), Column(paper.width - 9 * MM))
    for position, entry in enumerate(data.lines, start=1):
        _entry(paper, columns, position, entry)
    count = len(data.lines)
    paper.say(ngettext("{n} medicine in all.", "{n} medicines in all.", count), QUIET)
    if data.note:
        paper.space(4)
        paper.labelled(_("Note"), data.note, width=24 * MM)
    registration = _("Registration {number}").format(number=data.prescriber_registration)
    signed = _("Signed {moment}").format(moment=moment(data.signed_at))
    numbers = (registration if data.prescriber_registration else "", *data.prescriber_numbers)
    paper.signature(
        "\n".join((*(each for each in (" · ".join(filter(None, numbers)),) if each), signed)), data.prescriber
    )
    return paper.finish()


def _entry(paper: Paper, columns: tuple[Column, Column], position: int, entry: PrescriptionPaperLine) -> None:
    paper.need(3.2 * SECTION)
    paper.row([Cell(f"{position}.", STRONG), Cell(entry.medicine, Style(12, bold=True))], columns, gap=0)
    paper.row(["", Cell(entry.sig, NORMAL)], columns, gap=0)
    for words in (entry.timing, entry.instructions):
        if words:
            paper.row(["", Cell(words, NORMAL)], columns, gap=0)
    if entry.indication:
        paper.row(["", Cell(_("For {indication}").format(indication=entry.indication), NORMAL)], columns, gap=0)
    parts = [_("Quantity {quantity}").format(quantity=entry.quantity)]
    refills = {0: _("no refills"), 1: _("1 refill")}.get(entry.refills, _("{count} refills"))
    parts.append(refills.format(count=entry.refills))
    if not entry.substitution_allowed:
        parts.append(_("do not substitute"))
    if entry.ndc:
        parts.append(_("NDC {code}").format(code=entry.ndc))
    paper.row(["", Cell(" · ".join(parts), QUIET)], columns, gap=7)
