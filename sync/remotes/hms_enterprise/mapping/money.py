"""Charges and claims there: written, never read, with no currency; each is sent once and then looked at by a person."""

import re

from sync.port import Kind, Links, Story
from sync.records.claim import Claim
from sync.records.condition import Condition
from sync.records.elements import Reference
from sync.records.invoice import ChargeItem
from sync.remotes.hms_enterprise.mapping.names import SYSTEM
from sync.telling.covers import amount, cover_of, insurer_of, policy_of
from sync.telling.folding import utc
from sync.telling.lenses import Lens, first_of, left, of
from sync.telling.words import told_id, words
from sync.telling.work import CPT, ICD10, diagnosis_codes, extra, price_of, procedure_code

# CPT: five digits, or four and a letter (AMA, CPT code categories). HCPCS level II: a letter and four digits (CMS).
PROCEDURE = re.compile(r"[0-9]{5}|[0-9]{4}[FMTU]|[A-V][0-9]{4}")


def _charge(story: Story) -> ChargeItem:
    return first_of(story, ChargeItem)


def _diagnosed(story: Story, _links: Links) -> list[str]:
    """Why it was done: as the charge says, else the diagnoses of the visit that it is told with."""
    return diagnosis_codes(_charge(story).reason) or diagnosis_codes(each.code for each in of(story, Condition))


def _billed_by(story: Story, links: Links) -> str | None:
    performers = extra(_charge(story), "performer")
    found = performers[0].get("actor") if isinstance(performers, (list, tuple)) and performers else None
    return (
        told_id(Reference.model_validate(found), SYSTEM, Kind.PRACTITIONER, links) if isinstance(found, dict) else None
    )


def _code(story: Story, _links: Links) -> str | None:
    """The code of CPT or HCPCS, as in the document's examples; else that of the clinic's own list.

    Their document names no list of codes and asks for one. A price of our own that looks like a procedure is not told.
    """
    concept = _charge(story).code
    code = procedure_code(concept)
    if code and PROCEDURE.fullmatch(code):
        return code
    own = (each.code for each in concept.coding if each.code and each.system != CPT)
    return next((one for one in own if not PROCEDURE.fullmatch(one)), None)


def _when(story: Story, _links: Links) -> str | None:
    at = _charge(story).occurrence_date_time
    return utc(at) if at and "T" in at else at


CHARGE = (
    Lens("patient_id", lambda story, links: told_id(_charge(story).subject, SYSTEM, Kind.PATIENT, links), left),
    Lens("encounter_id", lambda story, links: told_id(_charge(story).context, SYSTEM, Kind.ENCOUNTER, links), left),
    Lens("charge_date", _when, left),
    Lens("charge_code", _code, left),
    Lens("description", lambda story, _links: words(_charge(story).code), left),
    Lens("quantity", lambda story, _links: price_of(_charge(story))[1], left),
    Lens("unit_price", lambda story, _links: price_of(_charge(story))[0], left),
    Lens("total_amount", lambda story, _links: price_of(_charge(story))[2], left),
    Lens("billing_provider_id", _billed_by, left),
    Lens("diagnosis_codes", _diagnosed, left),
    Lens("notes", lambda story, _links: "\n".join(each.text for each in _charge(story).note) or None, left),
)


def _claim(story: Story) -> Claim:
    return first_of(story, Claim)


def _group(story: Story, _links: Links) -> str | None:
    cover = cover_of(story)
    classes = cover.class_ if cover is not None else ()
    # The plan and its class stand there as well.
    groups = (each for each in classes if any(coding.code == "group" for coding in each.type.coding))
    return next((each.value for each in groups if each.value), None)


def _charges(story: Story, links: Links) -> list[str]:
    found = (links.there(Kind.CHARGE, each.id) for each in of(story, ChargeItem) if each.id)
    return [each for each in found if each]


def _diagnoses(story: Story, _links: Links) -> list[str]:
    return diagnosis_codes((each.diagnosis_codeable_concept for each in _claim(story).diagnosis), ICD10)


CLAIM = (
    Lens("patient_id", lambda story, links: told_id(_claim(story).patient, SYSTEM, Kind.PATIENT, links), left),
    Lens("insurance_provider", lambda story, _links: insurer_of(story), left),
    Lens("policy_number", lambda story, _links: policy_of(story), left),
    Lens("group_number", _group, left),
    Lens("charges", _charges, left),
    Lens("total_amount", lambda story, _links: amount(_claim(story).total), left),
    Lens("submission_method", lambda _story, _links: "electronic", left),
    Lens("diagnoses", _diagnoses, left),
)


def charge_references(story: Story) -> tuple[tuple[Kind, Reference | None], ...]:
    """What must be known there before."""
    return (Kind.PATIENT, _charge(story).subject), (Kind.ENCOUNTER, _charge(story).context)


def claim_references(story: Story) -> tuple[tuple[Kind, Reference | None], ...]:
    """What must be known there before: the patient, and every charge that is claimed."""
    charges = ((Kind.CHARGE, Reference(reference=f"ChargeItem/{each.id}")) for each in of(story, ChargeItem) if each.id)
    return ((Kind.PATIENT, _claim(story).patient), *charges)


def known(story: Story | None) -> Story:
    """Money is told from here and never read from there. Raises LookupError for what the chart does not have."""
    if story is None:
        raise LookupError("nothing there shows this, so that it cannot come from there")
    return story
