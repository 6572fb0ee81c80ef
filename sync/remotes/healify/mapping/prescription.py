"""One line of a prescription <-> a Healify prescription; a request for a refill."""

import re
from collections.abc import Callable
from typing import Any

from sync.port import Kind, Links, Story
from sync.records.elements import Annotation, CodeableConcept, Reference
from sync.records.medication import Dosage, MedicationRequest
from sync.records.message import Task
from sync.records.organization import Organization
from sync.remotes.healify.mapping.parties import SYSTEM, fold_provider, here, provider, there
from sync.telling.folding import fold
from sync.telling.lenses import Lens, block, change, first_of, in_words, of, shown
from sync.telling.people import point_of
from sync.telling.words import NDC, THERE, code_in, id_there, local_id, shown_in, with_code, with_shown, words

FINAL = frozenset({"expired", "cancelled"})
_OURS = {name: f"{THERE}:{SYSTEM}:{name}" for name in ("name", "generic_name", "strength", "form")}
_UNIT = re.compile(r"(?<=\d)\s+(?=[^\W\d]|%)")


def line(story: Story) -> MedicationRequest:
    """The line that is told."""
    return first_of(story, MedicationRequest)


def _concept(story: Story) -> CodeableConcept | None:
    return line(story).medication_codeable_concept


def _bare(concept: CodeableConcept | None) -> CodeableConcept | None:
    if concept is None:
        return None
    kept = tuple(each for each in concept.coding if each.system not in _OURS.values())
    return concept.model_copy(update={"coding": kept})


def _in_full(concept: CodeableConcept | None) -> str | None:
    """What a medicine that came from there is called, with the strength and the form that they keep apart."""
    full = shown_in(concept, _OURS["name"])
    for part in ("strength", "form") if full else ():
        more = shown_in(concept, _OURS[part])
        if more and f" {_spaced(more)} " not in f" {_spaced(full or '')} ":
            full = f"{full} {more}"
    return full


def _spaced(text: str) -> str:
    """A text for comparing: ``500 MG`` is ``500mg``."""
    return _UNIT.sub("", " ".join(text.casefold().split()))


def _renamed(before: CodeableConcept | None, after: CodeableConcept) -> CodeableConcept:
    """A medicine of which a part has changed: it is called so too, unless somebody here calls it otherwise."""
    as_theirs = before is not None and before.text is not None and before.text == _in_full(before)
    return after.model_copy(update={"text": _in_full(after)}) if as_theirs else after


def _name(story: Story, _links: Links) -> Any:
    concept = _concept(story)
    theirs = concept is not None and concept.text is not None and concept.text == _in_full(concept)
    return shown_in(concept, _OURS["name"]) if theirs else words(_bare(concept))


def _put_name(story: Story, value: Any, _links: Links) -> Story:
    made = with_shown(_concept(story), _OURS["name"], value or None)
    return change(story, medication_codeable_concept=made.model_copy(update={"text": _in_full(made)}))


def _ndc(story: Story, _links: Links) -> Any:
    return code_in(_concept(story), NDC)


def _put_ndc(story: Story, value: Any, _links: Links) -> Story:
    name = words(_bare(_concept(story)))
    made = with_code(_concept(story), NDC, value if isinstance(value, str) else None)
    # A name that was only the old code's own words must not vanish with it.
    return change(story, medication_codeable_concept=made if made.text else made.model_copy(update={"text": name}))


def ndc(code: str) -> str:
    """Eleven digits of a national drug code, for comparing: each part is filled up with noughts to 5, 4 and 2.

    One without the part that says how it is packed has nine.
    """
    parts = code.split("-")
    if len(parts) in {2, 3} and all(part.isdecimal() for part in parts):
        return "".join(part.zfill(width) for part, width in zip(parts, (5, 4, 2), strict=False))
    return "".join(c for c in code if c.isalnum())


def _fold_ndc(value: Any) -> Any:
    return ndc(value) if isinstance(value, str) else fold(value)


def _word(name: str) -> tuple[Callable[[Story, Links], Any], Callable[[Story, Any, Links], Story]]:
    def get(story: Story, _links: Links) -> Any:
        return shown_in(_concept(story), _OURS[name])

    def put(story: Story, value: Any, _links: Links) -> Story:
        before = _concept(story)
        made = _renamed(before, with_shown(before, _OURS[name], value or None))
        return change(story, medication_codeable_concept=made)

    return get, put


def _dose(story: Story) -> Dosage | None:
    return next(iter(line(story).dosage_instruction), None)


def _with_dose(story: Story, **fields: Any) -> Story:
    one = (_dose(story) or Dosage()).model_copy(update=fields)
    rest = line(story).dosage_instruction[1:]
    return change(story, dosage_instruction=(one, *rest))


def _dosage(story: Story, _links: Links) -> Any:
    one = _dose(story)
    return one.text if one else None


def _put_dosage(story: Story, value: Any, _links: Links) -> Story:
    return _with_dose(story, text=value or None)


def _instructions(story: Story, _links: Links) -> Any:
    one = _dose(story)
    return one.patient_instruction if one else None


def _put_instructions(story: Story, value: Any, _links: Links) -> Story:
    return _with_dose(story, patient_instruction=value or None)


def dispensing(story: Story) -> dict[str, Any]:
    """What the pharmacy is asked for."""
    return dict(line(story).dispense_request or {})


def _quantity(story: Story, _links: Links) -> Any:
    amount = dispensing(story).get("quantity")
    value = amount.get("value") if isinstance(amount, dict) else None
    if value is None or isinstance(value, int):
        return value
    return float(value) if value % 1 else int(value)


