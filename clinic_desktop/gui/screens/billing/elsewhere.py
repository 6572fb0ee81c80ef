"""What care elsewhere cost a patient: history that came with the record, owed to nobody here."""

from datetime import date

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.domain.money import money_text
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Panel, label
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import _
from clinic_desktop.services.outside_bills import MoneyElsewhere, OutsideBill


class ElsewherePanel(QWidget):
    """The bills of elsewhere with their sums; not there at all for a patient who brought none."""

    def __init__(self, settings: Remembered) -> None:
        super().__init__()
        self.sums = label("", "secondary", name="billing.elsewhere_sums", wrap=True)
        self.table: ListTable[OutsideBill] = ListTable(
            "billing.elsewhere",
            _columns(),
            key=lambda row: row.id,
            empty=Empty(_("No bills came from elsewhere."), icon="receipt"),
            settings=settings,
        )
        self.table.setMinimumHeight(120)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        panel = Panel(_("Paid elsewhere"), name="billing.elsewhere_panel")
        panel.add(self.sums)
        panel.add(self.table, 1)
        column.addWidget(panel)
        self.hide()

    def show_money(self, found: MoneyElsewhere) -> None:
        """Show a patient's bills elsewhere."""
        self.table.set_rows(found.bills)
        words = [
            _("{bills} bills: charged {charged}, paid {paid}, open there {owed}.").format(
                bills=one.bills, charged=money_text(one.charged, one.currency), paid=money_text(one.paid, one.currency),
                owed=money_text(one.outstanding, one.currency),
            )
            for one in found.totals
        ]  # fmt: skip
        if found.totals and found.totals[0].bills > len(found.bills):
            words.append(_("The newest {number} are shown.").format(number=len(found.bills)))
        words.append(_("History that came with the record: nothing of it is owed here."))
        self.sums.setText(" ".join(words))
        self.setVisible(bool(found.bills))


def _columns() -> list[Column[OutsideBill]]:
    return [
        Column("on", _("Date"), _day, width=104, sort=lambda row: row.served_on),
        Column("payer", _("Payer"), lambda row: row.payer or _("Patient"), width=150, stretch=True),
        Column("charged", _("Charged"), lambda row: money_text(row.charged, row.currency), width=120, number=True,
               sort=lambda row: row.charged),
        Column("paid", _("Paid"), lambda row: money_text(row.paid, row.currency), width=120, number=True,
               sort=lambda row: row.paid),
        Column("owed", _("Open there"), lambda row: money_text(row.outstanding, row.currency), width=120, number=True,
               sort=lambda row: row.outstanding),
        Column("state", _("State"), lambda row: _state(row).text, width=90, look=_state),
    ]  # fmt: skip


def _day(row: OutsideBill) -> str:
    return show_date(date.fromisoformat(row.served_on)) if len(row.served_on) == len("2026-01-01") else row.served_on


def _state(row: OutsideBill) -> Look:
    return Look(_("Closed"), "neutral") if row.status == "closed" else Look(_("Open"), "information")
