"""What a charge is billed to an insurer as: procedure, modifiers, diagnoses, and who did it. Part of billing."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from clinic_desktop.domain import coding
from clinic_desktop.domain.insurance import clean
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, command
from clinic_desktop.store.tables.billing import charges
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("provider_of",)


@dataclass(frozen=True)
class ChargeCode:
    """How a charge is coded; modifiers and diagnoses divided by blanks, the main diagnosis first."""

    procedure_code: str = ""
    modifiers: str = ""
    diagnoses: str = ""
    note: str = ""
    provider_id: str | None = None


NOT_CODED = ChargeCode()


@command
def code_charge(act: Act, charge_id: str, new: ChargeCode, *, expect: int) -> int:
    """Code a charge that stands on no invoice yet; returns the new revision. Raises Refusal naming the field."""
    row = act.conn.execute(select(charges).where(charges.c.id == charge_id)).one_or_none()
    if row is None or row.status != "pending":
        raise Refusal(N_("A charge was invoiced or taken off meanwhile. Look again."), field="charges")
    if new.modifiers.strip() and not new.procedure_code.strip():
        raise Refusal(N_("A modifier belongs to a procedure code."), field="procedure_code")
    if new.provider_id is not None:
        known = act.conn.execute(select(staff.c.id).where(staff.c.id == new.provider_id)).one_or_none()
        if known is None:
            raise Refusal(N_("Choose the practitioner."), field="provider")
    changes = {
        "procedure_code": coding.procedure(new.procedure_code) or None,
        "modifiers": coding.modifiers(new.modifiers) or None,
        "diagnoses": coding.diagnosis_codes(new.diagnoses) or None,
        "note": clean(new.note, "note", most=500) or None,
        "provider_id": new.provider_id or row.provider_id,
    }
    return act.change(charges, charge_id, changes, kind="charge.coded", expect=expect)


def provider_of(connection: Connection, encounter_id: str | None) -> str | None:
    """Who sees the patient on a visit; None outside one."""
    if encounter_id is None:
        return None
    found = select(encounters.c.practitioner_id).where(encounters.c.id == encounter_id)
    return connection.execute(found).scalar()
