"""The profile of CDA R2 as a table: per element (a table), what its attributes (`@`), its text (""), and the elements in it are.
Compiled by `nodes`; how an entry is written stands there. From the element names and datatypes of HL7 CDA R2 and of the French volet
"Structuration minimale de documents de santé" and CR-BIO.
"""

from collections.abc import Mapping

_NARRATIVE_PARTS = (
    "text content paragraph list item caption footnote div p span b i u em strong small big pre ul ol li dl dt dd h1 h2 h3 h4 h5 h6"
)
_NARRATIVE_BITS = "br hr sub sup col colgroup thead tbody tfoot"

DATATYPES: Mapping[str, Mapping[str, str]] = {
    # `$1` is what the table is asked for; `.slot` is that of the person or body it is asked for
    "II": {"@root": "rooted $1", "@extension": "$1", "@assigningAuthorityName": "establishment.name", "@displayable": "structure"},
    "CD": {
        "": "$2",
        "@code": "$1",
        "@displayName": "$2",
        "@codeSystem": "$3",
        "@codeSystemName": "$3",
        "@codeSystemVersion": "structure",
        "originalText": "ED $2",
        "translation": "CD $1 $2 $3",
        "qualifier": "qualifier $1 $2 $3",
    },
    "qualifier": {"name": "CD $1 $2 $3", "value": "CD $1 $2 $3"},
    "TS": {"@value": "$1", "low": "TS $1", "high": "TS $1", "center": "TS $1", "width": "TS $1", "@unit": "structure"},
    "ED": {
        "": "$1",
        "@mediaType": "structure",
        "@representation": "structure",
        "@compression": "structure",
        "@language": "structure",
        "@integrityCheck": "technical.code",
        "@integrityCheckAlgorithm": "structure",
        "reference": "reference",
        "thumbnail": "ED $1",
        "translation": "ED $1",
    },
    "reference": {"@value": "technical.code"},
    "plain": {"@value": "structure"},
    "TEL": {"": ".telecom", "@value": ".telecom", "useablePeriod": "TS admin.date"},
    "PN": {
        "": ".full",
        "family": ".family",
        "given": ".given",
        "prefix": ".part",
        "suffix": ".part",
        "delimiter": ".part",
        "validTime": "TS admin.date",
    },
    "AD": {
        "": ".address",
        **dict.fromkeys(
            "streetAddressLine houseNumber houseNumberNumeric streetName streetNameBase streetNameType direction deliveryAddressLine "
            "deliveryInstallationType deliveryInstallationArea deliveryInstallationQualifier deliveryMode deliveryModeIdentifier "
            "buildingNumberSuffix additionalLocator unitID unitType postBox careOf censusTract precinct county state country".split(),
            ".address",
        ),
        "city": ".city",
        "postalCode": ".postcode",
        "delimiter": ".address",
        "useablePeriod": "TS admin.date",
    },
    "birthplace": dict.fromkeys(("", "*"), "person.birth_place"),
    "quantity": {  # a value of any datatype
        "": "result",
        "@value": "result",
        "@unit": "result.unit",
        "@code": "result.code",
        "@displayName": "result.text",
        "@codeSystem": "result.code",
        "@codeSystemName": "result.code",
        "@codeSystemVersion": "structure",
        "@root": "rooted person.identifier",
        "@extension": "person.identifier",
        "@mediaType": "structure",
        "@representation": "structure",
        "@inclusive": "structure",
        **dict.fromkeys("low high center width numerator denominator translation".split(), "quantity"),
        "originalText": "ED result.text",
        "reference": "reference",
    },
    "bounds": {
        "": "result.range",
        "@value": "result.range",
        "@unit": "result.unit",
        "@code": "result.code",
        "@displayName": "result.range",
        "@codeSystem": "result.code",
        "@inclusive": "structure",
        **dict.fromkeys("low high center width numerator denominator translation".split(), "bounds"),
        "originalText": "ED result.range",
    },
    "narrative": {
        "": "health.text",
        **dict.fromkeys(_NARRATIVE_PARTS.split(), "narrative"),
        **dict.fromkeys(_NARRATIVE_BITS.split(), "narrative"),
        **dict.fromkeys("linkHtml a footnoteRef renderMultiMedia img".split(), "narrative"),
        "table": "narrative",
        "tr": "row",
        "title": "health.text",
        "@referencedObject": "technical.code",
        "@name": "technical.text",
        "@href": "technical.text",
        "@src": "technical.text",
        "@title": "health.text",
        "@alt": "health.text",
    },
    "row": {"": "health.text", "td": "cell result.text", "th": "cell test.label"},
    "cell": {
        "": "$1",
        **dict.fromkeys((_NARRATIVE_PARTS + " " + _NARRATIVE_BITS + " linkHtml a footnoteRef").split(), "cell $1"),
        "table": "narrative",
        "renderMultiMedia": "narrative",
        "@href": "technical.text",
        "@title": "health.text",
    },
}

