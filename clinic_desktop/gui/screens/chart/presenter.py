"""What the chart decides: when to ask, which act a form leads to, and what happens after it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol, TypeVar

from clinic_desktop.clock import new_id
from clinic_desktop.gui.second_look import ask_of
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _
from clinic_desktop.services import (
    chart,
    charting,
    consultation,
    drafts,
    immunization_chart,
    substances,
    terminology,
    vitals,
)
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.chart import Chart, TimelinePage, Visit
from clinic_desktop.services.charting import NewAllergy, NewProblem, OutsideMedicine
from clinic_desktop.services.substances import Substance
from clinic_desktop.services.terminology import Diagnosis
from clinic_desktop.services.vitals import Trend

T = TypeVar("T")

# What of the journal changes what a chart shows.
TOUCHING = (
    "encounter.",
    "observation.",
    "procedure.",
    "report.",
    "vitals.",
    "problem.",
    "allergy.",
    "medicine.",
    "patient.",
    "result.",
    "prescription.",
    "lab_",
    "immunization.",
)


class ChartPage(Protocol):
    """What the presenter asks of the view."""

    def show_chart(self, chart: Chart) -> None:
        """Show everything."""
        ...

    def show_overdue(self, vaccines: tuple[str, ...]) -> None:
        """Say which vaccines are overdue."""
        ...

    def show_more(self, visits: tuple[Visit, ...], *, more: bool) -> None:
        """Show further visits under those shown."""
        ...

    def show_trend(self, trend: Trend) -> None:
        """Show one sign over time."""
        ...

    def restore(self, form: str, fields: Mapping[str, object]) -> None:
        """Put back what was typed in a form before."""
        ...

    def offer_undo(self, words: str, undo: Callable[[], None]) -> None:
        """Say that something was done, with a way back."""
        ...

    def was_kept(self, form: str) -> None:
        """A form led to its act: empty and close it."""
        ...

    def show_problem(self, form: str, error: Exception) -> None:
        """Say beside the form what is wrong."""
        ...

    def go_to_visit(self, encounter_id: str) -> None:
        """Open an encounter."""
        ...


class ChartPresenter:
    """The thinking of the chart screen."""

    def __init__(self, desk: Desk, tasks: Tasks, page: ChartPage) -> None:
        self._desk, self._tasks, self._page = desk, tasks, page
        self.patient_id = ""
        self.chart: Chart | None = None
        self._following: chart.Cursor | None = None
        self._asking = False
        self._act_ids: dict[str, str] = {}
        self.reason_for = ""  # the record that is to be taken out of the chart

    def may(self, act: str) -> bool:
        """Whether this person may do an act."""
        return self._desk.may(act)

    # Reading ---------------------------------------------------------------------------------------------

    def open(self, patient_id: str) -> None:
        """Open a patient's chart."""
        self.patient_id, self.chart = patient_id, None
        self._act_ids = {}
        self._tasks.query("chart", lambda: chart.open_chart(self._desk, patient_id), self._show)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again if something this chart shows has changed."""
        if self.chart is not None and any(kind.startswith(TOUCHING) for kind in kinds):
            patient = self.patient_id
            self._tasks.query("chart", lambda: chart.chart_again(self._desk, patient), self._show)

    def _show(self, opened: Chart) -> None:
        self.chart, self._following, self._asking = opened, opened.timeline.following, False
        self._page.show_chart(opened)
        patient = self.patient_id
        self._tasks.query(
            "vaccines",
            lambda: immunization_chart.vaccines_waiting(self._desk, patient),
            lambda waiting: self._page.show_overdue(waiting.overdue),
        )

    def more_visits(self) -> None:
        """The timeline was scrolled to its end: ask for the next page, once."""
        if self._following is None or self._asking:
            return
        self._asking = True
        patient, after = self.patient_id, self._following
        self._tasks.query("timeline", lambda: chart.timeline(self._desk, patient, after), self._more)

    def _more(self, page: TimelinePage) -> None:
        self._asking, self._following = False, page.following
        self._page.show_more(page.visits, more=page.following is not None)

    def trend(self, code: str) -> None:
        """Show one sign over time."""
        patient = self.patient_id
        self._tasks.query(
            "trend", lambda: vitals.vitals_trend(self._desk, patient, code), self._page.show_trend, lambda _error: None
        )

    def find_diagnoses(self, text: str, show: Callable[[tuple[Diagnosis, ...]], None]) -> None:
        """Look diagnoses up by words or code."""
        self._tasks.query("diagnoses", lambda: terminology.find_diagnoses(self._desk, text), show)

    def find_substances(self, text: str, show: Callable[[tuple[Substance, ...]], None]) -> None:
        """Look allergens up."""
        self._tasks.query("substances", lambda: substances.find_substances(self._desk, text), show)

    # Drafts ----------------------------------------------------------------------------------------------

    def key(self, form: str) -> DraftKey:
        """Where the draft of a form is kept: for this person and this patient, a reason for its record."""
        return DraftKey(f"chart.{form}.{self.reason_for}" if form == "reason" else f"chart.{form}", self.patient_id)

    def keep(self, form: str, fields: Mapping[str, str]) -> None:
        """Keep what is being typed."""
        key = self.key(form)
        self._tasks.change(lambda: drafts.keep_draft(self._desk, key, fields))

    def form_opened(self, form: str) -> None:
        """A form was opened: it gets its act's id, and what was typed before comes back."""
        self._act_ids.setdefault(form, new_id())
        key = self.key(form)
        self._tasks.query(
            f"draft.{form}",
            lambda: drafts.draft(self._desk, key),
            lambda found: self._page.restore(form, found) if found else None,
        )

    # Acts ------------------------------------------------------------------------------------------------

    def record_vitals(self, entries: Mapping[str, str]) -> None:
        """Keep vital signs."""
        patient = self.patient_id

        def work(desk: Desk) -> tuple[vitals.Taken, ...]:
            return vitals.record_vitals(desk, patient, entries)

        self._act("vitals", work, asked=lambda taken: ask_of(taken, self._desk, self._tasks, self._page))

    def withdraw_vitals(self, vital_ids: tuple[str, ...], reason: str) -> None:
        """Say that a measurement was an error."""
        self._act("reason", lambda desk: vitals.vitals_entered_in_error(desk, vital_ids, reason))

    def add_problem(
        self,
        title: str,
        code: str | None,
        certainty: str,
        onset_on: date | None,
        severity: str | None = None,
        note: str = "",
    ) -> None:
        """Put a problem on the list."""
        patient = self.patient_id
        problem = NewProblem(title, code, certainty, onset_on, note.strip() or None, severity)
        self._act("problem", lambda desk: charting.add_problem(desk, patient, problem))

    def resolve_problem(self, problem_id: str, on: date, revision: int) -> None:
        """Say that a problem is over."""
        self._act("list", lambda desk: charting.resolve_problem(desk, problem_id, on, revision))

    def add_allergy(self, words: str, key: str | None, reaction: str, severity: str) -> None:
        """Note an allergy; `key` is ``ingredient:`` or ``class:`` and its code, None for words of one's own."""
        patient = self.patient_id
        kind, _colon, code = (key or "").partition(":")
        ingredient, group = (code if kind == each else None for each in ("ingredient", "class"))
        allergy = NewAllergy(words, ingredient, group, reaction, severity)
        self._act("allergy", lambda desk: charting.add_allergy(desk, patient, allergy))

    def end_allergy(self, allergy_id: str, reason: str) -> None:
        """End an allergy with a reason."""
        self._act("reason", lambda desk: charting.deactivate_allergy(desk, allergy_id, reason))

    def none_known(self) -> None:
        """Say that the patient knows of no allergy; pressed by mistake, it can be taken back."""
        patient = self.patient_id

        def done() -> None:
            self._page.offer_undo(_("No known allergies, confirmed today"), self.not_asked)

        self._act("list", lambda desk: charting.confirm_no_known_allergies(desk, patient), done)

    def not_asked(self) -> None:
        """Take "none known" back: nobody had asked."""
        patient = self.patient_id
        self._act("list", lambda desk: charting.allergies_not_asked(desk, patient))

    def add_medicine(self, name: str, dose: str, started_on: date | None) -> None:
        """Note a medicine from elsewhere."""
        patient = self.patient_id
        medicine = OutsideMedicine(name, dose, started_on=started_on)
        self._act("medicine", lambda desk: charting.add_outside_medicine(desk, patient, medicine))

    def stop_medicine(self, medicine_id: str, reason: str, revision: int) -> None:
        """Say that a medicine is no longer taken."""
        self._act("reason", lambda desk: charting.stop_medicine(desk, medicine_id, reason, revision))

    def start(self, preset: str) -> None:
        """Open a consultation, or go on with the one left unfinished."""
        patient = self.patient_id
        act_id = self._act_ids.setdefault("start", new_id())

        def opened(done: consultation.Opened) -> None:
            if patient != self.patient_id:
                return
            self._act_ids.pop("start", None)
            self._page.was_kept("start")
            self._page.go_to_visit(done.encounter_id)

        self._tasks.change(
            lambda: consultation.open_consultation(self._desk.once(act_id), patient, preset),
            opened,
            lambda error: self._page.show_problem("start" if patient == self.patient_id else "", error),
        )

    def _act(
        self,
        form: str,
        act: Callable[[Desk], T],
        then: Callable[[], None] | None = None,
        asked: Callable[[T], None] | None = None,
    ) -> None:
        act_id = self._act_ids.setdefault(form, new_id())
        desk, patient = self._desk.once(act_id, draft=self.key(form)), self.patient_id

        def done(result: T) -> None:
            # The answer may come when another patient's chart is open: nothing typed there is touched by it.
            if patient != self.patient_id:
                return
            self._act_ids.pop(form, None)
            self._page.was_kept(form)
            if then is not None:
                then()
            if asked is not None:
                asked(result)
            self._tasks.query("chart", lambda: chart.chart_again(self._desk, patient), self._show)

        def failed(error: Exception) -> None:
            self._page.show_problem(form if patient == self.patient_id else "", error)

        self._tasks.change(lambda: act(desk), done, failed)
