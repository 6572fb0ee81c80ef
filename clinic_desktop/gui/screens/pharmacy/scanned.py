"""Whether a scanned pack is what the prescription on the desk is filled with. No Qt."""

from collections.abc import Collection

from clinic_desktop.domain.packs import PackRefusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.packs import SeenPack, problem_of
from clinic_desktop.services.work_orders import WorkOrder


def wrong_pack(order: WorkOrder, seen: SeenPack, on_the_desk: Collection[str]) -> PackRefusal | None:
    """Why a pack must not go out with this prescription; None where it is one of the lots picked for it."""
    pack = seen.pack
    if not seen.product_id:
        return PackRefusal(
            N_("Not known here: {words}. Compare it by eye, or have its number remembered in Stock."),
            words=pack.words,
        )
    if problem := problem_of(seen):
        return problem
    open_lines = [line for line in order.lines if line.outstanding]
    options = [option for line in open_lines for option in line.options if option.product_id == seen.product_id]
    if not options:
        wanted = ", ".join(line.line.title for line in open_lines)
        return PackRefusal(N_("WRONG PACK: this is {title}. Wanted: {wanted}."), title=seen.title, wanted=wanted)
    picked = {lot.lot_id: lot.lot for option in options for lot in option.lots if lot.lot_id in on_the_desk}
    if not picked:
        return PackRefusal(
            N_("WRONG PACK: this is {title}, which is not picked for any line. Choose it there if it is to go out."),
            title=seen.title,
        )
    if not pack.lot:
        return PackRefusal(N_("The code of this pack does not say its lot: compare it by eye."))
    if not seen.lot_id:
        return PackRefusal(N_("Lot {lot} of {title} was never received here."), lot=pack.lot, title=seen.title)
    if seen.lot_id not in picked:
        return PackRefusal(
            N_("ANOTHER LOT: the pack is of lot {lot}, picked is {picked}. Take that one, or pick this lot."),
            lot=pack.lot, picked=", ".join(sorted(picked.values())),
        )  # fmt: skip
    return None
