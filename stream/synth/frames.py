"""Comments as people of a laboratory write them, with places for what they mention. Data only, filled in by `comments`.

`{family}` is a value that `comments.values` knows; `{hiv:VIH}` are words that tell a topic, `{drug:Levothyrox}` names a drug.
"""

PREANALYTICAL = (
    "Prélèvement hémolysé, résultats à interpréter avec prudence.",
    "Tube citraté insuffisamment rempli, à renouveler si besoin.",
    "Patient non à jeun (dernier repas à {meal}).",
    "Délai entre prélèvement et centrifugation supérieur à 4 h.",
    "Présence d'agrégats plaquettaires, contrôle sur tube citraté.",
    "Sérum lactescent.",
    "Prélèvement réalisé à domicile par {nurse}.",
    "Étiquette manuscrite au nom de {given} {family}, identité confirmée par le service.",
    "Flacon d'urines reçu sans date ni heure de recueil.",
    "Volume insuffisant, dosage complémentaire non réalisable.",
    "Identité vérifiée au prélèvement : {family} {given}, né(e) le {birth}.",
    "Bon de demande sans renseignement clinique.",
    "Tube reçu à {received}, conservé à +4 °C.",
)

CLINICAL = (
    "Bilan avant {oncology:chimiothérapie}, cure n° 3.",
    "Asthénie, amaigrissement de 6 kg en 2 mois.",
    "Fièvre à 39,2 au retour de voyage.",
    "Surveillance d'un traitement par {drug:méthotrexate}.",
    "Patient sous {drug:Previscan}, dernier INR à 3,4.",
    "Hyperkaliémie connue, insuffisance rénale stade 4.",
    "Contrôle conseillé dans 3 mois.",
    "Bilan d'une anémie, supplémentation martiale en cours depuis 6 semaines.",
    "Hypothyroïdie substituée, {drug:Levothyrox} 75.",
    "Diabète connu, sous {drug:metformine} 1000 x 2.",
    "Recherche de {genetics:mutation du facteur V} demandée, consentement joint.",
    "{oncology:Tumeur} au cerveau découverte en mars, bilan préopératoire.",
)

ADULTS = (
    "Sérologie {hiv:VIH} négative, contrôle à 6 semaines.",
    "Exposition accidentelle au sang le 12, protocole {hiv:AES} J0.",
    "Dépistage {sti:IST} après rapport à risque.",
    "Patient suivi au {addiction:CSAPA}, sous {drug:Subutex}.",
    "{psychiatry:Lithiémie} prévue au prochain bilan, sous {drug:Téralithe}.",
    "Consommation {addiction:OH} déclarée, dosage CDT à prévoir.",
    "Traitement par {drug:Biktarvy} bien toléré, {hiv:charge virale} indétectable en janvier.",
    "{psychiatry:Tentative de suicide} médicamenteuse, bilan toxicologique en urgence.",
)

WOMEN = (
    "Patiente {pregnancy:enceinte de 12 SA}, sous {drug:Levothyrox}.",
    "{pregnancy:Grossesse} gémellaire, 28 SA.",
    "{abortion:IVG} médicamenteuse, contrôle de la décroissance.",
    "Suivi de {oncology:cancer du sein} opéré, sous {drug:tamoxifène}.",
    "Parcours de {pregnancy:FIV}, J3 de stimulation.",
    "{pregnancy:DDR} le 20, retard de règles de 10 jours.",
)

MARRIED = (
    "Discordance d'étiquetage : tube au nom de {title} {birth_family}, bon au nom de {title} {family}.",
    "Ancien dossier au nom de {birth_family}, identité à rapprocher.",
)

MEN = (
    "Patient connu pour {oncology:tumeur de la prostate}, vu avec {relation} {spouse}.",
    "Surveillance du PSA après {oncology:prostatectomie}.",
    "Bilan avant biopsies de prostate.",
)

