"""Consents of the demo clinic: signed, refused and withdrawn ones, a restricted record, a share, two programmes."""

import math
import random
from dataclasses import replace
from datetime import date, timedelta

from clinic_desktop.cli.demo_weeks import Weeks
from clinic_desktop.domain.programmes import Step
from clinic_desktop.domain.signatures import PAD, Signature, write
from clinic_desktop.services import break_glass, consents, programmes, restrictions, sharing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.consents import NewConsent
from clinic_desktop.services.programmes import NewEnrolment, NewProgramme
from clinic_desktop.services.sharing import NewShare

PROGRAMMES = (
    NewProgramme(
        "Walking for blood pressure",
        "Eight weeks of walking, a little more each week, with the blood pressure measured at home.",
        "fitness",
        tuple(Step(f"Week {week}: {15 + 5 * week} minutes a day", week, "", 5, 15 + 5 * week, "Systolic pressure, mmHg")
              for week in range(1, 9)),
        weeks=8, difficulty="beginner", provider="This clinic", capacity=30,
        requirements=("Cleared for exercise by a doctor",), outcomes=("Lower blood pressure", "A habit"),
        eligibility="Adults with high blood pressure and no chest pain on effort",
    ),
    NewProgramme(
        "Living with diabetes",
        "Six meetings about food, feet, medicines and what to do on a sick day.",
        "chronic_care",
        (Step("What diabetes is", 1), Step("Food and the plate", 2), Step("Moving", 3), Step("Feet", 4),
         Step("Medicines and sick days", 5), Step("One's own plan", 6, "", 1, 60, "Weight, kg")),
        weeks=6, provider="This clinic", capacity=12, eligibility="Adults with diabetes of type 1 or 2",
    ),
)  # fmt: skip


def agree(weeks: Weeks, today: date) -> None:
    """Let some patients sign, one refuse, one restrict the record, one share it, three take part in programmes."""
    front, doctor, nurse = (weeks.desk(who) for who in ("frontdesk", "doctor", "nurse"))
    admin = weeks.desk("administrator")
    offered = [programmes.add_programme(admin.once(), each) for each in PROGRAMMES]
    adults = [patient for patient, story in weeks.known[:60] if story.ages[0] >= 18][:8]
    if len(adults) < 8:
        return
    signed_on = today - timedelta(days=3)
    for place, patient in enumerate(adults):
        for scope in ("communication", "disclosure", "programmes")[: 1 + place % 3]:
            _sign(weeks, front, patient, scope, signed_on)
    _sign(weeks, front, adults[0], "research", signed_on, status="rejected")
    for patient in adults[1:]:
        _sign(weeks, front, patient, "research", signed_on)
    gone = _sign(weeks, front, adults[1], "photography", signed_on)
    consents.withdraw_consent(front.once(), gone, "Does not want to be photographed any more", expect=1)
    new = NewShare(
        "Dr Amina Yusuf", "healthcare_provider", "Opinion of a cardiologist", ("allergies", "problems", "medicines"),
        today + timedelta(days=30), ("view", "print"), "Heart Centre",
    )  # fmt: skip
    sharing.share_record(doctor.once(), adults[2], new)
    for_system = replace(
        new, purpose="Records for the hospital's own system", permissions=("view", "keep"), form="fhir"
    )
    sharing.share_record(doctor.once(), adults[2], for_system)
    own = replace(new, recipient_name="The patient", recipient_type="patient", purpose="To take along on a journey",
                  recipient_organisation="", sections=("allergies", "medicines", "vitals"))  # fmt: skip
    sharing.share_record(doctor.once(), adults[4], own)
    insurer = replace(new, recipient_name="Harbour Mutual", recipient_type="insurer", purpose="Approval of a stay",
                      recipient_organisation="Claims", sections=("problems", "visits"))  # fmt: skip
    taken_back = sharing.share_record(doctor.once(), adults[5], insurer)
    sharing.withdraw_share(front.once(), taken_back.share_id, "The stay was called off", expect=1)
    restrictions.restrict_record(front.once(), adults[3], ["role:nurse"], "A relative works at this clinic")
    doctor.session.prove(weeks.clock.steady())  # nobody types a password in the demo's made-up days
    glass = break_glass.break_glass(
        doctor.once(), adults[3], "cannot_consent", "Brought in unconscious, no relative to be reached"
    )
    break_glass.end_glass(doctor.once(), glass.id)
    for place, patient in enumerate((adults[2], adults[5])):
        taking = NewEnrolment(today - timedelta(days=2), ("To walk to the market and back",))
        enrolment = programmes.enrol(nurse.once(), patient, offered[0], taking)
        shown = programmes.enrolments_of(nurse, patient)[0]
        for day in range(2 - place):
            done_on = today - timedelta(days=2 - day)
            programmes.note_progress(nurse.once(), enrolment, shown.steps[0].id, done_on, f"{148 - 3 * day}")


def _sign(weeks: Weeks, desk: Desk, patient: str, scope: str, on: date, *, status: str = "active") -> str:
    new = NewConsent(
        scope, status=status, granted_on=on, witness_name="Demo Nurse",
        channels=("sms", "phone") if scope == "communication" else (), signature=_scribble(weeks.draw),
    )  # fmt: skip
    return consents.record_consent(desk.once(), patient, new)


def _scribble(draw: random.Random) -> str:
    """A line with loops, as a hand in a hurry draws it."""
    turn, high, wide = draw.uniform(0.09, 0.13), draw.uniform(350, 650), draw.uniform(15, 19)
    points = []
    for step in range(330):
        fade = 0.45 + 0.55 * math.sin(step * 0.021) ** 2
        x = 700 + wide * step + 190 * math.sin(step * turn * 2 + 0.7)
        points.append((int(x), int(1650 - high * fade * math.sin(step * turn))))
    under = [(900, 2450), (3500, 2380), (points[-1][0], 2430)]
    return write(Signature(PAD, (tuple((min(px, PAD[0]), py) for px, py in points), tuple(under))))
