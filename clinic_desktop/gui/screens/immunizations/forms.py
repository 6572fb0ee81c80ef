"""The forms of the page: a dose given, a vaccine not given, a reaction, what was an error."""

from collections.abc import Callable, Mapping
from datetime import date

from clinic_desktop.domain.immunizations import ELIGIBILITY, FUNDING, NOT_DONE, ROUTES, SEVERITIES, SITES
from clinic_desktop.gui.screens.immunizations.presenter import Defaults, Presenter
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.formstack import FormPage
from clinic_desktop.gui.widgets.search import SearchField, Show, Suggestion
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.immunization_reference import VaccineFound
from clinic_desktop.services.immunizations import NewImmunization
from clinic_desktop.services.packs import SeenPack
from clinic_desktop.services.vaccine_stock import VaccineLot

STATUS_WORDS = {"active": "", "not_us": N_("not in the US"), "inactive": N_("no longer made")}


class DoseForms:
    """Every form of the page, made once."""

    def __init__(self, presenter: Presenter, today: Callable[[], date]) -> None:
        self._presenter, self._today = presenter, today
        self._lots: dict[str, VaccineLot] = {}
        self.by_name: dict[str, FormPage] = {
            "record": self._record(),
            "decline": self._decline(),
            "reaction": self._reaction(),
            "reason": self._reason(),
        }

    def ready(self, name: str) -> None:
        """Set what stands in a form before anything is typed: today, given here."""
        form = self.by_name[name].form
        if name == "record" and not form.is_touched:
            form.set_values({"occurred_on": self._today(), "where": "here"})
            self._where()
        elif name == "decline" and not form.is_touched:
            form.set_values({"declined_on": self._today()})
        elif name == "reaction" and not form.is_touched:
            form.set_values({"severity": "unknown", "told_by": "seen"})

    def fill_in(self, defaults: Defaults) -> None:
        """Fill in how a vaccine is usually given, where nothing was typed by hand."""
        form = self.by_name["record"].form
        self._lots.clear()
        self._lots |= {lot.lot_id: lot for lot in defaults.shelf}
        self.shelf.set_choices([(lot.lot_id, _lot_words(lot)) for lot in defaults.shelf])
        self.shelf.setEnabled(bool(defaults.shelf))
        self.shelf.show_hint("" if defaults.shelf else _("The pharmacy stocks none of it."))
        for key, value in defaults.values.items():
            if key in form.draft() and key in self._by_hand:
                continue
            form.set_values({key: value})
        if defaults.number is not None and "dose_number" not in self._by_hand:
            form.set_values({"dose_number": str(defaults.number)})

    def forget(self, name: str) -> None:
        """Empty a form."""
        self.by_name[name].form.clear()
        if name == "record":
            self._by_hand.clear()
        self.ready(name)

    def _keeper(self, form: str) -> DraftKeeper:
        return DraftKeeper(lambda fields: self._presenter.keep(form, fields))

    def _vaccine(self, key: str) -> SearchField:
        return SearchField(
            _("&Vaccine"), f"immunizations.{key}", self._find, required=True, placeholder=_("Name or CVX code"),
            at_least=1,
        )  # fmt: skip

    def _record(self) -> FormPage:
        form = Form(self._keeper("record"))
        self._by_hand: set[str] = set()
        vaccine = form.add(self._vaccine("vaccine"))
        where = SegmentField(
            _("Where"), "immunizations.where", (("here", _("Here")), ("elsewhere", _("Elsewhere, from a card")))
        )
        form.add_row(
            DateField(_("Da&te given"), "immunizations.occurred_on", today=self._today, required=True, past=True),
            where,
            stretch=(2, 3),
        )
        none = _("Not from stock")
        self.shelf = form.add(ChoiceField(_("From the s&helf"), "immunizations.stock_lot", (), none=none))
        self.shelf.setEnabled(False)  # until a vaccine is chosen that stands there
        form.add_row(
            TextField(_("&Lot"), "immunizations.lot", longest=40),
            DateField(_("E&xpires"), "immunizations.expires_on", today=self._today),
        )
        form.add_row(
            ChoiceField(_("Site"), "immunizations.site", _choices(SITES)),
            ChoiceField(_("Route"), "immunizations.route", _choices(ROUTES)),
        )
        form.add_row(
            TextField(_("Amount"), "immunizations.dose_amount", longest=12),
            TextField(_("Unit"), "immunizations.dose_unit", longest=12),
            TextField(_("Dose number"), "immunizations.dose_number", longest=2),
        )
        form.add_section(
            _("More"),
            (
                TextField(_("Manufacturer"), "immunizations.manufacturer", longest=120),
                TextField(_("Given by, if elsewhere"), "immunizations.performer_name", longest=120),
            ),
            (
                ChoiceField(_("Paid by"), "immunizations.funding_source", _choices(FUNDING)),
                ChoiceField(_("Eligibility"), "immunizations.eligibility", _choices(ELIGIBILITY)),
            ),
            (
                TextField(_("Place"), "immunizations.location", longest=120),
                DateField(
                    _("Information sheet given on"), "immunizations.information_given_on", today=self._today, past=True
                ),
            ),
            (TextField(_("Note"), "immunizations.note"),),
            folded=True,
        )
        form.add(NoteEdit(_("&Why all the same"), "immunizations.override", rows=2)).hide()
        vaccine.chosen.connect(lambda found: self._presenter.vaccine_chosen(found.key))
        where.edited.connect(self._where)
        form.edited.connect(self._by_hand.add)
        form.edited.connect(self._lot_chosen)
        return FormPage(_("Record a dose"), _("&Record the dose"), form, lambda: self._submit_record(form))

    def _lot_chosen(self, key: str) -> None:
        """A lot of the shelf brings its words along; words typed by hand are of no lot of the shelf."""
        form = self.by_name["record"].form
        if key == "stock_lot" and (lot := self._lots.get(self.shelf.value() or "")) is not None:
            form.set_values({"lot": lot.lot, "expires_on": lot.expires_on})
        elif key in {"lot", "expires_on", "vaccine"} and self.shelf.value() is not None:
            form.set_values({"stock_lot": None})

    def _where(self) -> None:
        """A dose from elsewhere needs no lot; one given here does."""
        here = self.by_name["record"].form.field("where").value() != "elsewhere" if hasattr(self, "by_name") else True
        if hasattr(self, "by_name"):
            lot = self.by_name["record"].form.field("lot")
            lot.required = here

    def chosen_vaccine(self) -> tuple[str, str] | None:
        """The vaccine chosen in the form of a dose: code and name."""
        field = self.by_name["record"].form.field("vaccine")
        choice = field.choice() if isinstance(field, SearchField) else None
        return None if choice is None else (choice.key, choice.text)

    def take_pack(self, seen: SeenPack, vaccine: VaccineFound | None) -> None:
        """Fill in what a scanned pack says; of a vaccine that is known, also how it is usually given."""
        form, pack = self.by_name["record"].form, seen.pack
        # What the pack says goes before what was typed of another lot.
        self._by_hand -= {"lot", "expires_on", "stock_lot", "manufacturer"}
        form.set_values({"where": "here"})
        if vaccine is not None:
            form.set_values({"vaccine": Suggestion(vaccine.cvx, vaccine.display)})
            self._presenter.vaccine_chosen(vaccine.cvx, seen)
        else:
            form.set_values({"lot": pack.lot or None, "expires_on": pack.expires_on})
            self._by_hand |= {key for key, told in (("lot", pack.lot), ("expires_on", pack.expires_on)) if told}
        if pack.serial:
            note = _("Serial number of the pack: {serial}").format(serial=pack.serial)
            form.set_values({"note": note})

    def ask_override(self) -> None:
        """Show where the reason goes that an act asked for."""
        self.by_name["record"].form.field("override").show()

    def _submit_record(self, form: Form) -> None:
        values = form.values()

        def words(key: str) -> str | None:
            value = values[key]
            return str(value).strip() or None if value is not None else None

        def on(key: str) -> date | None:
            value = values[key]
            return value if isinstance(value, date) else None

        here = values["where"] != "elsewhere"
        new = NewImmunization(
            "",
            words("vaccine"),
            occurred_on=on("occurred_on"),
            lot=words("lot"),
            stock_lot_id=words("stock_lot") if here else None,
            expires_on=on("expires_on"),
            manufacturer=words("manufacturer"),
            site=words("site"),
            route=words("route"),
            dose_amount=words("dose_amount"),
            dose_unit=words("dose_unit"),
            dose_number=words("dose_number"),
            funding_source=words("funding_source"),
            eligibility=words("eligibility"),
            primary_source=here,
            report_origin=None if here else "record",
            performer_name=None if here else words("performer_name"),
            location=words("location"),
            information_given_on=on("information_given_on"),
            note=words("note"),
        )
        self._presenter.record(new, str(values["override"] or "").strip())

    def _decline(self) -> FormPage:
        form = Form(self._keeper("decline"))
        vaccine = form.add(self._vaccine("declined_vaccine"))
        reason = form.add(ChoiceField(_("Why it was not given"), "immunizations.reason_code", _choices(NOT_DONE),
                                      required=True))  # fmt: skip
        words = form.add(TextField(_("In words"), "immunizations.reason_text"))
        on = form.add(DateField(_("Date"), "immunizations.declined_on", today=self._today, past=True, required=True))
        return FormPage(
            _("Not given"),
            _("&Record that it was not given"),
            form,
            lambda: self._presenter.decline(vaccine.value(), str(reason.value() or ""), words.value(), on.value()),
        )

    def _reaction(self) -> FormPage:
        form = Form(self._keeper("reaction"))
        what = form.add(
            TextField(
                _("What happened"), "immunizations.reaction", required=True, placeholder=_("fever, rash, collapse")
            )
        )
        severity = form.add(SegmentField(_("How severe"), "immunizations.severity", _choices(SEVERITIES)))
        on = form.add(DateField(_("When"), "immunizations.reaction_on", today=self._today, past=True))
        told = form.add(
            SegmentField(_("Known from"), "immunizations.told_by", (("seen", _("Seen here")), ("told", _("Told"))))
        )

        def submit() -> None:
            self._presenter.react(
                what.value(), severity.value() or "unknown", on.value(), by_patient=told.value() == "told"
            )

        return FormPage(_("Add a reaction"), _("&Add the reaction"), form, submit)

    def _reason(self) -> FormPage:
        form = Form(self._keeper("reason"))
        reason = form.add(NoteEdit(_("Why it was an error"), "immunizations.reason", required=True))
        return FormPage(
            _("Entered in error"), _("&Take out of the card"), form, lambda: self._presenter.withdraw(reason.value())
        )

    def restore(self, name: str, fields: Mapping[str, object]) -> None:
        """Put a draft back."""
        self.by_name[name].form.restore(fields)
        if name == "record":
            self._by_hand |= set(fields)
            if fields.get("override"):
                self.ask_override()
            self._where()

    def _find(self, text: str, show: Show) -> None:
        def found(vaccines: tuple[VaccineFound, ...]) -> None:
            show(
                [
                    Suggestion(one.cvx, one.display, one.name, f"CVX {one.cvx} {_said(one.status)}".strip(),
                               "neutral", "syringe")
                    for one in vaccines
                ]
            )  # fmt: skip

        self._presenter.find_vaccines(text, found)


def _said(status: str) -> str:
    words = STATUS_WORDS.get(status, "")
    return _(words) if words else ""


def _choices(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(key, _(each)) for key, each in words.items()]


def _lot_words(lot: VaccineLot) -> str:
    words = _("{lot}, expired {day}") if lot.is_expired else _("{lot}, until {day}, {n} left")
    return words.format(lot=lot.lot, day=show_date(lot.expires_on), n=lot.doses)
