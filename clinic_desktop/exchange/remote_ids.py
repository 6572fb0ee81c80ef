"""Under which id here a record of a connected system stands: its own there, or one of ours where that is taken.

An earlier program made hyphens of underscores: what was brought in so is still found, where nobody else's it can be.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from clinic_desktop.services import heard_parts
from clinic_desktop.services.acts import Act
from clinic_desktop.services.arrival_keys import Key, Known
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link
from sync.records.elements import Resource
from sync.records.exact import digest

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_HASH = re.compile(r"[0-9a-f]{40}")
# How long an id may be so that there is room behind it for a dot and the hash of a part: FHIR takes 64 signs.
_SHORT = 39


def fhir_id(remote_id: str) -> str:
    """A system's id as FHIR lets one be: its own where it is one, else a hash; never the same of two."""
    return remote_id if _ID.fullmatch(remote_id) else digest(remote_id)[:40]


def forms(remote_id: str) -> tuple[str, ...]:
    """How an id may stand here: as it is made now, and as an earlier program made it."""
    before = remote_id.replace("_", "-")
    return tuple(dict.fromkeys((fhir_id(remote_id), before if _ID.fullmatch(before) else fhir_id(remote_id))))


def given(remote_id: str, place: int, one: Resource) -> str:
    """The id here of what a system says in one of its records: the record's own of the first, else its own or place."""
    return fhir_id(remote_id if place == 0 else one.id or f"{remote_id}.{place}")


def under(anchor: str) -> str:
    """What the ids begin with of what a system says beside the record that stands under an id; never alike of two."""
    if len(anchor) > _SHORT and not _HASH.fullmatch(anchor):
        anchor = digest(anchor)
    return f"{anchor[:_SHORT]}."


# How many signs of a hash stand for a part; before it an earlier program wrote its place in the list.
DIGITS = 24
_PART = re.compile(rf"\d{{1,3}}|[0-9a-f]{{{DIGITS}}}")


def is_part(value: str, anchor_: str) -> bool:
    """Whether an id is that of a record, or of a part of it: not of another record whose id begins alike."""
    return value == anchor_ or _PART.fullmatch(value.removeprefix(under(anchor_))) is not None


def stands_as(act: Act, system: str, kind: str, remote_id: str, local_id: str) -> Key | None:
    """The id under which a system brought this very record, where it did."""
    known = forms(remote_id)
    more = [re.compile(re.escape(under(one)) + r"n\d+") for one in known]
    for value in heard_parts.system_ids(act, system, kind, local_id):
        if value in known or any(each.fullmatch(value) for each in more):
            return Key(kind, system, value)
    return None


@dataclass(frozen=True)
class Place:
    """Where a record comes from: the system's name, whose ids its are, and the id there."""

    system: str
    source: str
    remote_id: str


def anchor(act: Act, place: Place, kind: str, said: str, patient: str | None) -> Key:
    """The id of a record that no link leads to: that under which it stands already, or one that nobody has.

    `said` is the digest of it. Who a patient is says a link alone: without one it is the chart under that number only
    where it says the very same and nobody has kept the two apart. A number given to somebody else is another chart.
    """

    def may_be(known: Known) -> bool:
        linked = Rows(act).find(Link, system=place.system, local_id=known.record, status="confirmed")
        if any(one.remote_id != place.remote_id for one in linked):
            return False
        if kind != "Patient":
            return patient is None or heard_parts.is_of(act, known.patient, patient)
        if known.digest is None:
            return True  # spoken of, and not come yet
        asked = Rows(act).find(Conflict, system=place.system, local_id=known.record, remote_id=place.remote_id)
        return known.digest == said and all(one.keep != "apart" for one in asked)

    return _first(act, (place.source, kind), place.remote_id, may_be)


def _first(act: Act, place: tuple[str, str], remote_id: str, may_be: Callable[[Known], bool]) -> Key:
    source, kind = place
    found = [Key(kind, source, value) for value in forms(remote_id)]
    known = [heard_parts.known_as(act, key) for key in found]
    for key, one in zip(found, known, strict=True):
        if one is not None and may_be(one):
            return key
    if known[0] is None:
        return found[0]
    for number in range(2, 10_000):
        key = Key(kind, source, f"{under(found[0].value)}n{number}")
        one = heard_parts.known_as(act, key)
        if one is None or may_be(one):
            return key
    raise AssertionError("ten thousand records under one id")


def beside(act: Act, place: tuple[str, str], remote_id: str, said: str, patient: str) -> Key:
    """The id of what is said beside a registration, by its hash: of two who were given one number each has their own.

    What came under the hash alone is known again as that of the person in whose chart it stands.
    """
    source, kind = place
    people = heard_parts.people(act, patient)
    own = {each: digest([said, each])[:24] for each in (patient, *people)}
    for value in (f"{under(form)}{last}" for form in forms(remote_id) for last in (*own.values(), said[:24])):
        known = heard_parts.known_as(act, key := Key(kind, source, value))
        if known is not None and known.patient in own:
            return key
    return Key(kind, source, f"{under(fhir_id(remote_id))}{own[patient]}")
