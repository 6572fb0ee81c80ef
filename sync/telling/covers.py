"""Who pays, and in which currency: what claims and invoices have in common where a system names none."""

from sync.port import CannotTell, Story
from sync.records.claim import Claim
from sync.records.coverage import Coverage
from sync.records.elements import Money, Resource
from sync.records.organization import Organization
from sync.telling.lenses import first_of, of
from sync.telling.words import local_id
from sync.telling.work import extra, plain


def amount(money: Money | None) -> int | float | None:
    """An amount as JSON has it."""
    return plain(money.value) if money is not None else None


def foreign(story: Story, currency: str) -> CannotTell | None:
    """Refuse what is in another currency than the one that everybody there takes for granted."""
    found = {money.currency for each in (story.first, *story.rest) for money in _moneys(each)} - {None, currency}
    if not found:
        return None
    return CannotTell(f"This is in {', '.join(sorted(map(str, found)))}; the system has no currency of its own.")


def sent_otherwise(story: Story) -> CannotTell | None:
    """Refuse a claim that reaches its insurer on paper or by a portal: whoever is told of it sends it once more."""
    way = extra(story.first, "submissionMethod")
    if way in {None, "", "electronic"}:
        return None
    return CannotTell(
        f"This claim is sent by {way}: told there, it would be sent a second time. Note it there by hand."
    )


def _moneys(record: Resource) -> list[Money]:
    parts = (record, *record.item) if isinstance(record, Claim) else (record,)
    values = (getattr(part, name) for part in parts for name in type(part).model_fields)
    return [each for each in values if isinstance(each, Money)]


def cover_of(story: Story) -> Coverage | None:
    """The cover that is asked to pay: the first in order."""
    covers = sorted(of(story, Coverage), key=lambda each: each.order or 99)
    return covers[0] if covers else None


def insurer_of(story: Story) -> str | None:
    """What the insurer is called."""
    cover = cover_of(story)
    payor = cover.payor[0] if cover is not None and cover.payor else first_of(story, Claim).insurer
    if payor is None:
        return None
    names = {each.id: each.name for each in of(story, Organization)}
    return payor.display or names.get(local_id(payor))


def policy_of(story: Story) -> str | None:
    """The number under which the patient is insured."""
    cover = cover_of(story)
    return cover.subscriber_id if cover is not None else None
