"""Shares and enrolments, which are told and hardly shown; programmes and people, which are only shown."""

from typing import Any

from sync.port import Body, CannotTell, Kind, Links, Story
from sync.records.consent import Consent, denies
from sync.records.document import DocumentReference
from sync.records.elements import Resource
from sync.records.message import Communication, Task
from sync.remotes.healify.mapping.parties import SYSTEM, there
from sync.telling.folding import day, utc
from sync.telling.lenses import first_of, of, spelled
from sync.telling.words import NPI, code_in, id_there, local_id, words

NO_CONSENT = "There is no consent on record that allows sharing: record the patient's consent first, then share."
NO_RECIPIENT = "The share has no e-mail address to go to: add the recipient's address."
NO_END = "The share has no last day, and at Healify it would never end: say until when."
OVER = "The last day of this share is past, so Healify was not told of it: share again where it is still wanted."
WHOLE_ONLY = (
    "Healify shares whole visits, with diagnoses, medicines and vital signs. This share is of less: give a copy of it "
    "from here instead."
)
# What of a record a whole visit shows; a share of less is not told.
WHOLE_VISIT = frozenset({"visits", "problems", "medicines", "vitals"})
SCOPE = "urn:x-clinic-desktop:consent-scope"
SHARE_END = "urn:x-clinic-desktop:share-end"
SHARE_SECTION = "urn:x-clinic-desktop:share-section"
# The rights in Healify's words. It has none for printing alone: whoever may only print is told as one who may look.
PERMISSIONS = {"view": "view", "keep": "download"}


def share(story: Story, links: Links) -> Body | CannotTell:
    """A record shown to somebody outside, under a consent that holds."""
    letter = next(iter(of(story, Communication)), None)
    consents = [each for each in of(story, Consent) if _allows(each)]
    if letter is not None and letter.status == "stopped":
        return CannotTell(OVER)
    if not consents:
        return CannotTell(NO_CONSENT)
    mail = _mail(letter)
    if mail is None or letter is None:
        return CannotTell(NO_RECIPIENT)
    ends = [end for end in (*_extended(letter, SHARE_END, "valueDateTime"), _until(consents[0])) if end]
    if not ends:
        return CannotTell(NO_END)
    if not set(_extended(letter, SHARE_SECTION, "valueCode")) >= WHOLE_VISIT:
        return CannotTell(WHOLE_ONLY)
    allowed = {words(each) for each in letter.category}
    made: Body = {
        "record_id": record_there(story, links),
        "recipient_email": mail,
        "recipient_type": words(letter.topic) or "other",
        "message": _message(letter),
        "expires_at": min(ends),
        "permissions": [theirs for ours, theirs in PERMISSIONS.items() if ours == "view" or ours in allowed],
    }
    return {name: value for name, value in made.items() if value}


def record_there(story: Story, links: Links) -> str | None:
    """The id there of what is shared: a document, or the visit that it belongs to."""
    here = story.first.id
    if here and (found := links.there(Kind.DOCUMENT, here)):
        return found
    context = first_of(story, DocumentReference).context
    visit = local_id(context.encounter[0]) if context and context.encounter else None
    return links.there(Kind.ENCOUNTER, visit) if visit else None


def _allows(consent: Consent) -> bool:
    """Whether it holds and is about sharing outside."""
    return consent.status == "active" and not denies(consent) and code_in(consent.scope, SCOPE) == "disclosure"


def _extended(letter: Communication, url: str, member: str) -> list[str]:
    """What a letter says of its share that FHIR has no member for."""
    found = (letter.model_extra or {}).get("extension", ())
    return [str(each[member]) for each in found if each.get("url") == url and each.get(member)]


def _mail(letter: Communication | None) -> str | None:
    for each in letter.recipient if letter else ():
        value = each.identifier.value if each.identifier else None
        for text in (value, each.display):
            if text and "@" in text:
                return text.removeprefix("mailto:")
    return None


def _message(letter: Communication) -> str | None:
    return next((each.content_string for each in letter.payload if each.content_string), None)


def _until(consent: Consent) -> str | None:
    period = consent.provision.period if consent.provision else None
    end = period.end if period else None
    if not end:
        return None
    return utc(end) if "T" in end else (f"{end}T23:59:59Z" if day(end) else None)


def enrolment(story: Story, links: Links) -> Body:
    """A patient put on a programme."""
    task = first_of(story, Task)
    programme = there(task.focus, Kind.PROGRAMME, links)
    made: Body = {
        "program_id": programme,
        "patient_id": there(task.for_, Kind.PATIENT, links),
        "start_date": _begins(task),
        "goals": [each.text for each in task.note],
        "preferences": _preferences(task),
    }
    return {name: value for name, value in made.items() if value}


def _begins(task: Task) -> str | None:
    """The day that it begins on; where none is named, that on which it was agreed."""
    start = task.execution_period.start if task.execution_period else None
    if start and "T" not in start and day(start):
        return f"{start}T00:00:00Z"
    at = start or task.authored_on
    return utc(at) if at else None


def _preferences(task: Task) -> dict[str, Any]:
    """What was asked for beside it: each an input of the task, such as the time of a reminder."""
    found = {}
    for each in (task.model_extra or {}).get("input", ()):
        name = each.get("type", {}).get("text") if isinstance(each, dict) else None
        if name and isinstance(each.get("valueString"), str):
            found[str(name)] = each["valueString"]
    return found


def programme(body: Body, remote_id: str) -> Resource:
    """A programme as a plan that patients can be put on."""
    made = {
        "resourceType": "PlanDefinition",
        "identifier": [{"system": id_there(SYSTEM, Kind.PROGRAMME), "value": remote_id}],
        "title": body.get("name"),
        "description": body.get("description"),
        "status": "active" if spelled({"active"})(body.get("status")) == "active" else "retired",
    }
    return Resource.model_validate({name: value for name, value in made.items() if value})


def person(body: Body, remote_id: str) -> dict[str, Any]:
    """Somebody who cares, as a payload shows them."""
    identifiers = [{"system": id_there(SYSTEM, Kind.PRACTITIONER), "value": remote_id}]
    if isinstance(body.get("npi"), str):
        identifiers.append({"system": NPI, "value": body["npi"]})
    made: dict[str, Any] = {"resourceType": "Practitioner", "identifier": identifiers}
    if isinstance(body.get("name"), str):
        made["name"] = [{"text": body["name"]}]
    if isinstance(body.get("specialty"), str):
        made["qualification"] = [{"code": {"text": body["specialty"]}}]
    return made
