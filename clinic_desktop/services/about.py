"""What stands at the head of the clinic's papers."""

from dataclasses import dataclass, field

from sqlalchemy import select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, query
from clinic_desktop.store import attachments
from clinic_desktop.store.tables.journal import settings

IN_ACT = ("require_recovery",)


@dataclass(frozen=True)
class ClinicFacts:
    """The clinic's name, address lines and telephone; its registration, further lines, and logo where it has one."""

    name: str
    address: tuple[str, ...]
    phone: str
    registration: str = ""
    lines: tuple[str, ...] = ()
    logo: bytes = field(default=b"", repr=False)


@query
def clinic_facts(read: Read) -> ClinicFacts:
    """The clinic as its administrator has set it."""
    found = {row.name: row.value for row in read.conn.execute(select(settings.c.name, settings.c.value))}
    logo = found.get("clinic_logo")
    return ClinicFacts(
        str(found.get("clinic_name", "")),
        _lines(found.get("clinic_address")),
        str(found.get("clinic_phone", "")),
        str(found.get("clinic_registration") or ""),
        _lines(found.get("clinic_letterhead")),
        attachments.content_of(read.conn, logo) if logo else b"",
    )


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def require_recovery(act: Act) -> None:
    """Refuse to begin a chart that nobody could open again if the passwords or the machine were lost."""
    driver = act.conn.connection.driver_connection
    if driver is None:
        raise RuntimeError("the transaction has ended")
    # Past SQLAlchemy: it is asked before every registration, a hundred thousand times in an import.
    found = driver.execute("SELECT value FROM settings WHERE name = 'recovery_confirmed_at'").fetchone()
    if found is not None and found[0] == "":
        raise Refusal(N_("The recovery key was not confirmed yet. An administrator does that by signing in."))
