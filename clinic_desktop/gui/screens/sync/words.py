"""Sync in words: states, kinds, what waits for a person, and what can be done about it."""

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from clinic_desktop.domain.systems import WEBHOOK_HOST
from clinic_desktop.gui.widgets.civil import Birth, show_birth, show_date, show_moment
from clinic_desktop.gui.widgets.howfar import kind_words
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clinic_desktop.exchange.sync_items import Item
    from clinic_desktop.exchange.sync_shown import LimitShown

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d)")
_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")
_SHORT = frozenset({"mrn", "npi", "id", "url", "ssn"})
ALONE = N_("This workstation is the only one of the clinic that sends.")
NOTHING = N_(
    "No system is connected. The clinic works whole without one: everything is kept here. Connected, what happens "
    "here is sent there, and what happened there arrives here; what both changed is put before you."
)
ANOTHER_DECIDES = N_("What waits to be decided is decided by an administrator.")
NOBODY_WAITS = N_("Nothing waits for a person.")

STATES = {
    "on": (N_("On"), "good", "done"),
    "new": (N_("Not yet asked"), "information", "info"),
    "paused": (N_("Paused"), "neutral", "ring"),
    "sign_in": (N_("Needs a sign-in"), "warning", "key"),
    "away": (N_("Cannot be reached"), "warning", "offline"),
    "unreadable": (N_("Cannot be read"), "warning", "offline"),
    "fault": (N_("Stopped by an error"), "warning", "alert"),
    "again": (N_("Reading all again"), "information", "sync"),
}
SORTS = {
    "field": N_("The sides differ"),
    "identity": N_("Perhaps one person"),
    "overwrite": N_("Perhaps written over"),
    "duplicate": N_("There twice"),
    "restored": N_("Was gone, is back"),
    "gone": N_("Gone there"),
    "surplus": N_("One too many there"),
    "misfiled": N_("Came from somebody else"),
    "suspect": N_("Much seems gone"),
    "found": N_("Perhaps the lost one"),
    "unread": N_("Not in the chart"),
    "aside": N_("Set aside"),
    "refused": N_("Refused"),
    "inexact": N_("Birth date not known"),
    "doubt": N_("Sent, no answer"),
    "another": N_("Sent, answered as another"),
    "question": N_("Still to be sent?"),
    "cannot": N_("Cannot be told"),
}
# Why a record is in doubt though an answer came: it is a sort of its own to whoever reads.
ANOTHER = "they answered with the id of another record"
SAID = {
    "field": N_("The two sides no longer say the same. Choose what stands; the other side is told."),
    "identity": N_("Somebody there may be this patient. Linked, their records meet; kept apart, they stay two."),
    "overwrite": N_("Somebody there wrote in the same moment. Compare, and correct what was lost."),
    "duplicate": N_("It stands there twice. Say which is ours; the other becomes a task: have it taken away there."),
    "restored": N_("It was gone there and has come back. Take it up again, or leave what is there alone."),
    "gone": N_("It is not there any more. Nothing is deleted here. Make it there again, never tell them, or void it."),
    "surplus": N_("This one is too many there. Have their people take it away, and note how they were told."),
    "misfiled": N_(
        "It came from there under the number of somebody else, and stands in this chart. Take it out of the chart: "
        "void it, or correct it there and note it here."
    ),
    "suspect": N_("A list suddenly showed far less than before. Nothing was taken for gone."),
    "found": N_("This came into sight there. It may be the one whose answer was lost."),
    "unread": N_("What stands there is not in the chart. Read it, and write here by hand what belongs there."),
    "aside": N_(
        "It came from there and could not be taken in: what it says is not in the chart. Have it looked at again, or "
        "read it, write here by hand what belongs there, and note that; it comes back when their record changes."
    ),
    "refused": N_("They refused it, in these words. Correct it here, then send it again."),
    "inexact": N_(
        "The registration stays here, whole and as it is, until somebody has asked the patient. There is nothing to "
        "correct, and a date must not be made up. Once the date is known and stands in the registration, it is sent by "
        "itself. Give up only where it will never be known."
    ),
    "doubt": N_("It was sent and no answer came. Look there before it is sent a second time."),
    "another": N_(
        "It was sent, and they answered with the number of another record. Look there whether this one came before it "
        "is sent a second time."
    ),
    "question": N_("It waited long. Say whether it is still to be sent."),
    "cannot": N_("The system has no call for this. Tell them another way, and note how."),
}


