"""What the components of a datatype mean: XPN, XAD, CX and their kin, as tuples of roles by position. Named by the profile, read by
the walk and the paths. A component beyond the end of its tuple is a place that nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from stream.core.roles import INDEX


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """A place with parts. `choose` sees the raw parts and says what they mean where that depends on them; it gives as many as `kinds`.
    `alone` is the role where there is but one part, if that can be told without looking."""

    kinds: tuple[Kind, ...]
    choose: Callable[[Sequence[bytes]], tuple[Kind, ...]] | None = None
    alone: int | None = None


Kind = int | Composite
"""What a place is: a role (then it is one leaf, whatever stands in it), or a composite of further places."""

UNKNOWN_PLACE = Composite(())
"""A place that no profile knows: every piece of it is a leaf."""

Roles = tuple[int, ...]


_INS_ROOT = b"1.2.250.1.213.1.4."  # any identifier under it is of the INS family, those for tests too
_INS_NAMES = b"ASIP-SANTE-INS"
_NATIONAL = (b"NIR", b"SS", b"NH", b"NI", b"NNFRA", b"NNBEL", b"NNLUX", b"NNCHE", b"NNDEU", b"NNESP", b"NNITA", b"NNPRT")
_INS = (b"INS", b"INS-NIR", b"INS-NIA", b"INS-C", b"NIA")
_PERSON_TYPES = {
    **dict.fromkeys(_INS, "person.ins"),
    **dict.fromkeys(_NATIONAL, "person.nir"),
    **dict.fromkeys((b"PI", b"MR", b"PT", b"IPP"), "person.local_number"),
    **dict.fromkeys((b"VN", b"AN", b"IEP", b"NDA"), "person.visit_number"),
    **dict.fromkeys((b"PPN", b"CZ", b"DL", b"PRC", b"PA", b"CN", b"LE"), "person.document"),
    **dict.fromkeys((b"MA", b"MB", b"MC", b"HC", b"SN"), "insurance.member"),
}
_RELATIVE_TYPES = dict.fromkeys((*_INS, *_NATIONAL), "relative.nir")
_PATIENT_TYPES = frozenset((*_INS, b"NIR", b"SS", b"NH"))  # what tells a patient where any person may stand
_AT = 64
_BIRTH_ADDRESS = (b"BDL", b"N")


def _composite(kinds: tuple[Kind, ...]) -> Composite:
    first = kinds[0]
    return Composite(kinds, alone=first if isinstance(first, int) else None)


def _roles(names: str) -> Roles:
    """A line of role names. `-` is a technical code of the format."""
    return tuple(INDEX["structure.code" if name == "-" else name] for name in names.split())


def _names(owner: str) -> tuple[Kind, ...]:
    """Family (with its own and the spouse's parts), given, further given, suffix, prefix, degree."""
    part = "relative.attribute" if owner == "relative" else f"{owner}.name.part"
    family = _composite(_roles(f"{owner}.name.family {part} {owner}.name.family {part} {owner}.name.family"))
    return family, *_roles(f"{owner}.name.given {owner}.name.given {part} {part} {part}")


def _xpn(owner: str) -> Composite:
    part = "relative.attribute" if owner == "relative" else f"{owner}.name.part"
    rest = _roles(f"{part} - - admin.date - admin.date admin.date {part} {owner}.name.given")
    return _composite((*_names(owner), *rest))


def _xcn(owner: str) -> Composite:
    return _composite(_person(owner))


def _person(owner: str) -> tuple[Kind, ...]:
    number = {"professional": "professional.number"}.get(owner, f"{owner}.identifier")
    rest = _roles(
        f"- establishment.name - - - - establishment.name - - - - admin.date admin.date {owner}.name.given admin.code admin.code -"
    )
    components: tuple[Kind, ...] = (INDEX[number], *_names(owner), *rest)
    return components


def _participant(owner: str) -> Composite:
    """A person of any kind: the patient where the number is a national one, else as `owner` says."""
    usual = _person(owner)
    patient: tuple[Kind, ...] = (INDEX["person.ins"], *_person("person")[1:])

    def choose(parts: Sequence[bytes]) -> tuple[Kind, ...]:
        is_patient = (len(parts) > 8 and _is_ins(parts[8])) or (len(parts) > 12 and parts[12] in _PATIENT_TYPES)
        return patient if is_patient else usual

    return Composite(usual, choose)


def _ndl(owner: str) -> Composite:
    """A name with number as subcomponents, then when and where. Many send it as XCN: told by a second component that is no date."""
    located = "- establishment.location establishment.location establishment.location establishment.location"
    name = _composite((INDEX[f"{owner}.number"], *_names(owner), *_roles("- establishment.name -")))
    usual: tuple[Kind, ...] = (name, *_roles(f"admin.date admin.date {located} {located}"))
    person = _person(owner)[: len(usual)]

    def choose(parts: Sequence[bytes]) -> tuple[Kind, ...]:
        return person if len(parts) > 1 and parts[1] and not parts[1][:1].isdigit() else usual

    return Composite(usual, choose)


def _cx(role: str) -> Composite:
    """An identifier: what it is says its type (CX-5) or its authority (CX-4), else the field. The authority follows its number."""
    types = _RELATIVE_TYPES if role.startswith(("relative.", "insurance.")) else _PERSON_TYPES
    ins = _identifier(types[b"INS"])
    by_type = {code: _identifier(name) for code, name in types.items()}
    usual = _identifier(role)

    def choose(parts: Sequence[bytes]) -> Roles:
        if len(parts) < 4:
            return usual
        if parts[3].find(_INS_ROOT) >= 0:
            return ins
        known = by_type.get(parts[4]) if len(parts) > 4 else None
        return known or (ins if parts[3].startswith(_INS_NAMES) else usual)

    return Composite(usual, choose)


def _number(role: str) -> Composite:
    """An identifier whose field says it all, whatever its type."""
    return _composite(_identifier(role))


def _identifier(role: str) -> Roles:
    return _roles(f"{role} - - establishment.name - establishment.name admin.date admin.date admin.code admin.code - -")


def _is_ins(authority: bytes) -> bool:
    return authority.find(_INS_ROOT) >= 0 or authority.startswith(_INS_NAMES)


def _xad(owner: str) -> Composite:
    """An address: the contact's, or of the one role given. One with type BDL or N is where a person was born."""
    if owner != "contact":
        return _composite(_address(owner, owner, owner))
    usual = _address("contact.address", "contact.city", "contact.postcode")
    born = _address("person.birth_place", "person.birth_place", "person.birth_place")

    def choose(parts: Sequence[bytes]) -> Roles:
        return born if len(parts) > 6 and parts[6] in _BIRTH_ADDRESS else usual

    return Composite(usual, choose)


def _address(street: str, city: str, postcode: str) -> Roles:
    located = f"{street} {street} {city} {city} {postcode} admin.code - {city} {postcode} {postcode} -"
    return _roles(f"{located} admin.date admin.date admin.date admin.code - - - {street} admin.text - - -")


def _xtn(owner: str) -> Composite:
    """A phone number or an e-mail address, the contact's or of the one role given."""
    if owner != "contact":
        return _composite(_telecom(owner, owner, owner))
    phone = _telecom("contact.phone", "contact.phone", "contact.email")
    mail = _telecom("contact.email", "contact.phone", "contact.email")

    def choose(parts: Sequence[bytes]) -> Roles:
        is_mail = (len(parts) > 1 and parts[1] == b"NET") or _AT in parts[0]
        return mail if is_mail else phone

    return Composite(phone, choose)


def _telecom(first: str, phone: str, mail: str) -> Roles:
    number = f"admin.code {phone} {phone} {phone}"
    return _roles(f"{first} - - {mail} {number} admin.text - {phone} {phone} admin.date admin.date admin.code - - -")


def _participant_telecom(owner: str) -> Composite:
    """The patient's where the address is one of the patients' secure mail, else as `owner` says."""
    usual, patient = _xtn(owner), _xtn("contact").kinds

    def choose(parts: Sequence[bytes]) -> tuple[Kind, ...]:
        return patient if any(b"@patient." in part.lower() for part in parts) else usual.kinds

    return Composite(usual.kinds, choose)


def _xon(role: str) -> Composite:
    number = "establishment.number" if role == "establishment.name" else role
    return _composite(_roles(f"{role} - {number} - - establishment.name - establishment.name - {number}"))


def _ei(role: str) -> Composite:
    return _composite(_roles(f"{role} establishment.name - -"))


def _eip(role: str) -> Composite:
    """Two identifiers, each with subcomponents."""
    return _composite((_ei(role), _ei(role)))


_CODED = {
    "test": "test.code test.label test.system",
    "result": "result.code result.text result.code",  # the system goes where its code goes
    "diagnosis": "diagnosis.code diagnosis.label -",
    "drug": "drug.code drug.label -",
    "sample": "sample.kind sample.kind -",
    "unit": "result.unit result.unit result.unit",
    "admin": "admin.code admin.text -",
    "priority": "order.priority admin.text -",
    "establishment": "establishment.number establishment.name -",
}


def _ce(family: str) -> Composite:
    """Code, label and system, again in another system, and in a third one."""
    triplet = _CODED[family]
    label = triplet.split()[1]
    return _composite(_roles(f"{triplet} {triplet} - - {label} {triplet} {'- ' * 10}"))


def _ts(role: str) -> Composite:
    return _composite(_roles(f"{role} -"))


def _same(names: str) -> Composite:
    """Components with a role each, given as they are."""
    return _composite(_roles(names))


_DATATYPES: dict[str, Callable[[str], Composite]] = {
    "CE": _ce,
    "CX": _cx,
    "EI": _ei,
    "EIP": _eip,
    "NDL": _ndl,
    "NUMBER": _number,
    "OF": _same,
    "PARTICIPANT": _participant,
    "PARTICIPANT-XTN": _participant_telecom,
    "TS": _ts,
    "XAD": _xad,
    "XCN": _xcn,
    "XON": _xon,
    "XPN": _xpn,
    "XTN": _xtn,
}


@cache
def kind(name: str) -> Kind:
    """What a name of the profile stands for: a role, or a datatype and whose it is (`XPN person`). Raises KeyError for any other."""
    if name in INDEX:
        return INDEX[name]
    if name == "unknown place":
        return UNKNOWN_PLACE
    datatype, _, owner = name.partition(" ")
    return _DATATYPES[datatype](owner)