def _put_quantity(story: Story, value: Any, _links: Links) -> Story:
    amount = dispensing(story).get("quantity")
    made = {**(amount if isinstance(amount, dict) else {}), "value": value}
    return change(story, dispense_request={**dispensing(story), "quantity": made})


def _refills(story: Story, _links: Links) -> Any:
    return dispensing(story).get("numberOfRepeatsAllowed")


def _put_refills(story: Story, value: Any, _links: Links) -> Story:
    return change(story, dispense_request={**dispensing(story), "numberOfRepeatsAllowed": value})


def prescriber(story: Story) -> Reference | None:
    """Who signed."""
    return line(story).requester


def _put_prescriber(story: Story, value: Any, links: Links) -> Story:
    given = value if isinstance(value, dict) else {}
    return change(story, requester=here(Kind.PRACTITIONER, given.get("id"), links, given.get("name")))


def pharmacy_of(story: Story) -> Reference | None:
    """Where it is to be fetched."""
    performer = dispensing(story).get("performer")
    return Reference.model_validate(performer) if isinstance(performer, dict) else None


def _shop(story: Story, reference: Reference | None) -> Organization | None:
    wanted = local_id(reference)
    return next((each for each in of(story, Organization) if each.id == wanted), None) if wanted else None


def _pharmacy(story: Story, links: Links) -> Any:
    reference = pharmacy_of(story)
    if reference is None:
        return None
    shop = _shop(story, reference)
    # Pharmacies are places in the table of links: an administrator maps them.
    made = {
        "id": there(reference, Kind.LOCATION, links),
        "name": (shop.name if shop else None) or reference.display,
    }
    return {part: value for part, value in made.items() if value} or None


def _put_pharmacy(story: Story, value: Any, links: Links) -> Story:
    given = value if isinstance(value, dict) else {}
    request = {name: each for name, each in dispensing(story).items() if name != "performer"}
    remote, name = given.get("id"), given.get("name")
    local = links.here(Kind.LOCATION, remote) if isinstance(remote, str) else None
    if local:
        request["performer"] = {"reference": f"Organization/{local}"}
    elif remote:
        system = id_there(SYSTEM, Kind.LOCATION)
        request["performer"] = {"identifier": {"system": system, "value": remote}} | ({"display": name} if name else {})
    elif name:
        request["performer"] = {"display": name}
    return change(story, dispense_request=request or None)


def _notes(story: Story, _links: Links) -> Any:
    return next((each.text for each in line(story).note), None)


def _put_notes(story: Story, value: Any, _links: Links) -> Story:
    made = (Annotation(text=value),) if value else ()
    return change(story, note=(*made, *line(story).note[1:]))


def _patient(story: Story, links: Links) -> Any:
    return there(line(story).subject, Kind.PATIENT, links)


def _put_patient(story: Story, value: Any, links: Links) -> Story:
    return change(story, subject=here(Kind.PATIENT, value, links) or line(story).subject)


def _put_status(story: Story, value: Any, _links: Links) -> Story:
    """A prescription that was cancelled there is cancelled; one that ran out there is a matter of its date."""
    if value == "cancelled" and line(story).status in {"active", "on-hold", "draft", "unknown"}:
        return change(story, status="cancelled")
    return story


def _status(story: Story, _links: Links) -> Any:
    return {"active": "active", "cancelled": "cancelled"}.get(line(story).status)


LENSES = (
    Lens("patient_id", _patient, _put_patient),
    block(
        "medication",
        (
            ("name", _name, _put_name),
            ("generic_name", *_word("generic_name")),
            ("ndc", _ndc, _put_ndc),
            ("strength", *_word("strength")),
            ("form", *_word("form")),
        ),
        folds={"ndc": _fold_ndc},
        known="name generic_name ndc strength form",
    ),
    Lens("dosage", _dosage, _put_dosage),
    Lens("quantity", _quantity, _put_quantity),
    Lens("refills", _refills, _put_refills),
    Lens("prescriber", provider(prescriber, npi=True), _put_prescriber, fold_provider),
    Lens("pharmacy", _pharmacy, _put_pharmacy, fold_provider),
    Lens("instructions", _instructions, _put_instructions),
    Lens("notes", _notes, _put_notes),
    in_words(Lens("status", _status, _put_status, told=False), {"active"} | FINAL),
    shown("refills_remaining"),
    shown("refill_request"),
    shown("refill_history"),
    shown("prescribed_date"),
    shown("expires_date"),
    shown("created_at"),
    shown("updated_at"),
)


def homeless(story: Story) -> tuple[str, ...]:
    """What of a line has no place there."""
    one, dose = line(story), _dose(story)
    extra = one.model_extra or {}
    amount = dispensing(story).get("quantity")
    unit = (amount.get("unit") or amount.get("code")) if isinstance(amount, dict) else None
    said = {
        "unit of the quantity": bool(unit),
        "further steps of the dosage": len(one.dosage_instruction) > 1,
        "route": bool(dose and dose.route),
        "as needed": bool(dose and dose.as_needed_boolean),
        "timing and dose in figures": bool(dose and (dose.timing or dose.dose_and_rate)),
        "reason": bool(one.reason_code),
        "substitution": "substitution" in extra,
        "further notes": len(one.note) > 1,
    }
    return tuple(name for name, has in said.items() if has)


def refill(story: Story, links: Links) -> dict[str, Any]:
    """A request for a refill: of which prescription, where, and a word with it."""
    task = first_of(story, Task)
    made = {
        "prescription_id": there(task.focus, Kind.PRESCRIPTION, links),
        "pharmacy_id": there(task.owner, Kind.LOCATION, links),
        "notes": next((each.text for each in task.note), None),
    }
    return {name: value for name, value in made.items() if value}


def shop_phone(shop: Organization) -> str | None:
    """A pharmacy's telephone."""
    return point_of(shop.telecom, "phone")