def sort_of(item: "Item") -> str:
    """The sort by which one thing that waits is shown."""
    return "another" if item.sort == "doubt" and item.why == ANOTHER else item.sort


GROUP_SAID = N_(
    "{title} has no call for these. Tell them another way and note how, or say once that they are not told of them: "
    "then none of them is a task. What {title} has and is changed, cancelled or voided here is always asked about. "
    "Enter opens one of them."
)
BACK_SAID = N_("Esc goes back to the others.")
CLOSE_SAID = N_("{n} tasks are closed with your name, the time and this reason: “{why}”")
LEAVE_SAID = N_(
    "{n} that wait now are tasks no more, nor is any later one. They stay counted as not told, with your name, the "
    "time and this reason: “{why}”. It can be taken back beside the system's counts."
)
ACTS = {
    "here": N_("Keep &here"),
    "there": N_("Keep &there"),
    "value": N_("Use this &value"),
    "two": N_("Two di&fferent people"),
    "link": N_("&Link them"),
    "apart": N_("Keep &apart"),
    "again": N_("Send a&gain"),
    "is_there": N_("It is &there"),
    "not_there": N_("&Not there: send again"),
    "send": N_("&Send it"),
    "told": N_("They are &told"),
    "not_told": N_("&Never tell them of these"),
    "recreate": N_("Ma&ke it there again"),
    "never": N_("&Never tell them again"),
    "void": N_("&Void it here"),
    "this": N_("&This one is ours"),
    "other": N_("The &other one is ours"),
    "join": N_("Ta&ke it up again"),
    "leave": N_("&Leave it alone"),
    "noted": N_("&Noted"),
    "give_up": N_("Give &up"),
    "look": N_("Look at it a&gain"),
    "seen": N_("Seen: &nothing is taken in"),
}
SECRETS = {
    "token": N_("&Key or token"),
    "username": N_("&User name"),
    "password": N_("Pass&word"),
    "mfa_code": N_("Second factor, i&f asked"),
    "client_id": N_("Client &id"),
    "client_secret": N_("Client secre&t"),
    "scope": N_("Sco&pe"),
}
MASKED = frozenset({"token", "password", "mfa_code", "client_secret"})
SETTINGS = {
    WEBHOOK_HOST: N_("Public name through which it may say that something moved (may stay empty)"),
    "tier": N_("Limit that was bought: standard or premium (empty: standard)"),
    "graphql": N_("Where its GraphQL answers, such as /graphql (may stay empty)"),
}
LIMITS = 4  # of so many a line each
METHODS = {
    "GET": N_("reading {what}"), "POST": N_("sending new {what}"), "PUT": N_("changing {what}"),
    "DELETE": N_("deleting {what}"), "search": N_("searching {what}"),
}  # fmt: skip
_STRETCHES = frozenset({"", "second", "minute", "hour", "day"})
FOUND = {
    "patients": N_("Patients when it was tried"),
    "prefix": N_("Paths begin with"),
    "fhir": N_("FHIR base"),
    "graphql": N_("GraphQL"),
    "graphql answers": N_("GraphQL answers"),
    "websocket": N_("Live events"),
    "token_path": N_("Signs in at"),
    "health": N_("Says of its health"),
    "consents show": N_("Consents can be read"),
    "documents show metadata": N_("Documents can be read"),
    "search by identifier": N_("Patients found by number"),
}


def at(stored: str | None) -> str:
    """An instant in the workstation's own time."""
    if not stored:
        return ""
    try:
        return show_moment(datetime.fromisoformat(stored))
    except ValueError:
        return stored


