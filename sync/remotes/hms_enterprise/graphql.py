"""The two operations of the document's GraphQL, where an administrator gave an address (the document has none).

Its names are in camel case and not always those of REST: a codec of its own.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from sync.port import Body, Sending
from sync.telling.dress import normal_form
from sync.telling.folding import fold

PATIENT = """query GetPatient($id: ID!) {
  patient(id: $id) {
    id patientId firstName lastName dateOfBirth gender contactNumber email
    address { street city state zipCode country }
    clinicalEncounters {
      id encounterType encounterDate location chiefComplaint
      diagnoses { code description }
      provider { id firstName lastName specialty }
    }
    appointments {
      id startDateTime endDateTime appointmentType location status
      provider { id firstName lastName }
    }
    prescriptions {
      id
      medication { name strength form }
      dosage { amount unit frequency instructions }
      status dateWritten
    }
  }
}"""
CREATE_ENCOUNTER = """mutation CreateClinicalEncounter($input: CreateClinicalEncounterInput!) {
  createClinicalEncounter(input: $input) {
    id patientId encounterType encounterDate chiefComplaint
    assessment { condition icd10Code severity }
    plan { type description reason }
    status createdAt
  }
}"""
# Where the name is not that of REST in camel case.
_OTHERWISE = {"startDateTime": "start_datetime", "endDateTime": "end_datetime", "icd10Code": "icd10_code"}
_TO_CAMEL = {snake: camel for camel, snake in _OTHERWISE.items()}


def snake(value: Any) -> Any:
    """What came, with the names of REST."""
    if isinstance(value, dict):
        return {_OTHERWISE.get(name) or _snake(name): snake(each) for name, each in value.items()}
    return [snake(each) for each in value] if isinstance(value, list) else value


def camel(value: Any) -> Any:
    """What is sent, with the names of GraphQL."""
    if isinstance(value, dict):
        return {_TO_CAMEL.get(name) or _camel(name): camel(each) for name, each in value.items()}
    return [camel(each) for each in value] if isinstance(value, (list, tuple)) else value


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", name)


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


# What says which medicine it is and how it is taken; the rest counts where both sides say it.
_SAID = (("medication", ("name", "strength", "form")), ("dosage", ("instructions", "frequency")))
_WHERE_SHOWN = ("amount", "unit", "duration", "duration_unit")


def same_prescription(sending: Sending, found: Body) -> bool:
    """Whether a prescription that GraphQL shows says what was sent, and was not written before it was sent."""
    for name, members in _SAID:
        mine, shown = sending.body.get(name) or {}, found.get(name) or {}
        if not isinstance(shown, dict) or not all(same(mine.get(each), shown.get(each)) for each in members):
            return False
    mine, shown = (body.get("dosage") or {} for body in (sending.body, found))
    if not all(same_where_shown(mine.get(each), shown.get(each)) for each in _WHERE_SHOWN):
        return False
    return since(found.get("date_written"), sending.sent_at)


def same(ours: Any, theirs: Any) -> bool:
    """Whether both say the same, in another dress or in none."""
    return bool(fold(ours) == fold(theirs) or normal_form(ours, theirs))


def same_where_shown(ours: Any, theirs: Any) -> bool:
    """Whether both say the same, where both say anything."""
    return fold(ours) is None or fold(theirs) is None or same(ours, theirs)


def since(at: object, sent_at: str, slack_minutes: int = 5) -> bool:
    """Whether a time of theirs is not before ours, their clock being minutes off; one that is not told counts."""
    try:
        theirs, ours = datetime.fromisoformat(str(at)), datetime.fromisoformat(sent_at)
    except ValueError:
        return True
    if theirs.tzinfo is None or ours.tzinfo is None:
        return True
    return theirs >= ours - timedelta(minutes=slack_minutes)
