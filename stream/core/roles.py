"""What places mean: the one table of roles for all formats. A profile maps a place to a role by name; a leaf stores its index."""

from schemas.vocabulary import Category as C
from stream.core.values import Role, Treat

_I, _S, _T, _U = Treat.IDENTITY, Treat.SHAPED, Treat.TEXT, Treat.UNKNOWN

ROLES: tuple[Role, ...] = (
    Role("unknown", C.UNKNOWN, _U),
    # the person a scope is about
    Role("person.name.family", C.PERSON_NAME, _I, learn=True),
    Role("person.name.given", C.PERSON_NAME, _I, learn=True),
    Role("person.name.full", C.PERSON_NAME, _I, learn=True),
    Role("person.name.part", C.PERSON_NAME, _I),  # prefix, suffix, name type: not worth remembering
    Role("person.birth_date", C.PERSON_BIRTH_DATE, _I, learn=True),
    Role("person.birth_place", C.PERSON_BIRTH_PLACE, _I),
    Role("person.sex", C.PERSON_SEX, _I),
    Role("person.age", C.PERSON_AGE, _I),
    Role("person.death", C.PERSON_DEATH, _I),
    Role("person.nir", C.PERSON_NIR, _I, learn=True),
    Role("person.ins", C.PERSON_INS, _I, learn=True),
    Role("person.local_number", C.PERSON_LOCAL_NUMBER, _I, learn=True),
    Role("person.visit_number", C.PERSON_VISIT_NUMBER, _I, learn=True),
    Role("person.identifier", C.PERSON_LOCAL_NUMBER, _I, learn=True),  # an identifier whose type the place does not say
    Role("person.prior_number", C.PERSON_LOCAL_NUMBER, _I, learn=True),  # merged away (MRG)
    Role("person.document", C.PERSON_DOCUMENT, _I, learn=True),
    Role("person.blood_group", C.PERSON_BLOOD_GROUP, _I),
    Role("person.attribute", C.PERSON_ATTRIBUTE, _I),
    Role("person.photo", C.PERSON_ATTRIBUTE, _I),
    # relatives, insured persons, other persons: identity, never a subject
    Role("relative.name.family", C.PERSON_NAME, _I, learn=True),
    Role("relative.name.given", C.PERSON_NAME, _I, learn=True),
    Role("relative.name.full", C.PERSON_NAME, _I, learn=True),
    Role("relative.birth_date", C.PERSON_BIRTH_DATE, _I, learn=True),
    Role("relative.sex", C.PERSON_SEX, _I),
    Role("relative.nir", C.PERSON_NIR, _I, learn=True),
    Role("relative.identifier", C.PERSON_LOCAL_NUMBER, _I, learn=True),
    Role("relative.attribute", C.PERSON_ATTRIBUTE, _I),
    # contact
    Role("contact.phone", C.CONTACT_PHONE, _I, learn=True),
    Role("contact.email", C.CONTACT_EMAIL, _I, learn=True),
    Role("contact.address", C.CONTACT_ADDRESS, _I, learn=True),
    Role("contact.postcode", C.CONTACT_POSTCODE, _I),
    Role("contact.city", C.CONTACT_CITY, _I),
    Role("contact.online", C.CONTACT_ONLINE, _I, learn=True),
    # insurance and money
    Role("insurance.member", C.INSURANCE_MEMBER, _I, learn=True),
    Role("insurance.insurer", C.INSURANCE_INSURER, _I),
    Role("insurance.account", C.INSURANCE_ACCOUNT, _I, learn=True),
    # professionals and places of care
    Role("professional.name.family", C.PROFESSIONAL_NAME, _I, learn=True),
    Role("professional.name.given", C.PROFESSIONAL_NAME, _I, learn=True),
    Role("professional.name.full", C.PROFESSIONAL_NAME, _I, learn=True),
    Role("professional.name.part", C.PROFESSIONAL_NAME, _I),
    Role("professional.number", C.PROFESSIONAL_NUMBER, _I, learn=True),
    Role("professional.contact", C.PROFESSIONAL_NUMBER, _I, learn=True),  # phone, e-mail or address of a professional
    Role("establishment.name", C.PROFESSIONAL_ESTABLISHMENT, _I),
    Role("establishment.number", C.PROFESSIONAL_ESTABLISHMENT, _I),
    Role("establishment.location", C.PROFESSIONAL_ESTABLISHMENT, _I),
    Role("establishment.sender", C.PROFESSIONAL_ESTABLISHMENT, _I),  # who sends the message: its order numbers are unique there
    # credentials
    Role("credential.login", C.CREDENTIAL_LOGIN, _I, learn=True),
    Role("credential.password", C.CREDENTIAL_PASSWORD, _I, learn=True),
    Role("credential.token", C.CREDENTIAL_TOKEN, _I, learn=True),
    # tests and results
    Role("test.code", C.HEALTH_TEST, _S),  # a code of any system, LOINC or local
    Role("test.label", C.HEALTH_TEST, _T),
    Role("test.system", C.HEALTH_TEST, _S),  # the name or URI of the code system
    Role("result.number", C.HEALTH_RESULT, _S),
    Role("result.code", C.HEALTH_RESULT, _S),
    Role("result.text", C.HEALTH_RESULT, _T),
    Role("result.unit", C.HEALTH_RESULT, _S),
    Role("result.range", C.HEALTH_RESULT, _S),
    Role("result.flag", C.HEALTH_RESULT, _S),
    Role("result.status", C.HEALTH_RESULT, _S),
    Role("result.type", C.HEALTH_RESULT, _S),  # HL7 OBX-2 and the like
    Role("result.attachment", C.HEALTH_RESULT, _T),  # an encapsulated document
    Role("health.text", C.HEALTH_TEXT, _T),
    Role("drug.code", C.HEALTH_DRUG, _S),
    Role("drug.label", C.HEALTH_DRUG, _T),
    Role("diagnosis.code", C.HEALTH_DIAGNOSIS, _S),
    Role("diagnosis.label", C.HEALTH_DIAGNOSIS, _T),
    # samples and orders
    Role("sample.number", C.SAMPLE_NUMBER, _S),
    Role("sample.kind", C.SAMPLE_KIND, _T),
    Role("order.placer", C.SAMPLE_NUMBER, _S),
    Role("order.filler", C.SAMPLE_NUMBER, _S),
    Role("order.priority", C.ADMIN_CODE, _S),
    # administration
    Role("admin.act", C.ADMIN_ACT, _T),
    Role("admin.code", C.ADMIN_CODE, _S),
    Role("admin.date", C.ADMIN_DATE, _S),
    Role("admin.text", C.ADMIN_TEXT, _T),
    # the format's own
    Role("structure.code", C.TECHNICAL, _S),  # what a reader of the format cannot do without (message type, set ids): always kept
    Role("structure.control", C.TECHNICAL, _S),  # the same for the message's own number, which its acknowledgement names
    Role("technical.control", C.TECHNICAL, _S),  # the message's own number where the format does without
    Role("technical.code", C.TECHNICAL, _S),
    Role("technical.text", C.TECHNICAL, _T),
    Role("key", C.TECHNICAL, _I),  # a key, column head or header name that the dictionary knows
    Role("key.unknown", C.UNKNOWN, _T),  # any other: data itself
    # shapes that an unknown place may show (core/decode/shapes.py)
    Role("unknown.number", C.HEALTH_RESULT, _S),  # written like a measurement
    Role("unknown.unit", C.HEALTH_RESULT, _S),
    Role("unknown.flag", C.HEALTH_RESULT, _S),
    Role("unknown.range", C.HEALTH_RESULT, _S),
    Role("unknown.word", C.HEALTH_RESULT, _S),  # what a result is called where it is no number
    Role("unknown.code", C.HEALTH_TEST, _S),  # a LOINC code with its check digit
    Role("unknown.literal", C.TECHNICAL, _S),  # true, false, null
    # frames: several messages in one record
    Role("frame", C.TECHNICAL, _I),
    Role("plain.text", C.HEALTH_TEXT, _T),  # a whole document of text
)

INDEX: dict[str, int] = {role.name: number for number, role in enumerate(ROLES)}
"""Role number by name; raises KeyError at import of a profile that names a role that does not exist."""

CATEGORY: tuple[C, ...] = tuple(role.category for role in ROLES)
TREAT = bytes(role.treat for role in ROLES).ljust(256, b"\0")
"""`roles.translate(TREAT)` gives the treatment of every leaf of a document in one pass."""