def at_short(stored: str | None) -> str:
    """The same where there is little room: of today the time alone."""
    return at(stored).removeprefix(at(datetime.now(UTC).isoformat()).partition(" ")[0]).strip()


def born(stored: str | None, precision: str) -> str:
    """A birth date as it is kept, no more certain than it is: they may have refused it for what is not known."""
    return show_birth(Birth(date.fromisoformat(stored) if stored else None, precision))  # type: ignore[arg-type]


def until_words(stored: str | None, now: datetime | None = None) -> str:
    """When a queue is empty, the shorter the nearer."""
    if not stored:
        return ""
    left = (datetime.fromisoformat(stored) - (now or datetime.now(UTC))).total_seconds()
    if left < 90:
        return _("in a minute")
    if left < 3600:
        return _("in {n} minutes").format(n=round(left / 60))
    return at(stored)


def found_words(name: str) -> str:
    """What was found, named for people; what has no word of its own keeps its name."""
    if name.startswith("list of "):
        return _("Its list can be read ({kind})").format(kind=kind_words(name.removeprefix("list of ")).lower())
    if name.startswith("put."):
        return _("An update ({kind})").format(kind=kind_words(name.removeprefix("put.")).lower())
    return _(FOUND[name]) if name in FOUND else name.replace("_", " ").capitalize()


def found_line(name: str, value: str) -> str:
    """What was found under a name, in plain words, with each instant in it as everywhere else in the window."""
    # What is found out is shown only where a system is connected: the post office is loaded by then.
    from clinic_desktop.exchange.sync_found import value_words

    return instants_in(value_words(name, value))


def instants_in(text: str) -> str:
    """What was found, with each instant in it as everywhere else in the window."""
    return _INSTANT.sub(lambda found: at(found[0]), text)


def side_words(text: str) -> str:
    """What one side says, with days and instants as everywhere else: 1960-01-02 is read as February by some."""

    def day(found: re.Match[str]) -> str:
        try:
            return show_date(date.fromisoformat(found[0]))
        except ValueError:
            return found[0]

    return _DAY.sub(day, instants_in(text)) or "–"


def seconds_words(seconds: float) -> str:
    """The stretch of a limit."""
    known = {1: _("a second"), 60: _("a minute"), 3600: _("an hour"), 86_400: _("a day")}
    return known.get(int(seconds), _("{n} seconds").format(n=int(seconds)))


def limit_words(limits: "Iterable[LimitShown]") -> str:
    """What is left of the limits, the scarcest first; of a long list only what something was taken of."""
    every = sorted(limits, key=lambda one: one.left / max(1, one.limit))
    used = [one for one in every if one.left < one.limit][:LIMITS] or every[:1]
    lines = [
        _("{left} of {limit} in {time}").format(left=one.left, limit=one.limit, time=seconds_words(one.seconds))
        + (f" · {words}" if (words := _limited(one.name)) else "")
        for one in used
    ]
    more = len(every) - len(used)
    return "\n".join([*lines, *([_("and {n} more, of which more is left").format(n=more)] if more else [])])


def _limited(name: str) -> str:
    """What a limit is for, in words; nothing where it is for everything and its name says no more than its stretch."""
    bare = name.partition(" ")[2] if name.partition(" ")[0] in _STRETCHES else name
    method, _sign, path = bare.partition(" /")
    if not path:
        return "" if bare in _STRETCHES else bare
    things = [part for part in path.split("/") if not part.startswith("{")]
    if things[-1] == "search":
        method = things.pop()
    words = " ".join(things).replace("_", " ").replace("-", " ")
    said = _(METHODS.get(method, N_("asking: {what}"))).format(what=words)
    return said + (" " + _("(one by one)") if path.endswith("}") and method == "GET" else "")


def state_look(state: str) -> Look:
    """How a system's state is shown."""
    words, meaning, icon = STATES[state]
    return Look(_(words), meaning, icon)


def member_words(name: str) -> str:
    """A member of a system's record as words."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).replace("_", " ")
    words = [word.upper() if word in _SHORT else word for word in spaced.split()]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]]) if words else ""
