"""The steps and functions of FHIRPath that the rules of FHIR use, and the common rest."""

import re
from collections.abc import Callable
from decimal import Decimal

from clinic_desktop.exchange.validation.fhirpath.asking import Asked, Scope, start
from clinic_desktop.exchange.validation.fhirpath.operators import equal, holds, union
from clinic_desktop.exchange.validation.fhirpath.patterns import fitting
from clinic_desktop.exchange.validation.fhirpath.values import (
    EMPTY,
    FALSE,
    Item,
    Items,
    atom,
    number,
    said,
    text,
    truth,
)
from clinic_desktop.exchange.validation.fhirpath.words import ExpressionError
from clinic_desktop.exchange.validation.nodes import Node

_SYSTEMS = {"ucum": "http://unitsofmeasure.org", "sct": "http://snomed.info/sct", "loinc": "http://loinc.org"}
_NATIVE = {"boolean": bool, "string": str, "integer": int, "decimal": Decimal}
Function = Callable[[Scope, Items, list[Asked]], Items]


def variable(name: str) -> Asked:
    """A value that the outside gives, `%resource` and the like."""

    def asked(scope: Scope, _focus: Items) -> Items:
        around = scope.around
        if name in _SYSTEMS:
            return (_SYSTEMS[name],)
        if name in around.variables:
            return around.variables[name]
        known = {"resource": around.resource, "rootResource": around.root, "context": around.context}
        return (known[name],) if name in known else EMPTY

    return asked


def step(before: Asked | None, name: str) -> Asked:
    """The children of a name; the first name of an expression may also be the type of the element in hand."""
    if name.startswith("$"):
        return _special(name)
    inner = before or start

    def asked(scope: Scope, focus: Items) -> Items:
        found: list[Item] = []
        for item in inner(scope, focus):
            if not isinstance(item, Node):
                continue
            if before is None and name[0].isupper() and scope.around.is_a(item.type, name):
                found.append(item)
                continue
            found.extend(item.all(name))
        return found

    return asked


def _special(name: str) -> Asked:
    def asked(scope: Scope, _focus: Items) -> Items:
        if name == "$index":
            return (scope.index,)
        return scope.total if name == "$total" else scope.this

    if name not in {"$this", "$index", "$total"}:
        raise ExpressionError(f"{name} is not known")
    return asked


def typed(word: str, before: Asked, kind: str) -> Asked:
    """`is` asks for a type; `as` and `ofType` keep what has it."""

    def fits(scope: Scope, item: Item) -> bool:
        if isinstance(item, Node):
            wanted = kind[0].lower() + kind[1:] if kind.lower() in _NATIVE else kind
            return scope.around.is_a(item.type, wanted)
        native = _NATIVE.get(kind.lower())
        return native is not None and type(item) is native

    def asked(scope: Scope, focus: Items) -> Items:
        items = before(scope, focus)
        if word == "is":
            # What is not there is of no type: ras-2 relies on a plain no.
            return said(len(items) == 1 and fits(scope, items[0]))
        return [item for item in items if fits(scope, item)]

    return asked


def call(before: Asked, name: str, arguments: list[Asked]) -> Asked:
    """A function of what stands before it; raises ExpressionError where it is not known."""
    function = FUNCTIONS.get(name)
    if function is None:
        raise ExpressionError(f"the function {name}() is not known")

    def asked(scope: Scope, focus: Items) -> Items:
        return function(scope, before(scope, focus), arguments)

    return asked


def _where(scope: Scope, items: Items, asks: list[Asked]) -> Items:
    return [item for at, item in enumerate(items) if truth(asks[0](scope.of(item, at), (item,)))]


def _select(scope: Scope, items: Items, asks: list[Asked]) -> Items:
    return [found for at, item in enumerate(items) for found in asks[0](scope.of(item, at), (item,))]


def _exists(scope: Scope, items: Items, asks: list[Asked]) -> Items:
    return said(bool(_where(scope, items, asks) if asks else items))


