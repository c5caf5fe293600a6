"""Words that are no name though they stand where one could: small words, words of the ward and the laboratory, germs, eponyms.

Called by the detectors of names. Words that are frequent surnames too (Petit, Grand, Fort, Roche, Martin) are not in it.
"""

PARTICLES = frozenset(
    "de du des d le la les l van von der den ter ten ben bel bin el al ait ould abu abou da das do dos di del della "
    "st ste saint sainte san santa mac mc o zu zur af".split()
)
"""Small words within a name: LE GOFF, van der Meer, Ben Salah."""

_SMALL = """
un une au aux a et ou ni mais donc or car que qui quoi dont est sont etait etaient sera seront ete etre ont avait avaient avoir aura as il
elle ils elles on nous vous je tu se sa son ses leur leurs ma mon mes ta ton tes notre nos votre vos ce cet cette ces en y ne pas plus non
oui par pour avec sans sous sur dans chez vers depuis pendant apres avant entre contre lors suite afin comme si tres bien peu trop aussi
encore deja jamais toujours ici ceci cela rien tout toute tous toutes aucun aucune autre autres meme quel quelle date jour jours heure
heures matin soir nuit hier demain semaine semaines mois an ans annee annees lundi mardi mercredi jeudi vendredi samedi dimanche janvier
fevrier mars juin juillet aout septembre octobre novembre decembre environ selon voir idem via and of the with for to from is was has had
not no yes he she his her who at by in re copie
"""
_TITLES = """
m mr mme mlle mle melle mrs ms miss monsieur madame mademoiselle messieurs mesdames dr docteur docteure drs pr prof professeur professeure
maitre cher chere confrere consoeur veuve vve ep nee epouse epoux nom noms prenom prenoms surname name first last given family
"""
_PEOPLE = """
patient patiente patients patientes enfant enfants bebe nourrisson nouveau fils fille femme homme mari conjoint conjointe compagne
compagnon concubin concubine mere pere maman papa parent parents soeur frere cousin cousine oncle tante jumeau jumelle tuteur tutrice
curateur voisin voisine ami amie famille assure assuree adherent beneficiaire donneur donneuse sujet personne confiance medecin medecins
traitant traitante biologiste biologistes infirmier infirmiere infirmieres ide sage interne externe pharmacien pharmacienne prescripteur
preleveur preleveuse technicien technicienne secretaire secretariat chirurgien chirurgienne cardiologue gynecologue urologue oncologue
pediatre neurologue psychiatre dermatologue nephrologue anesthesiste generaliste correspondant praticien remplacant chef responsable cadre
aide service equipe astreinte garde urgentiste regulateur accueil liberal liberale
"""
_FORMS = """
cedex tel telephone portable mobile fax mail email courriel adresse rue avenue boulevard code postal ville pays sexe age ddn dob naissance
ipp nip nda iep nir ins numero num dossier sejour venue visite chambre lit unite uf etage batiment prescription ordonnance demande
reference ref objet feuille etiquette bilan compte rendu resultat resultats commentaire commentaires conclusion remarque note
renseignements cliniques clinique motif indication antecedents atcd histoire examen examens analyse analyses dosage prelevement preleve
prelevee preleves recu recue edite editee valide validee signe signee saisi imprime emis transmis transmise envoye envoyee adressee vu vue
vus vient venu revu revue revoir rappel rappele rappelee rappeler appele appelee appeler appel prevenu prevenue prevenir prevenus averti
avertie joint jointe injoignable contacte contactee contacter informe informee signale signalee dit dite dire demandee souhaite refuse
refusee accepte present presente absent absente connu connue suivi suivie suivre traite traitee traitement hospitalise hospitalisee
consultation controle controler faire fait faite refaire reprelever jeun attente cours urgent urgence rapport avis normal normale normaux
inconnu inconnue anonyme indetermine indeterminee neant confidentiel secret merci cordialement bonjour confraternellement salutations
decede decedee vivant vivante enceinte grossesse gravidique diabetique febrile fievre asymptomatique symptomatique immunodeprime
immunodeprimee seropositif seropositive seronegatif seronegative positif positive positifs negatif negative negatifs faible faiblement
douteux douteuse hypertendu dialyse dialysee greffe greffee transplante opere operee vaccine vaccinee contage porteur porteuse atteint
atteinte agee ages alcoolique toxicomane fumeur allergique anemie anemique fatigue asthenie douleur douleurs toux perte poids mauvais etat
general droit droite gauche insuffisance insuffisant cardiaque renale hepatique cancer tumeur leucemie lymphome cirrhose hepatite diabete
hta type stade grade bilaterale aigu aigue chronique recidive recidivant surveillance depistage deux trois quatre cinq six sept huit neuf
dix premier premiere accompagne accompagnee accompagnant oriente orientee entree sorti sortie sortant arrive arrivee prise pris prenant
mis mise
"""
_ACRONYMS = """
hiv vih sida vhb vhc vha vhd vhe hbs hbc hbe hcv hbv hav ebv cmv hsv hpv vzv htlv vrs rsv grippe covid sars sarm bmr bhre blse epc erv ist
mst ac ag adn arn pcr elisa wb igg igm iga ige igd ria clia eia ifi nfs vs crp pct hb ht vgm tcmh ccmh bpco irc ira avc idm tvp fa ic aomi
mici avk aod hbpm inr tp tca ttt tsh psa ace afp hcg bhcg cea bnp ldh cpk ck ast alt asat alat ggt pal gaj hba ldl hdl tg fsh lh amh acth
pth gh igf rh rai abo kell hla hle dq dp bw ecbu hemoc lcr lba kt kta pac cutter irm tdm scanner radio echo ecg eeg emg pet scan fcu fiv
pma ivg img gea had ssr smur samu iban bic rib rpps adeli finess siret siren url pdf
"""
_LABORATORY = """
alcool sang urine urines urinaire serum plasma selles sperme crachat gorge nez peau plaie liquide ponction biopsie frottis culture
hemoculture antibiogramme germe germes bacterie bacteries flore levures levure absence presence rares nombreux nombreuses quelques
leucocytes hematies cellules cristaux cylindres glucose glycemie creatinine uree sodium potassium calcium fer ferritine cholesterol
triglycerides bilirubine proteine proteines albumine hemoglobine plaquettes polynucleaires neutrophiles eosinophiles basophiles
lymphocytes monocytes vitamine acide folates folique hormone cortisol testosterone estradiol progesterone prolactine insuline anticorps
antigene anti facteur facteurs groupe sanguin rhesus phenotype serologie immunoglobulines complement electrophorese immunofixation temps
taux valeur valeurs ratio index unites copies elements equivalents molecules particules ui ufc cfu gr gb log ul methode technique automate
appareil reactif lot kit echantillon tube tubes edta citrate heparine fluorure aliquot hemolyse hemolysee coagule lactescent icterique
ininterpretable infection inflammation syndrome maladie test recherche typage genotype mutation caryotype
"""
_GERMS = """
coli aureus epidermidis saprophyticus haemolyticus pneumoniae pneumophila genitalium hominis tuberculosis bovis avium kansasii catarrhalis
morganii furfur luteus leprae xenopi chelonae abscessus fortuitum marinum gordonae intracellulare chimaera canis ulcerans smegmatis
africanum pylori jejuni fetus difficile perfringens tetani botulinum albicans glabrata tropicalis krusei parapsilosis auris dubliniensis
lusitaniae fumigatus flavus niger terreus nidulans neoformans gattii faecalis faecium gallinarum casseliflavus agalactiae pyogenes mitis
oralis salivarius anginosus sanguinis suis mirabilis vulgaris cloacae aerogenes oxytoca freundii koseri stuartii marcescens aeruginosa
maltophilia cepacia baumannii influenzae parainfluenzae meningitidis gonorrhoeae lactamica monocytogenes enterocolitica pseudotuberculosis
pestis typhi paratyphi enteritidis typhimurium sonnei flexneri dysenteriae boydii burgdorferi garinii afzelii henselae quintana burnetii
psittaci trachomatis pallidum fragilis vaginalis mobiluncus acnes israelii falciparum vivax ovale malariae knowlesi gondii histolytica
dispar lamblia intestinalis duodenalis vermicularis lumbricoides saginata solium granulosus multilocularis mansoni haematobium stercoralis
loa volvulus scabiei escherichia klebsiella staphylococcus streptococcus enterococcus candida aspergillus pseudomonas proteus enterobacter
citrobacter serratia salmonella shigella listeria legionella mycoplasma ureaplasma chlamydia trichomonas toxoplasma plasmodium
helicobacter campylobacter clostridium mycobacterium neisseria haemophilus acinetobacter gardnerella lactobacillus borrelia treponema
bartonella coxiella
"""
_EPONYMS = """
westergren coombs willebrand leiden hodgkin basedow crohn gram giemsa grunwald ziehl neelsen papanicolaou cockcroft gault raynaud addison
cushing sjogren horton parkinson alzheimer huntington klinefelter marfan wegener behcet biermer kahler waldenstrom burkitt kaposi bence
paget guthrie heaton barr epstein widal wassermann mantoux apgar gleason breslow child pugh glasgow bartholin nugent schirmer synacthen
quick owren kaolin lupus dakin ringer lugol lowenstein sabouraud hektoen hinton drigalski abbott siemens beckman coulter sysmex stago
diagnostica werfen biomerieux cobas vidas alinity architect centaur atellica liaison immulite elecsys randox sebia radiometer
"""

ORDINARY = frozenset((_SMALL + _TITLES + _PEOPLE + _FORMS + _ACRONYMS + _LABORATORY + _GERMS + _EPONYMS).split())
NEVER_FIRST = frozenset((_SMALL + _TITLES + _PEOPLE + _FORMS + _ACRONYMS + _GERMS).split())
"""No name even right after a title: Mme FER and M. ABBOTT are persons, Mme HIV is none."""

_ENDINGS = tuple(
    "tion tions ment ments ique iques ite ites ose oses emie urie aire aires able ables ible euse eux tif tive ee ees isme logie pathie "
    "ante ente aceae oide oides gramme scopie ectomie algie".split()
)


def looks_ordinary(word: str) -> bool:
    """Whether a folded word is no name or ends like one that is none; for lines in which capitals say nothing."""
    return word in ORDINARY or word.endswith(_ENDINGS)
