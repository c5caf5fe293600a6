import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Category, Likelihood
from tests.core.detect.looking import TEXTS, around, catalogue, check_found, check_never_raises, found, hit

PERSON, DOCTOR = Category.PERSON_NAME, Category.PROFESSIONAL_NAME

_FOUND = [
    ("AVEC SON MARI «MARCEL LEGALLOIS» TEL 0639981234", PERSON, "a given name first in a line of capitals"),
    ("pt: «Durandel E.» / DDN 12.03.84", PERSON, "a label of two letters"),
    ("MME «ROCHE DE LA TOUR» APPELEE", PERSON, "particles in a line of capitals"),
    ("Rappeler Mme «DURANDEL» au 06 39 98 12 34", PERSON, "a title"),
    ("M. «LE GOFF» vu ce jour", PERSON, "a title, a particle"),
    ("Mme «Jeanne de La Tour du Pin»", PERSON, "a title, many particles"),
    ("Madame «Elodie  DURANDEL-MARTINEAU»", PERSON, "a title, a hyphen, two blanks"),
    ("Chère Madame «Durandel»", PERSON, "a greeting"),
    ("M. et Mme «DURANDEL»", PERSON, "two titles"),
    ("Interlocuteur : Mme «Le Goff» (mère)", PERSON, "a title after a label"),
    ("Mme «FER»", PERSON, "a name that is a metal"),
    ("Ancien dossier au nom de «LE-BIHANNIC», à rapprocher", PERSON, "in the name of"),
    ("Carte d'identité présentée, nom de naissance «EL-MANSOURA».", PERSON, "a kind of name"),
    ("nom de jeune fille «ROSE»", PERSON, "a kind of name, and a name that is a colour"),
    ("La fille de M. «URVOASEC» passera", PERSON, "a relation and a title, which is no initial"),
    ("connue sous le nom de «Martineau» jusqu'en 2019", PERSON, "under the name of"),
    ("Étiquette au nom d'«Elodie DURANDEL»", PERSON, "in the name of, before a vowel"),
    ("Mr «BLANC»", PERSON, "a name that is a colour"),
    ("Mme «durandel» a rappelé", PERSON, "a title, no capitals"),
    ("MME «DURANDEL» ENCEINTE DE 12 SA", PERSON, "a title in a line of capitals"),
    ("Mrs «Smith» called", PERSON, "English"),
    ("S/C de M. «DURANDEL Marcel»", PERSON, "the given name last"),
    ("Mr «Dupont-Martin Jean» (né le 12/03/1984)", PERSON, "the given name last, brackets after it"),
    ("vu avec son époux «Bruno».", PERSON, "a relative"),
    ("Sa fille «Léa» est positive", PERSON, "a relative, three letters"),
    ("père «Antoine», mère «Hélène»", PERSON, "two relatives"),
    ("PATIENTE «DURANDEL ELODIE» ENCEINTE", PERSON, "a role in a line of capitals"),
    ("bébé «DURANDEL»", PERSON, "a newborn"),
    ("patient «John Smith»", PERSON, "English"),
    ("Mme «DURANDEL» née «MARTINEAU»", PERSON, "two names"),
    ("NOM: «DURANDEL»   PRENOM: «ELODIE»   NEE: «MARTINEAU»", PERSON, "a line of labels"),
    ("Nom: «durandel»\nPrénom: «elodie»\nDDN : 12/03/1984", PERSON, "lines of labels, no capitals"),
    ("NOM PRENOM DDN\n«DURANDEL ELODIE» 12/03/1984", PERSON, "below a heading"),
    ("NOM;PRENOM;DDN\n«DURANDEL»;«ELODIE»;12/03/1984", PERSON, "below the heading of a table"),
    ("conjoint : «DURANDEL Bruno»", PERSON, "a label"),
    ("Personne de confiance : «Bruno DURANDEL» (époux)", PERSON, "a label of three words"),
    ("Patient : «DURANDEL»", PERSON, "a label that is a role"),
    ("«Elodie DURANDEL» demande une copie", PERSON, "a given name and capitals"),
    ("«DURANDEL, Elodie»", PERSON, "a comma"),
    ("«Jean-Pierre LE GOFF»", PERSON, "two given names, a particle"),
    ("«Aïcha D'ARGENCE» demande une copie", PERSON, "an accent and an apostrophe"),
    ("«Mohamed BEN SALAH»", PERSON, "a particle of another language"),
    ("«Nguyenot Thi Linh»", PERSON, "two given names after the surname"),
    ("«Claire DURANDEL»", PERSON, "a given name that is a word"),
    ("Appeler «Pierre Durand» au labo", PERSON, "no capitals to tell the surname"),
    ("vu avec «Elodie» ce jour", PERSON, "a given name alone"),
    ("«ELODIE DURANDEL»", PERSON, "a line of capitals"),
    ("«DURANDEL^ELODIE»^^^MME", PERSON, "the components of a field"),
    ("«LEGALLOIS_MARCEL»_1961.pdf", PERSON, "the name of a file"),
    ("«durandel_elodie».pdf", PERSON, "the name of a file in lower case"),
    ("Résultat transmis au Dr «KERVELLA» à 10:30.", DOCTOR, "a doctor"),
    ("dr «kervella» prévenu", DOCTOR, "a doctor, no capitals"),
    ("KER01      DR «KERVELLA YANN»", DOCTOR, "a line of a header"),
    ("Signé : Dr «Y. KERVELLA»", DOCTOR, "an initial"),
    ("Dr. «J.-P. KERVELLA»", DOCTOR, "two initials"),
    ("Monsieur le Docteur «KERVELLA»", DOCTOR, "a title on a title"),
    ("à Mme le Dr «Anne LE BIHANNIC» et au Pr «Yves Kerdoncuff».", DOCTOR, "two doctors"),
    ("Dr «KERVELLA» / Dr «LE GOFF»", DOCTOR, "a slash between"),
    ("par le Dr «Marie-Anne O'KELLY»", DOCTOR, "an apostrophe"),
    ("validé par «S. MARTIN»", DOCTOR, "who validated"),
    ("Biologiste responsable : «Anne KERDONCUFF»", DOCTOR, "a label"),
    ("Médecin traitant : «KERVELLA»", DOCTOR, "a label"),
    ("médecin : dr «yann kervella»", DOCTOR, "no capitals"),
    ("vu par l'interne «Sophie Traversier»", DOCTOR, "a role"),
    ("IDE «Nathalie»", DOCTOR, "a role in capitals"),
    ("Valeur vérifiée. «Nathalie» prévenue à 22h12.", PERSON, "what only people are"),
    ("«Karim» a été appelé", PERSON, "what only people are"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[f"{row[2]}: {row[0]}" for row in _FOUND])
def test_a_name_is_found_by_what_stands_around_it(marked: str, category: Category, why: str) -> None:
    check_found("person_name", marked, category)


_OTHERS = [
    ("Demande faite au nom de la patiente", "in the name of nobody who is named"),
    ("AU NOM DE LA FAMILLE", "the same in capitals"),
    ("nom de naissance identique au nom d'usage", "kinds of names without a name"),
    ("NOM DE NAISSANCE ABSENT DU BON", "the same in capitals"),
    ("Vérifier nom de famille SVP", "a kind of name that is asked for"),
    ("le nom de l'analyse et le nom du germe", "names of other things"),
    ("biologiste (RPPS 99900000011)", "an acronym after a role"),
    ("n° adhérent 12345678. IBAN FR76", "an acronym after a number"),
    ("gélose Thayer-Martin", "a medium named after two"),
    ("Mme", "a title alone"),
    ("madame est enceinte", "a verb"),
    ("mme vue ce jour", "a verb"),
    ("Madame, Monsieur,", "a greeting"),
    ("Interprétation du Dr", "nobody"),
    ("adressé par Dr inconnu", "nobody"),
    ("Madame D. a été vue", "an initial tells nobody"),
    ("M. tuberculosis non détecté", "a germ"),
    ("M. TUBERCULOSIS NON DETECTE", "a germ in capitals"),
    ("M. Pneumoniae PCR", "a germ with a capital"),
    ("Présence de E. COLI 10^6", "a germ"),
    ("Salmonella Paris", "a germ named after a town"),
    ("Syndrome de Gilbert", "an eponym"),
    ("Maladie de Willebrand", "an eponym"),
    ("Facteur V Leiden absent", "an eponym"),
    ("Score de Nugent : 3", "an eponym"),
    ("Coloration de May Grunwald Giemsa", "an eponym"),
    ("Méthode Jaffé", "an eponym"),
    ("selon Martin et al.", "an author"),
    ("Clinique Jeanne d'Arc", "a clinic"),
    ("rue Victor Hugo", "a street"),
    ("Technique : ELISA (Euroimmun)", "an assay"),
    ("Analyse effectuée sur Cobas 8000 Roche", "an analyser"),
    ("Antigène HBs négatif", "a test"),
    ("Anti-Jo1 négatif, anti-Scl70 négatif", "a test"),
    ("AC ANTI-SM", "a test"),
    ("Patiente VIH positive", "an acronym after a role"),
    ("Patient sous Clopidogrel", "a drug after a role"),
    ("mère Rh négatif", "a group after a role"),
    ("Mère : groupe O", "a group after a role"),
    ("son fils né le 12/03/2010", "a birth after a role"),
    ("mari diabétique", "an adjective after a role"),
    ("Urine claire. Aspect Claire.", "a given name that is a word"),
    ("Rose: négatif", "a colour"),
    ("Fer sérique bas", "a metal"),
    ("IgM Positif", "an M that is no title"),
    ("120 ms Contrôle", "milliseconds"),
    ("pr controle", "pour"),
    ("COMMENTAIRE : PRELEVEMENT HEMOLYSE RESULTATS A INTERPRETER AVEC PRUDENCE", "capitals that are no name"),
    ("Nom : voir étiquette", "a label without a name"),
    ("Nom du germe : Escherichia coli", "the name of a thing"),
    ("nom de l'examen : NFS", "the name of a thing"),
    ("Contact : 06 39 98 12 34", "a number"),
    ("patient: oui", "an answer"),
    ("Nom : ***", "already masked"),
    ("Mme ***", "already masked"),
    ("Antibiogramme : Amoxicilline S, Cefotaxime R", "drugs"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[f"{row[1]}: {row[0]}" for row in _OTHERS])
def test_words_of_the_laboratory_are_no_name(text: str, why: str) -> None:
    assert found("person_name", around(text)) == []


def test_a_label_of_a_test_holds_no_person() -> None:
    assert found("person_name", around("Anticorps Elodie Durandel", role="test.label")) == []


_SURNAMES = st.sampled_from(["DURANDEL", "LE GOFF", "KERVELLA", "D'ARGENCE", "SAINT-ARNOULT", "Traversier", "Benyoussi"])
_GIVEN = st.sampled_from(sorted(name for name in ("Elodie", "Marcel", "Jean-Pierre", "Aïcha", "Léa", "Nathalie", "Mamadou")))
_TITLES = st.sampled_from(["Mme", "M.", "Mr", "Monsieur", "Madame", "Mlle", "Dr", "Pr", "Docteur"])


@given(_TITLES, _SURNAMES, _GIVEN, st.booleans())
def test_any_name_after_a_title_is_at_least_likely(title: str, surname: str, given_name: str, given_first: bool) -> None:
    name = f"{given_name} {surname}" if given_first else f"{surname} {given_name}"
    text = f"Résultat transmis à {title} {name} par téléphone."

    assert [value for value, _ in found("person_name", around(text), Likelihood.LIKELY)] == [name]


def test_every_given_name_makes_the_detector_look() -> None:
    missed = [
        name for name in ("elodie", "lea", "marcel", "jean", "noe", "aicha", "luc") if not hit("person_name", f"vu avec {name} ce jour")
    ]

    assert missed == []


def test_a_short_given_name_within_a_word_does_not() -> None:
    assert not hit("person_name", "analyse de la qualite")


def test_the_list_adds_few_patterns_beside_the_literals() -> None:
    complex_patterns = [pattern for pattern in catalogue()["person_name"].patterns if not pattern.isalpha()]

    assert len(complex_patterns) < 40


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("person_name", text)
