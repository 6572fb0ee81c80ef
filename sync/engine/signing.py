"""A system asks for a sign-in: nothing is sent until a person gave one, or a look shows that it was asked for nothing.

A proxy or a deployment can answer 401 to a token that is as good as before. Where it is a token or a key that does not
end by itself, and only there, one signed read after a while shows whether it still is: a password is never tried again.
"""

import json

from sync.engine.desk import Desk
from sync.engine.store import queries
from sync.engine.store.rows import Rows, dumps
from sync.port import Kind
from sync.transport.outcomes import Forbidden, NoBudget, NotThere, Outcome, SignInNeeded

SIGN_IN = "sign in"
AGAIN = "sign in again"
# After so long it is looked again, and then each time after the last of these.
WAITS = (60.0, 600.0, 3_600.0)
# Who is asked again for a sign-in so soon after it went on by itself waits on where it stopped.
CALM_SECONDS = 3_600.0


def sign_in_needed(desk: Desk, rows: Rows, error: SignInNeeded) -> None:
    """Stop until a person has signed in, or it is seen that nobody has to. What a person has paused stays theirs."""
    now = desk.now()
    if not desk.get(rows, "paused"):
        tries, _due, went_on = _again(desk, rows)
        if now - went_on > CALM_SECONDS:
            tries = 0
        desk.keep(rows, "paused", SIGN_IN)
        desk.keep(rows, AGAIN, dumps([tries, now + _wait(tries), went_on]) if error.lasting else "")
        desk.log.add(rows, now, "sign in needed")
    desk.hold("sign in", now + 1.0)


def again_at(desk: Desk, rows: Rows) -> float | None:
    """When it is looked again whether a sign-in is needed; None where only a person can go on."""
    if desk.get(rows, "paused") != SIGN_IN or not desk.get(rows, AGAIN):
        return None
    return _again(desk, rows)[1]


def look_again(desk: Desk) -> None:
    """Read something there: where that is answered the sign-in is good, and everything goes on."""
    came: Outcome | None = None
    try:
        _read(desk)
    except Outcome as error:
        came = error
    now = desk.now()
    with desk.disk.write() as unit:
        rows = Rows(unit)
        if again_at(desk, rows) is None:
            return  # a person was faster
        tries, _due, went_on = _again(desk, rows)
        desk.log.add(rows, now, "asked", SIGN_IN, came=type(came).__name__ if came is not None else "answered")
        if came is None or isinstance(came, (NotThere, Forbidden)):
            desk.keep(rows, "paused", "")
            desk.keep(rows, AGAIN, dumps([tries + 1, 0.0, now]))
            desk.log.add(rows, now, "resumed")
        elif isinstance(came, SignInNeeded):
            after = dumps([tries + 1, now + _wait(tries + 1), went_on]) if came.lasting else ""
            desk.keep(rows, AGAIN, after)
        else:
            # Whether the sign-in is good was not said.
            due = came.until if isinstance(came, NoBudget) else now + _wait(tries)
            desk.keep(rows, AGAIN, dumps([tries, due, went_on]))


def _read(desk: Desk) -> None:
    """The cheapest signed read: a patient that is ours, a page of patients, or else the test of the connection."""
    desk.budgets.purpose = "verify"
    patients = desk.remote.profile.kinds.get(Kind.PATIENT)
    with desk.disk.read() as unit:
        ours = queries.next_linked(Rows(unit), desk.system, str(Kind.PATIENT), "")
    if ours and patients is not None and patients.readable:
        desk.remote.read(Kind.PATIENT, ours)
    elif patients is not None and patients.listed:
        desk.remote.page(Kind.PATIENT, parent=None, since=None, until=None, cursor=None)
    else:
        desk.remote.check()


def _again(desk: Desk, rows: Rows) -> tuple[int, float, float]:
    """How often it was looked again, when it is next, and when it last went on by itself."""
    tries, due, went_on = json.loads(desk.get(rows, AGAIN) or "[0, 0.0, 0.0]")
    return int(tries), float(due), float(went_on)


def _wait(tries: int) -> float:
    return WAITS[min(tries, len(WAITS) - 1)]
