"""Shows the queue: who is here at the left, checking in at the right, calling the next at the bottom."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.queue.checkin import CheckInPanel, priorities
from clinic_desktop.gui.screens.queue.presenter import QueuePresenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Figure
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.words import minutes_words
from clinic_desktop.i18n import _
from clinic_desktop.labelling.paper import ticket
from clinic_desktop.services.queue import QueueLine
from clinic_desktop.services.scheduling import Appointment, Practitioner

# Waiting times are whole minutes: twice a minute keeps them right.
LIVE_MS = 30_000
LONG_WAIT = 60
PRIORITY = {"emergency": "critical", "urgent": "warning", "routine": "neutral"}
STATUS = {
    "waiting": ("information", "clock"),
    "called": ("accent", "megaphone"),
    "in_consultation": ("accent", "stethoscope"),
}


class QueueView(ScreenView):
    """The queue screen."""

    def __init__(self, presenter: QueuePresenter, context: ScreenContext) -> None:
        super().__init__("queue")
        self.presenter, self.context = presenter, context
        presenter.view = self
        self._wanted: str | None = None
        self.set_title(_("Queue"))
        self.waiting = Figure(_("waiting"), "queue.figure_waiting")
        self.longest = Figure(_("longest wait"), "queue.figure_longest")
        self.seen = Figure(_("being seen"), "queue.figure_seen")
        self.table: ListTable[QueueLine] = ListTable(
            "queue.lines",
            _columns(),
            key=lambda line: line.id,
            empty=Empty(_("Nobody is waiting. Check somebody in at the right."), icon="queue"),
            settings=context.settings,
        )
        self.table.opened.connect(self._open)
        self.table.selected.connect(lambda _line: self._enable())
        self.check_in = CheckInPanel(presenter.find, DraftKeeper(presenter.keep))
        self.check_in.asked.connect(presenter.check_in)
        self._arrange()
        desk = presenter.desk
        self._may_call = desk.may("queue.call_next")
        self.acts = [
            self.add_button(_("Call &this one"), "queue.call", self._call, "Ctrl+T"),
            self.add_button(_("Be&gin"), "queue.start", self._start, "Ctrl+G"),
            self.add_button(_("&Done"), "queue.finish", self._finish, "Ctrl+D"),
            self.add_button(_("Has &left"), "queue.left", self._left, "Ctrl+E"),
            self.add_button(_("&More urgent"), "queue.triage", self._triage, "Ctrl+U"),
            self.add_button(_("Tic&ket"), "queue.ticket", self._ticket),
        ]
        self.add_button(_("Call &screen"), "queue.callscreen", context.program.call_screen)
        if self._may_call:
            self.set_primary(_("Call &next"), self._call_next)
        self._timer = QTimer(self)
        self._timer.setInterval(LIVE_MS)
        self._timer.timeout.connect(presenter.ask)
        self._enable()

    def _arrange(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        figures = QHBoxLayout()
        figures.setSpacing(12)
        for figure in (self.waiting, self.longest, self.seen):
            figures.addWidget(figure)
        column.addLayout(figures)
        column.addWidget(self.table, 1)
        self.set_body(body)
        if self.presenter.desk.may("queue.check_in"):
            self.set_context(self.check_in)

    # Called by the shell ---------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show who is here."""
        self.context.window.set_patient(None)
        self.presenter.ask_practitioners()
        self.presenter.recall(self.check_in.form.restore)
        self.presenter.ask()
        self._timer.start()
        self._wanted = arguments.get("entry_id")
        if arguments.get("show") == "check_in":
            QTimer.singleShot(0, self.check_in.patient.editor().setFocus)
        elif arguments.get("show") == "next":
            self._call_next()
        else:
            QTimer.singleShot(0, self.table.view.setFocus)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again when the queue moved."""
        if self.presenter.touches(kinds):
            self.presenter.ask()

    def leave(self) -> None:
        """Stop counting minutes nobody sees; hand over what is being typed."""
        self._timer.stop()
        if self.check_in.form.keeper is not None:
            self.check_in.form.keeper.flush()

    # Called by the presenter -----------------------------------------------------------------------------

    def show_lines(self, lines: Sequence[QueueLine]) -> None:
        """Everybody who is here."""
        self.table.set_rows(lines)
        if self._wanted is not None:
            self.table.select(self._wanted)
            self._wanted = None
        elif lines and self.table.current() is None:
            self.table.select_row(0, scroll=False)
        waiting = [line for line in lines if line.status == "waiting"]
        longest = max((line.minutes for line in waiting), default=0)
        self.waiting.show_number(str(len(waiting)))
        self.longest.show_number(minutes_words(longest) if waiting else "–", "warning" if longest >= LONG_WAIT else "")
        self.seen.show_number(str(sum(line.status == "in_consultation" for line in lines)))
        self.context.window.set_count("queue", len(waiting))
        self._enable()

    def show_expected(self, expected: Sequence[Appointment]) -> None:
        """Those with an appointment today who have not arrived."""
        self.check_in.expected.set_rows(expected)

    def show_practitioners(self, people: Sequence[Practitioner]) -> None:
        """Whom a patient can wait for."""
        self.check_in.show_practitioners(people)

    def checked_in(self, line: QueueLine) -> None:
        """Somebody was put into the queue."""
        self.check_in.clear()
        self.context.window.say(_("{name}: ticket {ticket}").format(name=line.patient, ticket=line.ticket))
        self.check_in.patient.editor().setFocus()

    def called(self, line: QueueLine | None) -> None:
        """Somebody was called, or nobody waits."""
        self.set_primary_busy(False)
        if line is None:
            self.context.window.say(_("Nobody is waiting."))
            return
        self._wanted = line.id
        self.context.window.say(_("Called: ticket {ticket}, {name}").format(ticket=line.ticket, name=line.patient))

    def refused(self, error: Exception) -> None:
        """An act did not happen."""
        self.set_primary_busy(False)
        self.check_in.button.set_busy(False)
        near = self.check_in.form if isinstance(error, Refusal) and error.field in {"patient", "priority"} else None
        self.context.window.show_error(error, near)

    # ------------------------------------------------------------------------------------------------------

    def _enable(self) -> None:
        line = self.table.current()
        status = "" if line is None else line.status
        desk = self.presenter.desk
        allowed = {
            "queue.call": status == "waiting",
            "queue.start": bool(status),
            "queue.finish": status in {"called", "in_consultation"},
            "queue.left": status in {"waiting", "called"},
            "queue.triage": status == "waiting" and line is not None and line.priority != "emergency",
            "queue.ticket": line is not None,
        }
        needed = {"queue.triage": "queue.change_priority", "queue.ticket": "queue.check_in"}
        for button in self.acts:
            name = button.objectName()
            button.setVisible(desk.may(needed.get(name, name)))
            button.setEnabled(allowed[name])

    def _with_current(self, act: Callable[[QueueLine], None]) -> None:
        if (line := self.table.current()) is not None:
            act(line)

    def _call_next(self) -> None:
        if self._may_call:
            self.set_primary_busy(True)
            self.presenter.call_next()

    def _call(self) -> None:
        self._with_current(lambda line: self.presenter.call(line.id))

    def _finish(self) -> None:
        self._with_current(lambda line: self.presenter.finish(line.id))

    def _triage(self) -> None:
        higher = {"routine": "urgent", "urgent": "emergency"}
        self._with_current(lambda line: self.presenter.triage(line.id, higher.get(line.priority, "emergency")))

    def _ticket(self) -> None:
        self._with_current(self._print_ticket)

    def _print_ticket(self, line: QueueLine) -> None:
        make = ticket(self.presenter.desk, line)
        self.context.window.preview(make, _("Ticket {number}").format(number=line.ticket))

    def _start(self) -> None:
        self._with_current(self._begin)

    def _begin(self, line: QueueLine) -> None:
        if line.encounter_id:
            self.context.window.go("consultation", patient_id=line.patient_id, encounter_id=line.encounter_id)
        else:
            self.context.window.go("chart", patient_id=line.patient_id, form="start")

    def _open(self, line: QueueLine) -> None:
        if self.presenter.desk.may("queue.start"):
            self._begin(line)
        else:
            self.context.window.go("reception", patient_id=line.patient_id)

    def _left(self) -> None:
        self._with_current(self._ask_why)

    def _ask_why(self, line: QueueLine) -> None:
        words = _("{name} leaves the queue without being seen.").format(name=line.patient)
        dialog = ConfirmStop(
            self, "queue.leaving", _("Left without being seen"), words,
            confirm=_("They have &left"), reason=_("Why"), meaning="warning",
            kept=self.presenter.kept_reason(line.id),
        )  # fmt: skip
        dialog.accepted.connect(lambda: self.presenter.left(line.id, dialog.reason()))
        dialog.open()


def _columns() -> list[Column[QueueLine]]:
    words = dict(priorities())
    status = {"waiting": _("Waiting"), "called": _("Called"), "in_consultation": _("Being seen")}
    order = ("emergency", "urgent", "routine")
    return [
        Column(
            "ticket", _("Ticket"), lambda line: str(line.ticket), width=56, number=True, sort=lambda line: line.ticket
        ),
        Column(
            "priority", _("Priority"), lambda line: words[line.priority], width=100,
            look=lambda line: Look(words[line.priority], PRIORITY[line.priority]),
            sort=lambda line: order.index(line.priority),
        ),
        Column("patient", _("Patient"), lambda line: line.patient, width=168, strong=True, wrap=True),
        Column("age", _("Age, sex"), lambda line: f"{line.age} {_sex(line.sex)}".strip(), width=76, subtle=True),
        Column("complaint", _("Complaint"), lambda line: line.complaint or "", width=150, stretch=True, wrap=True),
        Column("practitioner", _("Waits for"), lambda line: line.practitioner or "", width=76, subtle=True, wrap=True),
        Column(
            "minutes", _("Waiting"), lambda line: minutes_words(line.minutes), width=104, number=True,
            sort=lambda line: line.minutes,
            meaning=lambda line: "warning" if line.status == "waiting" and line.minutes >= LONG_WAIT else "",
        ),
        Column(
            "status", _("State"), lambda line: status[line.status], width=118,
            look=lambda line: Look(status[line.status], *STATUS[line.status]),
        ),
    ]  # fmt: skip


def _sex(sex: str) -> str:
    return {"female": _("F"), "male": _("M")}.get(sex, "")
