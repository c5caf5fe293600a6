"""The closed lists of the product: categories, likelihoods, actions, verdicts, reasons. Enums only; all of `stream` may import them."""

from enum import IntEnum, StrEnum
from functools import cache


class Category(StrEnum):
    """The kind of data. Hierarchical by dots: a rule for `person` holds for `person.name` unless a rule for `person.name` exists."""

    PERSON = "person"
    PERSON_NAME = "person.name"
    PERSON_BIRTH_DATE = "person.birth_date"
    PERSON_BIRTH_PLACE = "person.birth_place"
    PERSON_SEX = "person.sex"
    PERSON_AGE = "person.age"
    PERSON_DEATH = "person.death"
    PERSON_NIR = "person.nir"
    PERSON_INS = "person.ins"
    PERSON_LOCAL_NUMBER = "person.local_number"
    PERSON_VISIT_NUMBER = "person.visit_number"
    PERSON_DOCUMENT = "person.document"
    PERSON_BLOOD_GROUP = "person.blood_group"
    PERSON_ATTRIBUTE = "person.attribute"  # marital status, religion, ethnic group, citizenship, occupation, language
    CONTACT = "contact"
    CONTACT_PHONE = "contact.phone"
    CONTACT_EMAIL = "contact.email"
    CONTACT_ADDRESS = "contact.address"
    CONTACT_POSTCODE = "contact.postcode"
    CONTACT_CITY = "contact.city"
    CONTACT_ONLINE = "contact.online"  # URL, IP address, device identifier
    INSURANCE = "insurance"
    INSURANCE_MEMBER = "insurance.member"
    INSURANCE_INSURER = "insurance.insurer"
    INSURANCE_ACCOUNT = "insurance.account"  # IBAN, RIB and other payment accounts
    PROFESSIONAL = "professional"
    PROFESSIONAL_NAME = "professional.name"
    PROFESSIONAL_NUMBER = "professional.number"  # RPPS, ADELI, AM number
    PROFESSIONAL_ESTABLISHMENT = "professional.establishment"  # FINESS, names of sites and services
    CREDENTIAL = "credential"
    CREDENTIAL_LOGIN = "credential.login"
    CREDENTIAL_PASSWORD = "credential.password"  # noqa: S105  # the name of a category, not a password
    CREDENTIAL_TOKEN = "credential.token"  # noqa: S105  # the name of a category, not a token
    HEALTH = "health"
    HEALTH_TEST = "health.test"  # what was ordered or measured: code and label
    HEALTH_RESULT = "health.result"  # value, unit, range, flag, status
    HEALTH_TEXT = "health.text"  # free text of a clinical place
    HEALTH_DRUG = "health.drug"
    HEALTH_DIAGNOSIS = "health.diagnosis"
    HEALTH_TOPIC = "health.topic"
    HEALTH_TOPIC_PREGNANCY = "health.topic.pregnancy"
    HEALTH_TOPIC_ABORTION = "health.topic.abortion"
    HEALTH_TOPIC_HIV = "health.topic.hiv"
    HEALTH_TOPIC_STI = "health.topic.sti"
    HEALTH_TOPIC_HEPATITIS = "health.topic.hepatitis"
    HEALTH_TOPIC_ONCOLOGY = "health.topic.oncology"
    HEALTH_TOPIC_PSYCHIATRY = "health.topic.psychiatry"
    HEALTH_TOPIC_ADDICTION = "health.topic.addiction"
    HEALTH_TOPIC_GENETICS = "health.topic.genetics"
    HEALTH_TOPIC_STIGMA = "health.topic.stigma"  # violence, gender, sexuality, origin, detention
    SAMPLE = "sample"
    SAMPLE_NUMBER = "sample.number"  # order, accession and specimen numbers
    SAMPLE_KIND = "sample.kind"
    ADMIN = "admin"
    ADMIN_ACT = "admin.act"  # billing acts and amounts
    ADMIN_CODE = "admin.code"  # coded administrative values
    ADMIN_DATE = "admin.date"  # dates of orders, samples, results, movements
    ADMIN_TEXT = "admin.text"
    TECHNICAL = "technical"  # message type, version, control id, structure of the format
    UNKNOWN = "unknown"  # a place that no profile knows

    __hash__ = str.__hash__  # Enum's own runs in Python, and categories are looked up per leaf

    @property
    def parent(self) -> "Category | None":
        """The category one level up, or None for a top category."""
        head, _, _ = self.value.rpartition(".")
        return Category(head) if head else None

    @property
    def lineage(self) -> "tuple[Category, ...]":
        """This category, its parent, ... up to its top category."""
        return _lineage(self)


@cache
def _lineage(category: Category) -> tuple[Category, ...]:
    return (category,) if category.parent is None else (category, *_lineage(category.parent))


class Likelihood(IntEnum):
    """How sure a finding is; evidence adds up to one of these."""

    VERY_UNLIKELY = 1
    UNLIKELY = 2
    POSSIBLE = 3
    LIKELY = 4
    VERY_LIKELY = 5


class Action(IntEnum):
    """What may be done to a place, laxest first; where two meet, the greater one wins."""

    KEEP = 0
    GENERALISE = 1
    PSEUDONYMISE = 2
    MASK = 3
    REMOVE = 4
    DROP = 5
    QUARANTINE = 6