_TEST = "CD test.code test.label test.system"
_ADMIN = "CD admin.code admin.text structure"
_FLAG = "CD result.flag result.flag result.flag"
_STATUS = "CD result.status result.status result.status"
_SAMPLE = "CD sample.kind sample.kind structure"
_DRUG = "CD drug.code drug.label structure"
_ATTRIBUTE = "CD person.attribute person.attribute structure"
_RELATION = "CD relative.attribute relative.attribute structure"
_PROFESSION = "CD professional.name.part professional.name.part structure"
_PARTICIPANTS = {
    "author": "role",
    "dataEnterer": "role",
    "informant": "role",
    "performer": "role",
    "responsibleParty": "role",
    "encounterParticipant": "role",
    "legalAuthenticator": "role",
    "authenticator": "role",
    "participant": "role",
    "informationRecipient": "role",
    "custodian": "role",
    "subject": "role",
    "specimen": "specimen",
    "consumable": "product",
    "product": "product",
}
_ACT = {
    **_PARTICIPANTS,
    "id": "II technical.code",
    "code": _TEST,
    "text": "ED health.text",
    "statusCode": _STATUS,
    "effectiveTime": "TS admin.date",
    "activityTime": "TS admin.date",
    "priorityCode": "CD order.priority admin.text structure",
    "languageCode": "CD structure structure structure",
    "methodCode": _TEST,
    "targetSiteCode": _SAMPLE,
    "approachSiteCode": _SAMPLE,
    "repeatNumber": "quantity",
    "entryRelationship": "entry",
    "component": "entry",
    "reference": "external",
    "precondition": "precondition",
    "sequenceNumber": "plain",
}

