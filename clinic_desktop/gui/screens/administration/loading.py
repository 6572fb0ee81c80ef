"""What each section of the administrator's screen asks for. No Qt."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from clinic_desktop.services import (
    about,
    administration,
    directory,
    hours,
    jobs,
    printing,
    reference,
    research,
    staff,
    templates,
)
from clinic_desktop.services.acts import Desk

if TYPE_CHECKING:
    from clinic_desktop.services.office import Office


def loaders(desk: Desk, need_office: Callable[[], "Office"]) -> dict[str, Callable[[], Sequence[object]]]:
    """How the rows of each section are asked for."""
    return {
        "staff": lambda: (*staff.staff_members(desk), *hours.working_hours(desk)),
        "pharmacies": lambda: directory.pharmacies(desk),
        "places": lambda: directory.places(desk),
        "formulary": lambda: administration.formulary(desk),
        "prices": lambda: administration.price_list(desk),
        "catalogue": lambda: administration.lab_catalogue(desk),
        "backups": lambda: need_office().kept_backups(desk),
        "packs": lambda: reference.list_packs(desk),
        "research": lambda: research.exports_made(desk),
        "jobs": lambda: (*administration.clinic_settings(desk), *jobs.job_history(desk)),
        "templates": lambda: templates.templates(desk),
        "letterhead": lambda: (*administration.clinic_settings(desk), about.clinic_facts(desk)),
        "printers": lambda: printing.printers(desk),
        "prints": lambda: printing.prints(desk),
    }
