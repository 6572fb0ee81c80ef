"""What a claim still lacks before an insurer would take it, in words: each with its field and what to do.

Fields follow what insurers ask of a professional claim (CMS-1500 / HIPAA 837P: diagnosis, pointers, service date,
procedure code, charge, authorisation, payer and member identification).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from clinic_desktop.domain.billing import INSURER, PATIENT, Posting, balanced
from clinic_desktop.domain.counting import money
from clinic_desktop.domain.insurance import Span
from clinic_desktop.domain.refusals import Refusal

OPEN = frozenset({"draft", "ready"})
LIVE = frozenset({"draft", "ready", "sent", "accepted", "paid", "partly_paid"})
ANSWERED = frozenset({"sent", "accepted", "partly_paid", "rejected"})
RESUBMITTED = frozenset({"rejected", "partly_paid"})
# What may be done in which state.
MOVES = {
    "ready": frozenset({"draft"}),
    "draft": frozenset({"ready"}),
    "sent": frozenset({"ready"}),
    "answer": ANSWERED,
    "resubmit": RESUBMITTED,
    "cancel": frozenset({"draft", "ready", "sent"}),
    "move": RESUBMITTED,  # to the secondary insurer, what the primary does not pay
}
BANK, WRITTEN_OFF = "bank.insurer", "written_off"
SOON_DAYS = 7
MOST_DIAGNOSES = 12  # as many as the CMS-1500 form (02/12) has places
_ICD = re.compile(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?")


@dataclass(frozen=True)
class Line:
    """One line of a claim; amount in minor units."""

    position: int
    code: str
    description: str
    served_on: date
    quantity: int
    amount: int
    pointers: tuple[int, ...] = ()
    own_code: bool = False  # the code of the clinic's own price list, which no insurer gave


@dataclass(frozen=True)
class Earlier:
    """A line of another claim to the same insurer that was not refused or cancelled."""

    number: str
    code: str
    served_on: date
    charge_id: str
    same_charge: bool


@dataclass(frozen=True)
class ToCheck:
    """Everything a claim is checked by; amounts in minor units."""

    lines: tuple[Line, ...]
    diagnoses: tuple[str, ...]
    policy_number: str
    cover: Span
    verified: bool
    payer_code: str
    needs_authorisation: bool
    authorisation: str
    filing_days: int | None
    born_on: date | None
    deceased_on: date | None
    sex: str
    claimed: int
    billed: int
    owed: int
    invoice_void: bool
    resubmission: bool
    payer_reference: str
    earlier: tuple[Earlier, ...]
    today: date


@dataclass(frozen=True)
class Finding:
    """One thing that is missing or odd: where, what, and what to do. `stops` where no insurer would take the claim."""

    field: str
    words: str
    remedy: str
    stops: bool = True
    facts: tuple[tuple[str, str], ...] = ()


def check(claim: ToCheck) -> tuple[Finding, ...]:
    """Everything that is missing or wrong, what stops the claim first."""
    found = [*_patient(claim), *_cover(claim), *_diagnoses(claim), *_lines(claim), *_money(claim), *_dates(claim)]
    return tuple(sorted(found, key=lambda one: not one.stops))


def stops(found: Iterable[Finding]) -> bool:
    """Whether anything of it stops the claim."""
    return any(one.stops for one in found)


def require_move(move: str, status: str) -> None:
    """Refuse an act that the claim's state does not allow."""
    if status not in MOVES[move]:
        raise Refusal("This cannot be done with a claim that is {status}.", field="claim", status=status)


def last_day(served: Iterable[date], filing_days: int | None) -> date | None:
    """The last day on which the claim may be filed: counted from its earliest service."""
    days = sorted(served)
    return days[0] + timedelta(days=filing_days) if days and filing_days is not None else None


