"""The signs of FHIRPath: logic with three answers, comparison, membership and a little arithmetic."""

from collections.abc import Callable
from decimal import Decimal, DecimalException

from clinic_desktop.exchange.validation.fhirpath.asking import Asked, Scope
from clinic_desktop.exchange.validation.fhirpath.values import (
    EMPTY,
    FALSE,
    TRUE,
    Item,
    Items,
    atom,
    order,
    said,
    same,
    text,
    truth,
)
from clinic_desktop.exchange.validation.fhirpath.words import ExpressionError


def binary(sign: str, left: Asked, right: Asked) -> Asked:
    """Two sides and a sign."""
    if sign in _LOGIC:
        return _LOGIC[sign](left, right)
    work = _SIGNS.get(sign)
    if work is None:
        raise ExpressionError(f"{sign} is not known")

    def asked(scope: Scope, focus: Items) -> Items:
        return work(left(scope, focus), right(scope, focus))

    return asked


def negative(inner: Asked) -> Asked:
    """The number with its sign turned."""

    def asked(scope: Scope, focus: Items) -> Items:
        value = _single(inner(scope, focus))
        return (-value,) if isinstance(value, int | Decimal) and not isinstance(value, bool) else EMPTY

    return asked


def indexed(before: Asked, at: Asked) -> Asked:
    """The item at a position."""

    def asked(scope: Scope, focus: Items) -> Items:
        items, where = before(scope, focus), _single(at(scope, focus))
        if isinstance(where, int) and not isinstance(where, bool) and 0 <= where < len(items):
            return (items[where],)
        return EMPTY

    return asked


def _single(items: Items) -> Item | None:
    return atom(items[0]) if len(items) == 1 else None


def equal(left: Items, right: Items) -> bool | None:
    """Whether two collections are equal; None where one is empty or precision cannot tell."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    unsure = False
    for a, b in zip(left, right, strict=True):
        answer = same(a, b)
        if answer is False:
            return False
        unsure = unsure or answer is None
    return None if unsure else True


def holds(items: Items, wanted: Item) -> bool:
    """Whether a collection has an item."""
    return any(same(item, wanted) for item in items)


def union(left: Items, right: Items) -> Items:
    """Both, each item once."""
    found: list[Item] = []
    for item in (*left, *right):
        if not holds(found, item):
            found.append(item)
    return found


def _not_equal(left: Items, right: Items) -> Items:
    answer = equal(left, right)
    return said(None if answer is None else not answer)


def _alike(left: Items, right: Items) -> bool:
    if len(left) != len(right):
        return False
    rest = list(right)
    for item in left:
        found = next((other for other in rest if _close(item, other)), None)
        if found is None:
            return False
        rest.remove(found)
    return True


def _close(a: Item, b: Item) -> bool:
    left, right = atom(a), atom(b)
    if isinstance(left, str) and isinstance(right, str):
        return " ".join(left.casefold().split()) == " ".join(right.casefold().split())
    return bool(same(a, b))


def _compare(wanted: Callable[[int], bool]) -> Callable[[Items, Items], Items]:
    def work(left: Items, right: Items) -> Items:
        if len(left) != 1 or len(right) != 1:
            return EMPTY
        answer = order(left[0], right[0])
        return EMPTY if answer is None else said(wanted(answer))

    return work


def _member(left: Items, right: Items) -> Items:
    return EMPTY if not left else said(all(holds(right, item) for item in left))


def _joined(left: Items, right: Items) -> Items:
    words = [text(items[0]) or "" if items else "" for items in (left, right)]
    return ("".join(words),)


def _reckon(sign: str) -> Callable[[Items, Items], Items]:
    def work(left: Items, right: Items) -> Items:
        a, b = _single(left), _single(right)
        if sign == "+" and isinstance(a, str) and isinstance(b, str):
            return (a + b,)
        if (
            isinstance(a, bool)
            or isinstance(b, bool)
            or not isinstance(a, int | Decimal)
            or not isinstance(b, int | Decimal)
        ):
            return EMPTY
        try:
            return (_numbers(sign, a, b),)
        except (ZeroDivisionError, DecimalException):
            return EMPTY

    return work


def _numbers(sign: str, a: int | Decimal, b: int | Decimal) -> int | Decimal:
    one, two = Decimal(a), Decimal(b)
    answers: dict[str, Callable[[], Decimal]] = {
        "+": lambda: one + two,
        "-": lambda: one - two,
        "*": lambda: one * two,
        "/": lambda: one / two,
        "div": lambda: one // two,
        "mod": lambda: one % two,
    }
    answer = answers[sign]()
    whole = sign == "div" or (isinstance(a, int) and isinstance(b, int) and sign != "/")
    return int(answer) if whole else answer


def _and(left: Asked, right: Asked) -> Asked:
    def asked(scope: Scope, focus: Items) -> Items:
        one = truth(left(scope, focus))
        if one is False:
            return FALSE
        two = truth(right(scope, focus))
        if two is False:
            return FALSE
        return TRUE if one and two else EMPTY

    return asked


def _or(left: Asked, right: Asked) -> Asked:
    def asked(scope: Scope, focus: Items) -> Items:
        one = truth(left(scope, focus))
        if one:
            return TRUE
        two = truth(right(scope, focus))
        if two:
            return TRUE
        return FALSE if one is False and two is False else EMPTY

    return asked


def _xor(left: Asked, right: Asked) -> Asked:
    def asked(scope: Scope, focus: Items) -> Items:
        one, two = truth(left(scope, focus)), truth(right(scope, focus))
        return EMPTY if one is None or two is None else said(one != two)

    return asked


def _implies(left: Asked, right: Asked) -> Asked:
    def asked(scope: Scope, focus: Items) -> Items:
        one = truth(left(scope, focus))
        if one is False:
            return TRUE
        two = truth(right(scope, focus))
        if two:
            return TRUE
        return FALSE if one and two is False else EMPTY

    return asked


_LOGIC: dict[str, Callable[[Asked, Asked], Asked]] = {"and": _and, "or": _or, "xor": _xor, "implies": _implies}
_SIGNS: dict[str, Callable[[Items, Items], Items]] = {
    "=": lambda left, right: said(equal(left, right)),
    "!=": _not_equal,
    "~": lambda left, right: said(_alike(left, right)),
    "!~": lambda left, right: said(not _alike(left, right)),
    "<": _compare(lambda answer: answer < 0),
    ">": _compare(lambda answer: answer > 0),
    "<=": _compare(lambda answer: answer <= 0),
    ">=": _compare(lambda answer: answer >= 0),
    "in": _member,
    "contains": lambda left, right: _member(right, left),
    "|": union,
    "&": _joined,
    **{sign: _reckon(sign) for sign in ("+", "-", "*", "/", "div", "mod")},
}
