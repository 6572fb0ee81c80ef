"""The panel beside the review list: whom a message speaks of, why it waits, who it may be, and setting it aside."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clinic_desktop.domain.devices import Named
from clinic_desktop.gui.screens.review import words
from clinic_desktop.gui.widgets.buttons import StopButton
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.civil import Birth, show_birth
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.factlist import Facts
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.formstack import Side
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Panel
from clinic_desktop.gui.widgets.search import SearchField, Suggestion
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.stop import ConfirmStop, ReasonKept
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.device_reviewing import Candidate
from clinic_desktop.services.patients import PatientHit, sex_words

_NOTHING_CHOSEN = N_("Whom a message may speak of stands here as soon as one is chosen.")
Find = Callable[[str, Callable[[Sequence[PatientHit]], None]], None]


class Deciding(Side):
    """`chosen` says that another candidate is chosen, `rejected` that the item is to be set aside."""

    chosen = Signal()
    filed = Signal()
    looked_for = Signal(str)
    rejected = Signal()

    def __init__(self, find: Find, keep: Callable[[dict[str, str]], None], settings: Remembered) -> None:
        super().__init__()
        self._find = find
        self.said = Facts()
        self.why = label("", "strong", name="review.why", wrap=True)
        self.people: ListTable[Candidate] = ListTable(
            "review.candidates", _columns(), key=lambda one: one.patient_id, settings=settings,
            empty=Empty(_(_NOTHING_CHOSEN), icon="people"),
        )  # fmt: skip
        self.people.setMinimumHeight(116)
        self.warning = label("", "warning", name="review.warning", wrap=True)
        self.other = SearchField(_("Another &patient"), "review.other", self._ask, keep=False)
        self.form = Form(DraftKeeper(keep))
        self.reason = ChoiceField(
            _("S&et aside because"), "review.reason", [(key, _(text)) for key, text in words.REASONS.items()]
        )
        self.more = TextField(_("Mo&re about it"), "review.more", longest=500)
        self.reason.narrow()
        self.form.add(self.reason)
        self.form.add(self.more)
        self.reject = StopButton(_("Set &aside"), "review.reject", self.rejected.emit)
        self._arrange()
        self.people.selected.connect(lambda _one: self._chose())
        self.people.opened.connect(lambda _one: self.filed.emit())
        self.other.chosen.connect(lambda found: self.looked_for.emit(found.key))
        self._chose()

    def _arrange(self) -> None:
        column = self.column
        said = Panel(_("The message speaks of"), name="review.said")
        said.add(self.said)
        said.add(self.why)
        column.addWidget(said)
        column.addWidget(label(_("Who it may be"), "section"))
        column.addWidget(self.people, 1)
        column.addWidget(self.warning)
        column.addWidget(self.other)
        column.addWidget(self.form)
        column.addWidget(self.reject)

    # What the view asks -------------------------------------------------------------------------------

    def begin(self, said: Named | None, why: str) -> None:
        """Turn to another item: nothing of the one before stays."""
        self.form.clear()
        self.other.clear()
        self.said.clear()
        for word, value in words.said_of(said) if said is not None else []:
            self.said.add(word, value)
        self.why.setText(_("Waits: {why}").format(why=_(why)) if why else "")
        self.why.setVisible(bool(why))
        self.form.set_values({"reason": words.proposed(why)})
        self.people.set_empty_words("" if said is not None else _(_NOTHING_CHOSEN))
        self.people.set_rows(())
        self.setEnabled(said is not None)
        self._chose()

    def show_candidates(self, people: Sequence[Candidate]) -> None:
        """Who it may be; one alone who agrees in everything is chosen already, nobody else ever is."""
        self.people.set_empty_words(_("Nobody here bears this number or this name. Look for the patient below."))
        self.people.set_rows(people)
        sure = [place for place, one in enumerate(people) if not one.doubt]
        if len(sure) == 1:
            self.people.select_row(sure[0])
        else:
            self.people.view.clearSelection()
            self.people.view.setCurrentIndex(self.people.view.rootIndex())
        self._chose()

    def add_candidate(self, one: Candidate) -> None:
        """Somebody who was looked for is among them now, and chosen."""
        others = [each for each in self.people.rows() if each.patient_id != one.patient_id]
        self.people.set_rows([one, *others])
        self.people.select(one.patient_id)
        self.people.setFocus()
        self._chose()

    def candidate(self) -> Candidate | None:
        """Who is chosen."""
        return self.people.current()

    def step(self, by: int) -> None:
        """Choose the candidate above or below."""
        rows, one = self.people.rows(), self.candidate()
        if rows:
            at = -1 if one is None else [each.patient_id for each in rows].index(one.patient_id)
            self.people.select_row(min(max(at + by, 0), len(rows) - 1))

    def _chose(self) -> None:
        one = self.candidate()
        told = ""
        if one is not None and one.doubt:
            told = _("Take care: {why}.").format(why=_(one.doubt))
        self.warning.setText(told)
        self.warning.setVisible(bool(told))
        self.chosen.emit()

    def _ask(self, text: str, show: Callable[[Sequence[Suggestion]], None]) -> None:
        self._find(text, lambda hits: show([_suggestion(hit) for hit in hits]))


def doubted(parent: QWidget, said: Named, one: Candidate, kept: ReasonKept) -> ConfirmStop:
    """Ask how it is known that a message speaks of somebody with whom it does not agree."""
    told = _("The message speaks of\n{said}\n\nChosen is {name}, {mrn}: {why}.").format(
        said="\n".join(f"{word}: {value}" for word, value in words.said_of(said) if value),
        name=one.name, mrn=one.mrn, why=_(one.doubt),
    )  # fmt: skip
    return ConfirmStop(
        parent, "review.despite", _("Is this the same person?"), told, confirm=_("&File it all the same"),
        reason=_("How is it known?"), meaning="critical" if one.is_other else "warning", kept=kept,
    )  # fmt: skip


def _suggestion(hit: PatientHit) -> Suggestion:
    born = show_birth(Birth(hit.born_on, hit.born_precision))  # type: ignore[arg-type]
    return Suggestion(hit.patient_id, hit.name, f"{born}  {hit.mrn}", hit.age, icon="person")


def _columns() -> list[Column[Candidate]]:
    return [
        Column("who", _("Patient"), lambda one: one.name, width=260, stretch=True, strong=True, wrap=True, detail=_line,
               meaning=lambda one: "critical" if one.is_other else "warning" if one.doubt else ""),
    ]  # fmt: skip


def _line(one: Candidate) -> str:
    born = show_birth(Birth(one.born_on, one.born_precision))  # type: ignore[arg-type]
    facts = " · ".join((born, sex_words(one.sex), one.mrn))
    return f"{facts}\n{words.evidence_of(one)}"
