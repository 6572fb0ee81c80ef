"""What may be shared, with whom, until when."""

from dataclasses import replace
from datetime import date

import pytest

from clinic_desktop.domain import sharing as rules
from clinic_desktop.domain.refusals import Refusal

TODAY = date(2026, 3, 10)
SOUND = rules.Asked("Dr Bello", "healthcare_provider", "", "Opinion", ("allergies",), ("view",), date(2026, 4, 1))


def test_a_sound_share_is_taken_up_to_its_last_day() -> None:
    rules.require_sound(SOUND, TODAY)
    rules.require_sound(replace(SOUND, expires_on=TODAY, recipient_email="a.b@c.example"), TODAY)
    assert rules.state("active", TODAY, TODAY) == "active"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipient_name": ""}, "recipient_name"), ({"recipient_type": "friend"}, "recipient_type"),
        ({"recipient_email": "nobody"}, "recipient_email"), ({"recipient_email": "a b@c.d"}, "recipient_email"),
        ({"recipient_email": "a@b.c\nBcc: x@y.z"}, "recipient_email"), ({"purpose": " "}, "purpose"),
        ({"purpose": "x" * 2001}, "purpose"), ({"sections": ()}, "sections"), ({"sections": ("all",)}, "sections"),
        ({"permissions": ("print",)}, "permissions"), ({"permissions": ("view", "sell")}, "permissions"),
        ({"expires_on": None}, "expires_on"), ({"expires_on": date(2026, 3, 9)}, "expires_on"),
        ({"expires_on": date(2028, 1, 1)}, "expires_on"), ({"texts": (("message", "x" * 2001),)}, "message"),
    ],
)  # fmt: skip
def test_what_is_not_shared(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.require_sound(replace(SOUND, **changes), TODAY)  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("status", "until", "words"), [("withdrawn", TODAY, "withdrawn"), ("active", date(2026, 3, 9), "expired")]
)
def test_no_copy_of_what_is_over(status: str, until: date, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        rules.require_standing(status, until, TODAY)
