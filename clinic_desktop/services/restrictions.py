"""Restricted records: at the patient's wish a record is opened by few, until that is lifted again."""

import json
from collections.abc import Sequence

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import consent_gate
from clinic_desktop.services.acts import Act, command
from clinic_desktop.services.consent_rows import require_audience, said_why
from clinic_desktop.services.patients import require_patient
from clinic_desktop.store.tables.consents import record_restrictions


@command
def restrict_record(act: Act, patient_id: str, allowed: Sequence[str], reason: str) -> str:
    """Restrict a record at the patient's wish to roles and people ("role:doctor", "staff:<id>"); returns its id."""
    require_patient(act.conn, patient_id)
    if consent_gate.restriction_of(act.conn, patient_id) is not None:
        raise Refusal(N_("This record is restricted already. Lift that first."), field="allowed")
    named = list(dict.fromkeys(allowed))
    if not named:
        raise Refusal(N_("Name at least one role or person who may open the record."), field="allowed")
    require_audience(act, named)
    values = {
        "patient_id": patient_id,
        "allowed": json.dumps(named),
        "reason": said_why(reason),
        "status": "active",
        "set_by": act.session.staff_id,
        "set_at": act.at,
    }
    return act.create(record_restrictions, values, kind="record.restricted", reason=said_why(reason))


@command
def lift_restriction(act: Act, restriction_id: str, reason: str, *, expect: int) -> int:
    """Let the record be opened as any other again. Returns the new revision."""
    changes = {
        "status": "lifted",
        "lifted_by": act.session.staff_id,
        "lifted_at": act.at,
        "lift_reason": said_why(reason),
    }
    return act.change(
        record_restrictions, restriction_id, changes, kind="record.restriction_lifted", reason=said_why(reason),
        expect=expect,
    )  # fmt: skip
