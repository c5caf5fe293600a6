"""Comments: frames filled with what they mention, spelled as people write it and not as fields hold it. Called by `episode`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random

from schemas.vocabulary import Category as C
from stream.synth.frames import CHILDREN, EVERYBODY, GROWN, MARRIED, MEN, WOMEN
from stream.synth.label import Piece, Planted, compose
from stream.synth.people import Person, Physician

Comment = tuple[Piece, ...]
_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_NURSES = "Sophie Karim Nathalie Loïc Isabelle Moussa Aurélie Yann".split()


def fitting(patient: Person, when: datetime) -> tuple[str, ...]:
    """The frames that may be said of somebody."""
    age = when.year - patient.birth.year
    if age < 16:
        return (*EVERYBODY, *CHILDREN)
    married = MARRIED if patient.birth_family != patient.family else ()
    own = WOMEN if patient.sex == "F" and age < 45 else MEN if patient.sex == "M" and age >= 45 else ()
    return (*EVERYBODY, *GROWN, *married, *own)


def comments(random: Random, values: Mapping[str, Piece], many: int, frames: Sequence[str]) -> tuple[Comment, ...]:
    """So many different comments."""
    return tuple(tuple(compose(frame, values)) for frame in random.sample(frames, many))


def values(random: Random, patient: Person, prescriber: Physician, drawn: datetime, called: datetime) -> dict[str, Piece]:
    """What a comment may mention, with its category."""
    subject = patient.ipp
    woman = patient.sex == "F"

    def of_patient(value: str, category: C) -> Planted:
        return Planted(value, category, subject)

    return {
        "title": "Mme" if woman else "M.",
        "family": of_patient(patient.family, C.PERSON_NAME),
        "birth_family": of_patient(patient.birth_family, C.PERSON_NAME),
        "given": of_patient(patient.given.title(), C.PERSON_NAME),
        "relation": "son époux" if woman else "son épouse",
        "relation_capital": "Son époux" if woman else "Son épouse",
        "spouse": Planted(patient.spouse, C.PERSON_NAME),
        "phone": of_patient(_pairs(patient.phone, " "), C.CONTACT_PHONE),
        "mobile": of_patient(_pairs(patient.mobile, " "), C.CONTACT_PHONE),
        "mobile_dots": of_patient(_pairs(patient.mobile, "."), C.CONTACT_PHONE),
        "email": of_patient(patient.email, C.CONTACT_EMAIL),
        "birth": of_patient(f"{patient.birth:%d/%m/%Y}", C.PERSON_BIRTH_DATE),
        "birth_long": of_patient(_long(patient.birth), C.PERSON_BIRTH_DATE),
        "nir": of_patient(_spelled(patient.nir), C.PERSON_NIR),
        "nir_plain": of_patient(patient.nir, C.PERSON_NIR),
        "ins": of_patient(patient.nir, C.PERSON_INS),
        "ipp": of_patient(patient.ipp, C.PERSON_LOCAL_NUMBER),
        "street": of_patient(patient.street.lower(), C.CONTACT_ADDRESS),
        "postcode": of_patient(patient.postcode, C.CONTACT_POSTCODE),
        "city": of_patient(patient.city.title(), C.CONTACT_CITY),
        "member": of_patient(patient.member, C.INSURANCE_MEMBER),
        "login": of_patient(patient.login, C.CREDENTIAL_LOGIN),
        "password": of_patient(patient.password, C.CREDENTIAL_PASSWORD),
        "prescriber": Planted(prescriber.family, C.PROFESSIONAL_NAME),
        "prescriber_given": Planted(prescriber.given.title(), C.PROFESSIONAL_NAME),
        "rpps": Planted(prescriber.rpps, C.PROFESSIONAL_NUMBER),
        "nurse": Planted(random.choice(_NURSES), C.PROFESSIONAL_NAME),
        "meal": f"{drawn - timedelta(minutes=75):%Hh%M}",
        "received": f"{drawn + timedelta(minutes=12):%Hh%M}",
        "time": f"{called:%Hh%M}",
    }


def _pairs(number: str, separator: str) -> str:
    return separator.join(number[i : i + 2] for i in range(0, 10, 2))


def _long(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"


def _spelled(nir: str) -> str:
    return f"{nir[0]} {nir[1:3]} {nir[3:5]} {nir[5:7]} {nir[7:10]} {nir[10:13]} {nir[13:]}"