def _all(scope: Scope, items: Items, asks: list[Asked]) -> Items:
    return said(all(truth(asks[0](scope.of(item, at), (item,))) for at, item in enumerate(items)))


def _repeat(scope: Scope, items: Items, asks: list[Asked]) -> Items:
    found: list[Item] = []
    seen: set[int] = set()
    waiting = list(items)
    while waiting:
        new = [one for one in _select(scope, waiting, asks) if id(one) not in seen]
        seen.update(id(one) for one in new)
        found.extend(new)
        waiting = new
    return found


def _iif(scope: Scope, items: Items, asks: list[Asked]) -> Items:
    if truth(asks[0](scope, items)):
        return asks[1](scope, items)
    return asks[2](scope, items) if len(asks) > 2 else EMPTY


def _other(scope: Scope, asks: list[Asked]) -> Items:
    return asks[0](scope, scope.this)


def _word(scope: Scope, asks: list[Asked], at: int = 0) -> str | None:
    items = asks[at](scope, scope.this) if at < len(asks) else EMPTY
    return text(items[0]) if len(items) == 1 else None


def _whole(scope: Scope, asks: list[Asked], at: int = 0) -> int | None:
    items = asks[at](scope, scope.this) if at < len(asks) else EMPTY
    value = atom(items[0]) if len(items) == 1 else None
    return value if isinstance(value, int) else None


def _on_text(work: Callable[[str, str], bool | int]) -> Function:
    """A function of one text and one argument.

    Asked of nothing it says no rather than nothing: the rules of R4 rely on it (bdl-8, ref-1).
    """

    def asked(scope: Scope, items: Items, asks: list[Asked]) -> Items:
        mine, given = text(items[0]) if len(items) == 1 else None, _word(scope, asks)
        return FALSE if mine is None or given is None else (work(mine, given),)

    return asked


def _of_text(work: Callable[[str], Item | None]) -> Function:
    """A function of one text alone."""

    def asked(_scope: Scope, items: Items, _asks: list[Asked]) -> Items:
        mine = text(items[0]) if len(items) == 1 else None
        answer = None if mine is None else work(mine)
        return EMPTY if answer is None else (answer,)

    return asked


def _substring(scope: Scope, items: Items, asks: list[Asked]) -> Items:
    mine, at = text(items[0]) if len(items) == 1 else None, _whole(scope, asks)
    if mine is None or at is None or not 0 <= at < len(mine):
        return EMPTY
    length = _whole(scope, asks, 1)
    return (mine[at:] if length is None else mine[at : at + length],)


def _replace(scope: Scope, items: Items, asks: list[Asked]) -> Items:
    mine, old, new = text(items[0]) if len(items) == 1 else None, _word(scope, asks), _word(scope, asks, 1)
    return EMPTY if mine is None or old is None or new is None else (mine.replace(old, new),)


def _replace_matches(scope: Scope, items: Items, asks: list[Asked]) -> Items:
    mine, old, new = text(items[0]) if len(items) == 1 else None, _word(scope, asks), _word(scope, asks, 1)
    if mine is None or old is None or new is None:
        return EMPTY
    return (re.sub(old, new.replace("$", "\\"), mine),)


def _distinct(items: Items) -> list[Item]:
    return list(union(items, EMPTY))


def _is_distinct(_scope: Scope, items: Items, _asks: list[Asked]) -> Items:
    words = [atom(item) for item in items]
    if all(isinstance(word, str) for word in words):
        return said(len(set(words)) == len(words))
    return said(len(union(items, EMPTY)) == len(items))


def _has_value(_scope: Scope, items: Items, _asks: list[Asked]) -> Items:
    return said(len(items) == 1 and not (isinstance(items[0], Node) and items[0].value is None))


def _children(_scope: Scope, items: Items, _asks: list[Asked]) -> Items:
    return [kid for item in items if isinstance(item, Node) for kid in item.kids]


def _descendants(_scope: Scope, items: Items, _asks: list[Asked]) -> Items:
    return [kid for item in items if isinstance(item, Node) for kid in item.below()]


