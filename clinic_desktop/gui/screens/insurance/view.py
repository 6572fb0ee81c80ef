"""Shows a patient's covers: the list, the one chosen or a new one beside it, and how one ends."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.domain.money import money_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.insurance.presenter import Presenter, first_gap
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Line, label
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.covers import CoverView, NewCover
from clinic_desktop.services.insurance import Plan

ORDER = {1: N_("Primary"), 2: N_("Secondary")}
RELATIONS = {
    "self": N_("The patient's own"),
    "spouse": N_("Spouse of the holder"),
    "child": N_("Child of the holder"),
    "parent": N_("Parent of the holder"),
    "other": N_("Otherwise related"),
}
STATES = {
    "in_force": (N_("In force"), "good"),
    "to_come": (N_("To come"), "information"),
    "over": (N_("Over"), "neutral"),
    "ended": (N_("Ended"), "neutral"),
}


class InsuranceView(ScreenView):
    """The insurance page of a record."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("insurance")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.covers: ListTable[CoverView] = ListTable(
            "insurance.covers", _columns(), key=lambda row: row.id, settings=context.settings,
            empty=Empty(_("Nobody covers this patient. Enter a cover beside; without one, what the registration "
                          "says of an insurer counts."), icon="shield"),
        )  # fmt: skip
        self.form = Form(DraftKeeper(lambda fields: self.presenter.draft().keep(fields)))
        self.plan = ChoiceField(_("&Plan"), "insurance.plan_id", [], required=True)
        self.plan.narrow()
        self.position = SegmentField(_("Pays"), "insurance.position", [("1", _("Primary")), ("2", _("Secondary"))])
        self.number = TextField(_("Policy &number"), "insurance.policy_number", required=True, longest=60)
        self.group = TextField(_("&Group number"), "insurance.group_number", longest=60)
        relations = [(key, _(words)) for key, words in RELATIONS.items()]
        self.relation = ChoiceField(_("P&olicy is"), "insurance.relation", relations, none=None)
        self.relation.narrow()
        self.holder = TextField(_("&Holder"), "insurance.holder", longest=200)
        self.since = DateField(_("&From"), "insurance.valid_from", today=context.today, required=True)
        self.until = DateField(_("&Until"), "insurance.valid_until", today=context.today)
        self.ending = Form(DraftKeeper(lambda fields: self.presenter.end_draft().keep(fields)))
        self.last_day = DateField(_("Last &day"), "insurance.ended_on", today=context.today, required=True)
        self.why = TextField(_("Wh&y"), "insurance.reason", required=True, longest=500)
        self.set_title(_("Insurance"))
        self._build()
        self._offer()

    def _build(self) -> None:
        self.fresh = self.add_button(_("Ne&w cover"), "insurance.new", self._new)
        self.verified = self.add_button(_("&Verified today"), "insurance.verify", self._verify)
        self.facts = label("", "secondary", name="insurance.facts", wrap=True)
        body = QWidget()
        whole = QVBoxLayout(body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        self.gap = label("", meaning="warning", name="insurance.gap", wrap=True)
        whole.addWidget(self.gap)
        whole.addWidget(self.covers, 1)
        whole.addWidget(self.facts)
        self.set_body(body)
        side = QWidget()
        beside = QVBoxLayout(side)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(12)
        self.about = label(_("A new cover"), "section", name="insurance.about", wrap=True)
        beside.addWidget(self.about)
        self.form.add(self.plan)
        self.form.add(self.position)
        self.form.add_row(self.number, self.group)
        self.form.add(self.relation)
        self.form.add(self.holder)
        self.form.add_row(self.since, self.until)
        beside.addWidget(self.form)
        self.end_panel = QWidget()
        inner = QVBoxLayout(self.end_panel)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(12)
        inner.addWidget(Line())
        inner.addWidget(label(_("End the cover"), "section"))
        self.ending.add(self.last_day)
        self.ending.add(self.why)
        inner.addWidget(self.ending)
        inner.addWidget(Button(_("&End cover"), "insurance.end", self._end))
        beside.addWidget(self.end_panel)
        beside.addStretch(1)
        if self.presenter.may_change:
            self.set_context(side)
            self.set_primary(_("&Save cover"), self._save, name="insurance.save")
        self._side = side
        self._fresh_form()
        self.covers.selected.connect(self._choose)

    # What the shell calls -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show the covers of ``patient_id``."""
        patient_id = arguments["patient_id"]
        self.context.window.set_patient(patient_id)
        if patient_id != self.presenter.patient_id:
            self.presenter.chosen = None
            self._fresh_form()
            self.ending.clear()
            self.covers.set_rows(())
        self.presenter.open(patient_id)
        if self.presenter.may_change:
            self.presenter.draft().recall(self.form.restore)
            self.presenter.end_draft().recall(self.ending.restore)
        if cover_id := arguments.get("cover_id"):
            self.covers.select(cover_id)
        self._offer()
        self.covers.setFocus()

    def refresh(self, kinds: frozenset[str]) -> None:
        """A cover changed."""
        self.presenter.refresh(kinds)

    def leave(self) -> None:
        """Hand over what is being typed."""
        for form in (self.form, self.ending):
            if form.keeper is not None:
                form.keeper.flush()

    def escape(self) -> bool:
        """From a cover back to a new one."""
        if self.presenter.chosen is None:
            return False
        self._new()
        return True

    # What the presenter asks --------------------------------------------------------------------------

    def show_covers(self, found: Sequence[CoverView]) -> None:
        """Show the covers; what is chosen stays chosen, in its newest state unless it is being changed."""
        self.covers.set_rows(tuple(found))
        gap = first_gap(found, self.context.today())
        self.gap.setVisible(gap is not None)
        if gap is not None and gap.since is not None:
            self.gap.setText(_("Nobody pays first from {day} on.").format(day=show_date(gap.since)))
        chosen = self.presenter.chosen
        if chosen is not None and not self.form.is_touched:
            self.presenter.chosen = next((row for row in found if row.id == chosen.id), None)
        self._offer()

    def show_plans(self, plans: Sequence[Plan]) -> None:
        """Offer the plans that are still sold, and the one that is chosen."""
        own = self.presenter.chosen.plan_id if self.presenter.chosen else ""
        self.plan.set_choices([
            (plan.id, f"{plan.insurer}: {plan.name}") for plan in plans if plan.active or plan.id == own
        ])  # fmt: skip
        self.plan.show_hint("" if plans else _("No plan yet: a cashier or administrator adds one under Claims."))

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show that the act was heard."""
        self.set_primary_busy(busy)

    def did(self, words: str, form: str) -> None:
        """An act is done."""
        if form == "cover":
            self._forget(self.form)
            self.presenter.chosen = None
            self._fresh_form()
        elif form == "end":
            self._forget(self.ending)
            self.ending.clear()
            self.presenter.chosen = None
            self._fresh_form()
        self.context.window.say(words)
        self.covers.setFocus()

    def show_error(self, error: Exception) -> None:
        """Say what went wrong, beside the field that it is about."""
        for form in (self.form, self.ending):
            named = isinstance(error, Refusal) and any(field.key == error.field for field in form.fields())
            if named and form.show_refusal(error):
                return
        self.context.window.show_error(error, self)

    # Keys ---------------------------------------------------------------------------------------------

    def _choose(self, row: CoverView | None) -> None:
        self.facts.setText(_facts(row) if row is not None else "")
        if row is None or not self.presenter.may_change:
            return
        if self.presenter.chosen is not None and self.presenter.chosen.id == row.id:
            return
        self.leave()
        self.presenter.chosen = row
        self.form.clear()
        self.form.set_values({
            "plan_id": row.plan_id, "position": str(row.position), "policy_number": row.policy_number,
            "group_number": row.group_number, "relation": row.relation, "holder": row.holder,
            "valid_from": row.valid_from, "valid_until": row.valid_until,
        })  # fmt: skip
        self.form.settle()
        self.presenter.draft().recall(self.form.restore)
        self._offer()

    def _new(self) -> None:
        self.leave()
        self.presenter.chosen = None
        self.covers.view.clearSelection()
        self._fresh_form()
        self.presenter.draft().recall(self.form.restore)
        self._offer()
        self.plan.setFocus()

    def _fresh_form(self) -> None:
        self.form.clear()
        self.form.set_values({"position": "1", "relation": "self"})
        self.form.settle()

    def _forget(self, form: Form) -> None:
        if form.keeper is not None:
            form.keeper.forget()

    def _offer(self) -> None:
        chosen = self.presenter.chosen
        may = self.presenter.may_change
        standing = chosen is not None and chosen.ended_on is None
        self.about.setText(
            _("A new cover") if chosen is None else f"{chosen.insurer}, {_(ORDER[chosen.position]).lower()}"
        )
        self.fresh.setVisible(may)
        self.verified.setVisible(may)
        self.verified.setEnabled(standing)
        self.end_panel.setVisible(standing)
        if may:
            self.enable_primary(chosen is None or standing)

    def _save(self) -> None:
        since = self.since.value()
        if self.form.check() and since is not None:
            self.presenter.save(
                NewCover(
                    self.plan.value() or "", int(self.position.value() or 1), self.number.value(), since,
                    self.until.value(), self.group.value(), self.holder.value(), self.relation.value() or "self",
                )
            )  # fmt: skip

    def _verify(self) -> None:
        if self.presenter.chosen is not None:
            self.presenter.verify(self.presenter.chosen)

    def _end(self) -> None:
        chosen, last_day = self.presenter.chosen, self.last_day.value()
        if chosen is not None and self.ending.check() and last_day is not None:
            self.presenter.end(chosen, last_day, self.why.value())


def _columns() -> list[Column[CoverView]]:
    return [
        Column("state", _("State"), lambda row: _(STATES[row.state][0]), width=100, look=_state),
        Column("order", _("Pays"), lambda row: _(ORDER[row.position]), width=90),
        Column("insurer", _("Insurer, plan"), lambda row: f"{row.insurer}, {row.plan}", width=200, stretch=True,
               strong=True, wrap=True),
        Column("number", _("Policy"), lambda row: row.policy_number, width=112),
        Column("since", _("From"), lambda row: show_date(row.valid_from), width=104, sort=lambda row: row.valid_from),
        Column("until", _("Until"), _until, width=104),
        Column("verified", _("Verified"), _verified, width=104,
               meaning=lambda row: "" if row.verified_on or row.state != "in_force" else "warning"),
    ]  # fmt: skip


def _share(row: CoverView) -> str:
    words = [f"{row.share} %"]
    if row.copay:
        words.append(_("after {copay}").format(copay=money_text(row.copay, row.currency)))
    if row.ceiling is not None:
        left = money_text(max(row.ceiling - row.used, 0), row.currency)
        words.append(_("{left} left this year").format(left=left))
    return ", ".join(words)


def _until(row: CoverView) -> str:
    until = row.ended_on or row.valid_until
    return show_date(until) if until else _("open")


def _facts(row: CoverView) -> str:
    """What the list has no room for."""
    parts = [
        _("pays {share}").format(share=_share(row)),
        _("group {group}").format(group=row.group_number) if row.group_number else "",
        f"{_(RELATIONS[row.relation])}{': ' + row.holder if row.holder else ''}",
        _("verified by {name}").format(name=row.verified_by) if row.verified_by else "",
        _("ended: {reason}").format(reason=row.ended_reason) if row.ended_reason else "",
    ]
    return "  ·  ".join(part for part in parts if part)


def _verified(row: CoverView) -> str:
    if row.verified_on is not None:
        return show_date(row.verified_on)
    return _("not yet") if row.state == "in_force" else ""


def _state(row: CoverView) -> Look:
    words, meaning = STATES[row.state]
    return Look(_(words), meaning)
