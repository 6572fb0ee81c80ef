"""Decides what the prescribing screen shows and does. No Qt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.prescribing.drafting import Written, kept, known, recalled
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _
from clinic_desktop.services import charting, directory, drafts, prescribing
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.directory import Entry
from clinic_desktop.services.prescribers import HERE
from clinic_desktop.services.prescribing import (
    ALLERGIES_NOT_ASKED,
    Checked,
    FoundMedicine,
    MedicationChart,
    ShownAlert,
    SignedPrescription,
)
from clinic_desktop.services.prescription_lines import LineDraft, again
from clinic_desktop.services.prescriptions import Prescription

FORM = "prescribing"
TOUCHES = ("allergy.", "patient.changed", "vitals.", "medicine.", "prescription.")


class View(Protocol):
    """What the presenter asks of the view."""

    def show_chart(self, chart: MedicationChart) -> None: ...  # noqa: D102
    def show_lines(self, lines: Sequence[Written]) -> None: ...  # noqa: D102
    def show_alerts(self, alerts: Sequence[ShownAlert], reasons: Mapping[str, str], pack: str) -> None: ...  # noqa: D102
    def restore_form(self, fields: Mapping[str, object]) -> None: ...  # noqa: D102
    def pending(self) -> Written | None: ...  # noqa: D102
    def offer_pharmacies(self, found: Sequence[Entry]) -> None: ...  # noqa: D102
    def clear_form(self) -> None: ...  # noqa: D102
    def clear_chart(self) -> None: ...  # noqa: D102
    def chart_changed(self) -> None: ...  # noqa: D102
    def touch_draft(self) -> None: ...  # noqa: D102
    def forget_draft(self) -> None: ...  # noqa: D102
    def refused(self, error: Exception) -> None: ...  # noqa: D102
    def ask_reason(self, key: str) -> None: ...  # noqa: D102
    def signed(self, answer: SignedPrescription) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def say(self, words: str) -> None: ...  # noqa: D102


class Presenter:
    """The lines of one prescription for one patient, and what the safety check says of them."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.patient_id = ""
        self.encounter_id: str | None = None
        self.chart: MedicationChart | None = None
        self.lines: list[Written] = []
        self.alerts: tuple[ShownAlert, ...] = ()
        self.reasons: dict[str, str] = {}
        self.last_signed: str | None = None
        self.priority = "routine"
        self.outside = HERE
        self.until = ""  # the last day as it was typed
        self._act_id = new_id()
        self._asked: str | None = None  # in place of what the check says, while it says nothing

    @property
    def draft_key(self) -> DraftKey:
        """What is being written for this patient."""
        return DraftKey(FORM, self.patient_id)

    def open(self, patient_id: str, encounter_id: str | None) -> None:
        """Begin, or go on where this person stopped for this patient."""
        new = patient_id != self.patient_id
        self.patient_id, self.encounter_id = patient_id, encounter_id or (None if new else self.encounter_id)
        if new:
            self.lines, self.reasons, self.alerts, self._act_id = [], {}, (), new_id()
            self.last_signed = None
            self.view.set_busy(False)
            self.view.clear_form()
            self.view.clear_chart()
            self.view.show_lines(self.lines)
            self.view.show_alerts((), {}, "")
            desk, key = self.desk, self.draft_key
            self.tasks.query("draft", lambda: self._recall(desk, key), self._recalled)
        self.reload()

    def reload(self) -> None:
        """Ask for the patient's allergies, medicines and last prescriptions."""
        desk, patient = self.desk, self.patient_id
        if patient:
            self.tasks.query("chart", lambda: prescribing.medication_chart(desk, patient), self._arrived)

    def ask_pharmacies(self) -> None:
        """Ask where a prescription can be filled."""
        self.tasks.query("pharmacies", lambda: directory.pharmacies(self.desk), self.view.offer_pharmacies)

    def _arrived(self, chart: MedicationChart) -> None:
        self.chart = chart
        self.view.show_chart(chart)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again when the chart moved."""
        if self.patient_id and any(kind.startswith(TOUCHES) for kind in kinds):
            self.reload()
            self.check()

    # Drafts -----------------------------------------------------------------------------------------

    def draft(self, form: Mapping[str, str]) -> dict[str, str]:
        """Everything typed: the form, the lines and the reasons."""
        fields = dict(form)
        if self.lines:
            fields["lines"] = kept(self.lines)
        for key, reason in self.reasons.items():
            if reason:
                fields[f"reason {key}"] = reason
        if self.priority != "routine":
            fields["priority"] = self.priority
        if self.outside.pharmacy_id:
            fields["pharmacy"] = self.outside.pharmacy_id
        if self.until:
            fields["expires_on"] = self.until
        if fields and self.encounter_id:
            fields["encounter_id"] = self.encounter_id
        return fields

    def keep(self, fields: dict[str, str]) -> None:
        """Keep the draft."""
        desk, key = self.desk, self.draft_key
        # Emptied by hand, nothing is unfinished any more.
        typed = any(text for name, text in fields.items() if name != "encounter_id")
        work = (lambda: drafts.keep_draft(desk, key, fields)) if typed else (lambda: drafts.drop_draft(desk, key))
        if key.subject:
            self.tasks.change(work, None, self.view.refused)

    @staticmethod
    def _recall(desk: Desk, key: DraftKey) -> tuple[Mapping[str, object], tuple[FoundMedicine, ...]]:
        fields = drafts.draft(desk, key) or {}
        lines = recalled(str(fields.get("lines", "")))
        return fields, prescribing.known_medicines(desk, [line.medicine_code for line in lines if line.medicine_code])

    def _recalled(self, answer: tuple[Mapping[str, object], tuple[FoundMedicine, ...]]) -> None:
        fields, found = answer
        if not fields:
            return
        self.encounter_id = self.encounter_id or (str(fields["encounter_id"]) if "encounter_id" in fields else None)
        self.reasons = {
            name.removeprefix("reason "): str(text) for name, text in fields.items() if name.startswith("reason ")
        }
        self._put(recalled(str(fields.get("lines", ""))), found)
        self.view.restore_form(fields)

    # Lines -------------------------------------------------------------------------------------------

    def find(self, text: str, show: Callable[[Sequence[FoundMedicine]], None]) -> None:
        """Look for medicines."""
        desk = self.desk
        self.tasks.query("find", lambda: prescribing.find_medicines(desk, text), show)

    def find_one(self, code: str, show: Callable[[FoundMedicine], None]) -> None:
        """Ask for what is known of one medicine."""
        desk = self.desk
        self.tasks.query(
            "one",
            lambda: prescribing.known_medicines(desk, [code]),
            lambda found: show(found[0]) if found else None,
        )

    def add(self, written: Written) -> None:
        """Add a line."""
        self.lines.append(written)
        self._changed()

    def take_out(self, place: int) -> Written:
        """Take a line out, to be changed or dropped."""
        written = self.lines.pop(place)
        self._changed()
        return written

    def repeat(self, prescription: Prescription) -> None:
        """Take over the lines of an earlier prescription that are not here yet."""
        have = {(written.line.medicine_code, written.line.name) for written in self.lines}
        lines = [again(line) for line in prescription.lines if (line.medicine_code, line.name) not in have]
        desk, codes = self.desk, [line.medicine_code for line in lines if line.medicine_code]
        patient = self.patient_id

        def arrived(found: Sequence[FoundMedicine]) -> None:
            if patient == self.patient_id:
                self._put([*(written.line for written in self.lines), *lines], found)

        self.tasks.query("repeat", lambda: prescribing.known_medicines(desk, codes), arrived)

    def _put(self, lines: Sequence[LineDraft], found: Sequence[FoundMedicine]) -> None:
        by_code = {each.medicine.code: each for each in found}
        before = {written.line: written for written in self.lines}
        self.lines = [before.get(line) or known(line, by_code.get(line.medicine_code or "")) for line in lines]
        self._changed()

    def _changed(self) -> None:
        self.view.show_lines(self.lines)
        self.view.touch_draft()
        self.check()

    # Safety ------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Ask the safety check about every line, the one being written too."""
        pending = self.view.pending()
        lines = [written.line for written in self.lines] + ([pending.line] if pending is not None else [])
        desk, patient = self.desk, self.patient_id
        if not lines or not patient:
            self._checked(Checked("", ()))
            return
        self._asked = "checking"
        self.tasks.query(
            "check", lambda: prescribing.check_lines(desk, patient, lines), self._checked, self._not_checked
        )

    def _not_checked(self, error: Exception) -> None:
        self._asked = "not_checked"
        self.view.show_alerts((), self.reasons, "")
        self.view.refused(error)

    def _checked(self, checked: Checked) -> None:
        self._asked = None
        self.alerts = checked.alerts
        self.view.show_alerts(checked.alerts, self.reasons, checked.pack)

    def set_reason(self, key: str, reason: str) -> None:
        """A reason is being typed beside an alert that stops."""
        self.reasons[key] = reason
        self.view.touch_draft()

    def tell_pregnancy(self, pregnant: bool) -> None:  # noqa: FBT001 - as the panel's signal says it
        """Note the patient's answer in the chart, and check again with it."""
        desk, patient = self.desk, self.patient_id

        def noted(_day: str) -> None:
            self.view.say(_("Noted: pregnant.") if pregnant else _("Noted: not pregnant."))
            if patient == self.patient_id:
                self.view.chart_changed()
                self.check()

        self.tasks.change(lambda: charting.record_pregnancy(desk, patient, pregnant=pregnant), noted, self.view.refused)

    def loudest(self, place: int) -> str:
        """The loudest tier of what is said of a line: ``stop``, ``warn``, ``not_checked``, ``quiet`` or nothing.

        ``checking`` until the check has answered about the lines as they are now.
        """
        if self._asked is not None:
            return self._asked
        mine = [alert for alert in self.alerts if self._concerns(alert, place)]
        for tier in ("stop", "warn", "quiet"):
            found = [alert for alert in mine if alert.tier == tier]
            if found and all(alert.kind == "not_checked" for alert in found) and tier == "warn":
                return "not_checked"
            if found:
                return tier
        return ""

    def _concerns(self, alert: ShownAlert, place: int) -> bool:
        """Whether an alert is about a line: it hangs on it, is about its other half, or about every line."""
        if alert.line == place or alert.key == ALLERGIES_NOT_ASKED:
            return True
        other = self.lines[place].line.name if 0 <= place < len(self.lines) else ""
        return alert.kind in {"interaction", "duplicate"} and alert.with_ == other != ""

    # Signing -----------------------------------------------------------------------------------------

    def sign(self) -> None:
        """Sign, once; the act checks again in its own transaction."""
        stops = [alert for alert in self.alerts if alert.tier == "stop" and 0 <= alert.line < len(self.lines)]
        missing = next((alert for alert in stops if not self.reasons.get(alert.key, "").strip()), None)
        if missing is not None:
            self.view.ask_reason(missing.key)
            return
        desk = self.desk.once(self._act_id, draft=self.draft_key)
        lines = [replace(written.line, quantity=written.quantity) for written in self.lines]
        patient, encounter, reasons, priority = self.patient_id, self.encounter_id, dict(self.reasons), self.priority
        key, typed, outside = self.draft_key, self.draft({}), self.outside

        def signed(answer: SignedPrescription) -> None:
            # The answer may come when another patient's prescription is being written: that one stays as it is.
            if patient == self.patient_id:
                self._signed(answer)
            else:
                self._say_signed(answer)

        def failed(error: Exception) -> None:
            if patient == self.patient_id:
                self._failed(error)
                return
            plain = self.desk
            self.tasks.change(lambda: drafts.keep_draft(plain, key, typed), None, self.view.refused)
            self.view.refused(error)

        self.view.forget_draft()
        self.view.set_busy(True)
        self.tasks.change(
            lambda: prescribing.sign_prescription(
                desk, patient, encounter, lines, reasons, priority=priority, outside=outside
            ),
            signed,
            failed,
        )

    def _signed(self, answer: SignedPrescription) -> None:
        self.lines, self.reasons, self.alerts, self._act_id = [], {}, (), new_id()
        self.last_signed = answer.prescription_id
        self.view.set_busy(False)
        self.view.clear_form()
        self.view.show_lines(self.lines)
        self.view.show_alerts((), {}, "")
        self.view.forget_draft()
        self._say_signed(answer)
        self.view.signed(answer)
        self.reload()

    def _say_signed(self, answer: SignedPrescription) -> None:
        self.view.say(_("Prescription {number} signed and sent to the pharmacy.").format(number=answer.number))

    def _failed(self, error: Exception) -> None:
        self.view.set_busy(False)
        if isinstance(error, Refusal):
            # A refused act was not done: what is tried next is another.
            self._act_id = new_id()
            self.check()
        self.view.touch_draft()
        self.view.refused(error)
