"""From a number that a person reads out to the record that bears it."""

from sqlalchemy import select

from clinic_desktop.domain import numbers as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.merges import kept_id
from clinic_desktop.store.tables.patients import patients


@query
def patient_by_mrn(read: Read, mrn: str) -> str:
    """The id of the patient with this record number, however it is written; of a merged one, the one that is kept.

    Raises Refusal naming the field.
    """
    wanted = mrn.strip().upper()
    found = read.conn.execute(select(patients.c.id).where(patients.c.mrn == wanted)).scalar_one_or_none()
    if found is not None:
        return kept_id(read.conn, str(found))
    # Looked for first: a number that came with an import need not carry a check character of ours.
    if rules.is_miswritten(wanted):
        raise Refusal(N_("“{mrn}” was written down wrong: its last character does not fit."), field="mrn", mrn=mrn)
    raise Refusal(N_("There is no patient with the number “{mrn}”."), field="mrn", mrn=mrn)
