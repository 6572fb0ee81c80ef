"""The administrator's question of money: this month's revenue, the rows behind a number, their patient, two files."""

from pathlib import Path

from clinic_desktop.gui.screens.reports.view import ReportsView
from clinic_desktop.gui.tour.driver import TourError
from clinic_desktop.gui.tour.hands import ADMIN, Hands
from clinic_desktop.gui.tour.record import Step
from clinic_desktop.reports.report_check import check_report

TABLE = "reports.rows.revenue-analysis"


def look_behind_money(hands: Hands, step: Step) -> None:
    """Open revenue for this month, a number's rows and its patient; write PDF and CSV, and check both."""
    drive = hands.driver
    hands.sign_in(*ADMIN)
    hands.go("reports")
    drive.settle(0.8)
    step.picture += drive.pictures(hands.out, "reports-appointments")
    drive.key("Ctrl+K")
    drive.settle(0.2)
    drive.write("Revenue this month")
    drive.offered("palette.results", "Revenue this month")
    drive.key("Return")
    view = drive.find("reports.view")
    if not isinstance(view, ReportsView):
        raise TourError("the page of the reports is not there")
    drive.until("this month's rows", lambda: view.grid is not None and view.grid.table.rows())
    drive.pick_row(TABLE, "patients")
    drive.key("Right", 3)  # past what it is by, to how many
    step.picture += drive.pictures(hands.out, "reports-revenue")
    hands.primary()
    drive.find("reports.things")
    things = drive.until("the rows behind", view.behind.table.rows)
    counted = hands.one(
        "SELECT count(DISTINCT movement) FROM ledger WHERE kind IN ('invoice', 'void') "
        "AND account = 'receivable.patient' AND amount <> 0 AND posted_at >= ?",
        f"{view.presenter.asked.first.isoformat()}",
    )
    step.check("as many rows stand behind the number as the ledger has", len(things) == counted, (len(things), counted))
    step.picture += drive.pictures(hands.out, "reports-behind")
    drive.pick_row("reports.things", "invoice")
    thing = view.behind.table.current()
    hands.primary()
    drive.find("reception.view")
    banner = drive.until("the banner", lambda: hands.window.frame.banner.patient_id)
    step.check("its patient is opened", thing is not None and banner == thing.patient_id, banner)
    hands.back_to("reports")
    for form in ("pdf", "csv"):
        _write(hands, step, view, form)
    noted = hands.one("SELECT count(*) FROM access WHERE kind = 'report' AND subject = 'revenue-analysis'")
    step.check("each look is on record", noted >= 4, noted)
    step.picture += drive.pictures(hands.out, "reports-written")


def _write(hands: Hands, step: Step, view: ReportsView, form: str) -> None:
    path = Path(hands.out) / f"revenue-analysis.{form}"
    path.unlink(missing_ok=True)
    view.choose_path = lambda _suggested, _form: path  # in place of the system's own dialog
    hands.driver.click(f"reports.{form}")
    hands.driver.until(f"the {form}", path.exists)
    found = check_report(path)
    many = 0 if view.grid is None else len(view.grid.table.rows())
    step.check(f"the {form} is whole and has every row", found.whole and found.rows == many, (found.rows, many))
    hands.driver.until("where it went", lambda: form in hands.driver.text_of("reports.file.said") or None)
