"""A GS1 Digital Link: elements as a web address, as ``https://id.gs1.org/01/09506000134352/10/ABC?17=271231``.

Source: GS1 Digital Link Standard: URI Syntax, release 1.6. No address is ever gone to: only its words are read.
"""

import re
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from clinic_desktop.domain import gs1
from clinic_desktop.domain.gs1 import Element, Gs1Error, identifiers

_SHORT: Final = {  # the words that releases before 1.3 allowed in place of numbers
    "gtin": "01", "itip": "8006", "gmn": "8013", "cpid": "8010", "shipTo": "410", "billTo": "411",
    "purchasedFrom": "412",
    "shipFor": "413", "gln": "414", "payTo": "415", "glnProd": "416", "gsrnp": "8017", "gsrn": "8018", "gcn": "255",
    "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004", "cpv": "22", "lot": "10",
    "ser": "21",
}  # fmt: skip


def looks_like(text: str) -> bool:
    """Whether a text is a web address with an application identifier in its path."""
    if re.match(r"https?://[^/?#\s]+/", text, re.IGNORECASE) is None or len(text) > gs1.LONGEST:
        return False
    try:
        return _start(_segments(text)) is not None
    except ValueError:
        return False


def read(text: str) -> tuple[Element, ...]:
    """The elements of a Digital Link. Raises Gs1Error naming the identifier."""
    if len(text) > gs1.LONGEST:
        raise Gs1Error("there is too much of it")
    try:
        parts, query = _segments(text), urlsplit(text).query
    except ValueError as error:
        raise Gs1Error("it is no web address") from error
    start = _start(parts)
    if start is None:
        raise Gs1Error("there is no application identifier in the address")
    path = [_element(name, value) for name, value in zip(parts[start::2], parts[start + 1 :: 2], strict=True)]
    _check_order(path)
    found = [*path, *_attributes(query)]
    for one in found:
        gs1.check(one)
    return tuple(found)


def _segments(text: str) -> list[str]:
    parts = urlsplit(text).path.split("/")[1:]
    return parts[:-1] if parts and not parts[-1] else parts


def _start(parts: list[str]) -> int | None:
    """Where the key begins: the last place from which identifiers and values alternate to the end."""
    known = identifiers()
    for place in range(len(parts) - 2, -1, -2):
        code = _SHORT.get(parts[place], parts[place])
        if code in known and known[code].key is not None:
            return place
    return None


def _element(name: str, value: str) -> Element:
    code = _SHORT.get(name, name)
    data = unquote(value)
    if code == "01" and re.fullmatch(r"[0-9]{8}|[0-9]{12,13}", data):
        data = data.zfill(14)
    return Element(code, data)


def _check_order(path: list[Element]) -> None:
    orders = identifiers()[path[0].code].key or ()
    codes = [one.code for one in path[1:]]
    for order in orders:
        rest = iter(order)
        if all(code in rest for code in codes):
            return
    raise Gs1Error("what follows it in the address may not stand there, or not in this order", path[0].code)


def _attributes(query: str) -> list[Element]:
    found = []
    try:
        pairs = parse_qsl(query.replace(";", "&"), keep_blank_values=True, max_num_fields=100)
    except ValueError as error:
        raise Gs1Error("there is too much of it") from error
    for name, value in pairs:
        code = _SHORT.get(name, name)
        if not code.isdigit():
            continue  # what is no identifier is for the web server alone
        if code not in identifiers() or not identifiers()[code].attribute:
            raise Gs1Error("it may not stand in a web address", code[:4])
        found.append(_element(code, value))
    return found
