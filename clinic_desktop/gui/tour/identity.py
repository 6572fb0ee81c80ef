"""One person registered twice: found by the list, merged, and parted again."""

from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.gui.tour.record import Step


def merge_and_part(hands: Hands, step: Step) -> None:
    """Register the tour's patient again with a slip of the pen, merge the two, find them as one, and part them."""
    drive, visit = hands.driver, hands.visit
    hands.sign_in("desktour", "Front Desk Tour")
    hands.go("reception")
    drive.fill("reception.family_name", visit.family[:2] + visit.family[3:])
    drive.fill("reception.given_names", visit.given)
    drive.click(f"reception.sex.{visit.sex}")
    drive.fill("reception.born_on", visit.born.strftime("%d %b %Y"))
    drive.fill("reception.phone", visit.phone)
    hands.primary()
    drive.until("the second registration", lambda: hands.one("SELECT count(*) FROM patients") == 2 or None)
    hands.go("duplicates")
    drive.settle(0.8)
    step.picture += drive.pictures(hands.out, "duplicates")
    hands.primary()
    drive.find("merge.view")
    drive.fill("merge.reason", "same card and telephone")
    step.picture += drive.pictures(hands.out, "merge")
    rows = hands.one("SELECT count(*) FROM problems") + hands.one("SELECT count(*) FROM vital_signs")
    hands.primary()
    merged = drive.until("the merge", lambda: hands.one("SELECT id FROM merges WHERE undone_at IS NULL"))
    one = hands.one("SELECT count(*) FROM patients WHERE merged_into IS NULL")
    step.check("one registration stands", one == 1, one)
    now = hands.one("SELECT count(*) FROM problems") + hands.one("SELECT count(*) FROM vital_signs")
    step.check("no row of the chart is lost or doubled", now == rows, (rows, now))
    drive.find("reception.view")
    drive.click("reception.merge0.part")
    drive.find("unmerge.view")
    drive.settle(0.5)
    drive.fill("unmerge.reason", "two cousins")
    step.picture += drive.pictures(hands.out, "unmerge")
    hands.primary()
    drive.until("two people again", lambda: hands.one("SELECT undone_at FROM merges WHERE id = ?", merged))
    left = hands.one("SELECT count(*) FROM patients WHERE merged_into IS NOT NULL")
    step.check("both registrations stand again", left == 0, left)
    said = hands.one("SELECT reason FROM different_people WHERE withdrawn_at IS NULL")
    step.check("they are not offered as duplicates again", said == "two cousins", said)
