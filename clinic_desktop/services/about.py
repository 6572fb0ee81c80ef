"""What stands at the head of the clinic's papers."""

from dataclasses import dataclass

from sqlalchemy import select

from clinic_desktop.services.acts import Read, query
from clinic_desktop.store.tables.journal import settings


@dataclass(frozen=True)
class ClinicFacts:
    """The clinic's name, address lines and telephone."""

    name: str
    address: tuple[str, ...]
    phone: str


@query
def clinic_facts(read: Read) -> ClinicFacts:
    """The clinic as its administrator has set it."""
    found = {row.name: row.value for row in read.conn.execute(select(settings.c.name, settings.c.value))}
    address = tuple(line for line in str(found.get("clinic_address", "")).splitlines() if line.strip())
    return ClinicFacts(str(found.get("clinic_name", "")), address, str(found.get("clinic_phone", "")))
