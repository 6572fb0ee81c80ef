"""Invoices, payments and claims there: written, never read, so that each is sent once and then looked at by a person.

The document names no currency: what is in another than the clinic's is not told at all.
"""

from decimal import Decimal

from sync.port import Body, CannotTell, Kind, Links, Story
from sync.records.claim import Claim
from sync.records.elements import CodeableConcept, Reference
from sync.records.invoice import ChargeItem, Invoice
from sync.records.payment import PaymentNotice
from sync.remotes.arocord_hims.mapping.names import SYSTEM
from sync.telling.covers import amount, insurer_of, policy_of
from sync.telling.folding import day
from sync.telling.lenses import Lens, first_of, left, of
from sync.telling.words import local_id, told_id, words
from sync.telling.work import ICD10, diagnosis_codes, extra, price_of, procedure_code

METHODS = {"card": "credit_card", "credit": "credit_card", "debit": "debit_card"}


def charge_body(one: ChargeItem) -> Body:
    """One line."""
    price, quantity, total = price_of(one)
    found = {
        "description": words(one.code),
        "cpt_code": procedure_code(one.code),
        "quantity": quantity,
        "unit_price": price,
        "total": total,
    }
    return {name: value for name, value in found.items() if value is not None}


def _standing(story: Story) -> list[ChargeItem]:
    return [each for each in of(story, ChargeItem) if each.status != "entered-in-error"]


def _charges(story: Story, _links: Links) -> list[Body]:
    return [charge_body(each) for each in _standing(story)]


def reduced(story: Story) -> CannotTell | None:
    """Refuse an invoice whose sum is not that of its charges: their form has the charges alone."""
    net = first_of(story, Invoice).total_net
    if net is None or net.value is None:
        return None
    prices = (each.price_override for each in _standing(story))
    charged = sum((price.value for price in prices if price is not None and price.value is not None), Decimal(0))
    return None if charged == net.value else CannotTell("AROCORD has no place for a discount: enter the invoice there.")


def _visit(story: Story, links: Links) -> str | None:
    context = next((each.context for each in of(story, ChargeItem) if each.context), None)
    return told_id(context, SYSTEM, Kind.ENCOUNTER, links)


def _due(story: Story, _links: Links) -> str | None:
    found = extra(first_of(story, Invoice), "dueDate")
    return day(found) if isinstance(found, str) else None


INVOICE = (
    Lens(
        "patient_id",
        lambda story, links: told_id(first_of(story, Invoice).subject, SYSTEM, Kind.PATIENT, links),
        left,
    ),
    Lens("consultation_id", _visit, left),
    Lens("charges", _charges, left),
    Lens("due_date", _due, left),
)


def invoice_of(story: Story) -> Reference | None:
    """The invoice that is paid, or claimed."""
    if isinstance(story.first, PaymentNotice):
        return story.first.request
    invoice = next(iter(of(story, Invoice)), None)
    if invoice is not None and invoice.id:
        return Reference(reference=f"Invoice/{invoice.id}")
    related = extra(story.first, "related")
    found = related[0].get("reference") if isinstance(related, (list, tuple)) and related else None
    return Reference(reference=found) if isinstance(found, str) else None


def invoice_there(story: Story, links: Links) -> str | None:
    """The id there of that invoice."""
    here = local_id(invoice_of(story))
    return links.there(Kind.INVOICE, here) if here else None


def _method(story: Story, _links: Links) -> str:
    one = first_of(story, PaymentNotice)
    said = extra(one, "paymentMethod") or extra(one, "method")
    text = said if isinstance(said, str) else words(one.payment_status)
    if isinstance(said, dict):
        text = words(CodeableConcept.model_validate(said))
    plain_word = (text or "other").strip().lower().replace(" ", "_")
    return METHODS.get(plain_word, plain_word)


PAYMENT = (
    Lens("invoice_id", invoice_there, left),
    Lens("payment_method", _method, left),
    Lens("amount", lambda story, _links: amount(first_of(story, PaymentNotice).amount), left),
)


def payment_details(key: str) -> Body:
    """What tells this payment from every other: our own intent, and nothing of a card."""
    return {"transaction_id": key} if key else {}


def _procedures(story: Story, _links: Links) -> list[str]:
    """What the claim asks for; what was charged only where no line of it has a code, since a line may be corrected."""
    asked = [procedure_code(each.product_or_service) for each in first_of(story, Claim).item]
    found = list(filter(None, asked)) or list(filter(None, (procedure_code(each.code) for each in _standing(story))))
    return list(dict.fromkeys(found))


def _diagnoses(story: Story, _links: Links) -> list[str]:
    concepts = [each.diagnosis_codeable_concept for each in first_of(story, Claim).diagnosis]
    return diagnosis_codes(concepts, ICD10)


CLAIM = (
    Lens("invoice_id", invoice_there, left),
    Lens("insurance_provider", lambda story, _links: insurer_of(story), left),
    Lens("policy_number", lambda story, _links: policy_of(story), left),
    Lens("diagnosis_codes", _diagnoses, left),
    Lens("procedure_codes", _procedures, left),
)


def known(story: Story | None) -> Story:
    """Money is told from here and never read from there. Raises LookupError for what the chart does not have."""
    if story is None:
        raise LookupError("nothing there shows this, so that it cannot come from there")
    return story
