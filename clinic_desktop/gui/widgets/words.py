"""Words for people: errors (what happened, whether anything was lost, what to do) and waiting times. No Qt here."""

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import _


def explain(error: Exception) -> str:
    """Say a refusal or a trouble in the person's language; anything else is a bug, and is logged as one."""
    if isinstance(error, Refusal):
        return _(error.message).format(**error.facts)
    if isinstance(error, Trouble):
        return f"{_(error.message).format(**error.facts)} {_(error.remedy).format(**error.facts)}"
    # Only for a bug: the sign-in is painted sooner without these.
    import logging
    import traceback

    # Where, not what: the words of an error may carry a patient's name, and the log never does.
    frames = reversed(traceback.extract_tb(error.__traceback__))
    places = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)
    logging.getLogger(__name__).error("bug %s at %s", type(error).__name__, places)
    return _(
        "Something in the program went wrong; what you typed is kept. Try once more, and if it happens again"
        " tell your administrator: the log says where ({kind})."
    ).format(kind=type(error).__name__)


def minutes_words(minutes: int) -> str:
    """A waiting time: 42 min, 3 h 27 min, 26 h, 2 d."""
    if minutes < 100:
        return _("{n} min").format(n=minutes)
    if minutes < 10 * 60:
        return _("{h} h {m} min").format(h=minutes // 60, m=minutes % 60)
    return _("{n} h").format(n=minutes // 60) if minutes < 48 * 60 else _("{n} d").format(n=minutes // 1440)