def codes(text: str) -> tuple[str, ...]:
    """Diagnosis codes as they are kept: capitals, each once, divided by blanks or commas. Raises Refusal."""
    found = tuple(dict.fromkeys(text.upper().replace(",", " ").replace(";", " ").split()))
    for code in found:
        if not _ICD.fullmatch(code):
            raise Refusal("“{code}” is no ICD-10 code: they look like I10 or E11.9.", field="diagnoses", code=code)
    if len(found) > MOST_DIAGNOSES:
        raise Refusal("A claim takes at most {most} diagnoses.", field="diagnoses", most=MOST_DIAGNOSES)
    return found


def pointers(text: str, many: int) -> tuple[int, ...]:
    """Which diagnoses a line is for, by their place. Raises Refusal for one that is not there."""
    found = []
    for word in text.replace(",", " ").split():
        if not (word.isascii() and word.isdigit() and 1 <= int(word) <= many):
            raise Refusal("There is no diagnosis {place} on this claim.", field="pointers", place=word)
        found.append(int(word))
    return tuple(dict.fromkeys(found))


def settled(answer: str, *, claimed: int, before: int, paid: int, to_patient: int, written_off: int) -> str:
    """The state after an answer; `before` is what earlier answers settled. Raises Refusal naming the field.

    What is settled is paid by the insurer, moved to the patient, or written off; never more than was claimed.
    """
    for field, amount in (("paid", paid), ("to_patient", to_patient), ("written_off", written_off)):
        money(amount, field=field)
    together = before + paid + to_patient + written_off
    if together > claimed:
        raise Refusal("Together this is more than is still open on the claim.", field="paid", left=claimed - before)
    if answer == "accepted" and together > before:
        raise Refusal("An accepted claim is not paid yet: choose “paid” to enter money.", field="paid")
    if answer == "rejected" and paid:
        raise Refusal("A rejected claim is not paid: choose “paid”.", field="paid")
    if answer == "paid" and together == before:
        raise Refusal("Enter what was paid, moved to the patient or written off.", field="paid")
    if answer not in {"accepted", "rejected", "paid"}:
        raise Refusal("Choose what the insurer answered.", field="answer")
    return answer if answer != "paid" else "paid" if together == claimed else "partly_paid"


def answer_postings(paid: int, to_patient: int, written_off: int) -> tuple[Posting, ...]:
    """What an insurer's answer moves off its account: into the bank, to the patient, or off the books."""
    return balanced(
        Posting(BANK, paid),
        Posting(PATIENT, to_patient),
        Posting(WRITTEN_OFF, written_off),
        Posting(INSURER, -(paid + to_patient + written_off)),
    )


def _patient(claim: ToCheck) -> Iterable[Finding]:
    if claim.born_on is None:
        yield Finding("born_on", "The patient's birth date is not known.", "Ask the patient; change the registration.")
    elif any(line.served_on < claim.born_on for line in claim.lines):
        yield Finding("born_on", "A service is dated before the patient was born.", "Correct the birth date.")
    if claim.deceased_on is not None and any(line.served_on > claim.deceased_on for line in claim.lines):
        yield Finding("served_on", "A service is dated after the patient's death.", "Look at the dates of the charges.")
    if claim.sex not in {"female", "male"}:
        yield Finding("sex", "The patient's sex is not given as the insurer's forms ask for it.",
                      "Look at the registration.", stops=False)  # fmt: skip


def _cover(claim: ToCheck) -> Iterable[Finding]:
    if not claim.policy_number:
        yield Finding("policy_number", "The cover has no policy number.", "Add it to the patient's cover.")
    for line in claim.lines:
        if not claim.cover.holds_on(line.served_on):
            day = (("day", line.served_on.isoformat()), ("line", str(line.position)))
            yield Finding("cover", "The cover was not in force on {day} (line {line}).",
                          "Claim it by the cover of that day, or let the patient pay.", facts=day)  # fmt: skip
    if claim.needs_authorisation and not claim.authorisation:
        yield Finding("authorisation", "The plan asks for an authorisation, and there is no number.",
                      "Ask the insurer for one and enter it.")  # fmt: skip
    if not claim.payer_code:
        yield Finding("payer_code", "The insurer has no payer code.", "Add it to the insurer.", stops=False)
    if not claim.verified:
        yield Finding("verified_on", "Nobody has verified this cover with the insurer yet.",
                      "Call the insurer and note it on the cover.", stops=False)  # fmt: skip


