"""Decides what the administrator's screen shows and does. No Qt."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from clinic_desktop.clock import new_id
from clinic_desktop.domain.printing import Target
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.screens.administration.lettering import Lettering
from clinic_desktop.gui.screens.administration.loading import loaders
from clinic_desktop.gui.screens.administration.roles import role_rows
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import (
    access,
    administration,
    directory,
    drafts,
    immunization_reference,
    jobs,
    patients,
    printing,
    staff,
    stock,
)
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.administration import CatalogueEntry, FormularyProduct, NewRange, Price, ReferenceRange
from clinic_desktop.services.directory import Address, Entry
from clinic_desktop.services.immunization_reference import ScheduleShown
from clinic_desktop.services.patients import PatientHit
from clinic_desktop.services.printing import Printer
from clinic_desktop.services.staff import NewStaff, Practice, StaffMember
from clinic_desktop.services.stock import NewProduct

if TYPE_CHECKING:
    from clinic_desktop.services.office import Office

SECTIONS = (
    "staff", "roles", "places", "pharmacies", "formulary", "prices", "catalogue", "stock", "backups", "sights", "packs",
    "research", "printers", "prints", "jobs", "templates", "letterhead", "settings",
)  # fmt: skip
ADDRESS = ("ncpdp", "phone", "email", "address", "city", "district", "postal_code", "country")
NUMBERS = ("npi", "dea", "credentials", "phone", "email")
NO_OFFICE = N_("This needs the clinic to be opened by an administrator at this workstation.")


class View(Protocol):
    """What the presenter asks of the view."""

    def show_rows(self, section: str, rows: Sequence[object]) -> None: ...  # noqa: D102
    def show_settings(self, values: Mapping[str, str], schedules: Sequence[tuple[str, str]]) -> None: ...  # noqa: D102
    def restore(self, section: str, draft: Mapping[str, object]) -> None: ...  # noqa: D102
    def saved(self, section: str, key: str) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def say(self, words: str) -> None: ...  # noqa: D102
    def show_error(self, section: str, error: Exception) -> None: ...  # noqa: D102


class Presenter:
    """The administrator's sections."""

    def __init__(self, desk: Desk, tasks: Tasks, office: "Office | None", view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self._office = office
        self.lettering = Lettering(self)
        self._acts: dict[str, str] = {}
        self.progress: str | None = None  # of an export, while it runs: written by the work, read by the view

    # Showing --------------------------------------------------------------------------------------------

    def load(self, section: str) -> None:
        """Ask for what a section shows."""
        desk = self.desk
        if section == "roles":
            self.view.show_rows(section, role_rows())
        elif section == "settings":
            self.tasks.query(
                section,
                lambda: (administration.clinic_settings(desk), immunization_reference.schedules(desk)),
                lambda found: self._settings(*found),
            )
        elif (ask := loaders(desk, self._need_office).get(section)) is not None:
            self.tasks.query(
                section,
                ask,
                lambda rows: self.view.show_rows(section, rows),
                lambda error: self._failed(section, error),
            )

    def restore(self, section: str, key: str) -> None:
        """Ask for what was typed in a form and not saved."""
        draft = DraftKey(f"administration.{section}", key)

        def show(found: Mapping[str, object] | None) -> None:
            if found:
                self.view.restore(section, found)

        # One slot for a section: what was typed for a row that is no longer chosen is not shown in another's form.
        self.tasks.query(f"draft.{section}", lambda: drafts.draft(self.desk, draft), show)

    def keep(self, section: str, key: str, fields: Mapping[str, str]) -> None:
        """Keep what is typed in a form."""
        desk, draft = self.desk, DraftKey(f"administration.{section}", key)
        self.tasks.change(
            lambda: drafts.keep_draft(desk, draft, fields), None, lambda error: self._failed(section, error)
        )

    def kept(self, form: str, about: str) -> KeptDraft:
        """The draft of a form beside a section's own: a range, or why something is closed."""
        return KeptDraft(self.desk, self.tasks, f"administration.{form}", about)

    def find_patients(self, text: str, show: Callable[[Sequence[PatientHit]], None]) -> None:
        """Find the patient whose readers are asked for; the search itself is logged."""

        def ask() -> Sequence[PatientHit]:
            search = access.note_search_opened(self.desk)
            found = patients.find_patients(self.desk, text, 12)
            access.note_search_closed(self.desk, search, None)
            return found

        self.tasks.query("find", ask, show)

    def show_sights(self, patient_id: str) -> None:
        """Ask who saw a patient."""
        self.tasks.query(
            "sights", lambda: access.who_saw(self.desk, patient_id), lambda rows: self.view.show_rows("sights", rows)
        )

    def _settings(self, found: Sequence[administration.Setting], schedules: Sequence[ScheduleShown]) -> None:
        self.view.show_settings(
            {one.name: one.value for one in found}, [(one.id, f"{_(one.name)} ({one.id})") for one in schedules]
        )

    # Staff ----------------------------------------------------------------------------------------------

    def save_staff(self, member: StaffMember | None, values: Mapping[str, object]) -> None:
        """Take somebody on, or change them and their role."""
        words = {name: str(values.get(name) or "") for name in ("username", "display_name", "specialty", "licence")}
        practice = Practice(**{one: str(values.get(one) or "") or None for one in NUMBERS})
        lines = str(values.get("hours") or "")
        role, password = str(values.get("role") or ""), str(values.get("password") or "")
        if member is None:
            new = NewStaff(words["username"], words["display_name"], role, password, words["specialty"] or None,
                           words["licence"] or None, practice)  # fmt: skip
            done = _("{name} can sign in now.").format(name=words["display_name"])
            self.do("staff", "", lambda desk: self._need_office().add_staff(desk, new), done)
            return

        def work(desk: Desk) -> None:
            revision = staff.change_staff(
                desk, member.id, display_name=words["display_name"], specialty=words["specialty"] or None,
                licence=words["licence"] or None, practice=practice, hours=lines, expect=member.revision,
            )  # fmt: skip
            if role != member.role:
                staff.change_role(self.desk, member.id, role, expect=revision)

        self.do("staff", member.id, work, _("{name} is changed.").format(name=words["display_name"]))

    def set_password(self, member: StaffMember, password: str) -> None:
        """Give somebody a new password, or open their account again with one."""
        if member.active:
            self.do("staff", member.id, lambda desk: self._need_office().set_password(desk, member.id, password),
                     _("{name} has a new password.").format(name=member.display_name))  # fmt: skip
        else:
            self.do(
                "staff", member.id,
                lambda desk: self._need_office().enable_staff(desk, member.id, password, expect=member.revision),
                _("{name} can sign in again.").format(name=member.display_name),
            )  # fmt: skip

    def close_account(self, member: StaffMember, reason: str) -> None:
        """Close somebody's account."""
        self.do(
            "staff", member.id,
            lambda desk: self._need_office().disable_staff(desk, member.id, reason, expect=member.revision),
            _("The account of {name} is closed.").format(name=member.display_name),
            self.kept("close_account", member.id),
        )  # fmt: skip

    def save_entry(self, section: str, known: Entry | None, values: Mapping[str, object]) -> None:
        """Add or change a place of the clinic, or a pharmacy outside."""
        new = Address(**{name: str(values.get(name) or "") or None for name in ADDRESS}, name=str(values["name"] or ""))
        add = directory.add_place if section == "places" else directory.add_pharmacy
        change = directory.change_place if section == "places" else directory.change_pharmacy
        if known is None:
            self.do(section, "", lambda desk: add(desk, new), _("{name} is in the list.").format(name=new.name))
            return
        active = bool(values.get("active"))
        self.do(section, known.id,
                 lambda desk: change(desk, known.id, new, active=active, expect=known.revision),
                 _("{name} is changed.").format(name=new.name))  # fmt: skip

    # Prices and formulary ---------------------------------------------------------------------------------

    def save_price(self, price: Price | None, values: Mapping[str, object], currency: str) -> None:
        """Add or change a price; `amount` in minor units."""
        name, amount = str(values.get("name") or ""), _whole(values.get("amount"))
        procedure = str(values.get("procedure_code") or "")
        if price is None:
            code, kind = str(values.get("code") or ""), str(values.get("kind") or "")
            self.do("prices", "",
                     lambda desk: administration.add_price(desk, code, name, kind, amount, currency, procedure),
                     _("{name} is on the price list.").format(name=name))  # fmt: skip
        else:
            active = bool(values.get("active"))
            self.do(
                "prices", price.id,
                lambda desk: administration.change_price(
                    desk, price.id, name=name, amount=amount, active=active, procedure_code=procedure,
                    expect=price.revision,
                ),
                _("The price of {name} is changed, from the next charge on.").format(name=name),
            )  # fmt: skip

    def save_product(self, product: FormularyProduct | None, values: Mapping[str, object]) -> None:
        """Add a product, or change how one is stocked and charged."""
        if product is None:
            text = {name: str(values.get(name) or "") for name in ("product_name", "form", "strength", "unit")}
            new = NewProduct(
                text["product_name"], text["form"], text["strength"], text["unit"], _code(values.get("medicine_code")),
                _whole(values.get("pack_size")), _whole(values.get("reorder_level")), _code(values.get("price_code")),
                bool(values.get("controlled")), str(values.get("ndc") or ""), _code(values.get("vaccine_code")),
            )  # fmt: skip
            self.do("formulary", "", lambda desk: stock.add_product(desk, new),
                     _("{name} is in the formulary.").format(name=new.name))  # fmt: skip
            return
        self.do(
            "formulary", product.id,
            lambda desk: administration.change_product(
                desk, product.id, pack_size=_whole(values.get("pack_size")),
                reorder_level=_whole(values.get("reorder_level")), price_code=_code(values.get("price_code")),
                controlled=bool(values.get("controlled")), active=bool(values.get("active")),
                ndc=str(values.get("ndc") or ""), expect=product.revision,
            ),
            _("{name} is changed.").format(name=product.name),
        )  # fmt: skip

    def save_printer(self, known: Printer | None, new: Target, *, active: bool) -> None:
        """Set a printer up, or change it."""
        if known is None:
            self.do("printers", "", lambda desk: printing.add_printer(desk, new),
                     _("{name} is set up: try it with a test print.").format(name=new.name))  # fmt: skip
            return
        self.do(
            "printers", known.id,
            lambda desk: printing.change_printer(desk, known.id, new, active=active, expect=known.revision),
            _("{name} is changed.").format(name=new.name),
        )  # fmt: skip

    # Laboratory -------------------------------------------------------------------------------------------

    def save_test(self, test: CatalogueEntry, values: Mapping[str, object]) -> None:
        """Change a test of the laboratory."""
        text = {name: str(values.get(name) or "") for name in ("name", "plausible_low", "plausible_high", "source")}
        price_code, active = _code(values.get("price_code")), bool(values.get("active"))
        self.do(
            "catalogue", test.id,
            lambda desk: administration.change_test(
                desk, test.id, name=text["name"], plausible_low=text["plausible_low"],
                plausible_high=text["plausible_high"], price_code=price_code, active=active, source=text["source"],
                expect=test.revision,
            ),
            _("{name} is changed.").format(name=text["name"]),
        )  # fmt: skip

    def save_range(self, test: CatalogueEntry, known: ReferenceRange | None, values: Mapping[str, object]) -> None:
        """Add or change a reference range."""
        limits = {name: str(values.get(name) or "") for name in ("low", "high", "critical_low", "critical_high")}
        new = NewRange(
            test.code, str(values.get("sex") or ""), _whole(values.get("age_from_days")),
            _whole(values.get("age_to_days")), source=str(values.get("range_source") or ""), **limits,
        )  # fmt: skip
        key = f"{test.id}.range"
        kept = self.kept("range", f"{test.id}.new" if known is None else known.id)
        if known is None:
            self.do("catalogue", key, lambda desk: administration.add_range(desk, new), _("The range is added."), kept)
        else:
            self.do("catalogue", key,
                     lambda desk: administration.change_range(desk, known.id, new, expect=known.revision),
                     _("The range is changed, for results from now on."), kept)  # fmt: skip

    def retire_range(self, test: CatalogueEntry, known: ReferenceRange, reason: str) -> None:
        """Take a reference range out of use."""
        self.do("catalogue", f"{test.id}.range",
                 lambda desk: administration.retire_range(desk, known.id, reason, expect=known.revision),
                 _("The range is not used any more."), self.kept("retire_range", known.id))  # fmt: skip

    # Backups and settings -----------------------------------------------------------------------------------

    def make_backup(self) -> None:
        """Make a backup and have another process open it."""
        self.do("backups", "", lambda desk: self._need_office().create_backup(desk),
                 _("A backup was made and opened by another process: it can be restored."))  # fmt: skip

    def verify_backup(self, path: str) -> None:
        """Have another process open a backup."""
        self.do("backups", "", lambda desk: self._need_office().verify_backup(desk, path),
                 _("The backup is whole and can be restored."))  # fmt: skip

    def export_research(self, values: Mapping[str, object], preserve: tuple[str, ...], out: Path) -> None:
        """Make an anonymised export; it is searched before the file gets its name, and refused in words."""
        text = {name: str(values.get(name) or "") for name in ("approval", "level", "purpose")}
        k = _whole(values.get("k"))

        def said(words: str) -> None:
            self.progress = words

        def work(desk: Desk) -> None:
            exchange = importlib.import_module("clinic_desktop.exchange.anonymous")  # heavy: loaded with the first one
            asked = exchange.Request(out, text["approval"], text["level"], text["purpose"], preserve, k)
            try:
                exchange.anonymise(desk, asked, said)
            finally:
                self.progress = None

        said("")
        words = _("{name} is written: nothing in it names anybody.").format(name=out.name)
        self.do("research", "", work, words, apart=True)

    def save_settings(self, values: Mapping[str, object], section: str = "settings", password: str = "") -> None:
        """Set what was typed; each setting is an act of its own, so only those that changed are written."""

        def work(desk: Desk) -> None:
            known = {one.name: one.value for one in administration.clinic_settings(desk)}
            for name, value in values.items():
                text = str(value if value is not None else "").strip()
                if text != known.get(name, ""):
                    self._need_office().change_setting(self.desk, name, text)
            if password:
                jobs.set_downtime_password(self.desk, password)
            drafts.drop_draft(desk, DraftKey(f"administration.{section}", "new"))

        self.do(section, "", work, _("Settings saved."))

    # ---------------------------------------------------------------------------------------------------------

    def do(
        self, section: str, key: str, work: Callable[[Desk], object], words: str, kept: KeptDraft | None = None,
        *, apart: bool = False,
    ) -> None:  # fmt: skip
        """Do an act under an id that stays the same until it succeeds; `apart` is what nobody shall wait behind."""
        name = f"{section}.{key}.{words}"
        draft = DraftKey(f"administration.{section}", key or "new") if kept is None else kept.key
        desk = self.desk.once(self._acts.setdefault(name, new_id()), draft=draft)
        self.view.set_busy(True)

        def done(_answer: object) -> None:
            self._acts.pop(name, None)
            self.view.set_busy(False)
            self.view.saved(section, key)
            self.view.say(words)
            self.load(section)

        def failed(error: Exception) -> None:
            self.view.set_busy(False)
            self._failed(section, error)

        if apart:
            self.tasks.query(name, lambda: work(desk), done, failed)
        else:
            self.tasks.change(lambda: work(desk), done, failed)

    def _failed(self, section: str, error: Exception) -> None:
        self.view.show_error(section, error)

    def _need_office(self) -> "Office":
        if self._office is None:
            raise Trouble(NO_OFFICE, remedy=N_("Sign in again as an administrator."))
        return self._office


def _whole(value: object) -> int:
    """A typed whole number; what is none becomes -1, which the service refuses beside its field."""
    text = str(value if value is not None else "")
    return int(text) if text.lstrip("-").isdigit() else -1


def _code(value: object) -> str | None:
    return str(value or "").strip() or None
