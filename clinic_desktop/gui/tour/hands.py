"""One person's way through the window: signing in, finding a screen, keeping a paper."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.gui.tour.driver import Driver
from clinic_desktop.gui.tour.record import Step
from clinic_desktop.gui.tour.visit import Visit
from clinic_desktop.services.clinic import Clinic

PASSPHRASE = "amber tugboat orchard 61"  # noqa: S105 - of the tour's own made-up clinic
STAFF = (
    ("drvale", "Dr Tour", "doctor"),
    ("nursetour", "Nurse Tour", "nurse"),
    ("pharmtour", "Pharmacist Tour", "pharmacist"),
    ("labtour", "Laboratory Tour", "laboratory"),
    ("labsecond", "Second Laboratory", "laboratory"),
    ("desktour", "Front Desk Tour", "front_desk"),
    ("cashtour", "Cashier Tour", "cashier"),
)
PRESSES = 3  # of one act, while the window is still busy with the one before
ADMIN = ("admintour", "Administrator Tour")


@dataclass
class Hands:
    """The tour's hands: the driver, the window, the visit and the second connection that checks."""

    driver: Driver
    window: MainWindow
    visit: Visit
    out: Path
    profile: Path
    second: Callable[[], Clinic]
    signed_in: str = ""

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Rows as a connection of its own sees them."""
        with self.second().store.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql, parameters)]

    def one(self, sql: str, *parameters: object) -> Any:
        """The first value of the first row, or None."""
        rows = self.rows(sql, *parameters)
        return rows[0][0] if rows else None

    def sign_in(self, username: str, name: str) -> None:
        """Sign in as somebody, switching from whoever works now."""
        if self.signed_in == username:
            return
        if self.signed_in:
            # A dialog that is just closing takes the key with it.
            self.driver.until("no dialog", lambda: self.driver.app.activeModalWidget() is None)
            self.driver.settle(0.3)
            self.driver.key("Ctrl+Shift+L")
        self.driver.find("signin.username")
        self.driver.choose("signin.username", name)
        self.driver.fill("signin.password", PASSPHRASE)
        self.driver.key("Return")
        self.driver.until("the window to open", lambda: self.window.has_frame)
        self.signed_in = username
        self.driver.settle()

    def go(self, screen: str) -> None:
        """Open a screen by its word in the rail."""
        self.driver.click(f"rail.{screen}")
        self.driver.find(f"{screen}.view")

    def primary(self) -> None:
        """Do the primary act, when it may be done."""
        foot = self.window.frame.foot.primary
        self.driver.until("the primary act", lambda: foot.isVisible() and foot.isEnabled())
        self.driver.key("Ctrl+Return")
        self.driver.settle()

    def primary_until(self, what: str, ask: Callable[[], object]) -> None:
        """Do the primary act until it is done: what was saved just now may not be shown yet, and is then refused."""
        for _ in range(PRESSES - 1):
            self.primary()
            if self.driver.soon(ask):
                return
        self.primary()
        self.driver.until(what, ask)

    def open_chart(self, family: str) -> None:
        """Find a patient from the palette and open the chart."""
        self.driver.key("Ctrl+K")
        self.driver.settle(0.2)
        self.driver.write(family[:9])
        self.driver.offered("palette.results", family)
        self.driver.key("Return")
        self.driver.find("chart.view")
        self.driver.until("the banner", lambda: self.window.frame.banner.patient_id)
        self.driver.settle()

    def to_step(self, key: str) -> None:
        """Go to a step of the consultation by its row in the side rail."""
        self.driver.find("consultation.view")
        self.driver.click(f"consultation.steps.{key}")
        self.driver.settle()

    def complete(self, key: str) -> None:
        """Complete a step with its primary act, and wait until the row says so."""
        self.primary()
        sql = "SELECT state FROM consultation_steps WHERE step = ?"
        self.driver.until(f"{key} completed", lambda: self.one(sql, key) == "completed" or None)

    def back_to(self, screen: str) -> None:
        """Go back step by step until a screen is there again."""
        for _step in range(4):
            if self.driver.seen(f"{screen}.view") is not None:
                return
            self.driver.key("Esc")
            self.driver.settle(0.4)
        self.driver.find(f"{screen}.view")

    def resume_consultation(self) -> None:
        """Open the consultation that waits for its doctor, from home."""
        self.go("home")
        self.driver.settle(0.8)
        self.driver.click("home.unsigned.row")
        self.driver.find("consultation.view")

    def laboratory_list(self, place: int) -> None:
        """Show one of the laboratory's lists: 0 to collect, 1 to enter, 2 to release."""
        self.driver.tab("laboratory.stage", place)
        self.driver.settle(0.5)

    def keep_paper(self, step: Step, name: str) -> None:
        """Wait for the paper shown, keep it as a file beside the pictures, and close it."""
        preview = self.driver.find("preview")
        data: bytes = self.driver.until("the paper", lambda: getattr(preview, "pdf", None))
        self.driver.settle(0.5)  # the pages are drawn off the window's thread
        file = self.out / f"{name}.pdf"
        file.write_bytes(data)
        step.pdf.append(file.name)
        step.check(f"{name} is a PDF", data.startswith(b"%PDF"))
        step.picture += self.driver.pictures(self.out, f"paper-{name}")
        self.driver.key("Esc")
        self.driver.settle()
