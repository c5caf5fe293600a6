"""What a slot of the key dictionary (`.family`, `.phone`) means for the person or body that an object is about. Called by keys.

A key that no body has (`.nir`, `.given`) means a person wherever it stands.
"""

_PERSON = {
    "family": "person.name.family",
    "given": "person.name.given",
    "full": "person.name.full",
    "part": "person.name.part",
    "birth_date": "person.birth_date",
    "birth_place": "person.birth_place",
    "sex": "person.sex",
    "age": "person.age",
    "death": "person.death",
    "nir": "person.nir",
    "ins": "person.ins",
    "number": "person.local_number",
    "identifier": "person.identifier",
    "document": "person.document",
    "blood": "person.blood_group",
    "attribute": "person.attribute",
    "photo": "person.photo",
    "phone": "contact.phone",
    "telecom": "contact.phone",
    "email": "contact.email",
    "address": "contact.address",
    "postcode": "contact.postcode",
    "city": "contact.city",
    "online": "contact.online",
}
_REACHED = ("phone", "telecom", "email", "address", "postcode", "city", "online")
SLOTS: dict[str, dict[str, str]] = {
    "person": _PERSON,
    "relative": _PERSON
    | {
        "family": "relative.name.family",
        "given": "relative.name.given",
        "full": "relative.name.full",
        "birth_date": "relative.birth_date",
        "sex": "relative.sex",
        "nir": "relative.nir",
        "ins": "relative.nir",
        "number": "relative.identifier",
        "identifier": "relative.identifier",
    }
    | dict.fromkeys(("part", "birth_place", "age", "death", "attribute"), "relative.attribute"),
    "professional": _PERSON
    | {
        "family": "professional.name.family",
        "given": "professional.name.given",
        "full": "professional.name.full",
        "birth_date": "relative.birth_date",
        "number": "professional.number",
        "identifier": "professional.number",
    }
    | dict.fromkeys(("part", "sex", "age", "attribute"), "professional.name.part")
    | dict.fromkeys(_REACHED, "professional.contact"),
    "insurer": _PERSON
    | {"number": "insurance.member", "identifier": "insurance.member"}
    | dict.fromkeys(("full", "part", "attribute", *_REACHED), "insurance.insurer"),
    "establishment": _PERSON
    | {"number": "establishment.number", "identifier": "establishment.number"}
    | dict.fromkeys(("full", "part", "attribute"), "establishment.name")
    | dict.fromkeys(_REACHED, "establishment.location"),
    "sample": _PERSON | {"number": "sample.number", "identifier": "sample.number"},
    "placer": _PERSON | {"number": "order.placer", "identifier": "order.placer"},
    "filler": _PERSON | {"number": "order.filler", "identifier": "order.filler"},
    "prior": _PERSON | {"number": "person.prior_number", "identifier": "person.prior_number"},
    "visit": _PERSON | {"number": "person.visit_number", "identifier": "person.visit_number"},
}
"""Role name by persona and slot."""
