"""Who is who at a system: what must be asked before a number is taken, and what was refused over one."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from clinic_desktop.domain import coding
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.i18n import N_, _
from sync.engine.desk import OURS
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Intent, Link, Shadow, Work
from sync.port import Kind

NAMED = str(Kind.PRACTITIONER)
# How the numbers of people look in each system's document; Healthcare Records numbers nobody.
_UUID = (r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "323e4567-e89b-12d3-a456-426614174001")
FORMS: Mapping[str, tuple[str, str]] = {
    "healify": (r"doc_\w+", "doc_456def"),
    "arocord_hims": (rf"{_UUID[0]}|[a-z]+_\d+", f"{_UUID[1]} or doctor_001"),
    "hms_enterprise": _UUID,
    "practice_studio": (r"PROV-\d+", "PROV-54321"),
}
# How it numbers patients, where its document says so; AROCORD takes any text for an id.
_PATIENTS: Mapping[str, tuple[str, str]] = {
    "healify": (r"pat_[A-Za-z0-9_\-]{1,64}", "pat_123abc"),
    "hms_enterprise": _UUID,
    "practice_studio": (r"PAT-[A-Za-z0-9_\-]{1,64}", "PAT-12345"),
    "healthcare_records": _UUID,
}
LONGEST = 200
# Before a number that nobody there gave: `~` of what was sent and has none yet, `?` of what came without one.
_OURS = ("~", "?")
# By these words a system says that it is the person whom it does not know.
_PERSON = re.compile(r"provider|doctor|practitioner|prescriber|clinician|pharmacist|performer|physician", re.IGNORECASE)
UNLISTED = N_(
    "Nobody in the directory of {title} has the number “{number}”. Choose the person from it, or ask who runs it."
)
_TAKES_ITS_PLACE = N_(
    "{title} knows {name} as {old}{who}.\n{new}{other} takes its place. What was sent until now stays there as it is."
)
_OTHER_FORM = N_("The document of {title} writes such numbers like {example}; “{number}” looks otherwise.")
_NO_NUMBER = N_("“{number}” cannot be a number there: a number has no spaces, and at most {n} characters.")
_SOMEBODY_ELSES = N_("“{number}” stands there for another record of this clinic already: look again which one it is.")
_OTHER_PERSON = N_("Whoever has {number} there bears another national number than {name} here.")


def question(
    rows: Rows, system: str, person: tuple[str, str, str], number: str, directory: Sequence[tuple[str, str]]
) -> str:
    """What a person must say yes to before somebody (id, name, national number) is known there by a number; or ""."""
    staff_id, name, npi = person
    called, title = dict(directory), SYSTEMS[system].title
    said = []
    old = known_as(rows, system, staff_id)
    if old is not None and old.remote_id != number:
        words = _(" ({name}, by the same national number)") if not old.who else _(" ({name})")
        bare = _(" (by the same national number)") if not old.who else ""
        there = called.get(old.remote_id, "")
        said.append(_(_TAKES_ITS_PLACE).format(
            title=title, name=name, old=old.remote_id, who=words.format(name=there) if there else bare,
            new=number, other=f" ({called[number]})" if number in called else "",
        ))  # fmt: skip
    form = FORMS.get(system)
    if form is not None and number not in called and not re.fullmatch(form[0], number):
        said.append(_(_OTHER_FORM).format(title=title, example=form[1], number=number))
    shadow = rows.get(Shadow, system, NAMED, number)
    theirs = "" if shadow is None else _sound(str({**shadow.raw, **shadow.body}.get("npi") or ""))
    if theirs and _sound(npi) and theirs != _sound(npi):
        said.append(_(_OTHER_PERSON).format(number=number, name=name))
    return "\n".join(said)


def known_as(rows: Rows, system: str, staff_id: str) -> Link | None:
    """Under which number a system knows somebody of the clinic."""
    found = rows.find(Link, system=system, kind=NAMED, local_id=staff_id, status="confirmed")
    return found[0] if found else None


def require_free(rows: Rows, system: str, staff: Sequence[str], staff_id: str, number: str) -> None:
    """Refuse a number that stands for somebody else of the staff."""
    link = rows.get(Link, system, NAMED, number)
    if link is not None and link.status == "confirmed" and link.local_id != staff_id and link.local_id in staff:
        raise Refusal(N_("Somebody else of the clinic has this number there already."), field="remote_id")


def require_number(rows: Rows, system: str, kind: str, same: Sequence[str], number: str) -> None:
    """Refuse what cannot be the number of a record there, or stands for another here than one of the `same` ids.

    What the system has shown itself is a number, whatever it looks like.
    """
    if not number:
        raise Refusal(N_("Give the number under which they have it."), field="number")
    if rows.get(Shadow, system, kind, number) is None:
        shown = number[:60]  # as much of it as a sentence bears
        if len(number) > LONGEST or number.startswith(_OURS) or any(not sign.isprintable() or sign.isspace()
                                                                    for sign in number):  # fmt: skip
            raise Refusal(_NO_NUMBER, field="number", number=shown, n=LONGEST)
        form = _PATIENTS.get(system) if kind == Kind.PATIENT else None
        if form is not None and not re.fullmatch(form[0], number):
            title = SYSTEMS[system].title
            raise Refusal(_OTHER_FORM, field="number", title=title, example=form[1], number=shown)
    for written in {number, number.lower(), number.upper()}:  # a UUID is one and the same in capitals
        link = rows.get(Link, system, kind, written)
        if link is not None and link.status in OURS | {"duplicate"} and link.local_id not in {"", *same}:
            raise Refusal(_SOMEBODY_ELSES, field="number", number=number)


def refused_over(rows: Rows, system: str, staff: Sequence[str]) -> dict[str, list[Work]]:
    """What was refused and names one of these: by a number that is theirs no more, or as one who is not known there."""
    found: dict[str, list[Work]] = {one: [] for one in staff}
    links = [link for one in staff for link in rows.find(Link, system=system, kind=NAMED, local_id=one)]
    by_number = {link.remote_id: link for link in links}
    for work in rows.find(Work, ("since",), system=system, state="refused") if by_number else ():
        sent = rows.find(Intent, ("sent_at",), system=system, kind=work.kind, local_id=work.local_id)
        named = [by_number[each] for each in _texts(sent[-1].body) if each in by_number] if sent else []
        for one in dict.fromkeys(link.local_id for link in named):
            of_them = {link.status for link in named if link.local_id == one}
            if "confirmed" not in of_them or _PERSON.search(work.why):
                found[one].append(work)
    return found


def _texts(value: Any) -> list[str]:
    """Every text in a body."""
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []


def _sound(npi: str) -> str:
    """A national number whose last digit fits the others; any other proves nothing, neither for nor against."""
    try:
        return coding.npi(npi) if npi else ""
    except Refusal:
        return ""
