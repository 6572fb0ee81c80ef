"""What the clinic gives and takes: the formulary and the price list."""

from collections.abc import Sequence

from clinic_desktop.domain.money import amount_text
from clinic_desktop.gui.screens.administration.presenter import Presenter
from clinic_desktop.gui.screens.administration.section import ListSection, show_only, yes
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.numbers import MoneyField, NumberField
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.administration import PRICE_KINDS, FormularyProduct, Price

EMPTY = N_("Nothing here yet.")
KIND_WORDS = {
    "consultation": N_("Consultation"),
    "test": N_("Test"),
    "medicine": N_("Medicine"),
    "procedure": N_("Procedure"),
    "other": N_("Other"),
}


class PriceSection(ListSection[Price]):
    """The price list."""

    primary_text = N_("&Save price")

    def __init__(self, presenter: Presenter, settings: Remembered) -> None:
        columns = (
            Column[Price]("name", _("Name"), lambda row: row.name, 220, stretch=True, strong=True),
            Column[Price]("kind", _("Kind"), lambda row: _(KIND_WORDS[row.kind]), 110, subtle=True),
            Column[Price](
                "amount", _("Price"), lambda row: amount_text(row.amount, row.currency), 110, number=True,
                sort=lambda row: row.amount, unit=lambda row: row.currency,
            ),
            Column[Price]("active", _("In use"), lambda row: yes(row.active), 64),
        )  # fmt: skip
        super().__init__(
            "prices", Price, columns, settings, key=lambda row: row.id,
            empty=_(EMPTY), keep=presenter.keep, ask_draft=presenter.restore,
        )  # fmt: skip
        self._presenter = presenter
        self._currency = ""
        self._code = self.form.add(TextField(_("&Code"), "administration.code", hint=_("As in home_visit")))
        self.form.add(TextField(_("&Name"), "administration.name", required=True))
        kinds = [(kind, _(KIND_WORDS[kind])) for kind in PRICE_KINDS]
        self._price_kind = self.form.add(ChoiceField(_("&Kind"), "administration.kind", kinds, none=None))
        self._amount = self.form.add(MoneyField(_("Pr&ice"), "administration.amount", currency="", required=True))
        self.form.add(TextField(_("&Procedure code"), "administration.procedure_code", hint=_("CPT or HCPCS")))
        self._active = self.form.add(CheckField(_("In &use"), "administration.active"))
        self.fill(None)

    def show_rows(self, rows: Sequence[object]) -> None:
        """Show the list; a new price is in the currency of the others."""
        currencies = [row.currency for row in rows if isinstance(row, Price)]
        self._currency = currencies[0] if currencies else self._currency or "USD"
        self._amount.set_unit(self._currency)
        super().show_rows(rows)

    def fill(self, row: Price | None) -> None:
        """Show a price, or an empty form."""
        self.panel.set_title(_("A new price") if row is None else row.name)
        show_only(row is None, self._code, self._price_kind)
        show_only(row is not None, self._active)
        if row is not None:
            self.form.set_values(
                {
                    "code": row.code,
                    "name": row.name,
                    "kind": row.kind,
                    "amount": row.amount,
                    "active": row.active,
                    "procedure_code": row.procedure_code,
                }
            )

    def primary(self) -> None:
        """Add or change the price."""
        if self.form.check():
            values = self.form.values() | {"amount": self._amount.minor()}
            self._presenter.save_price(self.chosen, values, self._currency)


class FormularySection(ListSection[FormularyProduct]):
    """What the pharmacy may stock."""

    primary_text = N_("&Save product")

    def __init__(self, presenter: Presenter, settings: Remembered) -> None:
        columns = (
            Column[FormularyProduct]("name", _("Medicine"), lambda row: row.name, 180, stretch=True, strong=True),
            Column[FormularyProduct]("strength", _("Strength"), lambda row: f"{row.strength} {row.form}", 170),
            Column[FormularyProduct]("reorder", _("Reorder at"), lambda row: f"{row.reorder_level:,}", 110, number=True,
                                     sort=lambda row: row.reorder_level, unit=lambda row: row.unit),
            Column[FormularyProduct]("active", _("In use"), lambda row: yes(row.active), 64),
        )  # fmt: skip
        super().__init__(
            "formulary", FormularyProduct, columns, settings, key=lambda row: row.id,
            empty=_(EMPTY), keep=presenter.keep, ask_draft=presenter.restore,
        )  # fmt: skip
        self._presenter = presenter
        self._what = (
            self.form.add(TextField(_("&Generic name"), "administration.product_name", required=True)),
            self.form.add(TextField(_("&Strength"), "administration.strength")),
            self.form.add(TextField(_("&Form"), "administration.form", placeholder=_("tablet, oral liquid"))),
            self.form.add(TextField(_("&Unit"), "administration.unit", required=True, placeholder=_("tablet, mL"))),
            self.form.add(
                TextField(_("&Medicine code"), "administration.medicine_code", hint=_("Links it to the safety check"))
            ),
            self.form.add(
                TextField(
                    _("&Vaccine, its CVX code"),
                    "administration.vaccine_code",
                    longest=4,
                    hint=_("A unit is a dose then: each one given leaves the shelf"),
                )
            ),
        )
        pack = NumberField(_("Pac&k of"), "administration.pack_size", least=1, required=True)
        self._level = NumberField(_("&Reorder at"), "administration.reorder_level", least=0, required=True)
        self.form.add_row(pack, self._level)
        self.form.add_row(
            TextField(_("Price &code"), "administration.price_code"),
            TextField(_("NDC"), "administration.ndc", placeholder="00093-7214-01"),
        )
        self.form.add(CheckField(_("Con&trolled"), "administration.controlled"))
        self._active = self.form.add(CheckField(_("In &use"), "administration.active"))
        self.fill(None)

    def fill(self, row: FormularyProduct | None) -> None:
        """Show a product, or an empty form."""
        self.panel.set_title(_("A new product") if row is None else f"{row.name} {row.strength} {row.form}")
        show_only(row is None, *self._what)
        show_only(row is not None, self._active)
        self._level.set_unit("" if row is None else row.unit)
        if row is not None:
            names = ("pack_size", "reorder_level", "price_code", "controlled", "active", "ndc")
            self.form.set_values({name: getattr(row, name) for name in names})

    def primary(self) -> None:
        """Add or change the product."""
        if self.form.check():
            self._presenter.save_product(self.chosen, self.form.values())
