"""Whose visit the tour walks: name, allergy, drug, values, all of them drawn by the seed."""

import random
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Allergy:
    """What the patient is allergic to, the drug that must stop, and the one that takes its place."""

    substance: str
    stopped: str
    instead: str


@dataclass(frozen=True)
class Visit:
    """Everything the tour types that is somebody's own; `planted` must never be found in clear on the disk."""

    seed: int
    family: str
    given: str
    born: date
    sex: str
    phone: str
    address: str
    insurer: str
    share: int
    complaint: str
    onset: str
    finding: str
    advice: str
    diagnosis: tuple[str, str]
    allergy: Allergy
    pressure: str
    pulse: str
    temperature: str
    weight: str
    potassium: str
    note: str

    @property
    def planted(self) -> tuple[str, ...]:
        """Words that are in the chart and may be nowhere on the disk in clear."""
        return (self.family, self.phone, self.address, self.complaint, self.finding, self.advice, self.note)


FAMILIES = ("Okonkwo", "Abiodun-Vale", "Tesfamariam", "Echeverría", "Nguyễn", "Björnsdóttir", "Ramanathan", "Kowalczyk")
GIVEN = ("Adaeze", "Zoë", "Mariam", "Renée", "Ikram", "Sölvi", "Tomasz", "Anjali")
COMPLAINTS = ("burning on passing water, flank ache", "sore throat with fever", "productive cough with fever")
DIAGNOSES = (("urinary tract infection", "N39.0"), ("acute tonsillitis", "J03.90"), ("acute bronchitis", "J20.9"))
ALLERGIES = (
    Allergy("penicillin", "amoxicillin", "azithromycin"),
    Allergy("penicillin", "amoxicillin", "doxycycline"),
    Allergy("penicillin", "phenoxymethylpenicillin", "azithromycin"),
)


def drawn(seed: int) -> Visit:
    """Draw the visit of a seed: the same each time, another for another seed."""
    draw = random.Random(seed)  # noqa: S311 - a made-up patient
    place = draw.randrange(3)
    tag = f"{draw.randrange(16**4):04x}"
    return Visit(
        seed=seed,
        family=f"{draw.choice(FAMILIES)}-{draw.choice(('Vos', 'Adler', 'Quist', 'Marsh'))}{tag[0]}",
        given=draw.choice(GIVEN),
        born=date(draw.randint(1950, 1998), draw.randint(1, 12), draw.randint(1, 28)),
        sex=draw.choice(("female", "male")),
        phone=f"0803{draw.randint(1_000_000, 9_999_999)}",
        address=f"{draw.randint(2, 98)} Saffron Wharf {tag}",
        insurer="Harbour Mutual",
        share=draw.choice((50, 60, 70, 80)),
        complaint=f"{COMPLAINTS[place]} {tag}",
        onset=f"{draw.randint(2, 6)} days",
        finding=f"tender, no guarding, ref {tag}",
        advice=f"potassium critical: to hospital at once by ambulance, ward told, ref {tag}",
        diagnosis=DIAGNOSES[place],
        allergy=draw.choice(ALLERGIES),
        pressure=f"{draw.randint(116, 138)}/{draw.randint(70, 84)}",
        pulse=str(draw.randint(72, 96)),
        temperature=f"{draw.randint(376, 386) / 10:.1f}",
        weight=f"{draw.randint(55, 88)}",
        potassium=f"{draw.randint(66, 72) / 10:.1f}",
        note=f"unsigned thought about {tag}: ask about the brother's kidney stones",
    )
