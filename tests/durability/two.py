"""One of two processes that change the same record at once."""

from pathlib import Path

from sqlalchemy import select

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.store.tables.billing import prices
from tests.durability.killed import opened


def add(folder: Path, staff_id: str, times: int) -> None:
    """Raise a price by one so many times, looking first and saying what was seen, as a person would."""
    desk = opened(folder, staff_id)
    done = 0
    while done < times:
        with desk.store.read() as connection:
            seen = connection.execute(select(prices)).one()
        try:
            with desk.store.write(act=new_id(), session=desk.session.id) as unit:
                unit.change(prices, seen.id, {"amount": seen.amount + 1}, kind="price.changed", expect=seen.revision)
        except Refusal:
            continue
        done += 1
    desk.store.close()
