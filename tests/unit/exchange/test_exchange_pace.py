"""The size of a transaction of an import follows the work and the disk."""

import pytest

from clinic_desktop.exchange.pace import LEAST, MOST, next_size


@pytest.mark.parametrize(
    ("rows", "worked", "kept", "size"),
    [
        (20, 0.008, 0.001, 20),  # as long as it may be
        (20, 0.016, 0.001, LEAST),
        (20, 0.002, 0.001, 40),  # never more than twice as many
        (20, 0.008, 0.012, 40),  # a slow disk: as long as two of its own waits
        (20, 0.024, 0.012, 20),
        (20, 1.0, 0.0, LEAST),
        (150, 0.001, 0.1, MOST),
    ],
)
def test_the_next_size(rows: int, worked: float, kept: float, size: int) -> None:
    assert next_size(rows, worked, kept) == size
