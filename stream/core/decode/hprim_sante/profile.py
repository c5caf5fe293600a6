"""The profile of HPRIM Sante 2.0 to 2.4 (ORU, ORM, ADM, FAC, REG, ERR): what each field of each segment means. Data only, compiled by
`segments`.

Fields are numbered as HPRIM numbers them: the name of the segment is the first. Kinds are those of the profile of hl7v2, and some of
HPRIM's own (`segments`). A field that is not listed is a place nobody knows; so is every field of a segment that is not listed.
"""

from collections.abc import Mapping

Fields = Mapping[str, str]

_NAME = "OF person.name.family person.name.given person.name.given person.name.given person.name.part person.name.part"
_ADDRESS = "OF contact.address contact.address contact.city contact.postcode contact.postcode admin.code"

PROFILE: Mapping[str, Fields] = {
    # ---- envelope
    "H": {
        "structure.code": "7 12",  # H.2 declares the delimiters
        "admin.text": "3 11",  # the name of the file is data: many build it from the patient's
        "credential.password": "4",
        "OF establishment.sender establishment.name": "5",
        "establishment.location": "6",
        "OF professional.contact": "8",
        "technical.text": "9",
        "OF establishment.number establishment.name": "10",
        "OF structure.code structure.code": "13",
        "admin.date": "14",
    },
    "L": {"structure.code": "2-5", "admin.code": "6"},
    "ERR": {"structure.code": "2", "admin.text": "3-10"},
    # ---- the patient
    "P": {
        "structure.code": "2",
        "NUMBER": "3 4 5",
        _NAME: "6",
        "person.name.family": "7",
        "person.birth_date": "8",
        "person.sex": "9",
        "person.attribute": "10 28 29 31",
        _ADDRESS: "11",
        "person.birth_place": "12",
        "OF contact.phone": "13",
        "PHYSICIAN": "14",
        "OF result.number result.unit": "17 18",  # height, weight
        "CODED diagnosis": "19 27",
        "CODED drug": "20",
        "health.text": "21-23 30",
        "OF admin.date": "24",
        "admin.code": "25 32",
        "establishment.location": "26",
        "admin.date": "33",
        "person.death": "34",
    },
    # ---- who pays: the insured person, often the patient, and the complementary insurer
    "AP": {
        "structure.code": "2",
        "admin.code": "3 12 16 18",
        "admin.date": "4 5 19 20",
        "relative.nir": "6",
        "relative.attribute": "7 8 21 22",  # rank of the beneficiary and of a twin; the employer
        "insurance.insurer": "9-11",
        "person.attribute": "13",  # exempt for a long disease
        "OF relative.name.family relative.name.given": "14",
        "relative.name.family": "15",
        "insurance.member": "17",  # number of an accident at work
        "health.text": "23",  # when a pregnancy began
    },
    "AC": {"structure.code": "2", "insurance.insurer": "3 7", "insurance.member": "4", "admin.date": "5 6"},
    # ---- orders and results
    "OBR": {
        "structure.code": "2",
        "OF order.placer sample.number": "3",
        "FILLER": "4",
        "CE test": "5",
        "OF order.priority": "6",
        "OF admin.date": "7-9 15 23 37",
        "sample.kind": "10 16",
        "PHYSICIAN": "11 17 29 33-36",
        "admin.code": "12 31",
        "health.text": "13 14 19-22 32",
        "OF professional.contact": "18",
        "admin.act": "24",
        "OF test.code test.code": "25",
        "result.status": "26",
        "OF sample.number sample.number sample.number sample.number": "30",
    },
    "OBX": {  # OBX.6 means what OBX.3 says: VALUES
        "structure.code": "2 5",
        "result.type": "3",
        "CE test": "4",
        "CE unit": "7",
        "result.range": "8",
        "result.flag": "9 11",
        "result.number": "10",
        "result.status": "12",
        "admin.date": "13 15",
        "admin.text": "14",
        "PHYSICIAN": "17",
    },
    "C": {"structure.code": "2 3", "health.text": "4"},
    # ---- billing
    "FAC": {"structure.code": "2"},
    "ACT": {"structure.code": "2", "admin.act": "3-10"},
    "REG": {"structure.code": "2"},
}

VALUES: Mapping[str, str] = {  # OBX.3 -> what OBX.6 is; a type that is not listed is a place nobody knows
    **dict.fromkeys(("", "ST", "TX", "DT", "TS"), "result.text"),
    "NM": "result.number",
    "GC": "OF result.number result.number",
    "CE": "CE result",
    "FIC": "unknown place",  # names of files, which may hold a person's
    "CK": "NUMBER",
    "PN": _NAME,
    "AD": _ADDRESS,
    "TN": "OF contact.phone",
    "CNA": "PHYSICIAN",
}
