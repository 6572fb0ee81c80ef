"""The inbox in words: kinds, how pressing, to whom, until when. No Qt."""

from clinic_desktop.gui.widgets.civil import show_date, show_moment
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.inbox import Item

PRIORITIES = {"low": N_("Low"), "normal": N_("Normal"), "high": N_("High"), "critical": N_("Critical")}
CATEGORIES = {
    "critical_result": N_("Critical result"),
    "refused_prescription": N_("Sent back by the pharmacy"),
    "refill": N_("Refill asked for"),
    "conflict": N_("Conflict"),
    "task": N_("Task"),
    "message": N_("Message"),
}
ROLES = {
    "doctor": N_("All doctors"),
    "nurse": N_("All nurses"),
    "pharmacist": N_("All pharmacists"),
    "laboratory": N_("The laboratory"),
    "front_desk": N_("The front desk"),
    "cashier": N_("All cashiers"),
    "administrator": N_("All administrators"),
}
_MEANINGS = {"critical": "critical", "high": "warning", "normal": "neutral", "low": "neutral"}


def addressed(item: Item) -> str:
    """To whom it was sent, where that is more than this person."""
    return _("to {role}").format(role=_(ROLES[item.addressed_to])) if item.addressed_to else ""


def dated(item: Item) -> str:
    """Until when it is to be done, or put off."""
    if item.snoozed_until is not None and item.done_at is None:
        return _("put off until {at}").format(at=show_moment(item.snoozed_until))
    return _("until {on}").format(on=show_date(item.due_on)) if item.due_on is not None else ""


def columns() -> list[Column[Item]]:
    """The columns of the list: what is unread is strong."""
    return [
        Column("priority", _("Pressing"), lambda row: _(PRIORITIES[row.priority]), width=100, look=_look),
        Column("kind", _("Kind"), lambda row: _(CATEGORIES[row.category]), width=150, subtle=True),
        Column("title", _("About"), lambda row: row.title if row.read else f"●  {row.title}", stretch=True),
        Column("patient", _("Patient"), lambda row: row.patient, width=150),
        Column("sent", _("Sent"), lambda row: show_moment(row.sent_at), width=146, sort=lambda row: row.sent_at),
    ]


def _look(row: Item) -> Look:
    return Look(_(PRIORITIES[row.priority]), _MEANINGS[row.priority])
