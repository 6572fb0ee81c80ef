"""How far records are at the connected systems, in words. No Qt here, so presenters may import it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.gui.widgets.civil import show_moment
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import remotes
from clinic_desktop.services.acts import Desk

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_items import Item
    from clinic_desktop.exchange.sync_shown import Mark

KINDS = {
    "patient": N_("Registration"), "practitioner": N_("Practitioner"), "location": N_("Place"),
    "coverage": N_("Cover"), "consent": N_("Consent"), "appointment": N_("Appointment"), "encounter": N_("Visit"),
    "document": N_("Document"), "immunization": N_("Immunization"), "prescription": N_("Prescription"),
    "refill": N_("Refill"), "dispense": N_("Dispensed medicine"), "lab_order": N_("Laboratory order"),
    "lab_result": N_("Laboratory result"), "charge": N_("Charge"), "invoice": N_("Invoice"), "payment": N_("Payment"),
    "claim": N_("Claim"), "share": N_("Share"), "enrolment": N_("Enrolment"), "programme": N_("Programme"),
    "notice": N_("Notice"),
}  # fmt: skip
WORDS = {
    "saved here": N_("saved here"), "waiting": N_("waiting"), "sent": N_("sent"), "confirmed": N_("confirmed"),
    "differs there": N_("differs there"), "cannot be told": N_("cannot be told"), "refused": N_("refused"),
    "sent, no answer": N_("sent, no answer"), "needs a person": N_("needs a person"),
    "closed by a person": N_("closed by a person"),
}  # fmt: skip
# What the words of a state say already is not said again in why it is so.
WAITS, NO_ANSWER = "waits for ", "no answer came"
NAMELESS = frozenset({"waits for its practitioner to be known there"})
NEEDS_SOMEBODY = frozenset({"refused", "differs there", "needs a person", "sent, no answer"})
TOLD, CANNOT = frozenset({"waiting", "sent", "confirmed"}), "cannot be told"  # told by itself, or not at all
DECIDES = "remotes.set_remote"  # who may decide what waits for a person
Record = tuple[str, str]  # the kind, and its id here
Marks = Mapping[Record, "tuple[Mark, ...]"]


def kind_words(kind: str) -> str:
    """A kind of record as people call it."""
    return _(KINDS[kind]) if kind in KINDS else kind.replace("_", " ").capitalize()


def ask_marks(desk: Desk, records: Iterable[Record]) -> Marks:
    """Ask how far records are; for a worker. Where no system is connected nothing of the post office is loaded."""
    if not remotes.remote_systems(desk):
        return {}
    from clinic_desktop.exchange.sync_shown import record_marks

    return record_marks(desk, records)


def ask_decisions(desk: Desk) -> "tuple[Item, ...] | None":
    """Ask what waits for this person's decision at the connected systems; for a worker.

    None where no system is connected, and for who may not decide: nothing of the post office is loaded.
    """
    if not desk.may(DECIDES) or not remotes.remote_systems(desk):
        return None
    from clinic_desktop.exchange.sync_shown import waiting_items

    return waiting_items(desk)


def short_words(marks: Marks, kind: str, local_id: str) -> str:
    """How far a record is, in a word or two; nothing where no system has to do with it.

    What needs somebody is said before all else; of several systems it is counted how many have it for certain. That
    one cannot be told never stands for those that were told, or will be.
    """
    words = [mark.word for mark in marks.get((kind, local_id), ())]
    if not words:
        return ""
    told = [word for word in words if word in TOLD]
    if words[0] in NEEDS_SOMEBODY or not told or len(set(words)) == 1:
        return _(WORDS[words[0]])
    if confirmed := told.count("confirmed"):
        return _("confirmed by {n} of {count}").format(n=confirmed, count=len(words))
    if told[0] == "sent" and CANNOT in words:
        return _("sent to {n} of {count}").format(n=len(told), count=len(words))
    return _(WORDS[told[0]])


def named_words(marks: Marks, kind: str, local_id: str) -> str:
    """The same where one record stands open and there is room: which systems, where they are not all alike."""
    found = marks.get((kind, local_id), ())
    if len({mark.word for mark in found}) < 2:
        return short_words(marks, kind, local_id)
    by_word: dict[str, list[str]] = {}
    for mark in found:
        by_word.setdefault(mark.word, []).append(mark.title)
    return " · ".join(f"{_(WORDS[word])} ({', '.join(titles)})" for word, titles in by_word.items())


def full_words(marks: Marks, kind: str, local_id: str) -> str:
    """Each system on a line: how far, why, and when what waits is likely to be sent."""
    lines = []
    for mark in marks.get((kind, local_id), ()):
        parts = [_(WORDS[mark.word])]
        if mark.until:
            parts[0] += " " + _("(until {at})").format(at=show_moment(datetime.fromisoformat(mark.until)))
        if mark.why in NAMELESS:
            parts.append(_("until an administrator has said who that is there (Sync, Who is who)"))
        elif mark.why.startswith(WAITS):
            parts = [mark.why]  # that it waits is in it
        elif why := mark.why.removeprefix(NO_ANSWER).lstrip("; "):
            parts.append(why)
        lines.append(f"{mark.title}: {', '.join(parts)}")
        if mark.left_out:
            lines[-1] += ". " + _("Not told there: {what}").format(what=mark.left_out)
    return "\n".join(lines)


class Table(Protocol):
    """A list whose rows are records."""

    def rows(self) -> Sequence[Any]: ...  # noqa: D102
    def set_rows(self, rows: Sequence[Any]) -> None: ...  # noqa: D102
    def dress(self, column: str, *, detail: Callable[[Any], str], hint: Callable[[Any], str]) -> None: ...  # noqa: D102
    def detail_of(self, column: str) -> Callable[[Any], str] | None: ...  # noqa: D102


class HowFar:
    """The quiet mark beside each record of some lists; nothing at all where no system is connected."""

    def __init__(self, desk: Desk, tasks: Tasks) -> None:
        self._desk, self._tasks = desk, tasks
        self._tables: list[tuple[Table, tuple[str, ...], Callable[[Any], str]]] = []
        self.marks: Marks = {}

    def beside(self, table: Table, column: str, kinds: tuple[str, ...], id_of: Callable[[Any], str]) -> None:
        """Mark the rows of a list, under the words of a column; of several kinds the first that has a state."""
        under = table.detail_of(column)

        def detail(row: Any) -> str:
            parts = (under(row) if under else "", self._first(short_words, kinds, id_of(row)))
            return " · ".join(part for part in parts if part)

        table.dress(column, detail=detail, hint=lambda row: self._first(full_words, kinds, id_of(row)))
        self._tables.append((table, kinds, id_of))

    def _first(self, words: Callable[[Marks, str, str], str], kinds: Iterable[str], local_id: str) -> str:
        return next((said for kind in kinds if (said := words(self.marks, kind, local_id))), "")

    def ask(self, *more: Record, then: Callable[[], None] | None = None) -> None:
        """Ask how far what the lists show is, in one question; `more` are records that stand in no list."""
        wanted = [*more]
        for table, kinds, id_of in self._tables:
            wanted += [(kind, id_of(row)) for row in table.rows() for kind in kinds]

        def arrived(marks: Marks) -> None:
            if marks == self.marks:
                return
            self.marks = marks
            for table, _kinds, _id_of in self._tables:
                table.set_rows(table.rows())
            if then is not None:
                then()

        # How far something is says nothing of what it says: where it cannot be told, the list stands without.
        self._tasks.query("howfar", lambda: ask_marks(self._desk, wanted), arrived, lambda _error: None)
