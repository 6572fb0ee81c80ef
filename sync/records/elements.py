"""The elements that resources share: what is known of each, and everything else kept beside it."""

import base64
import binascii
import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator
from pydantic.alias_generators import to_camel

from sync.records.exact import Number

# FHIR R4, 2.24.0.1 primitive types; a time of day may stand in a dateTime only with its offset.
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_MOMENT = re.compile(r"T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)")


@lru_cache(maxsize=65536)
def _date(text: str) -> str:
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError("is no date (YYYY, YYYY-MM or YYYY-MM-DD)")
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        date(year, month, day)
    except ValueError:
        raise ValueError("is no day of the calendar") from None
    return text


@lru_cache(maxsize=65536)
def _date_time(text: str) -> str:
    day, moment = text[:10], text[10:]
    _date(day)
    if moment and (len(day) != len("2026-01-01") or _MOMENT.fullmatch(moment) is None):
        raise ValueError("is no date and time with an offset")
    return text


def _instant(text: str) -> str:
    if "T" not in text:
        raise ValueError("is no instant")
    return _date_time(text)


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ValueError("is no number")  # noqa: TRY004 - pydantic reads ValueError alone
    return value if isinstance(value, Decimal) else Number(str(value))


def _base64(text: str) -> str:
    try:
        decoded(text)
    except (binascii.Error, ValueError):
        raise ValueError("is no base64") from None
    return text


def decoded(text: str) -> bytes:
    """The bytes that a base64Binary stands for; spaces and line breaks in it mean nothing. Raises binascii.Error."""
    plain = text if text.isalnum() else "".join(text.split())
    return base64.b64decode(plain, validate=True)


Text = Annotated[str, Field(strict=True, min_length=1)]
Code = Annotated[str, Field(strict=True, pattern=r"^[^\s]+(\s[^\s]+)*$")]
Id = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9\-.]{1,64}$")]
Date = Annotated[str, Field(strict=True), AfterValidator(_date)]
DateTime = Annotated[str, Field(strict=True), AfterValidator(_date_time)]
Instant = Annotated[str, Field(strict=True), AfterValidator(_instant)]
Exact = Annotated[Decimal, PlainValidator(_decimal)]
Base64 = Annotated[str, Field(strict=True), AfterValidator(_base64)]
Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]


class Element(BaseModel):
    """A part of a resource; members that are not named here are kept as they came."""

    model_config = ConfigDict(frozen=True, extra="allow", alias_generator=to_camel, populate_by_name=True)


class Coding(Element):
    """A code of a code system."""

    system: Text | None = None
    code: Code | None = None
    display: Text | None = None


class CodeableConcept(Element):
    """A meaning, in codes and in words."""

    coding: tuple[Coding, ...] = ()
    text: Text | None = None


class Identifier(Element):
    """An id that somebody gave."""

    system: Text | None = None
    value: Text | None = None


class Reference(Element):
    """Another record, by its place or by an identifier."""

    reference: Text | None = None
    identifier: Identifier | None = None
    display: Text | None = None


class Quantity(Element):
    """An amount with its unit."""

    value: Exact | None = None
    comparator: Code | None = None
    unit: Text | None = None
    system: Text | None = None
    code: Code | None = None


class Period(Element):
    """From when to when."""

    start: DateTime | None = None
    end: DateTime | None = None


class Range(Element):
    """From one amount to another."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Element):
    """One amount to another."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Annotation(Element):
    """A remark."""

    text: Text


class HumanName(Element):
    """A name of a person."""

    use: Code | None = None
    text: Text | None = None
    family: Text | None = None
    given: tuple[Text | None, ...] = ()


class ContactPoint(Element):
    """A telephone number or an electronic address."""

    system: Code | None = None
    value: Text | None = None
    use: Code | None = None


class Address(Element):
    """A postal address."""

    use: Code | None = None
    line: tuple[Text | None, ...] = ()
    city: Text | None = None
    district: Text | None = None
    state: Text | None = None
    postal_code: Text | None = None
    country: Text | None = None


class Attachment(Element):
    """A document's content, or where it is."""

    content_type: Code | None = None
    language: Code | None = None
    data: Base64 | None = None
    url: Text | None = None
    size: Whole | None = None
    hash: Base64 | None = None
    title: Text | None = None
    creation: DateTime | None = None


class Money(Element):
    """An amount of money in a currency."""

    value: Exact | None = None
    currency: Code | None = None


class Meta(Element):
    """Where a version of a resource stands."""

    profile: tuple[Text, ...] = ()


class Resource(Element):
    """What every kind of record has."""

    resource_type: Code
    id: Id | None = None
    meta: Meta | None = None
    contained: tuple[dict[str, Any], ...] = ()
    identifier: tuple[Identifier, ...] = ()
