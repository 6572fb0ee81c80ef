"""Made-up people for the demo clinic: names as they are common in many places, and nobody in particular."""

import random
from datetime import date, timedelta

from clinic_desktop.services.patient_parts import Contact
from clinic_desktop.services.patients import NewPatient

NAMES: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("Okafor", "Eze", "Balogun", "Adeyemi", "Nwosu", "Obi", "Lawal", "Bello", "Danjuma", "Ojo"),
        ("Ada", "Ngozi", "Amina", "Folake", "Chioma", "Zainab", "Funmi", "Halima"),
        ("Emeka", "Tunde", "Ibrahim", "Chinedu", "Yusuf", "Segun", "Obinna", "Musa"),
    ),
    (
        ("Haile", "Tesfaye", "Bekele", "Mengistu", "Alemu", "Girma"),
        ("Selam", "Tigist", "Hanna", "Marta", "Bethlehem"),
        ("Abebe", "Dawit", "Yonas", "Kebede", "Solomon"),
    ),
    (
        ("García", "Muñoz", "Hernández", "Peña", "López", "Ibáñez"),
        ("María José", "Lucía", "Sofía", "Inés", "Ángela"),
        ("José", "Andrés", "Iván", "Martín", "Raúl"),
    ),
    (
        ("Nguyễn", "Trần", "Phạm", "Lê", "Võ"),
        ("Thị Hoa", "Anh", "Thu Hà", "Mai"),
        ("Văn Minh", "Quang", "Hùng", "Đức"),
    ),
    (
        ("Khan", "Sharma", "Patel", "Reddy", "Das", "Iyer", "Gupta"),
        ("Aisha", "Priya", "Sunita", "Meera", "Lakshmi", "Fatima"),
        ("Arjun", "Imran", "Rajesh", "Vikram", "Suresh", "Anil"),
    ),
    (
        ("Müller", "O'Brien", "Dupont", "Kowalski", "Smith-Jones", "Åberg", "van der Berg"),
        ("Claire", "Zoë", "Siobhán", "Agnieszka", "Ingrid"),
        ("Jürgen", "François", "Łukasz", "Patrick", "Björn"),
    ),
    (("محمود", "حسن", "الأحمد"), ("فاطمة", "مريم", "ليلى"), ("أحمد", "يوسف", "خالد")),
    (("王", "李", "张"), ("秀英", "丽", "静"), ("伟", "强", "磊")),
)
WEIGHTS = (34, 12, 12, 9, 16, 12, 3, 2)
STREETS = ("Market Road", "Station Street", "Hospital Lane", "River Side", "Mission Road", "New Layout", "Old Town")
INSURERS = (("National Health Fund", 80), ("Harbour Mutual", 60), ("Workers' Scheme", 70))


def somebody(draw: random.Random, today: date, *, age: tuple[int, int] = (0, 92)) -> NewPatient:
    """Make somebody up; `age` in years."""
    families, women, men = draw.choices(NAMES, WEIGHTS)[0]
    sex = draw.choice(("female", "female", "male"))
    given = draw.choice(women if sex == "female" else men)
    years = draw.randint(*age) if age != (0, 92) else _years(draw)
    born = today - timedelta(days=years * 365 + draw.randint(0, 364))
    estimated = draw.random() < 0.08 and years > 30
    insurer, share = draw.choice(INSURERS) if draw.random() < 0.45 else (None, None)
    family = draw.choice(families)
    return NewPatient(
        family_name=family,
        given_names=given,
        sex=sex,
        born_on=born.replace(month=1, day=1) if estimated else born,
        born_precision="estimated" if estimated else "day",
        phone=f"080{draw.randint(20, 99)}{draw.randint(0, 999_999):06d}" if draw.random() < 0.9 else None,
        address=f"{draw.randint(1, 180)} {draw.choice(STREETS)}",
        city="Porto Novo" if draw.random() < 0.2 else "Harbour Town",
        insurer=insurer,
        insurance_number=f"{draw.randint(10_000_000, 99_999_999)}" if insurer else None,
        insurance_share=share,
        contacts=(Contact(f"{draw.choice(women + men)} {family}", "relative", None),) if draw.random() < 0.3 else (),
    )


def _years(draw: random.Random) -> int:
    """An age as it comes through a clinic's door: many small children, many of the middle-aged and old."""
    low, high = draw.choices(((0, 5), (6, 17), (18, 40), (41, 65), (66, 92)), (18, 10, 30, 26, 16))[0]
    return draw.randint(low, high)
