"""The lists of the chart: how each row reads."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from clinic_desktop.gui.widgets.evidence import RELATIONS
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.result_words import came_on, day, flag_words
from clinic_desktop.gui.widgets.results import abnormal, kept_low
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.vital_rows import SignRow
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.wording import PRESET_WORDS
from clinic_desktop.services.chart import Chart, Visit
from clinic_desktop.services.chart_rows import AllergyShown, MedicineTaken, Problem
from clinic_desktop.services.outside import OutsideAct
from clinic_desktop.services.relations import Relative

SEVERITY = {
    "severe": Look(N_("Severe"), "critical", "allergy"),
    "moderate": Look(N_("Moderate"), "warning"),
    "mild": Look(N_("Mild"), "neutral"),
    "unknown": Look(N_("Not graded"), "neutral"),
}
OPEN = {"open": N_("Open: {about}"), "awaiting_results": N_("Awaits results: {about}")}


def _said(look: Look) -> Look:
    return Look(_(look.text), look.meaning, look.icon)


def _problem_words(row: Problem) -> str:
    # A question mark before it is how a provisional diagnosis is written.
    return f"? {row.title}" if row.certainty == "provisional" else row.title


def _code_words(row: Problem) -> str:
    """The code where it is one that people read; the long numbers of other code systems say nothing to anybody."""
    return "" if row.code is None or row.code.isdigit() else row.code


def _dose_words(row: MedicineTaken) -> str:
    dose = row.dose or ""
    if row.source != "outside":
        return dose
    return _("elsewhere: {dose}").format(dose=dose) if dose else _("elsewhere")


def visit_day(row: Visit) -> str:
    """When a visit was; of one elsewhere no more than is known of it."""
    if not row.is_elsewhere:
        return day(row.started_at)
    return "" if row.when is None else came_on(row.when)


def outside_words(visit: Visit) -> str:
    """What is known of a visit elsewhere, in one line."""
    parts = (visit_day(visit), visit.summary, visit.practitioner, visit.organisation, visit.outside_status)
    return _("A visit elsewhere: {facts}").format(facts=", ".join(dict.fromkeys(part for part in parts if part)))


def _visit_words(row: Visit) -> str:
    if row.is_elsewhere:
        return _("elsewhere: {about}").format(about=row.summary or row.outside_status or "")
    about = row.summary or _(PRESET_WORDS[row.preset])
    return _(OPEN[row.status]).format(about=about) if row.status in OPEN else about


def _visit_meaning(row: Visit) -> str:
    return "warning" if row.status in OPEN else ""


def allergy_words(chart: Chart) -> str:
    """Which of the three states of allergies it is, where none is listed."""
    patient = chart.patient
    if patient.allergy_state == "none_known":
        return _("No known allergies, confirmed on {day}.").format(day=day(patient.allergy_state_on))
    return _("Nobody has asked about allergies yet.")


def family_words(family: Sequence[Relative], far: str) -> str:
    """Who belongs to the patient, and how far the registration is where a system is connected."""
    words = [f"{_(RELATIONS[one.kind])}: {one.name} ({one.mrn})" for one in family]
    return "   ".join([*words, *([_("Registration: {far}").format(far=far)] if far else [])])


R = TypeVar("R")


def problems(settings: Remembered) -> ListTable[Problem]:
    """The problem list."""
    columns: Sequence[Column[Problem]] = (
        Column("title", _("Problem"), _problem_words, 160, stretch=True, strong=True, wrap=True),
        Column("code", _("Code"), _code_words, 68, subtle=True),
    )
    empty = Empty(_("No problem is noted."), icon="problem")
    return _short("chart.problems", columns, lambda row: row.id, empty, settings)


def allergies(settings: Remembered) -> ListTable[AllergyShown]:
    """The allergies; where none is listed the words say which of the three states it is."""
    columns: Sequence[Column[AllergyShown]] = (
        Column(
            "substance",
            _("Substance"),
            lambda row: row.substance,
            130,
            stretch=True,
            strong=True,
            wrap=True,
            detail=lambda row: row.reaction or "",
        ),
        Column("severity", _("Severity"), lambda row: row.severity, 94, look=lambda row: _said(SEVERITY[row.severity])),
    )
    return _short("chart.allergies", columns, lambda row: row.id, Empty(_("Not asked yet."), icon="allergy"), settings)


def medicines(settings: Remembered) -> ListTable[MedicineTaken]:
    """The medicines taken now."""
    columns: Sequence[Column[MedicineTaken]] = (
        Column(
            "name", _("Medicine"), lambda row: row.name, 150, stretch=True, strong=True, wrap=True, detail=_dose_words
        ),
    )
    empty = Empty(_("No medicine is noted."), icon="pill")
    return _short("chart.medicines", columns, lambda row: row.id, empty, settings)


def signs(settings: Remembered) -> ListTable[SignRow]:
    """The last measurement of each sign; moving over it shows its trend."""
    columns: Sequence[Column[SignRow]] = (
        Column("sign", _("Sign"), lambda row: row.words, 90, stretch=True, wrap=True),
        Column("value", _("Last"), lambda row: row.value, 120, number=True, unit=lambda row: row.unit, strong=True),
        Column("flag", "", lambda row: flag_words(row.flag), 40, look=lambda row: abnormal(row.flag)),
        Column("at", _("Taken"), lambda row: day(row.taken_at), 106, subtle=True),
    )
    empty = Empty(_("No vital sign has been recorded."), icon="vitals")
    return _short("chart.vitals", columns, lambda row: row.code, empty, settings, headed=True)


def visits(settings: Remembered) -> ListTable[Visit]:
    """The timeline of encounters, newest first."""
    columns: Sequence[Column[Visit]] = (
        Column("at", _("Visit"), visit_day, 110, sort=lambda row: row.started_at, strong=True),
        Column(
            "about",
            _("About"),
            _visit_words,
            150,
            stretch=True,
            meaning=_visit_meaning,
            wrap=True,
            detail=lambda row: row.practitioner,
        ),
    )
    empty = Empty(_("No visit yet."), icon="history")
    return _short("chart.visits", columns, lambda row: row.id, empty, settings, headed=True)


def acts(settings: Remembered) -> ListTable[OutsideAct]:
    """Procedures, reports, requests, appointments and other records from elsewhere."""
    columns: Sequence[Column[OutsideAct]] = (
        Column("on", _("Date"), lambda row: came_on(row.on), 106, sort=lambda row: row.on, strong=True),
        Column("title", _("What"), lambda row: row.title, 170, stretch=True),
        Column("detail", _("About"), lambda row: row.detail or row.by, 110, subtle=True),
    )
    empty = Empty(_("Nothing else has come from elsewhere."), icon="report")
    return _short("chart.acts", columns, lambda row: row.id, empty, settings, headed=True)


def _short(
    name: str,
    columns: Sequence[Column[R]],
    key: Callable[[R], object],
    empty: Empty,
    settings: Remembered,
    *,
    headed: bool = False,
) -> ListTable[R]:
    table = ListTable(name, columns, key=key, empty=empty, settings=settings, counted=False)
    kept_low(table.view, empty, headed=headed)
    return table
