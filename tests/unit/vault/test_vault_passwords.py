"""Which passwords are taken, and that a refusal says what to do."""

import pytest

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.vault import NewVault
from clinic_desktop.vault.passwords import check_password


@pytest.mark.parametrize(
    "password", ["quiet-lantern-ferry-92", "ሰላም-ታምራት-ደስታ-92", "x9!Kq2#vLp0$", "correct horse 7 " * 9]
)
def test_strong_ones_are_taken(password: str) -> None:
    check_password(password, "amina")


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("Tr0ub4dor", "at least 10"),
        ("", "at least 10"),
        ("password123", "easy to guess"),
        ("qwertyuiop", "easy to guess"),
        ("aaaaaaaaaaaaaaaaaaaa", "easy to guess"),
        ("x" * 257, "at most 256"),
        ("quiet-AMINA-ferry-92", "username"),
    ],
)
def test_weak_ones_are_refused_with_what_to_do(password: str, word: str) -> None:
    with pytest.raises(Refusal, match=word) as refusal:
        check_password(password, "amina")
    assert refusal.value.field == "password"
    assert password == "" or password not in str(refusal.value)


def test_a_weak_password_makes_no_slot(made: NewVault) -> None:
    with pytest.raises(Refusal):
        made.vault.add_user(made.data_key, "u-2", "bela", "password123")
    with pytest.raises(Refusal):
        made.vault.change_password("amina", "quiet-lantern-ferry-92", "password123")
    assert [u.user_id for u in made.vault.users] == ["u-1"]


def test_a_very_long_password_is_looked_at_quickly() -> None:
    import time

    begun = time.perf_counter()
    check_password("quiet-lantern-ferry-92 " * 11, "amina")
    assert time.perf_counter() - begun < 2
