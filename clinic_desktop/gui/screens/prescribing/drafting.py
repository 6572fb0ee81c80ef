"""A line being written: from the fields of the form to a line of the service, and to a draft and back. No Qt."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal, InvalidOperation

from clinic_desktop.domain import coding
from clinic_desktop.domain.doses import Strength
from clinic_desktop.domain.prescribing import Dose, check_unit, in_units, quantity, sig
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services.medicines import Medicine
from clinic_desktop.services.prescribing import FoundMedicine
from clinic_desktop.services.prescription_lines import LineDraft


@dataclass(frozen=True)
class Written:
    """A line with what is known of its medicine: strength to count by, stock and price to show."""

    line: LineDraft
    strengths: tuple[Strength, ...] = ()
    on_hand: int | None = None
    price: int | None = None
    currency: str | None = None

    @property
    def title(self) -> str:
        """The medicine as it is read out."""
        return " ".join(part for part in (self.line.name, self.line.strength, self.line.form) if part)

    @property
    def sig(self) -> str:
        """The instruction in plain words."""
        return sig(self.line.dose)

    @property
    def quantity(self) -> int | None:
        """How much is handed out: as written, else worked out."""
        return self.line.quantity if self.line.quantity is not None else worked_out(self)

    @property
    def cost(self) -> int | None:
        """What the line costs, in minor units."""
        made = self.quantity
        return None if made is None or self.price is None else made * self.price


def worked_out(written: Written) -> int | None:
    """The quantity that the dose comes to, None where it cannot be known."""
    first = written.strengths[0] if written.strengths else None
    made = quantity(written.line.dose, written.line.quantity_unit, first)
    return None if made is None else int(made)


def from_fields(values: Mapping[str, object], found: FoundMedicine | None, name: str) -> Written:
    """The line that the form says; raises `Refusal` naming the field that is missing."""
    if not name.strip():
        raise Refusal("Say which medicine.", field="medicine")
    amount, unit = values["amount"], values["unit"]
    if not isinstance(amount, Decimal):
        raise Refusal("The dose must be more than nothing.", field="amount")
    for field in ("unit", "route", "frequency"):
        if not values[field]:
            raise Refusal("Please fill this in.", field=field)
    refills = values.get("refills")
    days, most, count = values["days"], values["max_per_day"], values["quantity"]
    dose = Dose(
        amount,
        str(unit),
        str(values["route"]),
        str(values["frequency"]),
        int(days) if isinstance(days, Decimal) else None,
        bool(values["as_needed"]),
        str(values["as_needed_for"] or ""),
        most if isinstance(most, Decimal) else None,
    )
    medicine = found.medicine if found is not None else None
    check_unit(dose, name, medicine.strengths if medicine is not None else ())
    line = LineDraft(
        medicine.name if medicine is not None else name.strip(),
        dose,
        medicine.unit if medicine is not None else str(unit),
        medicine.code if medicine is not None else None,
        medicine.form if medicine is not None else None,
        (medicine.strength or None) if medicine is not None else None,
        int(count) if isinstance(count, Decimal) else None,
        str(values["instructions"] or ""),
        substitution_allowed=not values["no_substitution"],
        refills=int(refills) if isinstance(refills, Decimal) else 0,
        generic_name=str(values.get("generic_name") or ""),
        ndc=str(values.get("ndc") or ""),
        timing=str(values.get("timing") or ""),
        indication=str(values.get("indication") or ""),
        diagnoses=str(values.get("diagnoses") or ""),
    )
    coding.ndc(line.ndc)
    coding.diagnosis_codes(line.diagnoses)
    return known(line, found)


def known(line: LineDraft, found: FoundMedicine | None) -> Written:
    """A line with what is known of its medicine."""
    if found is None:
        return Written(line)
    return Written(line, found.medicine.strengths, found.on_hand, found.price, found.currency)


def kept(lines: Sequence[Written]) -> str:
    """The lines as text for a draft."""
    return json.dumps([asdict(written.line) for written in lines], default=str, ensure_ascii=False)


def recalled(text: str) -> tuple[LineDraft, ...]:
    """The lines of a draft; those that cannot be read are left out rather than guessed."""
    made = []
    for values in json.loads(text or "[]"):
        dose = values.pop("dose")
        try:
            amount, most = Decimal(dose["amount"]), dose["max_per_day"]
            line = LineDraft(**values, dose=Dose(**dose | {"amount": amount}))
            made.append(replace(line, dose=replace(line.dose, max_per_day=Decimal(most) if most else None)))
        except (TypeError, InvalidOperation):
            continue
    return tuple(made)


def first_dose(medicine: Medicine) -> dict[str, object]:
    """What the form begins with for a medicine: one of what it is counted in, by its route.

    What is dosed in units begins with no amount: there is no usual one.
    """
    if in_units(medicine.name, medicine.strengths):
        return {"amount": None, "unit": "unit", "route": medicine.route}
    return {"amount": Decimal(1), "unit": medicine.unit, "route": medicine.route}
