"""The visit itself: the nurse measures, the doctor goes through eleven steps, the laboratory answers."""

from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.gui.tour.record import Step


def vitals(hands: Hands, step: Step) -> None:
    """The nurse finds the patient from the palette and records the vital signs."""
    drive, visit = hands.driver, hands.visit
    hands.sign_in("nursetour", "Nurse Tour")
    hands.open_chart(visit.family)
    drive.click("chart.primary")
    for name, words in (
        ("pressure", visit.pressure),
        ("heart_rate", visit.pulse),
        ("temperature", visit.temperature),
        ("weight", visit.weight),
    ):
        drive.fill(f"chart.{name}", words)
    step.picture += drive.pictures(hands.out, "vitals")
    hands.primary()
    drive.until("the vital signs", lambda: hands.one("SELECT count(*) FROM vital_signs") >= 5 or None)
    systolic, diastolic = visit.pressure.split("/")
    found = dict(hands.rows("SELECT code, value FROM vital_signs"))
    step.check("systolic and diastolic stored", {systolic, diastolic} <= set(found.values()), found)
    saw = hands.one("SELECT count(*) FROM access WHERE kind = 'chart'")
    step.check("opening the chart is in the access log", saw >= 1)


def call(hands: Hands, step: Step) -> None:
    """The doctor calls whoever is next and begins the consultation."""
    drive = hands.driver
    hands.sign_in("drvale", "Dr Tour")
    step.picture += drive.pictures(hands.out, "home-doctor")
    hands.go("queue")
    drive.until("somebody waiting", lambda: hands.window.frame.foot.primary.isEnabled() or None)
    hands.primary()
    drive.until("the call", lambda: hands.one("SELECT id FROM queue_entries WHERE status = 'called'"))
    drive.click("queue.start")
    drive.find("chart.view")
    drive.settle(0.6)
    if drive.seen("chart.start.new") is None:
        hands.primary()
    drive.click("chart.start.new")
    drive.find("consultation.view")
    drive.until("the encounter", lambda: hands.one("SELECT id FROM encounters"))
    steps = hands.one("SELECT count(*) FROM consultation_steps")
    step.check("eleven steps", steps == 11, steps)
    step.check("in consultation", hands.one("SELECT status FROM queue_entries") == "in_consultation")


def talk(hands: Hands, step: Step) -> None:
    """Overview, vital signs, symptoms, history with the allergy, examination."""
    drive, visit = hands.driver, hands.visit
    hands.to_step("patient_overview")
    drive.click("consultation.identity_name")
    drive.click("consultation.identity_born_on")
    if drive.seen("consultation.alerts_read") is not None:
        drive.click("consultation.alerts_read")
    hands.complete("patient_overview")
    hands.to_step("symptoms")
    drive.fill("consultation.complaint", visit.complaint)
    drive.fill("consultation.onset", visit.onset)
    step.picture += drive.pictures(hands.out, "consultation-symptoms")
    hands.complete("symptoms")
    hands.to_step("history")
    drive.click("consultation.add_allergy")
    drive.suggest("chart.substance", visit.allergy.substance)
    drive.fill("chart.reaction", "swelling of the face")
    step.picture += drive.pictures(hands.out, "allergy")
    hands.primary()
    drive.until("the allergy", lambda: hands.one("SELECT id FROM allergies"))
    state = hands.one("SELECT allergy_state FROM patients")
    step.check("the allergy state is listed", state == "listed", state)
    hands.back_to("consultation")
    hands.to_step("history")
    drive.click("consultation.medicines_reconciled")
    hands.complete("history")
    hands.to_step("examination")
    drive.fill("consultation.system_abdomen", visit.finding)
    hands.complete("examination")
    stored = hands.one("SELECT content FROM consultation_steps WHERE step = 'symptoms'")
    step.check("the complaint is stored", visit.complaint in (stored or ""), stored)


def order(hands: Hands, step: Step) -> None:
    """Order the electrolytes from the investigations step."""
    drive = hands.driver
    hands.to_step("investigations")
    drive.click("consultation.order")
    drive.find("order.view")
    drive.suggest("order.search", "potassium")
    drive.suggest("order.search", "creatinine")
    step.picture += drive.pictures(hands.out, "order")
    hands.primary()
    drive.until("the order", lambda: hands.one("SELECT id FROM lab_orders"))
    tests = {row[0] for row in hands.rows("SELECT test_code FROM lab_order_tests")}
    step.check("both tests ordered", tests == {"potassium", "creatinine"}, tests)


def bench(hands: Hands, step: Step) -> None:
    """Collect the specimen and enter a critical potassium."""
    drive, visit = hands.driver, hands.visit
    hands.sign_in("labtour", "Laboratory Tour")
    hands.go("laboratory")
    hands.laboratory_list(0)
    drive.pick_row("laboratory.orders", visit.family, open_it=True)
    hands.primary()
    drive.until("the specimen", lambda: hands.one("SELECT id FROM specimens"))
    drive.fill("laboratory.value.potassium", visit.potassium)
    drive.key("Return")
    drive.fill("laboratory.value.creatinine", "0.9")
    drive.settle()
    step.check("the flag shows while typing", "HH" in drive.text_of_pill("laboratory.flag.potassium"))
    step.picture += drive.pictures(hands.out, "laboratory-grid")
    hands.primary()
    drive.until("the results", lambda: hands.one("SELECT count(*) FROM lab_results") == 2 or None)
    flags = dict(hands.rows("SELECT test_code, flag FROM lab_results"))
    step.check("potassium is critical", flags.get("potassium") == "HH", flags)


def release(hands: Hands, step: Step) -> None:
    """A second person releases, and records the call-back of the critical value."""
    drive, visit = hands.driver, hands.visit
    hands.sign_in("labsecond", "Second Laboratory")
    hands.go("laboratory")
    hands.laboratory_list(2)
    drive.pick_row("laboratory.orders", visit.family, open_it=True)
    drive.settle(0.5)
    hands.primary()
    drive.until("the release", lambda: hands.one("SELECT id FROM lab_results WHERE status = 'released'"))
    people = hands.rows("SELECT DISTINCT entered_by, released_by FROM lab_results")
    step.check("two people", all(first != second for first, second in people), people)
    drive.find("laboratory.told_whom")
    step.picture += drive.pictures(hands.out, "critical")
    drive.fill("laboratory.told_whom", "Dr Tour")
    drive.click("laboratory.read_back")
    drive.click("laboratory.record_callback")
    drive.until("the call-back", lambda: hands.one("SELECT id FROM callbacks"))
    step.check("read back", hands.one("SELECT read_back FROM callbacks") == 1)
    drive.click("laboratory.print")
    hands.keep_paper(step, "laboratory-report")
