"""One time the glass was broken, as whoever looks at it afterwards reads it: who, whom, why, and what was opened."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.factlist import Facts
from clinic_desktop.gui.widgets.panel import Panel
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.break_glass import Broken, Opened

OUTCOME_WORDS = {
    "justified": N_("Justified"),
    "unclear": N_("Still unclear"),
    "not_justified": N_("Not justified"),
}
REASON_WORDS = {
    "life_in_danger": N_("A life in danger"),
    "cannot_consent": N_("The patient could not be asked"),
    "public_health": N_("Danger to others"),
    "other": N_("Another emergency"),
}
# By the service that was asked, each as the page is called on which it is seen.
OPENED_WORDS = {
    "chart": N_("Chart"),
    "consultation": N_("Consultation"),
    "departures": N_("Departures"),
    "document_reading": N_("Documents"),
    "documents": N_("Documents"),
    "encounters": N_("Consultation"),
    "flags": N_("Results"),
    "growth": N_("Growth"),
    "immunization_chart": N_("Immunizations"),
    "lab_orders": N_("Laboratory orders"),
    "laboratory": N_("Laboratory orders"),
    "prescribing": N_("Medicines"),
    "programmes": N_("Programmes"),
    "refills": N_("Refills"),
    "research": N_("Research"),
    "results": N_("Results"),
    "scheduling": N_("Appointments"),
    "sharing": N_("Sharing outside"),
    "templates": N_("Templates"),
    "vitals": N_("Vital signs"),
}


class Story(QWidget):
    """One time the glass was broken, before anybody says what came of it."""

    def __init__(self) -> None:
        super().__init__()
        self._panel = Panel(name="oversight.story")
        self._facts = Facts()
        self._panel.add(self._facts)
        self._panel.body.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._panel)

    def show_row(self, row: Broken | None) -> None:
        """Show one."""
        self._panel.set_title("" if row is None else row.patient_name)
        self._facts.show_facts(() if row is None else told_of(row))


def told_of(row: Broken) -> Iterator[tuple[str, str]]:
    """What there is to read of it, each with its word."""
    yield _("MRN"), row.mrn
    yield _("Who"), f"{row.who} ({row.role})"
    yield _("Why"), _(REASON_WORDS.get(row.reason, row.reason))
    yield _("In words"), row.words
    started = row.started_at.astimezone()
    ended = _("still open") if row.ended_at is None else f"{row.ended_at.astimezone():%H:%M}"
    yield _("When"), f"{show_date(started.date())} {started:%H:%M} – {ended}"
    yield _("Closed"), _("by hand") if row.ended_why else _("by its time") if row.ended_at else ""
    yield _("Opened"), "\n".join(_opened(row.opened)) or _("nothing")
    if row.outcome and row.reviewed_at is not None:
        on = show_date(row.reviewed_at.astimezone().date())
        yield _("Review"), f"{_(OUTCOME_WORDS[row.outcome])}, {row.reviewed_by}, {on}"
        yield _("Note"), row.review_note


def _opened(opened: tuple[Opened, ...]) -> Iterator[str]:
    """Each page that was opened, with when: a page asks several things of a record, and is one opening."""
    for words, together in groupby(opened, _page):
        at = datetime.fromtimestamp(next(together).at_ms / 1000, tz=UTC).astimezone()
        yield f"{at:%H:%M:%S} {words}"


def _page(one: Opened) -> str:
    service = one.what.partition(".")[0]
    return _(OPENED_WORDS[service]) if service in OPENED_WORDS else one.what
