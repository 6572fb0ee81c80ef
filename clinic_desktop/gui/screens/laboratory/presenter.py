"""Decides what the laboratory's screen shows and does. No Qt."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.screens.laboratory import asked
from clinic_desktop.gui.screens.laboratory.asked import CALL_BACK, STAGES, TOUCHES, Todo, View
from clinic_desktop.gui.screens.laboratory.sheet import (
    GridRow,
    Typed,
    changed_meanwhile,
    grid_row,
    problem_of,
    whole_choice,
)
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _, ngettext
from clinic_desktop.services import drafts, lab_orders, laboratory, results, sheets, worklist
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.lab_orders import PlacedOrderRow
from clinic_desktop.services.laboratory import CollectedSpecimen
from clinic_desktop.services.results import Entered, Entry, Released
from clinic_desktop.services.sheets import OrderSheet, SheetTest
from clinic_desktop.services.worklist import Counts, Stage

FORM = "laboratory.results"


class Presenter:
    """The laboratory's worklist and the one order that is open beside it."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.may_enter = desk.may("results.enter_results")
        self.may_collect = desk.may("laboratory.collect_specimen")
        self.stage = "enter" if self.may_enter else "collect" if self.may_collect else CALL_BACK
        self.section: str | None = None
        self.priority: str | None = None
        self.sheet: OrderSheet | None = None
        self._typed: dict[str, Typed] = {}
        self._changing: set[str] = set()
        self._wanted: tuple[str, str] | None = None
        self._choosing = False  # nobody asked for a list: the first with work is shown
        self._acts: dict[str, str] = {}

    # The worklist -------------------------------------------------------------------------------------

    def open(self, stage: str = "", patient_id: str = "", order_id: str = "") -> None:
        """Open at a stage, or at one order."""
        self.tasks.query("sections", lambda: worklist.sections(self.desk), self.view.show_sections)
        self.stage = stage if stage in STAGES else self.stage
        self._choosing = not (stage or patient_id or self._wanted)
        self._show_stage()
        if patient_id and order_id:
            self.open_order(patient_id, order_id)
        elif patient_id:
            self.tasks.query("newest", lambda: lab_orders.orders_of(self.desk, patient_id), self._open_newest)
        elif self._wanted is not None:
            self.view.set_patient(self._wanted[0])
            self.reload_sheet()

    def _open_newest(self, found: Sequence[PlacedOrderRow]) -> None:
        for order in found[:1]:
            self.open_order(order.patient_id, order.id)

    def show_stage(self, stage: str) -> None:
        """Show what waits at a stage; what is open stays open."""
        self.stage, self._choosing = stage, False
        self._show_stage()

    def _show_stage(self) -> None:
        self.view.show_stage(self.stage)
        self.reload()
        self._settle()

    def _counted(self, counts: Counts) -> None:
        self.view.show_counts(counts)
        choosing, self._choosing = self._choosing, False
        stage = asked.first_with_work(counts, self.stage)
        if choosing and stage != self.stage:
            self.show_stage(stage)

    def filter(self, section: str | None, priority: str | None) -> None:
        """Show only a section's or a priority's orders."""
        self.section, self.priority = section, priority
        self.reload()

    def reload(self) -> None:
        """Ask again for the list and the counts."""
        desk, stage, section, priority = self.desk, self.stage, self.section, self.priority
        self.tasks.query("counts", lambda: worklist.counts(desk), self._counted)
        if stage == CALL_BACK:
            self.tasks.query("list", lambda: worklist.critical_results(desk), self.view.show_critical)
        else:
            self.tasks.query(
                "list",
                lambda: worklist.worklist(desk, Stage(stage), section=section, priority=priority),
                self.view.show_orders,
            )

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again when something of the laboratory happened."""
        if any(kind.startswith(TOUCHES) for kind in kinds):
            self.reload()
            self.reload_sheet()

    # One order ----------------------------------------------------------------------------------------

    def open_order(self, patient_id: str, order_id: str) -> None:
        """Open an order beside the list, with what was typed and not saved."""
        self._wanted = (patient_id, order_id)
        self.sheet = None
        self._typed, self._changing, self._acts = {}, set(), {}
        self.view.set_patient(patient_id)
        desk, key = self.desk, DraftKey(FORM, order_id)
        self.tasks.query(
            "sheet",
            lambda: (sheets.order_sheet(desk, patient_id, order_id), drafts.draft(desk, key)),
            lambda found: self._arrived(*found),
        )

    def close_order(self) -> None:
        """Close what is open; a draft stays kept."""
        self._wanted, self.sheet = None, None
        self._typed, self._changing = {}, set()
        self.view.set_patient(None)
        self.view.show_sheet(None)
        self._settle()

    def reload_sheet(self) -> None:
        """Ask again for the open order; what is being typed stays."""
        if self._wanted is not None:
            patient_id, order_id = self._wanted
            self.tasks.query("sheet", lambda: sheets.order_sheet(self.desk, patient_id, order_id), self._arrived)

    def _arrived(self, sheet: OrderSheet, draft: Mapping[str, object] | None = None) -> None:
        before, self.sheet = self.sheet, sheet
        if draft:
            self._typed = {code: Typed(str(text)) for code, text in draft.items()}
            self._changing = set(self._typed)
        seen = {test.test_code: test.version for test in before.tests} if before is not None else {}
        for test in sheet.tests:
            typed = self._typed.get(test.test_code)
            if typed is None:
                continue
            if test.status not in {"collected", "resulted"}:
                del self._typed[test.test_code]
            elif seen and seen.get(test.test_code) != test.version:
                self._changing.add(test.test_code)
                self._typed[test.test_code] = Typed(typed.text, conflict=changed_meanwhile(test))
        self.view.show_sheet(sheet)
        self.view.show_rows([self._row(test) for test in sheet.tests])
        self._settle()
        first = next((row.code for row in self.rows() if row.editable), None)
        if before is None:
            self.view.focus_row(first or "")
            if self.uncalled():
                order_id = sheet.order_id
                self.kept("call_back").recall(
                    lambda kept: self.view.restore_call_back(kept) if self._is_open(order_id) else None
                )

    def rows(self) -> list[GridRow]:
        """The grid as it stands."""
        return [self._row(test) for test in self.sheet.tests] if self.sheet is not None else []

    def _row(self, test: SheetTest) -> GridRow:
        sheet = self._open()
        return grid_row(sheet, test, self._typed.get(test.test_code),
                        changing=test.test_code in self._changing, may_enter=self.may_enter)  # fmt: skip

    # Typing -------------------------------------------------------------------------------------------

    def type_value(self, code: str, text: str) -> None:
        """A value is being typed: judge it at once."""
        test = self._test(code)
        if text:
            conflict = self._typed[code].conflict if code in self._typed else ""
            self._typed[code] = Typed(text, conflict=conflict)
        else:
            self._typed.pop(code, None)
        self.view.show_row(self._row(test))
        self._settle()

    def leave_value(self, code: str) -> bool:
        """Enter or Down was pressed on a value: whether to go on to the next; an odd one is confirmed by it."""
        typed, test = self._typed.get(code), self._test(code)
        if typed is None or not typed.text.strip():
            return True
        problem, can_confirm = problem_of(self._open(), test, typed)
        if not problem:
            self._typed[code] = dataclasses.replace(typed, text=whole_choice(typed.text, test))
            self.view.show_row(self._row(test))
            return True
        if can_confirm and self._row(test).words.startswith(problem):
            self._typed[code] = dataclasses.replace(typed, confirmed=True)
            self.view.show_row(self._row(test))
            self._settle()
            return True
        return False

    def change_value(self, code: str) -> None:
        """Open a value that is entered and not released to be typed again."""
        self._changing.add(code)
        self.view.show_rows(self.rows())
        self.view.focus_row(code)
        self._settle()

    def draft(self) -> dict[str, str]:
        """What is typed and not saved, by test."""
        return {code: typed.text for code, typed in self._typed.items()}

    def keep(self, fields: dict[str, str]) -> None:
        """Keep the draft."""
        if self._wanted is None:
            return
        desk, key = self.desk, DraftKey(FORM, self._wanted[1])
        self.tasks.change(lambda: drafts.keep_draft(desk, key, fields), None, self.view.show_error)

    def kept(self, form: str, about: str = "") -> KeptDraft:
        """The draft of a form beside the grid: about a result or specimen, or else about the order that is open."""
        subject = about or (self._wanted[1] if self._wanted is not None else "")
        return KeptDraft(self.desk, self.tasks, f"laboratory.{form}", subject)

    def kept_correction(self, code: str) -> KeptDraft:
        """The draft of the correction of a test's result."""
        result = self._test(code).result
        return self.kept("correction", result.id if result is not None else "")

    # Acts ---------------------------------------------------------------------------------------------

    def primary(self) -> None:
        """Do what the primary act is now."""
        todo = self.todo()
        if todo.enabled:
            {"collect": self.collect, "enter": self.save, "release": self.release}[todo.kind]()

    def todo(self) -> Todo:
        """What the primary act is now: typed values first, then what the stage is about, then what is left."""
        sheet = self.sheet
        if sheet is None:
            return Todo("")
        if self._typed:
            return Todo("enter", _("&Save results"), enabled=True)
        rows, kinds = any(row.editable for row in self.rows()), self.view.chosen_kinds()
        found = asked.todos(sheet, kinds, editable=rows, may_collect=self.may_collect, may_enter=self.may_enter)
        order = (self.stage, "collect", "release", "enter")
        return next((found[kind] for kind in order if kind in found), Todo(""))

    def collect(self) -> None:
        """Take the chosen specimens."""
        order_id, kinds = self._open().order_id, self.view.chosen_kinds()

        def done(labels: tuple[CollectedSpecimen, ...]) -> None:
            numbers = ", ".join(one.number for one in labels)
            self.view.show_labels(labels)
            self._after("collect", _("Specimens collected: {numbers}.").format(numbers=numbers))

        self._do("collect", lambda desk: laboratory.collect_specimen(desk, order_id, kinds), done)

    def save(self) -> None:
        """Save every typed value, all or none; go to the first that cannot be taken."""
        sheet = self._open()
        entries = []
        for test in sheet.tests:
            typed = self._typed.get(test.test_code)
            if typed is None:
                continue
            problem, _can_confirm = problem_of(sheet, test, typed)
            if problem:
                self.view.show_row(self._row(test))
                self.view.focus_row(test.test_code)
                self.view.say(f"{test.name}: {problem}")
                return
            entries.append(Entry(test.order_test_id, typed.text, test.version, confirmed=typed.confirmed))

        def done(entered: tuple[Entered, ...]) -> None:
            self._typed, self._changing = {}, set()
            self.view.draft_done()
            self._after("save", asked.saved_words(len(entered)))

        key = DraftKey(FORM, sheet.order_id)
        self._do("save", lambda desk: results.enter_results(desk, sheet.order_id, tuple(entries)), done, draft=key)

    def release(self) -> None:
        """Release what others entered."""
        sheet = self._open()
        found = [test.result for test in sheet.tests if test.result is not None]
        seen = tuple((one.id, one.revision) for one in found if one.status == "entered" and not one.entered_by_me)

        def done(released: Released) -> None:
            words = ngettext("{n} result released.", "{n} results released.", len(released.results))
            if released.to_call_back:
                words += " " + _("{n} critical: call back now.").format(n=len(released.to_call_back))
            self._after("release", words)

        self._do("release", lambda desk: results.release_results(desk, sheet.order_id, seen), done)

    def reject(self, specimen_id: str, reason: str) -> None:
        """Reject a specimen."""

        def done(count: int) -> None:
            self._after("reject", _("Specimen rejected: {n} tests wait for a new one.").format(n=count))

        self._do("reject", lambda desk: laboratory.reject_specimen(desk, specimen_id, reason), done,
                 draft=self.kept("reject", specimen_id).key)  # fmt: skip

    def cancel(self, reason: str) -> None:
        """Cancel every test of the order that has no result."""
        order_id = self._open().order_id

        def done(count: int) -> None:
            self._after("cancel", _("{n} tests cancelled.").format(n=count))

        self._do("cancel", lambda desk: laboratory.cancel_order(desk, order_id, reason), done,
                 draft=self.kept("cancel", order_id).key)  # fmt: skip

    def correct(self, code: str, value: str, reason: str, *, confirmed: bool) -> None:
        """Correct a released result."""
        result = self._test(code).result
        if result is None:
            return

        def done(entered: Entered) -> None:
            self.view.correction_done()
            self._after("correct", _("Corrected to {value}. A second person releases it.").format(value=entered.value))

        self._do("correct", lambda desk: results.correct_result(
            desk, result.id, value, reason, expect=result.revision, confirmed=confirmed
        ), done, draft=self.kept("correction", result.id).key)  # fmt: skip

    def uncalled(self) -> list[SheetTest]:
        """The critical results of the open order that nobody was called about."""
        tests = self.sheet.tests if self.sheet is not None else ()
        return [test for test in tests if (one := test.result) and one.flag in {"LL", "HH"} and not one.called_back]

    def call_back(self, told_whom: str, note: str, *, read_back: bool) -> None:
        """Record one call about every critical result of the open order: one act each, told in one breath."""
        ids = [test.result.id for test in self.uncalled() if test.result is not None]
        acts = {one: self._acts.setdefault(f"call_back.{one}", new_id()) for one in ids}
        desk, key = self.desk, self.kept("call_back").key

        def work() -> int:
            for one in ids:
                # What was typed goes with the last call of the breath.
                about = desk.once(acts[one], draft=key if one == ids[-1] else None)
                results.record_callback(about, one, told_whom, read_back=read_back, note=note or None)
            return len(ids)

        def done(_count: int) -> None:
            self.view.callback_done()
            self._after("call_back", _("Call-back recorded: {who}.").format(who=told_whom.strip()))

        self.tasks.change(work, done, self.view.show_error)

    # ---------------------------------------------------------------------------------------------------

    def _do(
        self, name: str, work: Callable[[Desk], object], done: Callable[..., None], *, draft: DraftKey | None = None
    ) -> None:
        """Do an act under an id that stays the same until it succeeds."""
        desk = self.desk.once(self._acts.setdefault(name, new_id()), draft=draft)
        self.view.set_busy(True)

        def finished(answer: object) -> None:
            self.view.set_busy(False)
            done(answer)

        def failed(error: Exception) -> None:
            self.view.set_busy(False)
            self.view.show_error(error)
            if isinstance(error, Refusal):
                self.reload_sheet()

        self.tasks.change(lambda: work(desk), finished, failed)

    def _after(self, name: str, words: str) -> None:
        self._acts.pop(name, None)
        self.view.say(words)
        self.reload()
        self.reload_sheet()

    def _settle(self) -> None:
        self.view.show_todo(self.todo())

    def _is_open(self, order_id: str) -> bool:
        return self.sheet is not None and self.sheet.order_id == order_id

    def _open(self) -> OrderSheet:
        if self.sheet is None:
            raise ValueError("no order is open")
        return self.sheet

    def _test(self, code: str) -> SheetTest:
        return next(test for test in self._open().tests if test.test_code == code)