class Verdict(StrEnum):
    """The end of one record on one route."""

    CLEAR = "clear"
    REDACT = "redact"
    QUARANTINE = "quarantine"
    DROP = "drop"


class Generalisation(StrEnum):
    """How a value is made coarser."""

    YEAR = "year"  # a date to its year
    DEPARTMENT = "department"  # a postcode to its department


class UnknownStructure(StrEnum):
    """What happens to a place that no profile knows and whose content has no known shape."""

    INSPECT = "inspect"  # scanned as text, kept but for what is found
    REMOVE = "remove"
    QUARANTINE = "quarantine"


class RecipientKind(StrEnum):
    """What a recipient is; decides which rules a policy must carry."""

    CARE = "care"
    INSURER = "insurer"
    RESEARCH = "research"
    PUBLIC_HEALTH = "public_health"
    BILLING = "billing"
    MIGRATION = "migration"
    ANALYTICS = "analytics"
    PARTNER = "partner"


class BreakerState(StrEnum):
    """Whether a route may forward."""

    CLOSED = "closed"
    OPEN = "open"
    DRAINING = "draining"


class Urgency(StrEnum):
    """How soon somebody waits for a record."""

    ROUTINE = "routine"
    URGENT = "urgent"  # ordered as urgent
    CRITICAL = "critical"  # a result is flagged as critical

    @property
    def rank(self) -> int:
        """The most urgent has the highest."""
        return tuple(Urgency).index(self)


class Status(StrEnum):
    """How final the results of a record are; the last of these that any of them shows."""

    UNSTATED = "unstated"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    CANCELLED = "cancelled"
    CORRECTED = "corrected"

    @property
    def rank(self) -> int:
        return tuple(Status).index(self)


class SequenceKind(StrEnum):
    """What records of one sequence have in common."""

    ORDER = "order"  # the order's number; what has none goes by its patients
    PATIENT = "patient"
    KAFKA_KEY = "kafka_key"


class WhenHeld(StrEnum):
    """What later records of a sequence do while an earlier one is held."""

    PARK = "park"
    OVERTAKE = "overtake"


class Request(StrEnum):
    """What a reviewer may ask of the guard for one held record."""

    RELEASE = "release"
    REJECT = "reject"
    EXPIRE = "expire"
    REWRAP = "rewrap"
    SHOW = "show"  # only to be written down


class Refusal(StrEnum):
    """Why the guard did not do what it was asked."""

    UNREADABLE = "unreadable"  # not a request that this version reads
    STRANGER = "stranger"  # not signed by a registered person
    FORGED = "forged"  # signature, encryption or the guard's own MAC does not fit
    NOT_HELD = "not_held"  # decided already, or never held
    NOT_NEXT = "not_next"  # an earlier record of its sequence, or of the backlog, comes first
    SUPERSEDED = "superseded"  # a later record of its sequence was forwarded
    NEEDS_SECOND = "needs_second"  # a second person has to sign
    MAY_NOT_WAIVE = "may_not_waive"  # the policy does not let this person waive that
    HELD_AGAIN = "held_again"  # judged again, it is held
    TOO_EARLY = "too_early"  # its time to be kept is not over


class Reason(StrEnum):
    """Why a verdict is what it is: codes only, never a value."""

    FOUND = "found"  # an explicit deny of the policy (`when_found`)
    NOT_ALLOWED = "not_allowed"  # the policy's default holds or drops what nothing allows
    TRANSFORMED = "transformed"  # the policy's allow, transform or default changed at least one place
    UNKNOWN_STRUCTURE = "unknown_structure"
    IDENTITY_IN_RESULT = "identity_in_result"  # an identifier stands in a coded value, unit, range or number
    IDENTITY_IN_STRUCTURE = "identity_in_structure"  # an identifier is the name of a key, column or header
    UNDECODABLE = "undecodable"
    TOO_DEEP = "too_deep"
    OVER_BUDGET = "over_budget"
    TOO_LARGE = "too_large"
    ENCRYPTED = "encrypted"
    DUPLICATE_KEY = "duplicate_key"
    DOCUMENT_TYPE = "document_type"  # an XML document that declares entities, or could; they are never expanded
    NEEDS_SCHEMA = "needs_schema"
    CANNOT_REWRITE = "cannot_rewrite"  # a place to act on cannot be written in its format
    EXCEPTION = "exception"
    CRASHED = "crashed"  # the record killed the process that judged it
    BREAKER_OPEN = "breaker_open"
    CAP_REACHED = "cap_reached"
    PARKED = "parked"  # an earlier record of its sequence is held
    REJECTED = "rejected"  # a person decided that it never leaves
    EXPIRED = "expired"  # its time to be kept is over, and a person said so
    NOTHING_FORBIDDEN = "nothing_forbidden"  # cleared because its route may receive everything


INCOMPLETE = frozenset(
    {
        Reason.UNDECODABLE,
        Reason.TOO_DEEP,
        Reason.OVER_BUDGET,
        Reason.ENCRYPTED,
        Reason.DUPLICATE_KEY,
        Reason.DOCUMENT_TYPE,
        Reason.NEEDS_SCHEMA,
        Reason.EXCEPTION,
        Reason.CRASHED,
    }
)
"""Reasons that mean: this record was not inspected to its end."""