CALLS = (
    "Rappeler {title} {family} au {mobile} pour le résultat.",
    "Résultat transmis par téléphone au Dr {prescriber} à {time}.",
    "Résultat contrôlé, appelé au Dr {prescriber} à {time}, message bien reçu.",
    "Appel de {title} {family} à {time} : souhaite ses résultats par mail ({email}).",
    "Injoignable au {phone}, message laissé sur le {mobile}.",
    "Appelé le service à {time}, résultat donné à {nurse}.",
    "TEL {mobile} - NE PAS LAISSER DE MESSAGE",
    "{title} {family} prévenu(e) par tél. ce jour à {time}.",
    "Prévenir le patient au {mobile_dots} dès validation.",
    "Appel du Dr {prescriber} ({prescriber_given}) : ajouter une ferritine.",
)

RELATIVES = (
    "Résultats à remettre à {relation} {spouse}, tél. {phone}.",
    "{relation_capital} {spouse} appellera lundi au secrétariat.",
    "Personne de confiance : {spouse} {family}, {mobile_dots}.",
    "Ne pas communiquer les résultats à {relation}.",
    "La fille de {title} {family} passera prendre le compte rendu.",
    "Père suivi pour {genetics:mucoviscidose}, dépistage familial.",
)

PRESCRIBER = (
    "Copie au Dr {prescriber}.",
    "Dr {prescriber} : merci d'ajouter TSH et T4L.",
    "Demande du Dr {prescriber_given} {prescriber}, RPPS {rpps}.",
    "Adresser le compte rendu à {email}.",
    "À faxer au cabinet du Dr {prescriber} dès validation.",
    "Ordonnance renouvelable 6 mois, Dr {prescriber}.",
    "Urgent SVP, hospitalisation demain. Dr {prescriber}",
    "Patient adressé par le Dr {prescriber} pour avis.",
)

ADMINISTRATIVE = (
    "Né(e) le {birth}, identité vérifiée, NIR {nir}.",
    "N° sécu : {nir_plain}, carte Vitale à mettre à jour.",
    "{given} {family} demande une copie au {street}, {city}.",
    "Nouvelle adresse : {street} {postcode} {city}.",
    "Changement de mutuelle, n° adhérent {member}.",
    "Accès au portail : identifiant {login}, mot de passe {password}.",
    "Dossier en double, voir IPP {ipp}.",
    "Mail de {title} {family} erroné, corrigé : {email}",
    "Date de naissance corrigée : {birth_long}.",
    "INS {ins} qualifiée le jour du prélèvement.",
    "Tiers payant refusé, régler au guichet.",
    "Carte d'identité présentée, nom de naissance {birth_family}.",
)

CHILDREN = (
    "Enfant accompagné par {spouse} {family}.",
    "Prélèvement difficile, enfant agité.",
    "Parents ({spouse} {family}) à prévenir au {mobile}.",
    "Bilan de retard de croissance, taille - 2 DS.",
)

EVERYBODY = (*PREANALYTICAL, *CLINICAL, *CALLS, *PRESCRIBER, *ADMINISTRATIVE)
GROWN = (*ADULTS, *RELATIVES)
"""What is said of nobody under age."""

CORRECTIONS = (
    "Résultat corrigé : annule et remplace le compte rendu édité à {time}.",
    "Rectificatif après contrôle de l'échantillon. Dr {prescriber} prévenu à {time}.",
    "Erreur de dilution, résultat repris.",
)

CANCELLATIONS = (
    "Examen annulé : tube coagulé, nouveau prélèvement demandé.",
    "Annulé à la demande du Dr {prescriber}.",
    "Échantillon non reçu au laboratoire, {title} {family} prévenu(e) au {mobile}.",
    "Erreur d'identité au prélèvement, examen annulé.",
)

CRITICAL = (
    "Résultat critique contrôlé, appelé au Dr {prescriber} à {time}.",
    "Valeur vérifiée sur second tube. {nurse} prévenu(e) à {time}.",
    "Résultat critique : service joint à {time}.",
)
