"""Who decides about what devices sent: vital signs are of those who take them, results of the laboratory."""

from sqlalchemy import ColumnElement, true

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.roles import CLINICAL, FRONT_DESK
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.tables.devices import device_messages

IN_ACT = ("theirs", "require_theirs")

# The one kind of message that a role decides about; who is not here decides about all that their acts reach.
_ONE_KIND = {**dict.fromkeys(CLINICAL, "vitals"), FRONT_DESK: "registration"}


def theirs(session: Session) -> ColumnElement[bool]:
    """In a statement over messages: those that this role decides about."""
    kind = _ONE_KIND.get(session.role)
    return true() if kind is None else device_messages.c.subject == kind


def require_theirs(session: Session, subject: str) -> None:
    """Refuse what this role does not decide about."""
    if _ONE_KIND.get(session.role, subject) != subject:
        raise Refusal(N_("Your role does not decide about this kind of message."))
