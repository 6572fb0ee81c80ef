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
from sync.telling.words import NPI, id_there, local_id, words

NO_CONSENT = "There is no consent on record that allows sharing: record the patient's consent first, then share."
NO_RECIPIENT = "The share has no e-mail address to go to: add the recipient's address."
PERMISSIONS = ["view"]


def share(story: Story, links: Links) -> Body | CannotTell:
    """A record shown to somebody outside, under a consent that holds."""
    letter = next(iter(of(story, Communication)), None)
    consents = [each for each in of(story, Consent) if each.status == "active" and not denies(each)]
    if not consents:
        return CannotTell(NO_CONSENT)
    mail = _mail(letter)
    if mail is None or letter is None:
        return CannotTell(NO_RECIPIENT)
    made: Body = {
        "record_id": record_there(story, links),
        "recipient_email": mail,
        "recipient_type": words(letter.topic) or "healthcare_provider",
        "message": _message(letter),
        "expires_at": _until(consents[0]),
        "permissions": [name for each in letter.category if (name := words(each))] or PERMISSIONS,
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
    return utc(end) if "T" in end else (f"{end}T00:00:00Z" if day(end) else None)


def enrolment(story: Story, links: Links) -> Body:
    """A patient put on a programme."""
    task = first_of(story, Task)
    programme = there(task.focus, Kind.PROGRAMME, links)
    made: Body = {
        "program_id": programme,
        "patient_id": there(task.for_, Kind.PATIENT, links),
        "start_date": utc(task.authored_on) if task.authored_on else None,
        "goals": [each.text for each in task.note],
        "preferences": _preferences(task),
    }
    return {name: value for name, value in made.items() if value}


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
