"""What is sealed opens with the data key alone, and only as it was sealed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.vault.letterbox import (
    MAGIC,
    OVERHEAD,
    PUBLIC_BYTES,
    DamagedError,
    OtherKeyError,
    public_key,
    seal,
    unseal,
)

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))


@given(st.binary(max_size=3000))
def test_what_was_sealed_opens_with_the_data_key(content: bytes) -> None:
    sealed = seal(public_key(KEY), content)
    assert unseal(KEY, sealed) == content
    assert len(sealed) == len(content) + OVERHEAD


def test_nothing_of_a_message_stands_in_clear_and_no_two_are_alike() -> None:
    content = b"PID|1||PLANTED^Clear text " * 40
    first, second = seal(public_key(KEY), content), seal(public_key(KEY), content)
    assert b"PLANTED" not in first
    assert first[len(MAGIC) + PUBLIC_BYTES :] != second[len(MAGIC) + PUBLIC_BYTES :]


def test_every_bit_that_is_changed_is_noticed() -> None:
    sealed = seal(public_key(KEY), b"a potassium of 6.9")
    for place in range(len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[place] ^= 1 << bit
            with pytest.raises((DamagedError, OtherKeyError)):
                unseal(KEY, bytes(changed))


def test_every_cut_is_noticed() -> None:
    sealed = seal(public_key(KEY), b"a potassium of 6.9")
    for length in range(len(sealed)):
        with pytest.raises(DamagedError):
            unseal(KEY, sealed[:length])
    with pytest.raises(DamagedError):
        unseal(KEY, sealed + b"\0")


def test_a_message_for_another_clinic_is_told_from_a_damaged_one() -> None:
    with pytest.raises(OtherKeyError):
        unseal(KEY, seal(public_key(OTHER), b"x"))


@pytest.mark.parametrize("public", [b"", b"\x01" * 31, bytes(32), b"\x01" + bytes(31), b"\x02" * 33])
def test_what_is_no_public_key_or_one_that_hides_nothing_is_refused(public: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        seal(public, b"x")
