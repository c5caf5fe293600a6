"""What is structure of XML documents and no data: prefixes, namespaces, and the words that attributes of structure hold. Called by `nodes`.

A word of these lists is no leaf, like a bracket of JSON; any other value in its place is one.
"""

PREFIXES = frozenset(
    b"xml xmlns xsi xsd xs cda hl7 v3 n1 lab sdtc pharm ips3 ps3-20 ihe fhir f h xhtml html soap soapenv soap-env env s a wsa wsse wsu ds "
    b"hprim hprimxml xdsb xds rim lcm rs query tns ns ns0 ns1 ns2 ns3 ns4 ns5 p q voc mif gml xlink xop".split()
)

NAMESPACES = frozenset(
    b"urn:hl7-org:v3 urn:hl7-org:sdtc urn:hl7-org:v3/voc urn:hl7-org:v3/mif urn:oid:1.3.6.1.4.1.19376.1.3.2 urn:ihe:pharm:medication "
    b"urn:ihe:pharm urn:hl7-org:ips urn:ihe:iti:xds-b:2007 urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0 "
    b"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0 urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0 urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0 "
    b"http://hl7.org/fhir http://www.w3.org/1999/xhtml http://www.w3.org/2001/XMLSchema-instance http://www.w3.org/2001/XMLSchema "
    b"http://www.w3.org/XML/1998/namespace http://www.w3.org/1999/xlink http://www.w3.org/2000/09/xmldsig# "
    b"http://www.w3.org/2005/08/addressing http://schemas.xmlsoap.org/soap/envelope/ http://www.w3.org/2003/05/soap-envelope "
    b"http://www.hprim.org/hprimXML".split()
)

WORDS = frozenset(
    # CDA: null flavours, classes, moods, types of relations and of participations
    b"NI INV DER OTH NINF PINF UNC MSK NA UNK ASKU NAV NASK NAVU QS TRC NP "
    b"OBS ORGANIZER BATTERY CLUSTER ACT PROC ENC SBADM SPLY DOCCLIN DOCBODY DOCSECT DOC ENTRY COND INFRM REG CONS LIST "
    b"EVN RQO INT PRMS PRP APT ARQ DEF GOL EVN.CRIT OBSRANGE PCPR "
    b"COMP SUBJ REFR RSON CAUS COVBY DRIV MFST SAS SPRT XCRPT GEVL PERT SEQL RPLC APND XFRM AUTH DIST ELNK EXPY AUT ENT INF PRF PPRF SPRF "
    b"CST PRCP IRCP TRC RCT PAT ROL ASSIGNED REF DEV IND HLD LA LOC SPC PRD CSM FLFS DOCUMENTS RCV RESP REFV AUTHEN "
    b"PSN INSTANCE ORG PLC ENTITY MMAT CONT STATE NAT CITY COUNTRY KIND QUANTIFIED PRS PROV ISDLOC SDLOC SPEC MANU REGPR GUARD BIRTHPL "
    b"AGNT NOK ECON CAREGIVER CON CIT POLHOLD COVPTY IDENT OP AN TP "
    # datatypes, uses and qualifiers of names, addresses and telephones
    b"II CD CE CV CO CS ST ED TS PQ IVL_PQ IVL_TS IVL_INT PIVL_TS EIVL_TS SXCM_TS INT REAL BL RTO RTO_PQ_PQ RTO_QTY_QTY MO AD TEL PN ON EN "
    b"ANY BIN PPD_PQ SLIST_PQ GLIST_TS H HP HV WP PUB DIR TMP AS EC MC PG BAD BIR CONF PHYS PST L C R I A P ABC SYL IDE BR CL SP VV AC PR "
    b"NB LS MTH IN N V T F M true false oui non "
    # media and languages
    b"B64 TXT application/pdf text/plain text/xml text/html text/rtf image/png image/jpeg image/gif image/tiff application/dicom GZ DF "
    b"fr fr-FR fr-fr en en-US FR 2.16.840.1.113883.5.1 "
    # HPRIM XML: what is done to an act
    b"cr\xc3\xa9ation creation modification suppression remplacement information local permanent exec "
    # FHIR: the word for a value that is masked, and extensions that say what a place is
    b"masked http://hl7.org/fhir/StructureDefinition/data-absent-reason http://hl7.org/fhir/StructureDefinition/patient-birthPlace "
    b"https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability "
    b"https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-birth-list-given-name "
    b"https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-address-insee-code identityReliability ordered unordered".split()
)
