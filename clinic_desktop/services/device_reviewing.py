"""What somebody looks at before they decide about something of the review list: its bytes, and who it may be about."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from clinic_desktop.domain import devices as rules
from clinic_desktop.domain.devices import Named
from clinic_desktop.domain.patients import name_key
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.device_desks import require_theirs, theirs
from clinic_desktop.services.device_filing import named
from clinic_desktop.services.device_people import order_of, others_number, owners, registered
from clinic_desktop.services.device_registrations import ends
from clinic_desktop.services.merges import kept_id
from clinic_desktop.services.patients import require_patient, shown_name
from clinic_desktop.services.roles import ADMINISTRATOR, LABORATORY
from clinic_desktop.store.tables.devices import device_message_parts, device_messages, device_results
from clinic_desktop.store.tables.laboratory import lab_orders
from clinic_desktop.store.tables.patients import patients

CANDIDATES = 8
# The very words of domain.devices that say that it is another person, whatever the number says.
CONTRADICTIONS = frozenset({rules.OTHER_NAME, rules.OTHER_BIRTH, rules.OTHER_SEX, rules.TWO_NUMBERS})


@dataclass(frozen=True)
class Candidate:
    """Somebody registered whom a message may be about; `agrees` and `differs` are of number, order, name, born, sex.

    `doubt` is why it is not certain; `is_other` says that something contradicts, and not only that too little agrees.
    """

    patient_id: str
    mrn: str
    name: str
    born_on: date | None
    born_precision: str
    sex: str
    agrees: tuple[str, ...]
    differs: tuple[str, ...]
    doubt: str
    is_other: bool

    def __repr__(self) -> str:
        return f"Candidate({self.patient_id})"


@dataclass(frozen=True)
class Evidence:
    """The message byte for byte, which of its results is meant, and who it may be about, the likeliest first."""

    item_id: str
    raw: bytes
    charset: str | None
    kind: str
    subject: str
    position: int | None
    code: str
    value: str
    candidates: tuple[Candidate, ...]
    known: tuple[str, ...] = ()  # who bears its numbers here
    ending: tuple[str, ...] = ()  # of a merge: who bears the number that ends

    def __repr__(self) -> str:
        return f"Evidence({self.item_id})"


@query(access="banner", once=True, of=lambda found: tuple(one.patient_id for one in found.candidates))
def evidence(read: Read, item_id: str) -> Evidence:
    """What to look at before deciding about a result or a message. Raises Refusal."""
    result = read.conn.execute(select(device_results).where(device_results.c.id == item_id)).one_or_none()
    message = _message(read.conn, item_id if result is None else result.message_id)
    _require_theirs(read, message)
    parts = device_message_parts.c
    asked = select(parts.content).where(parts.message_id == message.id).order_by(parts.number)
    raw = b"".join(read.conn.execute(asked).scalars())
    numbers = [] if result is None else result.numbers.splitlines()
    said = named(message.said_of)
    people, known, ending = _candidates(read.conn, said, numbers), owners(read.conn, said.numbers), ends(message)
    position, code, value = (None, "", "") if result is None else (result.position, result.code, result.value or "")
    return Evidence(
        item_id, raw, message.charset, message.kind, message.subject, position, code, value, people,
        tuple(known), tuple(owners(read.conn, ending)),
    )  # fmt: skip


@query(access="banner", once=True, of=lambda found: (found.patient_id,))
def compared(read: Read, item_id: str, patient_id: str) -> Candidate:
    """One patient whom somebody looked for, compared with whom a message speaks of. Raises Refusal."""
    result = read.conn.execute(select(device_results).where(device_results.c.id == item_id)).one_or_none()
    message = _message(read.conn, item_id if result is None else result.message_id)
    _require_theirs(read, message)
    said = named(message.said_of)
    numbered = frozenset(owners(read.conn, said.numbers))
    return _candidate(read.conn, kept_id(read.conn, patient_id), said, numbered, None)


@query
def waiting(read: Read) -> int:
    """How much waits on the part of the review list that this role decides about."""
    role = read.session.role
    messages = select(func.count()).select_from(device_messages)
    messages = messages.where(device_messages.c.state == "review", theirs(read.session))
    if role == LABORATORY:
        messages = messages.where(device_messages.c.subject != "registration")
    count = int(read.conn.execute(messages).scalar_one())
    if role in {LABORATORY, ADMINISTRATOR}:
        results = select(func.count()).select_from(device_results).where(device_results.c.state == "review")
        count += int(read.conn.execute(results).scalar_one())
    return count


@command
def reject_told(act: Act, message_id: str, why: str) -> None:
    """Set a registration that was told aside for a reason; it stays kept. Raises Refusal."""
    if not why.strip():
        raise Refusal(N_("Say why."), field="why")
    row = _message(act.conn, message_id)
    if row.subject != "registration":
        raise Refusal(N_("There is no registration told with the id “{id}”."), field="id", id=message_id)
    if row.state != "review":
        raise Refusal(N_("This was decided meanwhile."))
    decided = {"decided_at": act.at, "decided_by": act.session.staff_id, "why": why.strip(), "state": "rejected"}
    act.change(device_messages, message_id, decided, kind="device_message.rejected", reason=why.strip(),
               expect=row.revision)  # fmt: skip


def _message(conn: Connection, message_id: str) -> Row[Any]:
    found = conn.execute(select(device_messages).where(device_messages.c.id == message_id)).one_or_none()
    if found is None:
        raise Refusal(N_("There is nothing with the id “{id}” on the review list."), field="id", id=message_id)
    return found


def _require_theirs(read: Read, message: Row[Any]) -> None:
    """Reception looks at registrations, who takes vital signs at those, and the laboratory at all but registrations."""
    require_theirs(read.session, message.subject)
    if read.session.role == LABORATORY and message.subject == "registration":
        raise Refusal(N_("Your role does not decide about this kind of message."))


def _candidates(conn: Connection, said: Named, numbers: list[str]) -> tuple[Candidate, ...]:
    numbered = owners(conn, said.numbers)
    order, _several = order_of(conn, numbers)
    owner = None
    if order is not None:
        told = conn.execute(select(lab_orders.c.patient_id).where(lab_orders.c.id == order)).scalar_one()
        owner = kept_id(conn, str(told))
    alike = _of_the_name(conn, said)
    people = list(dict.fromkeys([*([owner] if owner else []), *numbered, *alike]))[: CANDIDATES * 3]
    found = [_candidate(conn, one, said, frozenset(numbered), owner) for one in people]
    found.sort(key=lambda one: (one.is_other, bool(one.doubt), -len(one.agrees)))
    return tuple(found[:CANDIDATES])


def _of_the_name(conn: Connection, said: Named) -> list[str]:
    """Who has the name of the message, whatever their number; those born on its day before the others."""
    keys = [(name_key(family), name_key(given)) for family, given in said.names if family.strip()]
    if not keys:
        return []
    wanted = or_(*(
        (patients.c.family_key == family) & (patients.c.given_key.startswith(given.split(" ")[0], autoescape=True))
        for family, given in keys
    ))  # fmt: skip
    rows = conn.execute(select(patients.c.id, patients.c.born_on).where(wanted).limit(50)).all()
    ordered = sorted(rows, key=lambda row: row.born_on != (said.born or None))
    return [kept_id(conn, str(row.id)) for row in ordered]


def _candidate(
    conn: Connection, patient_id: str, said: Named, numbered: frozenset[str], owner: str | None
) -> Candidate:
    row = require_patient(conn, patient_id)
    known = registered(conn, patient_id)
    agrees = ["order"] if patient_id == owner else []
    differs = ["order"] if owner not in {None, patient_id} else []
    if said.numbers:
        (agrees if patient_id in numbered else differs).append("number")
    for word, doubt, part in (
        ("name", rules.OTHER_NAME, Named(names=said.names)),
        ("born", rules.OTHER_BIRTH, Named(born=said.born)),
        ("sex", rules.OTHER_SEX, Named(sex=said.sex)),
    ):
        found = rules.disagreement(part, known)
        if found == doubt:
            differs.append(word)
        elif found is None or (word == "sex" and said.sex and said.sex == known.sex):
            agrees.append(word)
    whole = rules.disagreement(said, known) if said.numbers or said.names or said.born else rules.NO_PERSON
    if whole is None and patient_id not in numbered and patient_id != owner:
        whole = _no_number(said)
    if whole is None and others_number(conn, said, patient_id):
        whole = rules.TWO_NUMBERS
        differs.append("number")
    born = None if row.born_on is None else date.fromisoformat(row.born_on)
    return Candidate(
        str(row.id), row.mrn, shown_name(row.family_name, row.given_names), born, row.born_precision, row.sex,
        tuple(agrees), tuple(differs), whole or "", whole in CONTRADICTIONS,
    )  # fmt: skip


def _no_number(said: Named) -> str:
    """Why a name and a birth alone are not enough: nothing says that it is this one of those who bear the name."""
    return N_("the message bears another number") if said.numbers else N_("the message bears no number")
