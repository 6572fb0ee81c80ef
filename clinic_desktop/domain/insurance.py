"""Who is covered on a day, and how an invoice is shared among insurers and patient. Amounts in integer minor units.

The covers pay in their order (coordination of benefits): the primary insurer its share of what is left after the
patient's copay, the secondary insurer its own of what then remains. Each part is rounded down to the minor unit and
what remains is the patient's, so that the parts always add up and no insurer is asked for more than its share.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clinic_desktop.domain.counting import money, whole
from clinic_desktop.domain.patients import unseen, visible
from clinic_desktop.domain.refusals import Refusal

PRIMARY, SECONDARY = 1, 2
RELATIONS = ("self", "spouse", "child", "parent", "other")
LONGEST_NUMBER, LONGEST_TEXT = 60, 200
_FORMAT_LETTERS = {"9": str.isdigit, "A": str.isalpha, "X": str.isalnum}


@dataclass(frozen=True)
class Span:
    """From when until when something holds, both days counted; None is open."""

    since: date | None
    until: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def meets(self, other: "Span") -> bool:
        """Whether both hold on at least one day."""
        return (self.until is None or other.since is None or other.since <= self.until) and (
            other.until is None or self.since is None or self.since <= other.until
        )


@dataclass(frozen=True)
class Cover:
    """A cover as these rules see it; `position` 1 pays first, 2 second."""

    id: str
    position: int
    span: Span


@dataclass(frozen=True)
class Terms:
    """What a plan pays: a share in whole per cent after the copay, up to what is left of its ceiling (None: none)."""

    share: int
    copay: int = 0
    ceiling_left: int | None = None


def in_force(covers: Iterable[Cover], day: date) -> tuple[Cover, ...]:
    """The covers that hold on a day, in the order in which they pay."""
    return tuple(sorted((one for one in covers if one.span.holds_on(day)), key=lambda one: one.position))


def gaps(spans: Iterable[Span], since: date, until: date) -> tuple[Span, ...]:
    """The days between two days, both counted, on which none of the spans holds."""
    found, free = [], since
    for span in sorted(spans, key=lambda one: one.since or date.min):
        if span.since is not None and span.since > until:
            break
        if span.since is not None and span.since > free:
            found.append(Span(free, span.since - timedelta(days=1)))
        if span.until is None or span.until >= until:
            return tuple(found)
        free = max(free, span.until + timedelta(days=1))
    return (*found, Span(free, until)) if free <= until else tuple(found)


def require_no_overlap(new: Cover, others: Iterable[Cover]) -> None:
    """Refuse a second cover of the same place in the order on the same days."""
    for other in others:
        if other.id != new.id and other.position == new.position and new.span.meets(other.span):
            raise Refusal(
                "Another {order} cover holds from {since} to {until}. End that one first, or begin after it.",
                field="valid_from",
                order="primary" if new.position == PRIMARY else "secondary",
                since=other.span.since,
                until=other.span.until or "…",
            )


def require_span(since: date | None, until: date | None, *, field: str = "valid_until") -> Span:
    """Refuse an end before its beginning."""
    if since is not None and until is not None and until < since:
        raise Refusal("This ends before it begins.", field=field)
    return Span(since, until)


def shares(amount: int, terms: Sequence[Terms]) -> tuple[int, ...]:
    """What each insurer owes of an amount, in the order in which they pay; the rest is the patient's."""
    money(amount, field="charges")
    left, found = amount, []
    for one in terms:
        require_terms(one)
        owes = max(left - one.copay, 0) * one.share // 100
        if one.ceiling_left is not None:
            owes = min(owes, max(one.ceiling_left, 0))
        found.append(owes)
        left -= owes
    return tuple(found)


def require_terms(terms: Terms) -> None:
    """Refuse what no plan can say."""
    whole(terms.share, field="share")
    if not 0 <= terms.share <= 100:
        raise Refusal("The insurance share is a percentage from 0 to 100.", field="share")
    money(terms.copay, field="copay")


def policy_number(text: str, policy_format: str | None) -> str:
    """A policy number as it is kept. Raises Refusal where it is empty, holds what cannot be seen, or has no such form.

    The form is the insurer's: 9 stands for a digit, A for a letter, X for either, every other sign for itself;
    several forms are divided by ``|``.
    """
    number = clean(text, "policy_number", most=LONGEST_NUMBER)
    if not number:
        raise Refusal("Give the policy number as it stands on the card.", field="policy_number")
    if policy_format and not any(_fits(number, form) for form in policy_format.split("|")):
        raise Refusal(
            "“{number}” is no policy number of this insurer: they look like {form}.",
            field="policy_number",
            number=number,
            form=policy_format.replace("|", " / "),
        )
    return number.upper() if policy_format else number


def require_format(text: str) -> str:
    """A form of policy numbers as it is kept. Raises Refusal where one of several is empty or too long."""
    form = clean(text, "policy_format").upper()
    if form and not all(one.strip() for one in form.split("|")):
        raise Refusal("One of the forms is empty. Write them like AAA999999|99999999.", field="policy_format")
    return form


def clean(text: str, field: str, *, most: int = LONGEST_TEXT) -> str:
    """A line of text as it is kept: no blanks around it. Raises Refusal for what cannot be seen and for too much."""
    line = text.strip()
    if any(unseen(character) for character in line) or (line and not visible(line)):
        raise Refusal("This holds a character that cannot be seen. Type it again.", field=field)
    if len(line) > most:
        raise Refusal("This is longer than {most} letters.", field=field, most=most)
    return line


def _fits(number: str, form: str) -> bool:
    wanted = form.strip()
    return len(number) == len(wanted) and all(
        _FORMAT_LETTERS[sign](letter) and letter.isascii() if sign in _FORMAT_LETTERS else letter.upper() == sign
        for sign, letter in zip(wanted, number, strict=True)
    )