CDA: Mapping[str, Mapping[str, str]] = {
    **DATATYPES,
    "ClinicalDocument": {
        **_PARTICIPANTS,
        "id": "II technical.control",
        "code": _TEST,
        "title": "health.text",
        "effectiveTime": "TS admin.date",
        "copyTime": "TS admin.date",
        "confidentialityCode": _ADMIN,
        "languageCode": "CD structure structure structure",
        "setId": "II technical.control",
        "versionNumber": "plain",
        "recordTarget": "recordTarget",
        "inFulfillmentOf": "inFulfillmentOf",
        "documentationOf": "documentationOf",
        "relatedDocument": "relatedDocument",
        "authorization": "authorization",
        "componentOf": "componentOf",
        "component": "component",
    },
    "recordTarget": {"patientRole": "patientRole"},
    "patientRole": {
        "id": "II person.identifier",
        "addr": "AD person",
        "telecom": "TEL person",
        "patient": "patient",
        "providerOrganization": "organization",
    },
    "patient": {
        "id": "II person.identifier",
        "name": "PN person",
        "desc": "ED person.attribute",
        "administrativeGenderCode": "CD person.sex person.sex structure",
        "birthTime": "TS person.birth_date",
        "deceasedInd": "death",
        "deceasedTime": "TS person.death",
        **dict.fromkeys("maritalStatusCode religiousAffiliationCode raceCode ethnicGroupCode".split(), _ATTRIBUTE),
        **dict.fromkeys("multipleBirthInd multipleBirthOrderNumber".split(), "attribute"),
        "guardian": "relative",
        "birthplace": "born",
        "languageCommunication": "language",
    },
    "death": {"@value": "person.death"},
    "attribute": {"@value": "person.attribute"},
    "language": dict.fromkeys("languageCode modeCode proficiencyLevelCode".split(), _ATTRIBUTE) | {"preferenceInd": "attribute"},
    "born": {"place": "born", "name": "person.birth_place", "addr": "birthplace"},
    "relative": {
        "id": "II relative.identifier",
        "code": _RELATION,
        "addr": "AD relative",
        "telecom": "TEL relative",
        "effectiveTime": "TS admin.date",
        **dict.fromkeys("guardianPerson relatedPerson associatedPerson subject".split(), "relativePerson"),
        **dict.fromkeys("guardianOrganization scopingOrganization".split(), "organization"),
    },
    "relativePerson": {
        "id": "II relative.identifier",
        "name": "PN relative",
        "desc": "ED relative.attribute",
        "administrativeGenderCode": "CD relative.sex relative.sex structure",
        "birthTime": "TS relative.birth_date",
    },
    "role": {  # what stands between an act and who takes part in it
        "time": "TS admin.date",
        "functionCode": _PROFESSION,
        "signatureCode": _ADMIN,
        "modeCode": _ADMIN,
        "awarenessCode": _ADMIN,
        **dict.fromkeys("assignedEntity assignedAuthor intendedRecipient".split(), "professional"),
        **dict.fromkeys("associatedEntity participantRole".split(), "professional"),  # or by its class: `CLASSES`
        "relatedEntity": "relative",
        "relatedSubject": "relative",
        "assignedCustodian": "assignedCustodian",
    },
    "professional": {
        "id": "II professional.number",
        "code": _PROFESSION,
        "addr": "AD professional",
        "telecom": "TEL professional",
        **dict.fromkeys(
            "assignedPerson assignedAuthor associatedPerson informationRecipient playingEntity".split(),
            "professionalPerson",
        ),
        **dict.fromkeys("representedOrganization receivedOrganization scopingOrganization scopingEntity".split(), "organization"),
        **dict.fromkeys("assignedAuthoringDevice playingDevice".split(), "device"),
    },
    "professionalPerson": {
        "name": "PN professional",
        "code": _PROFESSION,
        "desc": "ED professional.name.part",
        "birthTime": "TS relative.birth_date",
    },
    "device": {
        "code": _ADMIN,
        "manufacturerModelName": "ED technical.text",
        "softwareName": "ED technical.text",
        "asMaintainedEntity": "role",
    },
    "assignedCustodian": {"representedCustodianOrganization": "organization"},
    "organization": {
        "id": "II establishment.number",
        "name": "organizationName",
        "desc": "ED establishment.name",
        "telecom": "TEL establishment",
        "addr": "AD establishment",
        "code": _ADMIN,
        "standardIndustryClassCode": _ADMIN,
        "asOrganizationPartOf": "organization",
        "wholeOrganization": "organization",
        "statusCode": _ADMIN,
        "effectiveTime": "TS admin.date",
    },
    "organizationName": {"": "establishment.name", **dict.fromkeys("prefix suffix delimiter".split(), "establishment.name")},
    "inFulfillmentOf": {"order": "order"},
    "order": {
        "id": "II order.placer",
        "accessionNumber": "II sample.number",
        "code": _TEST,
        "priorityCode": "CD order.priority admin.text structure",
    },
    "documentationOf": {"serviceEvent": "serviceEvent"},
    "serviceEvent": {**_ACT, "id": "II order.filler"},
    "relatedDocument": {"parentDocument": "external"},
    "external": {
        "id": "II technical.code",
        "setId": "II technical.code",
        "code": _TEST,
        "text": "ED health.text",
        "versionNumber": "plain",
        **dict.fromkeys("externalDocument externalAct externalObservation externalProcedure".split(), "external"),
    },
    "authorization": {"consent": "consent"},
    "consent": {"id": "II technical.code", "code": _ADMIN, "statusCode": _ADMIN},
    "componentOf": {"encompassingEncounter": "encompassingEncounter"},
    "encompassingEncounter": {
        **_PARTICIPANTS,
        "id": "II person.visit_number",
        "code": _ADMIN,
        "effectiveTime": "TS admin.date",
        "dischargeDispositionCode": _ADMIN,
        "location": "location",
    },
    "location": {
        "id": "II establishment.number",
        "code": _ADMIN,
        "name": "organizationName",
        "addr": "AD establishment",
        "healthCareFacility": "location",
        "location": "location",
        "serviceProviderOrganization": "organization",
    },
    "component": {"structuredBody": "structuredBody", "nonXMLBody": "nonXMLBody"},
    "nonXMLBody": {"text": "ED result.attachment", "languageCode": "CD structure structure structure", "confidentialityCode": _ADMIN},
    "structuredBody": {"component": "structuredBody", "section": "section", "confidentialityCode": _ADMIN},
    "section": {
        **_PARTICIPANTS,
        "id": "II technical.code",
        "code": _TEST,
        "title": "test.label",
        "text": "narrative",
        "confidentialityCode": _ADMIN,
        "languageCode": "CD structure structure structure",
        "entry": "entry",
        "component": "structuredBody",
    },
    "entry": {
        **dict.fromkeys("organizer act procedure regionOfInterest".split(), "act"),
        "observation": "observation",
        "encounter": "encounter",
        **dict.fromkeys("substanceAdministration supply".split(), "medication"),
        "observationMedia": "observationMedia",
        "sequenceNumber": "plain",
        "seperatableInd": "plain",
    },
    "act": {**_ACT, "value": "quantity"},
    "observation": {
        **_ACT,
        "text": "ED result.text",
        "value": "quantity",
        "interpretationCode": _FLAG,
        "referenceRange": "referenceRange",
    },
    "referenceRange": {"observationRange": "observationRange"},
    "observationRange": {
        "code": _TEST,
        "text": "ED result.range",
        "value": "bounds",
        "interpretationCode": "CD result.range result.range result.range",
        "precondition": "precondition",
    },
    "precondition": {"criterion": "criterion"},
    "criterion": {"code": _TEST, "text": "ED result.range", "value": "bounds"},
    "encounter": {**_ACT, "id": "II person.visit_number", "code": _ADMIN, "dischargeDispositionCode": _ADMIN},
    "medication": {
        **_ACT,
        "id": "II sample.number",
        "code": _DRUG,
        **dict.fromkeys("routeCode administrationUnitCode".split(), _DRUG),
        **dict.fromkeys("doseQuantity rateQuantity maxDoseQuantity quantity".split(), "dose"),
    },
    "dose": {
        "": "drug.label",
        "@value": "drug.label",
        "@unit": "drug.label",
        **dict.fromkeys("low high center width numerator denominator translation".split(), "dose"),
    },
    "product": {
        "id": "II drug.code",
        "code": _DRUG,
        "name": "drug.label",
        "desc": "ED drug.label",
        "lotNumberText": "drug.code",
        "expirationTime": "TS admin.date",
        **dict.fromkeys(
            "manufacturedProduct manufacturedMaterial manufacturedLabeledDrug asContent containerPackagedProduct".split(), "product"
        ),
        "manufacturerOrganization": "organization",
    },
    "observationMedia": {**_ACT, "value": "ED result.attachment"},
    "specimen": {
        "specimenRole": "specimen",
        **dict.fromkeys("specimenPlayingEntity playingEntity".split(), "specimen"),
        "id": "II sample.number",
        "code": _SAMPLE,
        "name": "sample.kind",
        "desc": "ED sample.kind",
        "quantity": "quantity",
    },
}

