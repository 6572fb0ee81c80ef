"""What a system says of somebody by its name: whether the chart has it already."""

import re
from collections.abc import Mapping

from clinic_desktop.exchange import dosages, medicines
from clinic_desktop.exchange.mapped import meaning
from clinic_desktop.exchange.told import written
from clinic_desktop.services import heard
from sync.records.elements import Resource
from sync.records.medication import MedicationStatement

# What is said of an allergy, a problem or a medicine that is no more than its name.
_NAME_ALONE = frozenset({
    "resourceType", "id", "code", "medicationCodeableConcept", "dosage", "status", "clinicalStatus",
    "verificationStatus", "patient", "subject", "contained", "identifier",
})  # fmt: skip
# What the mapping of a system adds of its own: whose word it is.
_WHOSE_WORD = re.compile(r"As .+ has it; not confirmed here\.")


def called(one: MedicationStatement) -> str:
    """What a system calls a medicine, with all that it says apart of how it is taken: daily is not once a week."""
    said = [piece for each in one.dosage for piece in dosages.pieces(each)]
    return heard.plain(" ".join(filter(None, (medicines.named(one.medication_codeable_concept).title, *said))))


def is_there(one: Resource, stands: Mapping[str, frozenset[str]]) -> bool:
    """Whether the chart has an allergy, a problem or a medicine of this name already, and no more is said of it."""
    said = written(one)
    notes = [each for each in said.pop("note", []) if not _WHOSE_WORD.fullmatch(each.get("text", ""))]
    if notes or said.keys() - _NAME_ALONE:
        return False
    named = (
        called(one) if isinstance(one, MedicationStatement) else heard.plain(meaning(getattr(one, "code", None)).title)
    )
    return named in stands.get(one.resource_type, frozenset())
