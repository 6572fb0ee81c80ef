"""Primitive values: what R4 lets stand, and what not."""

import base64
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.exchange.validation.json_text import Numeral
from clinic_desktop.exchange.validation.json_tree import literal_fault
from clinic_desktop.exchange.validation.primitives import fault

RIGHT = {
    "date": "2020 2020-02 2020-02-29 0001-01-01 9999-12-31",
    "dateTime": "2020 2020-02 2020-02-29 2020-02-29T23:59:60Z 2020-02-29T10:00:00.123+05:30",
    "instant": "2020-02-29T10:00:00Z 2020-02-29T10:00:00.1-14:00",
    "time": "00:00:00 23:59:59.999",
    "id": "a A-1.b " + "x" * 64,
    "oid": "urn:oid:1.2.840.10008 urn:oid:2.0.1",
    "uuid": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
    "uri": "http://a.b/c?d#e Patient/1 urn:oid:1.2 #x urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
    "integer": "0 -1 2147483647 -2147483648 +5",
    "unsignedInt": "0 2147483647",
    "positiveInt": "1 2147483647",
    "decimal": "0 -0.0 1.50 1e10 -1.2E-3 0.10",
    "boolean": "true false",
    "code": "a a.b-c <=",
    "base64Binary": "aGVscA== AAAA",
}
WRONG = {
    "date": "20 2020-13 2020-00-01 2020-02-30 2019-02-29 2020-1-1 0000 2020/01/01 ２０２０",
    "dateTime": "2020-02-29T10:00:00 2020-02-29T24:00:00Z 2020-02-29T10Z 2020-02-29T10:00Z "
    "2020-02-29T10:00:00+15:00 2020-02T10:00:00Z",
    "instant": "2020 2020-02-29 2020-02-29T10:00:00 2020-02-29T10:00:61Z",
    "time": "24:00:00 12:05 1:00:00 10:00:00Z",
    "id": "a_b a/b é " + "x" * 65,
    "oid": "1.2.3 urn:oid:3.1 urn:oid:1.02 urn:oid:1.",
    "uuid": "urn:uuid:C757873D-EC9A-4326-A141-556F43239520 c757873d-ec9a-4326-a141-556f43239520 urn:uuid:1",
    "uri": "urn:uuid:1 urn:oid:x",
    "integer": "1.0 2147483648 -2147483649 00 01 1e3 - ١",
    "unsignedInt": "-1 +1 2147483648",
    "positiveInt": "0 -1 01",
    "decimal": ".5 5. 01 +1 0x1 1e NaN Infinity 1,5",
    "boolean": "True 1 yes",
    "base64Binary": "a a$== aGVscA= é",
}


@pytest.mark.parametrize("kind", RIGHT)
def test_what_is_right_is_let_stand(kind: str) -> None:
    for text in RIGHT[kind].split():
        assert fault(kind, text) is None, text


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_is_said_to_be(kind: str) -> None:
    for text in WRONG[kind].split():
        assert fault(kind, text), text


def test_space_is_for_texts_alone() -> None:
    for kind in ("id", "uri", "url", "canonical", "oid", "date", "integer", "decimal", "boolean"):
        assert fault(kind, "1 2"), kind
    assert fault("code", "a b") is None
    assert fault("code", "a  b")
    assert fault("code", "a ")
    assert fault("string", "a  b\tc\r\nd") is None
    assert fault("base64Binary", "aGVs\n cA==") is None


def test_no_text_holds_a_control_character_or_half_a_character() -> None:
    for text in ("a\0b", "a\x1fb", "\ud800", "x\udfff"):
        assert fault("string", text), repr(text)
        assert fault("uri", text), repr(text)


def test_json_gives_each_type_its_own_sort_of_value() -> None:
    for kind, right, wrong in (
        ("boolean", True, "true"),
        ("integer", Numeral("1"), "1"),
        ("decimal", Numeral("1.5"), "1.5"),
        ("string", "1", Numeral("1")),
        ("date", "2020", Numeral("2020")),
        ("integer", Numeral("1"), True),
    ):
        assert literal_fault(kind, right) is None, kind
        assert literal_fault(kind, wrong), kind
        assert literal_fault(kind, [right])
        assert literal_fault(kind, {"a": 1})
        assert literal_fault(kind, None) is None
    assert literal_fault("xhtml", None)


@given(st.dates(min_value=date(1, 1, 1)))
def test_every_date_that_exists_is_right_and_the_day_after_its_month_is_wrong(day: date) -> None:
    assert fault("date", day.isoformat()) is None
    assert fault("dateTime", day.isoformat()) is None
    assert fault("instant", day.isoformat())
    first_of_next = date(day.year + day.month // 12, day.month % 12 + 1, 1) if day.year < 9999 else None
    if first_of_next is not None:
        last = (first_of_next - timedelta(days=1)).day
        assert fault("date", f"{day.year:04}-{day.month:02}-{last + 1:02}")


@given(st.datetimes(), st.integers(-14 * 60, 14 * 60))
def test_every_instant_with_a_zone_is_right_and_without_one_is_wrong(moment: datetime, minutes: int) -> None:
    moment = moment.replace(year=min(max(moment.year, 2), 9998))
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)), microsecond=0)
    assert fault("instant", zoned.isoformat()) is None
    assert fault("dateTime", zoned.astimezone(UTC).isoformat().replace("+00:00", "Z")) is None
    assert fault("dateTime", moment.replace(microsecond=0).isoformat())


@given(st.integers())
def test_whole_numbers_have_thirty_two_bits(number: int) -> None:
    text = str(number)
    assert (fault("integer", text) is None) == (-(2**31) <= number < 2**31)
    assert (fault("unsignedInt", text) is None) == (0 <= number < 2**31)
    assert (fault("positiveInt", text) is None) == (1 <= number < 2**31)


@given(st.binary())
def test_whatever_base64_makes_is_base64_and_is_not_when_cut(data: bytes) -> None:
    text = base64.b64encode(data).decode()
    if text:
        assert fault("base64Binary", text) is None
        assert fault("base64Binary", text[:-1])


@given(st.text(), st.sampled_from(sorted(RIGHT)))
def test_no_text_at_all_makes_the_check_fall_over(text: str, kind: str) -> None:
    words = fault(kind, text)
    assert words is None or words.isprintable()
