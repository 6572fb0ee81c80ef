"""Insurers and their plans: both lists, and the form of what is chosen or of a new one."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.gui.screens.claims.words import insurer_columns, plan_columns
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.dates import DateField, Today
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.numbers import MoneyField, NumberField
from clinic_desktop.gui.widgets.panel import Empty, label
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.insurance import Insurer, NewInsurer, NewPlan, Plan

Keep = Callable[[str, str, dict[str, str]], None]


class InsurerLists(QWidget):
    """The insurers, and the plans of the one chosen."""

    def __init__(self, settings: Remembered) -> None:
        super().__init__()
        self.insurers: ListTable[Insurer] = ListTable(
            "claims.insurers", insurer_columns(), key=lambda row: row.id, settings=settings,
            empty=Empty(_("No insurer yet. Enter the first one beside."), icon="shield"),
        )  # fmt: skip
        self.plans: ListTable[Plan] = ListTable(
            "claims.plans", plan_columns(), key=lambda row: row.id, settings=settings,
            empty=Empty(_("No plan of this insurer yet. Enter one beside."), icon="document"),
        )  # fmt: skip
        self._every: tuple[Plan, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for words, table in ((_("Insurers"), self.insurers), (_("Plans"), self.plans)):
            column.addWidget(label(words, "section"))
            table.setMinimumHeight(140)
            column.addWidget(table, 1)

    def show_rows(self, rows: Sequence[Insurer], plans: Sequence[Plan]) -> None:
        """Show both lists; the first insurer is chosen where none is."""
        self._every = tuple(plans)
        self.insurers.set_rows(tuple(rows))
        if rows and self.insurers.current() is None:
            self.insurers.select_row(0)
        self.show_plans()

    def show_plans(self) -> None:
        """The plans of the insurer chosen."""
        chosen = self.insurers.current()
        self.plans.set_rows(tuple(plan for plan in self._every if chosen is not None and plan.insurer_id == chosen.id))


class InsurerForms(QWidget):
    """The form of an insurer or of a plan; `None` chosen stands for a new one."""

    def __init__(self, keep: Keep, today: Today) -> None:
        super().__init__()
        self.insurer: Insurer | None = None
        self.plan: Plan | None = None
        self.currency = ""  # in which a new plan counts
        kinds = [("insurer", _("Insurer")), ("plan", _("Plan"))]
        self.kind = SegmentField("", "claims.kind", kinds)
        self.kind.set_value("insurer")
        self.about = label("", "section", name="claims.insurer_about", wrap=True)
        self.of_insurer = Form(DraftKeeper(lambda fields: keep("insurer", self.subject("insurer"), fields)))
        self.of_plan = Form(DraftKeeper(lambda fields: keep("plan", self.subject("plan"), fields)))
        self._insurer_fields()
        self._plan_fields(today)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self.kind, self.about, self.of_insurer, self.of_plan):
            column.addWidget(part)
        column.addStretch(1)
        self.kind.edited.connect(self.show_kind)
        self.choose_insurer(None)

    def _insurer_fields(self) -> None:
        form = self.of_insurer
        self.name = form.add(TextField(_("&Name"), "claims.insurer.name", required=True, longest=200))
        self.payer_code = form.add(TextField(_("&Payer code"), "claims.insurer.payer_code", longest=60))
        self.phone = form.add(TextField(_("&Telephone"), "claims.insurer.phone", longest=60))
        self.email = form.add(TextField(_("&E-mail"), "claims.insurer.email", longest=200))
        self.address = form.add(TextField(_("Add&ress"), "claims.insurer.address", longest=500))
        self.policy_format = form.add(
            TextField(_("&Form of policy numbers"), "claims.insurer.policy_format", placeholder="AAA999999",
                      hint=_("9 a digit, A a letter, X either; | between several"), longest=200)
        )  # fmt: skip
        self.active = form.add(CheckField(_("&In use"), "claims.insurer.active"))

    def _plan_fields(self, today: Today) -> None:
        form = self.of_plan
        self.plan_name = form.add(TextField(_("&Name"), "claims.plan.name", required=True, longest=200))
        self.share = NumberField(_("&Pays"), "claims.plan.share", unit="%", least=0, most=100, required=True)
        self.copay = MoneyField(_("&Copay"), "claims.plan.copay", currency="")
        form.add_row(self.share, self.copay)
        self.ceiling = MoneyField(_("At most a &year"), "claims.plan.ceiling", currency="")
        self.filing = NumberField(_("&File within"), "claims.plan.filing_days", unit=_("days"), least=1, most=3650)
        form.add_row(self.ceiling, self.filing)
        self.since = DateField(_("F&rom"), "claims.plan.valid_from", today=today)
        self.until = DateField(_("&Until"), "claims.plan.valid_until", today=today)
        form.add_row(self.since, self.until)
        self.authorisation = form.add(CheckField(_("Needs an &authorisation"), "claims.plan.needs_authorisation"))
        self.plan_active = form.add(CheckField(_("&In use"), "claims.plan.active"))

    def subject(self, kind: str) -> str:
        """Whose draft a form keeps: a new plan's is its insurer's."""
        if kind == "insurer":
            return self.insurer.id if self.insurer else ""
        return self.plan.id if self.plan else self.insurer.id if self.insurer else ""

    def chosen(self) -> str:
        """``insurer`` or ``plan``."""
        return self.kind.value() or "insurer"

    def form(self) -> Form:
        """The form that is shown."""
        return self.of_insurer if self.chosen() == "insurer" else self.of_plan

    def choose_insurer(self, row: Insurer | None) -> None:
        """Show an insurer, or an empty form."""
        self.flush()
        self.insurer, self.plan = row, None
        self.of_insurer.clear()
        values = {} if row is None else {
            "name": row.name, "payer_code": row.payer_code, "phone": row.phone, "email": row.email,
            "address": row.address, "policy_format": row.policy_format,
        }  # fmt: skip
        self.of_insurer.set_values(values | {"active": row is None or row.active})
        self.of_insurer.settle()
        self.choose_plan(None)

    def choose_plan(self, row: Plan | None) -> None:
        """Show a plan, or an empty form."""
        self.flush()
        self.plan = row
        self.of_plan.clear()
        for field in (self.copay, self.ceiling):
            field.set_unit(row.currency if row is not None else self.currency)
        if row is not None:
            self.of_plan.set_values({
                "name": row.name, "share": row.share, "copay": row.copay, "ceiling": row.ceiling,
                "filing_days": row.filing_days, "valid_from": row.valid_from, "valid_until": row.valid_until,
                "needs_authorisation": row.needs_authorisation,
            })  # fmt: skip
        self.of_plan.set_values({"active": row is None or row.active})
        self.of_plan.settle()
        self.show_kind()

    def renew(self, insurers: Sequence[Insurer], plans: Sequence[Plan]) -> None:
        """Take the newest state of what is chosen, unless something is being typed about the older one."""
        insurer = next((row for row in insurers if self.insurer is not None and row.id == self.insurer.id), None)
        plan = next((row for row in plans if self.plan is not None and row.id == self.plan.id), None)
        if self.of_insurer.is_touched or self.of_plan.is_touched:
            return
        if insurer is not None and insurer != self.insurer:
            self.choose_insurer(insurer)
        if self.plan is None:
            self.choose_plan(None)
        elif plan is not None and plan != self.plan:
            self.choose_plan(plan)

    def show_kind(self) -> None:
        """Show the form of the kind chosen."""
        plan = self.chosen() == "plan"
        self.of_insurer.setVisible(not plan)
        self.of_plan.setVisible(plan)
        if not plan:
            self.about.setText(self.insurer.name if self.insurer else _("A new insurer"))
        elif self.insurer is None:
            self.about.setText(_("Choose an insurer first."))
        else:
            name = self.plan.name if self.plan else _("a new plan")
            self.about.setText(f"{self.insurer.name}: {name}")

    def flush(self) -> None:
        """Hand over what is being typed."""
        for form in (self.of_insurer, self.of_plan):
            if form.keeper is not None:
                form.keeper.flush()

    def new_insurer(self) -> NewInsurer:
        """The insurer as it is entered."""
        return NewInsurer(
            self.name.value(), self.payer_code.value(), self.phone.value(), self.email.value(), self.address.value(),
            self.policy_format.value(), self.active.value(),
        )  # fmt: skip

    def new_plan(self) -> NewPlan:
        """The plan as it is entered."""
        filing = self.filing.value()
        return NewPlan(
            self.insurer.id if self.insurer else "", self.plan_name.value(), int(self.share.value() or 0),
            self.copay.minor() or 0, self.ceiling.minor(), self.authorisation.value(),
            None if filing is None else int(filing), self.since.value(), self.until.value(), self.plan_active.value(),
        )  # fmt: skip
