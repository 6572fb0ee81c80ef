"""One thing that waits for a person, as a plain value: made of the rows that sync keeps."""

from dataclasses import dataclass

from sync.engine import untold
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Intent, Quarantine, Work


@dataclass(frozen=True)
class Item:
    """One thing that waits for a person.

    `sort`: field, identity, overwrite, duplicate, restored, gone, suspect, found (questions of the merge), refused,
    doubt (sent, no answer), question (its time has passed), cannot (a person must tell them), aside (it came and could
    not be taken in; its `name` is their number of the patient where nobody here is known to be that), inexact (refused
    for a birth date that is not known to the day: one for all systems).
    With a `count` it stands for all tasks of a kind that the system has no call for, from `at` to `newest`.
    """

    id: str
    system: str
    title: str
    sort: str
    kind: str
    local_id: str
    remote_id: str
    patient_id: str
    name: str
    member: str
    why: str
    at: str
    clinical: bool
    count: int = 0
    newest: str = ""
    upto: float = 0.0  # the engine's time of the newest: what comes later is not decided with these
    shown: float = 0.0  # the engine's time at which its values were asked about: others are not decided with it
    number: str = ""  # of a record of a group: what is on its paper, and when it was last changed here
    changed_at: str = ""
    others: tuple["Item", ...] = ()  # of `inexact`: what each system refused of this patient, this one's among them

    def __repr__(self) -> str:
        return f"Item({self.id})"


def rank(one: Item) -> tuple[int, int, str, str]:
    """The order of what waits: who is who and what came and is in no chart, what is clinical, the rest, mere tasks.

    Of each the oldest comes first; what stands for many comes last.
    """
    task = one.sort in {"cannot", "inexact"}
    first = one.sort in {"identity", "misfiled"} or (one.sort == "aside" and one.clinical)
    return int(one.count > 0), 3 if task else 0 if first else 1 if one.clinical else 2, one.at, one.id


def question(rows: Rows, one: Conflict, title: str) -> Item:
    """Something that two sides do not agree on."""
    work = rows.get(Work, one.system, one.kind, one.local_id)
    patient = one.local_id if one.kind == "patient" else work.patient if work is not None else ""
    return Item(
        one.id, one.system, title, one.sort, one.kind, one.local_id, one.remote_id, patient, "", one.member, one.why,
        _text(one.at), bool(one.clinical), shown=one.at if one.sort == "field" else 0.0,
    )  # fmt: skip


def of_aside(one: Quarantine, title: str, whose: tuple[str, str], why: str, *, clinical: bool) -> Item:
    """A record that was set aside; `whose`: the patient here, and their number there."""
    patient, number = whose
    return Item(
        f"{one.system}/aside/{one.kind}/{one.remote_id}", one.system, title, "aside", one.kind, "", one.remote_id,
        patient, number, "", why, _text(one.at), clinical=clinical, shown=one.at,
    )  # fmt: skip


def group(system: str, title: str, alike: untold.Group) -> Item:
    """All tasks of a kind that the system has no call for."""
    return Item(
        f"{system}/{alike.kind}", system, title, "cannot", alike.kind, "", "", "", "", "", alike.why,
        _text(alike.oldest), clinical=False, count=alike.count, newest=_text(alike.newest), upto=alike.newest,
    )  # fmt: skip


def task(rows: Rows, work: Work, title: str) -> Item:
    """One record that waits for a person."""
    sort = work.state
    if work.state == "person":
        sent = rows.find(Intent, system=work.system, kind=work.kind, local_id=work.local_id)
        sort = "doubt" if any(one.state in {"person", "duplicate"} for one in sent) else "question"
    patient = work.local_id if work.kind == "patient" else work.patient
    return Item(
        f"{work.system}/{work.kind}/{work.local_id}", work.system, title, sort, work.kind, work.local_id, "", patient,
        "", "", work.why, _text(work.since), clinical=True,
    )  # fmt: skip


def _text(seconds: float) -> str:
    from clinic_desktop.exchange.post_office import instant

    return instant(seconds)
