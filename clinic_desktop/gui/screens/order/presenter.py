"""Decides what is ordered: tests and panels chosen, what is ordered already, how urgent. No Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from clinic_desktop.clock import new_id
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _, ngettext
from clinic_desktop.services import directory, drafts, laboratory
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.directory import Entry
from clinic_desktop.services.lab_orders import NOTHING_SAID, OrderDetails
from clinic_desktop.services.laboratory import Catalogue, OpenTest, PlacedOrder, Priority

FORM = "order"
PRIORITIES: dict[str, Priority] = {"routine": "routine", "urgent": "urgent", "stat": "stat"}


@dataclass(frozen=True)
class Line:
    """One thing that was chosen, a test or a panel."""

    key: str  # "test:crp", "panel:cbc"
    name: str
    specimens: str
    tests: str  # the tests of a panel
    already: str  # the order that has it already


@dataclass(frozen=True)
class Found:
    """One thing that can be chosen."""

    key: str
    name: str
    detail: str
    already: str
    is_panel: bool


class View(Protocol):
    """What the presenter asks of the view."""

    def show_panels(self, panels: Sequence[Found]) -> None: ...  # noqa: D102
    def show_lines(self, lines: Sequence[Line], specimens: str) -> None: ...  # noqa: D102
    def show_open(self, tests: Sequence[OpenTest]) -> None: ...  # noqa: D102
    def restore(self, draft: Mapping[str, object]) -> None: ...  # noqa: D102
    def offer_places(self, places: Sequence[Entry]) -> None: ...  # noqa: D102
    def start(self) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def show_error(self, error: Exception) -> None: ...  # noqa: D102
    def placed(self, words: str) -> None: ...  # noqa: D102
    def touched(self) -> None: ...  # noqa: D102


class Presenter:
    """One order being put together."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.patient_id, self.encounter_id = "", ""
        self._catalogue = Catalogue((), ())
        self._open_tests: tuple[OpenTest, ...] = ()
        self._chosen: dict[str, None] = {}
        self._act = new_id()

    def open(self, patient_id: str, encounter_id: str = "") -> None:
        """Begin an order for a patient, with what was put together and not placed."""
        fresh = patient_id != self.patient_id
        self.patient_id, self.encounter_id = patient_id, encounter_id
        if fresh:
            self._chosen, self._act = {}, new_id()
            self.view.set_busy(False)
            self.view.start()
        key = DraftKey(FORM, patient_id)

        def ask() -> tuple[Catalogue, tuple[OpenTest, ...], Mapping[str, object] | None]:
            desk = self.desk
            return laboratory.catalogue(desk), laboratory.open_tests(desk, patient_id), drafts.draft(desk, key)

        self.tasks.query("places", lambda: directory.places(self.desk), self.view.offer_places)
        self.tasks.query("open", ask, lambda found: self._arrived(*found))

    def refresh(self, kinds: frozenset[str]) -> None:
        """What is ordered already may have changed."""
        if self.patient_id and any(kind.startswith(("lab_order.", "result.")) for kind in kinds):
            patient_id = self.patient_id
            self.tasks.query("already", lambda: laboratory.open_tests(self.desk, patient_id), self._already)

    def search(self, text: str) -> list[Found]:
        """What the words mean: names that begin so before names that hold them, panels first."""
        words = text.casefold().split()
        found = [each for each in self.offered() if all(word in f"{each.name} {each.key}".casefold() for word in words)]
        first = text.casefold()
        return sorted(found, key=lambda one: (not one.name.casefold().startswith(first), not one.is_panel, one.name))

    def offered(self) -> list[Found]:
        """Everything that can be chosen and is not."""
        already = {test.test_code: test.order_number for test in self._open_tests}
        tests = [
            Found(f"test:{one.code}", one.name, f"{one.specimen} · {one.section}", already.get(one.code, ""),
                  is_panel=False)
            for one in self._catalogue.tests
        ]  # fmt: skip
        return [one for one in (*self._panels(), *tests) if one.key not in self._chosen]

    def choose(self, key: str) -> None:
        """Add a test or a panel."""
        self._chosen[key] = None
        self._changed()

    def drop(self, key: str) -> None:
        """Take a test or a panel out again."""
        self._chosen.pop(key, None)
        self._changed()

    def is_chosen(self, key: str) -> bool:
        """Whether a test or a panel was chosen."""
        return key in self._chosen

    def draft(self) -> dict[str, str]:
        """What was chosen, for the draft."""
        return {"chosen": " ".join(self._chosen)} if self._chosen else {}

    def keep(self, fields: dict[str, str]) -> None:
        """Keep the draft."""
        if self.patient_id:
            desk, key = self.desk, DraftKey(FORM, self.patient_id)
            self.tasks.change(lambda: drafts.keep_draft(desk, key, fields), None, self.view.show_error)

    def place(self, priority: str, note: str, details: OrderDetails = NOTHING_SAID) -> None:
        """Place the order."""
        tests = tuple(key.removeprefix("test:") for key in self._chosen if key.startswith("test:"))
        panels = tuple(key.removeprefix("panel:") for key in self._chosen if key.startswith("panel:"))
        patient_id, encounter_id = self.patient_id, self.encounter_id or None
        desk = self.desk.once(self._act, draft=DraftKey(FORM, patient_id))

        def work() -> PlacedOrder:
            return laboratory.place_order(
                desk, patient_id, tests=tests, panels=panels, encounter_id=encounter_id,
                priority=PRIORITIES.get(priority, "routine"), note=note or None, details=details,
            )  # fmt: skip

        def done(placed: PlacedOrder) -> None:
            if patient_id != self.patient_id:
                # Another patient's order is being put together meanwhile: it stays as it is.
                return
            self.view.set_busy(False)
            self._chosen, self._act, self.patient_id = {}, new_id(), ""
            count = len(placed.tests)
            tests = ngettext("{n} test", "{n} tests", count)
            self.view.placed(_("Order {number} placed: {tests}.").format(number=placed.number, tests=tests))

        def failed(error: Exception) -> None:
            if patient_id == self.patient_id:
                self.view.set_busy(False)
            self.view.show_error(error)

        self.view.set_busy(True)
        self.tasks.change(work, done, failed)

    def _arrived(
        self, catalogue: Catalogue, open_tests: tuple[OpenTest, ...], draft: Mapping[str, object] | None
    ) -> None:
        self._catalogue, self._open_tests = catalogue, open_tests
        if draft:
            known = {one.key for one in self.offered()} | set(self._chosen)
            self._chosen = {key: None for key in str(draft.get("chosen", "")).split() if key in known}
            self.view.restore(draft)
        self.view.show_panels(self._panels())
        self.view.show_open(open_tests)
        self._show()

    def _already(self, open_tests: tuple[OpenTest, ...]) -> None:
        self._open_tests = open_tests
        self.view.show_open(open_tests)
        self._show()

    def _panels(self) -> list[Found]:
        names = {test.code: test.name for test in self._catalogue.tests}
        return [
            Found(f"panel:{one.code}", one.name, ", ".join(names[code] for code in one.tests), "", is_panel=True)
            for one in self._catalogue.panels
        ]

    def _changed(self) -> None:
        self._show()
        self.view.touched()

    def _show(self) -> None:
        tests = {test.code: test for test in self._catalogue.tests}
        panels = {panel.code: panel for panel in self._catalogue.panels}
        already = {test.test_code: test.order_number for test in self._open_tests}
        lines, kinds = [], dict[str, None]()
        for key in self._chosen:
            kind, code = key.split(":", 1)
            members = panels[code].tests if kind == "panel" else (code,)
            specimens = dict.fromkeys(tests[one].specimen for one in members)
            kinds.update(specimens)
            lines.append(
                Line(
                    key,
                    panels[code].name if kind == "panel" else tests[code].name,
                    ", ".join(specimens),
                    ", ".join(tests[one].name for one in members) if kind == "panel" else "",
                    next((already[one] for one in members if one in already), ""),
                )
            )
        self.view.show_lines(lines, ", ".join(kinds))