def _extension(scope: Scope, items: Items, asks: list[Asked]) -> Items:
    url = _word(scope, asks)
    return [
        kid
        for item in items
        if isinstance(item, Node)
        for kid in item.kids
        if kid.name == "extension" and kid.text("url") == url
    ]


def _resolve(scope: Scope, items: Items, _asks: list[Asked]) -> Items:
    found: list[Item] = []
    for item in items:
        reference = item.text("reference") if isinstance(item, Node) and item.kids else text(item)
        if reference:
            target = scope.around.resolve(reference, scope.around.context)
            if target is not None:
                found.append(target)
    return found


def _to_integer(words: str) -> int | None:
    return int(words) if fitting(r"[+-]?\d{1,400}", words) else {"true": 1, "false": 0}.get(words)


def _negated(items: Items) -> Items:
    answer = truth(items)
    return said(None if answer is None else not answer)


FUNCTIONS: dict[str, Function] = {
    "exists": _exists,
    "where": _where,
    "select": _select,
    "all": _all,
    "repeat": _repeat,
    "iif": _iif,
    "empty": lambda _s, items, _a: said(not items),
    "not": lambda _s, items, _a: _negated(items),
    "count": lambda _s, items, _a: (len(items),),
    "first": lambda _s, items, _a: items[:1],
    "last": lambda _s, items, _a: items[-1:],
    "tail": lambda _s, items, _a: items[1:],
    "single": lambda _s, items, _a: items if len(items) == 1 else EMPTY,
    "skip": lambda scope, items, asks: items[max(_whole(scope, asks) or 0, 0) :],
    "take": lambda scope, items, asks: items[: max(_whole(scope, asks) or 0, 0)],
    "distinct": lambda _s, items, _a: _distinct(items),
    "isDistinct": _is_distinct,
    "hasValue": _has_value,
    "children": _children,
    "descendants": _descendants,
    "extension": _extension,
    "resolve": _resolve,
    "trace": lambda _s, items, _a: items,
    "union": lambda scope, items, asks: union(items, _other(scope, asks)),
    "combine": lambda scope, items, asks: [*items, *_other(scope, asks)],
    "intersect": lambda scope, items, asks: [i for i in _distinct(items) if holds(_other(scope, asks), i)],
    "exclude": lambda scope, items, asks: [i for i in items if not holds(_other(scope, asks), i)],
    "subsetOf": lambda scope, items, asks: said(all(holds(_other(scope, asks), i) for i in items)),
    "supersetOf": lambda scope, items, asks: said(all(holds(items, i) for i in _other(scope, asks))),
    "allTrue": lambda _s, items, _a: said(all(atom(i) is True for i in items)),
    "anyTrue": lambda _s, items, _a: said(any(atom(i) is True for i in items)),
    "allFalse": lambda _s, items, _a: said(all(atom(i) is False for i in items)),
    "anyFalse": lambda _s, items, _a: said(any(atom(i) is False for i in items)),
    "startsWith": _on_text(str.startswith),
    "endsWith": _on_text(str.endswith),
    "contains": _on_text(lambda mine, given: given in mine),
    "matches": _on_text(lambda mine, given: fitting(given, mine)),
    "indexOf": _on_text(lambda mine, given: mine.find(given)),
    "substring": _substring,
    "replace": _replace,
    "replaceMatches": _replace_matches,
    "length": _of_text(len),
    "upper": _of_text(str.upper),
    "lower": _of_text(str.lower),
    "trim": _of_text(str.strip),
    "toString": _of_text(lambda words: words),
    "toInteger": _of_text(_to_integer),
    "toDecimal": _of_text(number),
    "toBoolean": _of_text(lambda words: {"true": True, "false": False}.get(words.lower())),
    # The narrative is judged where it is read (`narrative`), with its place and its reason.
    "htmlChecks": lambda _s, _i, _a: (True,),
    "equal": lambda scope, items, asks: said(equal(items, _other(scope, asks))),
}
