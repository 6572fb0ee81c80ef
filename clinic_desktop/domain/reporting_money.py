"""The reports about money: what was earned and received, what is owed and since when, what each till came to."""

from clinic_desktop.domain.reporting import Column, Kind, Report
from clinic_desktop.domain.reporting_work import ADMINISTRATOR, PERIOD, counted

CASHIERS = ADMINISTRATOR | {"cashier"}
CURRENCY = Column("currency", "Currency")


def amount(name: str, title: str, formula: str, *, total: bool = True) -> Column:
    """An amount of the row's currency; added up for each currency alone."""
    return Column(name, title, Kind.MONEY, formula, total=total)


REVENUE = Report(
    "revenue-analysis",
    "Revenue analysis",
    "What was earned from whom, for what and by whom, and what was received?",
    (
        PERIOD,
        Column("by", "By", wide=2),
        Column("part", "Part", wide=3),
        CURRENCY,
        Column("number", "Number", Kind.COUNT, "Movements, lines or payments counted."),
        amount("added", "Added", "Invoiced, or received (by cashier and by method).", total=False),
        amount("back", "Taken back", "Voided, or given back, in the period in which that was done.", total=False),
        amount("net", "Net", "Added - taken back.", total=False),
    ),
    ADMINISTRATOR,
    notes=(
        "By payer: what patients and insurers were made to owe by invoices, after discounts.",
        "By service and by practitioner: the lines of the same invoices before discounts; payer + discount = service.",
        "The practitioner is who provided what was charged, else whose visit it was.",
        "By cashier and by method: money taken and given back, whatever invoice it was for.",
        "Written off: what insurers refused and nobody pays.",
    ),
    filters=("insurer", "service", "practitioner"),
)  # fmt: skip

RECEIVABLES = Report(
    "receivables-ageing",
    "Receivables ageing",
    "Who owes how much at the end of the last day, and for how long?",
    (
        Column("owed_by", "Owed by", wide=2),
        Column("mrn", "Record", wide=2),
        Column("patient", "Patient", wide=3),
        Column("invoice", "Invoice", wide=2),
        Column("issued_on", "Issued", Kind.DAY),
        Column("days", "Days", Kind.COUNT, "From the day of issue to the last day of the period."),
        CURRENCY,
        amount("to_30", "0-30", "Owed for 30 days at the most."),
        amount("to_60", "31-60", "Owed for 31 to 60 days."),
        amount("to_90", "61-90", "Owed for 61 to 90 days."),
        amount("over_90", "Over 90", "Owed for more than 90 days."),
        amount("owed", "Owed", "The sum of the ledger's postings on what patient or insurer owes for this invoice, "
               "up to the end of the last day."),
        Column("posting", "", shown=False),
    ),
    CASHIERS,
    grouped=False,
    filters=("insurer",),
    notes=("The first day of the period changes nothing: this is what stands at the end of the last.",),
)  # fmt: skip

DAY_ENDS = Report(
    "cashier-day-end",
    "Cashier day-end",
    "What did each cashier's shift take in and give back, and did the till agree?",
    (
        Column("opened", "Opened", Kind.MOMENT, "Shifts opened in the period.", wide=2),
        Column("closed", "Closed", Kind.MOMENT, wide=2),
        Column("cashier", "Cashier", wide=3),
        CURRENCY,
        amount("opening", "Float", "What lay in the till at the start."),
        counted("payments", "Payments", "Payments taken."),
        counted("refunds", "Refunds", "Payments given back."),
        amount("cash", "Cash", "Cash taken less cash given back."),
        amount("card", "Card", "By card, less given back."),
        amount("mobile", "Mobile", "By mobile money, less given back."),
        amount("bank", "Bank", "By bank transfer, less given back."),
        amount("expected", "Expected", "Float + cash."),
        amount("found", "Counted", "What was counted at the end; nothing while the shift is open."),
        amount("difference", "Difference", "Counted - expected, of shifts that are closed."),
        Column("reason", "Reason", wide=2),
        Column("shift", "", shown=False),
    ),
    CASHIERS,
    grouped=False,
    filters=("cashier",),
)

MONEY = (REVENUE, RECEIVABLES, DAY_ENDS)
