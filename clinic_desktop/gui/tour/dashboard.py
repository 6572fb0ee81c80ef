"""The dashboard: the doctor's and the administrator's numbers of today, a trend by key, and how each is measured."""

from clinic_desktop.gui.tour.hands import ADMIN, Hands
from clinic_desktop.gui.tour.record import Step


def doctor_looks(hands: Hands, step: Step) -> None:
    """The doctor's own numbers, with the quality of care."""
    hands.sign_in("drvale", "Dr Tour")
    hands.go("dashboard")
    _settled(hands)
    drive = hands.driver
    shown = drive.text_of("dashboard.today.visits.number")
    mine = hands.one(
        "SELECT count(*) FROM encounters e JOIN staff s ON s.id = e.practitioner_id "
        "WHERE s.username = 'drvale' AND e.status NOT IN ('void', 'outside')"
    )
    step.check("the doctor's visits of today are those in the rows", shown == str(mine), f"{shown} and {mine}")
    step.check("a doctor sees no money", drive.seen("dashboard.money") is None)
    step.picture += drive.pictures(hands.out, "dashboard-doctor")


def administrator_looks(hands: Hands, step: Step) -> None:
    """Every card, a trend of twelve weeks by key, and the formulas."""
    hands.sign_in(*ADMIN)
    hands.go("dashboard")
    _settled(hands)
    drive = hands.driver
    shown = drive.text_of("dashboard.today.arrived.number")
    rows = hands.one("SELECT count(*) FROM queue_entries")
    step.check("the check-ins of today are those in the rows", shown == str(rows), f"{shown} and {rows}")
    step.picture += drive.pictures(hands.out, "dashboard-administrator")
    drive.choose("dashboard.measure", "Visits")
    drive.click("dashboard.by.week")
    drive.until("the trend of weeks", lambda: "twelve whole weeks" in drive.text_of("dashboard.trend.said")
                or "in the twelve before" in drive.text_of("dashboard.trend.said"))  # fmt: skip
    drive.key("Alt+M")
    drive.find("dashboard.measured")
    drive.settle()
    step.picture += drive.pictures(hands.out, "dashboard-measured")
    drive.key("Esc")
    step.check("Esc goes back to the numbers", drive.seen("dashboard.measured") is None)
    # Others have looked at pages before: who left, left the times of theirs.
    counted = hands.one("SELECT coalesce(sum(openings), 0) FROM screen_speeds")
    step.check("openings of pages were counted", counted > 0, counted)


def _settled(hands: Hands) -> None:
    """Until every card has its answer."""
    hands.driver.until("the answers", lambda: hands.window.pools.idle or None)
    hands.driver.settle(0.3)
