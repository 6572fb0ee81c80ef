"""The lines of a prescription: as the doctor writes them, and as they are kept when it is signed."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from clinic_desktop.domain import coding
from clinic_desktop.domain.alerts import Drug
from clinic_desktop.domain.counting import whole
from clinic_desktop.domain.doses import counted
from clinic_desktop.domain.insurance import clean
from clinic_desktop.domain.prescribing import MOST_HANDED_OUT, Dose, amount_in, check_dose, check_unit, quantity, sig
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import medicines
from clinic_desktop.services.acts import Act
from clinic_desktop.services.medication import MedicationFacts
from clinic_desktop.services.medicines import Medicine
from clinic_desktop.services.prescriptions import PrescriptionLine
from clinic_desktop.store.tables import prescribing as tables
from clinic_desktop.store.tables.chart import medicines_taken

IN_ACT = ("again", "ready", "worked_out", "write_line", "drugs_of", "codes_of")

MOST_REFILLS = 12
PRESCRIBED_AGAIN = "prescribed again"


@dataclass(frozen=True)
class LineDraft:
    """One line as the doctor writes it; without `quantity` it is worked out from the dose."""

    name: str
    dose: Dose
    quantity_unit: str
    medicine_code: str | None = None
    form: str | None = None
    strength: str | None = None
    quantity: int | None = None
    instructions: str = ""
    refills: int = 0
    substitution_allowed: bool = True
    generic_name: str = ""
    ndc: str = ""
    timing: str = ""
    indication: str = ""
    diagnoses: str = ""
    controlled: bool = False


def again(line: PrescriptionLine) -> LineDraft:
    """A line of an earlier prescription, to be prescribed again."""
    return LineDraft(
        line.name, line.dose, line.quantity_unit, line.medicine_code, line.form, line.strength, line.quantity,
        line.instructions, substitution_allowed=line.substitution_allowed, generic_name=line.generic_name,
        ndc=line.ndc_written, timing=line.timing, indication=line.indication, diagnoses=line.diagnoses,
        controlled=line.controlled,
    )  # fmt: skip


def ready(place: int, line: LineDraft, known: Mapping[str, Medicine]) -> LineDraft:
    """A line with its dose in one spelling and its quantity worked out; refuses naming line and field."""
    try:
        return _checked(line, known)
    except Refusal as refusal:
        raise Refusal(refusal.message, field=refusal.field, **refusal.facts | {"line": place}) from None


def worked_out(line: LineDraft, medicine: Medicine | None) -> Decimal | None:
    """How much is to be handed out by the dose, in the unit of the line; None where it cannot be known."""
    strengths = medicine.strengths if medicine is not None else ()
    return quantity(line.dose, line.quantity_unit, strengths[0] if strengths else None)


def _checked(line: LineDraft, known: Mapping[str, Medicine]) -> LineDraft:
    if not line.name.strip():
        raise Refusal(N_("Say which medicine."), field="medicine")
    if not line.quantity_unit.strip():
        raise Refusal(N_("Say what is handed out (tablets, mL)."), field="quantity_unit")
    line = dataclasses.replace(line, dose=check_dose(line.dose))
    if line.quantity is not None:
        whole(line.quantity, least=1)
    whole(line.refills, field="refills", least=0, most=MOST_REFILLS)
    coding.ndc(line.ndc)
    line = dataclasses.replace(
        line,
        generic_name=clean(line.generic_name, "generic_name"),
        ndc=line.ndc.strip(),
        timing=clean(line.timing, "timing"),
        indication=clean(line.indication, "indication"),
        diagnoses=coding.diagnosis_codes(line.diagnoses),
    )
    # A code says more than words do: the check reads the code, so the paper must name what was checked.
    medicine = known.get(line.medicine_code or "")
    if medicine is not None:
        line = dataclasses.replace(
            line, name=medicine.name, form=medicine.form, strength=medicine.strength or None,
            generic_name=medicine.name, controlled=medicine.controlled,
        )  # fmt: skip
    check_unit(line.dose, line.name, medicine.strengths if medicine is not None else ())
    made = (
        Decimal(line.quantity) if line.quantity is not None else worked_out(line, known.get(line.medicine_code or ""))
    )
    if made is None or made < 1:
        raise Refusal(
            N_("Say how much is to be handed out, in whole {unit}."), field="quantity", unit=line.quantity_unit
        )
    if made > MOST_HANDED_OUT:
        raise Refusal(N_("So much is never handed out: look at the dose again."), field="quantity")
    return dataclasses.replace(line, quantity=int(made))


def write_line(
    act: Act, prescription_id: str, patient_id: str, place: int, line: LineDraft, facts: MedicationFacts, today: date
) -> str:
    """Write a line and put its medicine on the patient's list; returns the line's id."""
    dose = line.dose
    values: dict[str, object] = {
        "prescription_id": prescription_id,
        "patient_id": patient_id,
        "position": place,
        "medicine_code": line.medicine_code,
        "name": line.name.strip(),
        "form": line.form,
        "strength": line.strength,
        "dose_amount": str(dose.amount),
        "dose_unit": dose.unit,
        "route": dose.route,
        "frequency": dose.frequency,
        "duration_days": dose.duration_days,
        "as_needed": int(dose.as_needed),
        "as_needed_for": dose.as_needed_for or None,
        "max_per_day": None if dose.max_per_day is None else str(dose.max_per_day),
        "quantity": line.quantity,
        "quantity_unit": line.quantity_unit,
        "sig": sig(dose),
        "instructions": line.instructions.strip() or None,
        "refills": line.refills,
        "substitution_allowed": int(line.substitution_allowed),
        "generic_name": line.generic_name or None,
        "ndc": coding.ndc(line.ndc) or None,
        "ndc_written": line.ndc or None,
        "timing": line.timing or None,
        "indication": line.indication or None,
        "diagnoses": line.diagnoses or None,
        "controlled": int(line.controlled),
    }
    line_id = act.create(tables.prescription_lines, values, kind="prescription_line.added")
    for before in facts.current:
        if before.medicine_code is not None and before.medicine_code == line.medicine_code and before.line_id:
            # The same medicine again goes on from here: two entries of it would warn of each other for ever.
            changes = {"status": "completed", "stopped_reason": PRESCRIBED_AGAIN}
            act.change(medicines_taken, before.medicine_id, changes, kind="medicine.completed")
    ends = None if dose.duration_days is None else today + timedelta(days=dose.duration_days - 1)
    taken: dict[str, object] = {
        "patient_id": patient_id,
        "medicine_code": line.medicine_code,
        "name": " ".join(part for part in (line.name.strip(), line.strength, line.form) if part),
        "dose": sig(dose),
        "daily_amount": counted(amount_in(dose, 1), dose.unit),
        "started_on": today.isoformat(),
        "ends_on": None if ends is None else ends.isoformat(),
        "source": "prescribed",
        "prescription_line_id": line_id,
        "status": "active",
    }
    act.create(medicines_taken, taken, kind="medicine.started")
    return line_id


def drugs_of(known: Mapping[str, Medicine], lines: Sequence[LineDraft]) -> list[Drug]:
    """The lines as the safety check sees them."""
    return [medicines.drug_of(known, line.medicine_code, line.name, line.dose) for line in lines]


def codes_of(lines: Sequence[LineDraft]) -> list[str]:
    """The codes of medicines that the pack knows."""
    return [line.medicine_code for line in lines if line.medicine_code]