def _diagnoses(claim: ToCheck) -> Iterable[Finding]:
    if not claim.diagnoses:
        yield Finding("diagnoses", "There is no diagnosis.", "Enter the ICD-10 code of the visit's diagnosis.")


def _lines(claim: ToCheck) -> Iterable[Finding]:
    if not claim.lines:
        yield Finding("lines", "The claim has no line.", "Cancel it and make it again from its invoice.")
    for line in claim.lines:
        place = (("line", str(line.position)), ("what", line.description))
        if not line.code:
            yield Finding("code", "Line {line} ({what}) has no code.", "Enter its procedure code.", facts=place)
        elif line.own_code:
            yield Finding("code", "Line {line} ({what}) bears the code of the clinic's own price list: {code}.",
                          "Enter its procedure code, unless this insurer takes the clinic's.", stops=False,
                          facts=(*place, ("code", line.code)))  # fmt: skip
        if any(pointer > len(claim.diagnoses) for pointer in line.pointers):
            yield Finding("pointers", "Line {line} ({what}) points to a diagnosis that is not there.",
                          "Say again which diagnosis it is for.", facts=place)  # fmt: skip
        elif not line.pointers and claim.diagnoses:
            yield Finding("pointers", "Line {line} ({what}) points to no diagnosis.", "Say which diagnosis it is for.",
                          facts=place)  # fmt: skip
        if line.amount <= 0:
            yield Finding("amount", "Line {line} ({what}) comes to nothing.", "Give it a price, or leave it.",
                          stops=False, facts=place)  # fmt: skip
    for old in claim.earlier:
        facts = (("number", old.number), ("code", old.code or "?"), ("day", old.served_on.isoformat()))
        if old.same_charge:
            yield Finding("lines", "The same service was claimed before, on {number}.",
                          "Cancel this claim or that one.", facts=facts)  # fmt: skip
        else:
            yield Finding("lines", "{code} of {day} was also claimed on {number}.",
                          "Make sure that it was really done twice.", stops=False, facts=facts)  # fmt: skip


def _money(claim: ToCheck) -> Iterable[Finding]:
    if claim.invoice_void:
        yield Finding("invoice", "The invoice is void.", "Cancel this claim.")
    if claim.claimed <= 0:
        yield Finding("claimed", "Nothing is claimed.", "Cancel this claim.")
    if claim.claimed > claim.owed:
        yield Finding("claimed", "More is claimed than the insurer owes on the invoice.",
                      "Cancel this claim and make it again.")  # fmt: skip
    if sum(line.amount for line in claim.lines) != claim.billed:
        yield Finding("billed", "The lines do not add up to the invoice.", "Cancel this claim and make it again.")


def _dates(claim: ToCheck) -> Iterable[Finding]:
    for line in claim.lines:
        if line.served_on > claim.today:
            yield Finding("served_on", "Line {line} is dated in the future.", "Look at the clock and the charge.",
                          facts=(("line", str(line.position)),))  # fmt: skip
    last = last_day((line.served_on for line in claim.lines), claim.filing_days)
    if last is not None and claim.today > last:
        yield Finding("filing", "It had to be filed by {day}.", "Ask the insurer for leave, or let it go.",
                      facts=(("day", last.isoformat()),))  # fmt: skip
    elif last is not None and (last - claim.today).days <= SOON_DAYS:
        yield Finding("filing", "It must be filed by {day}.", "Send it soon.", stops=False,
                      facts=(("day", last.isoformat()),))  # fmt: skip
    if claim.resubmission and not claim.payer_reference:
        yield Finding("payer_reference", "A claim sent again names the insurer's reference of the first.",
                      "Enter it where the answer had one.", stops=False)  # fmt: skip
