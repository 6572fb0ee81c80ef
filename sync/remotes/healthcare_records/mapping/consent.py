"""Consent <-> a consent of the Healthcare Records API."""

from datetime import date
from typing import Any

from sync.port import Kind, Links, Story
from sync.records.consent import Consent, Provision, denies
from sync.records.elements import CodeableConcept, Period, Reference
from sync.remotes.healthcare_records.mapping.patient import SYSTEM
from sync.telling.folding import day, fold
from sync.telling.lenses import Lens, change, first_of, in_words, shown
from sync.telling.words import code_in, fold_snake, local_id, meant, refer, snake, told_id, words

NOT_ACTIVE = "This consent no longer holds, and the system has no call that ends one: tell them, and close this."
DENIES = "This consent says what the patient does not allow, and the system knows only what is allowed: tell them."
NOT_TO_ALL = "This consent is for some people alone, and the system would open it to everybody: tell them by hand."
NOT_YET = "This consent begins on {day}, and the system knows only consents that hold at once: tell them then."
PATIENT = "patient"
OURS = "urn:x-clinic-desktop:consent-scope"
# The words for a consent that holds, or does not; of any other nobody knows which, and a person is asked.
STATUS = ("active", "draft", "proposed", "rejected", "inactive", "entered-in-error", "expired", "revoked", "withdrawn")


def _one(story: Story) -> Consent:
    return first_of(story, Consent)


def refused(story: Story) -> str | None:
    """Why a consent cannot be told."""
    if _one(story).status not in {"active", None}:
        return NOT_ACTIVE
    if denies(_one(story)):
        return DENIES
    provision = _one(story).provision
    return NOT_TO_ALL if provision and provision.actor else None


def waiting(story: Story, today: date) -> str | None:
    """Why a consent cannot be told yet: its first day is still to come."""
    period = story.first.provision.period if isinstance(story.first, Consent) and story.first.provision else None
    begins = day(period.start) if period else None
    return NOT_YET.format(day=begins) if begins and begins > today.isoformat() else None


def _patient(story: Story, links: Links) -> Any:
    return told_id(_one(story).patient, SYSTEM, Kind.PATIENT, links)


def _put_patient(story: Story, value: Any, links: Links) -> Story:
    return change(story, patient=refer(SYSTEM, Kind.PATIENT, value, links))


def _type(story: Story, _links: Links) -> Any:
    """What it is about here; the category of one that is of here says only that it is a consent."""
    if ours := code_in(_one(story).scope, OURS):
        return ours
    return snake(words(_one(story).category[0])) if _one(story).category else None


def _put_type(story: Story, value: Any, links: Links) -> Story:
    if code_in(_one(story).scope, OURS):
        if fold_snake(value) == _type(story, links):
            return story
        story = change(story, scope=_one(story).scope.model_copy(update={"coding": ()}))
    made = (concept,) if (concept := meant(value if isinstance(value, str) else None)) else ()
    return change(story, category=(*made, *_one(story).category[1:]))


def _status(story: Story, _links: Links) -> Any:
    return _one(story).status


def _put_status(story: Story, value: Any, _links: Links) -> Story:
    """A consent that has ended there has ended; one that ended here is not opened again."""
    if _one(story).status not in {"active", "draft", "proposed", None} or not isinstance(value, str):
        return story
    return change(story, status=value if value == "active" else "inactive")


def _granted(story: Story, _links: Links) -> Any:
    return day(_one(story).date_time)


def _put_granted(story: Story, value: Any, _links: Links) -> Story:
    return change(story, date_time=value or None)


def _with_provision(story: Story, **fields: Any) -> Story:
    return change(story, provision=(_one(story).provision or Provision()).model_copy(update=fields))


def _expires(story: Story, _links: Links) -> Any:
    provision = _one(story).provision
    return day(provision.period.end) if provision and provision.period else None


def _put_expires(story: Story, value: Any, _links: Links) -> Story:
    provision = _one(story).provision
    period = (provision.period if provision else None) or Period()
    return _with_provision(story, period=period.model_copy(update={"end": value or None}))


def _scope(story: Story, _links: Links) -> Any:
    provision = _one(story).provision
    return [name for each in (provision.code if provision else ()) if (name := snake(words(each)))]


def _put_scope(story: Story, value: Any, _links: Links) -> Story:
    provision = _one(story).provision
    before = {snake(words(each)): each for each in (provision.code if provision else ())}
    said = [each for each in value if isinstance(each, str) and snake(each)] if isinstance(value, list) else []
    return _with_provision(story, code=tuple(before.get(snake(each)) or CodeableConcept(text=each) for each in said))


def fold_scope(value: Any) -> Any:
    """The order of what is allowed says nothing."""
    if not isinstance(value, list):
        return fold(value)
    return sorted({str(fold_snake(each)) for each in value}) or None


def _grantor(story: Story, _links: Links) -> Any:
    who = next(iter(_one(story).performer), None)
    if who is None or (local_id(who) and (who.reference or "").startswith("Patient/")):
        return PATIENT
    return who.display or PATIENT


def _put_grantor(story: Story, value: Any, _links: Links) -> Story:
    made = (Reference(display=value),) if isinstance(value, str) and value and value != PATIENT else ()
    return change(story, performer=(*made, *_one(story).performer[1:]))


LENSES = (
    Lens("patient_id", _patient, _put_patient),
    Lens("consent_type", _type, _put_type, fold_snake),
    in_words(Lens("status", _status, _put_status), STATUS),
    Lens("granted_date", _granted, _put_granted),
    Lens("expiration_date", _expires, _put_expires),
    Lens("scope", _scope, _put_scope, fold_scope),
    Lens("grantor", _grantor, _put_grantor),
    shown("witness"),
    shown("digital_signature"),
    shown("created_at"),
    shown("updated_at"),
)