CLASSES: Mapping[str, str] = {
    **dict.fromkeys("NOK ECON CAREGIVER GUARD GUAR PRS CIT AGNT POLHOLD COVPTY CON IND DEPEN FAMDEP INDIV SUBSCR".split(), "relative"),
    **dict.fromkeys("SPEC ISLT ALQT".split(), "specimen"),
}
"""Classes of an entity that make it no professional: a relative, an insured or a trusted person; a specimen."""

EVERYWHERE: Mapping[str, str] = {  # what any element may have
    **dict.fromkeys(
        "nullFlavor classCode moodCode typeCode determinerCode contextControlCode contextConductionInd negationInd inversionInd use "
        "qualifier operator inclusive partType styleCode style class lang align valign colspan rowspan border width type listType "
        "independentInd".split(),
        "structure",
    ),
    "ID": "technical.code",
    "id": "technical.code",
}
ELSEWHERE: Mapping[str, str] = {  # the same for elements
    "realmCode": "CD structure structure structure",
    "typeId": "II structure.code",
    "templateId": "II structure.code",
}

CONTEXTS: Mapping[str, str] = {"patientRole": "patient", "patient": "patient", "relative": "relative", "professional": "professional"}
"""Per table the context of the key dictionary that is asked for names the table does not have; any other: the root's."""

GROUPS = frozenset({"observation", "row"})
"""Tables whose elements form one result with its notes."""
