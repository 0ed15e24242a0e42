//! Annexe 1 of the 2017 sample: the engagements of the volet socle, by part of article 10.
//!
//! The themes are those of the contracts of the time; the wording is this sample's own and is not a national text.

/// A line of Annexe 1: engagement → plan of action → indicator → target.
pub(crate) struct Engagement {
    pub(crate) numero: &'static str,
    pub(crate) engagement: &'static str,
    pub(crate) plan_action: &'static str,
    pub(crate) indicateur: &'static str,
    pub(crate) cible: &'static str,
    /// The indicator whose target for each établissement applies; empty when the line has its own.
    pub(crate) code: &'static str,
    pub(crate) poids: i64,
    pub(crate) typologies: &'static [&'static str],
    pub(crate) remarque: &'static str,
}

/// The parts of article 10.
pub(crate) const THEMES: [(&str, &str); 6] = [
    ("10.1", "10.1 – Circuit des médicaments et des produits et prestations"),
    ("10.2", "10.2 – Référentiels de bon usage"),
    ("10.3", "10.3 – Médicaments génériques et biosimilaires"),
    ("10.4", "10.4 – Évolution des dépenses : PHEV et liste en sus"),
    ("10.5", "10.5 – Prise en charge médicamenteuse et iatrogénie"),
    ("10.6", "10.6 – Management de la qualité"),
];

pub(crate) const ALL: &[&str] = &["MCO", "HAD", "dialyse", "SMR", "PSY", "USLD"];
pub(crate) const ACUTE: &[&str] = &["MCO", "HAD"];
pub(crate) const BEDS: &[&str] = &["MCO", "SMR", "PSY"];
pub(crate) const EPO: &[&str] = &["MCO", "dialyse"];
pub(crate) const MCO: &[&str] = &["MCO"];
const STAYS: &[&str] = &["MCO", "HAD", "SMR", "PSY", "USLD"];
const ELDERLY: &[&str] = &["MCO", "SMR", "USLD"];

const COMPUTERISE: &str = "Informatiser et sécuriser le circuit des médicaments et des produits et prestations, de la prescription à l'administration";
const DEVICES: &str = "Assurer la traçabilité des dispositifs médicaux implantables et des produits de la liste en sus";
const RPPS: &str = "Identifier le prescripteur sur toute prescription hospitalière exécutée en ville";
const GUIDELINES: &str =
    "Prescrire selon les référentiels de bon usage et justifier tout écart dans le dossier du patient";
const ANTIBIOTICS: &str = "Maîtriser la prescription des antibiotiques et prévenir les résistances";
const ONCOLOGY: &str = "Sécuriser la prise en charge par chimiothérapie anticancéreuse";
const GENERICS: &str = "Développer la prescription dans le répertoire des génériques";
const BIOSIMILARS: &str = "Développer la prescription des médicaments biologiques similaires";
const TOWN: &str = "Maîtriser l'évolution des prescriptions hospitalières exécutées en ville";
const LIST: &str = "Maîtriser l'évolution des dépenses de la liste en sus";
const CONCILIATION: &str = "Déployer la pharmacie clinique auprès des patients les plus exposés";
const IATROGENY: &str = "Lutter contre l'iatrogénie médicamenteuse évitable";
const POLICY: &str = "Définir une politique des produits de santé et la faire vivre";
const EVENTS: &str = "Déclarer, analyser et corriger les événements indésirables liés aux produits de santé";

#[rustfmt::skip]
pub(crate) const ENGAGEMENTS: [Engagement; 30] = [
    Engagement { numero: "10.1.a", engagement: COMPUTERISE, plan_action: "Déployer la prescription informatisée dans toutes les unités d'hospitalisation", indicateur: "Part des lits dont la prescription est informatisée", cible: "100 % des lits", code: "", poids: 2, typologies: STAYS, remarque: "" },
    Engagement { numero: "10.1.b", engagement: COMPUTERISE, plan_action: "Étendre l'analyse pharmaceutique des prescriptions complètes", indicateur: "Part des prescriptions analysées par un pharmacien", cible: "80 % des prescriptions", code: "", poids: 2, typologies: STAYS, remarque: "Niveau d'analyse à préciser" },
    Engagement { numero: "10.1.c", engagement: COMPUTERISE, plan_action: "Enregistrer l'administration au lit du patient en temps réel", indicateur: "Part des administrations tracées", cible: "90 % des administrations", code: "", poids: 1, typologies: STAYS, remarque: "" },
    Engagement { numero: "10.1.d", engagement: DEVICES, plan_action: "Tracer chaque dispositif implantable de la réception à la pose, et remettre la carte au patient", indicateur: "Part des poses tracées de bout en bout", cible: "100 % des poses", code: "", poids: 2, typologies: MCO, remarque: "" },
    Engagement { numero: "10.1.e", engagement: DEVICES, plan_action: "Suivre chaque mois les consommations de dispositifs médicaux par service", indicateur: "Tableaux de bord présentés à la commission médicale", cible: "4 par an", code: "", poids: 1, typologies: EPO, remarque: "" },
    Engagement { numero: "10.1.f", engagement: RPPS, plan_action: "Imprimer le numéro RPPS et le numéro FINESS sur les ordonnances de sortie et de consultation", indicateur: "Part des prescriptions portant l'identifiant du prescripteur", cible: "Cible de l'établissement", code: "RPPS", poids: 2, typologies: ALL, remarque: "Donnée de l'Assurance maladie" },
    Engagement { numero: "10.2.a", engagement: GUIDELINES, plan_action: "Intégrer les référentiels au livret thérapeutique et au logiciel de prescription", indicateur: "Date de la dernière mise à jour du livret", cible: "Moins d'un an", code: "", poids: 1, typologies: ALL, remarque: "" },
    Engagement { numero: "10.2.b", engagement: GUIDELINES, plan_action: "Auditer chaque année les prescriptions de trois spécialités de la liste en sus", indicateur: "Part des prescriptions conformes ou justifiées", cible: "95 % des prescriptions auditées", code: "", poids: 2, typologies: ACUTE, remarque: "Spécialités choisies avec l'OMEDIT" },
    Engagement { numero: "10.2.c", engagement: ANTIBIOTICS, plan_action: "Désigner un référent en antibiothérapie et lui donner du temps", indicateur: "Référent désigné, temps inscrit à l'organigramme", cible: "Oui", code: "", poids: 1, typologies: STAYS, remarque: "" },
    Engagement { numero: "10.2.d", engagement: ANTIBIOTICS, plan_action: "Réévaluer toute antibiothérapie entre la 24e et la 72e heure", indicateur: "Part des réévaluations tracées au dossier", cible: "80 % des dossiers audités", code: "", poids: 2, typologies: &["MCO", "SMR"], remarque: "" },
    Engagement { numero: "10.2.e", engagement: ONCOLOGY, plan_action: "Centraliser les préparations et valider chaque prescription en réunion pluridisciplinaire", indicateur: "Part des dossiers passés en réunion de concertation", cible: "100 % des nouveaux dossiers", code: "", poids: 2, typologies: ACUTE, remarque: "Établissements autorisés" },
    Engagement { numero: "10.3.a", engagement: GENERICS, plan_action: "Prescrire en dénomination commune, et revoir les ordonnances types hors répertoire", indicateur: "Part des médicaments prescrits dans le répertoire", cible: "Cible de l'établissement", code: "GEN", poids: 3, typologies: BEDS, remarque: "Cible nationale : 45,5 %" },
    Engagement { numero: "10.3.b", engagement: GENERICS, plan_action: "Présenter aux prescripteurs leur taux dans le répertoire, par service", indicateur: "Services rencontrés dans l'année", cible: "Les cinq premiers prescripteurs", code: "", poids: 1, typologies: BEDS, remarque: "" },
    Engagement { numero: "10.3.c", engagement: BIOSIMILARS, plan_action: "Inscrire au livret un médicament biologique similaire par groupe et initier les traitements avec lui", indicateur: "Part des médicaments biologiques similaires", cible: "Cible de l'établissement", code: "BIOSIM", poids: 3, typologies: EPO, remarque: "" },
    Engagement { numero: "10.3.d", engagement: BIOSIMILARS, plan_action: "Informer les patients et les médecins traitants lors d'un changement de traitement", indicateur: "Document d'information remis", cible: "Oui", code: "", poids: 1, typologies: EPO, remarque: "" },
    Engagement { numero: "10.4.a", engagement: TOWN, plan_action: "Analyser chaque semestre les dépenses par classe et par service, avec l'Assurance maladie", indicateur: "Taux d'évolution des PHEV de médicaments", cible: "Cible de l'établissement", code: "PHEV", poids: 3, typologies: BEDS, remarque: "Hors rétrocession et hépatite C" },
    Engagement { numero: "10.4.b", engagement: TOWN, plan_action: "Limiter à la première réévaluation la durée des prescriptions de pansements et de perfusion à domicile", indicateur: "Part des ordonnances conformes", cible: "75 % des ordonnances auditées", code: "", poids: 1, typologies: &["MCO", "HAD", "SMR"], remarque: "" },
    Engagement { numero: "10.4.c", engagement: LIST, plan_action: "Suivre chaque mois les dépenses de médicaments de la liste en sus et expliquer les écarts", indicateur: "Taux d'évolution des médicaments de la liste en sus", cible: "Cible de l'établissement", code: "LES-MED", poids: 2, typologies: ACUTE, remarque: "Hors anti-PD1" },
    Engagement { numero: "10.4.d", engagement: LIST, plan_action: "Suivre chaque mois les dépenses de dispositifs implantables de la liste en sus et expliquer les écarts", indicateur: "Taux d'évolution des dispositifs de la liste en sus", cible: "Cible de l'établissement", code: "LES-DM", poids: 2, typologies: MCO, remarque: "" },
    Engagement { numero: "10.5.a", engagement: CONCILIATION, plan_action: "Définir les patients prioritaires et concilier leurs traitements à l'entrée et à la sortie", indicateur: "Part des patients prioritaires conciliés", cible: "30 % la première année", code: "", poids: 2, typologies: &["MCO", "SMR", "PSY"], remarque: "" },
    Engagement { numero: "10.5.b", engagement: CONCILIATION, plan_action: "Transmettre le bilan au médecin traitant et au pharmacien d'officine", indicateur: "Part des bilans transmis le jour de la sortie", cible: "80 % des bilans", code: "", poids: 1, typologies: &["MCO", "SMR", "PSY"], remarque: "" },
    Engagement { numero: "10.5.c", engagement: IATROGENY, plan_action: "Revoir les prescriptions de psychotropes et d'anticholinergiques chez les patients âgés", indicateur: "Part des prescriptions revues à trois mois", cible: "60 % des patients de plus de 75 ans", code: "", poids: 2, typologies: ELDERLY, remarque: "" },
    Engagement { numero: "10.5.d", engagement: IATROGENY, plan_action: "Sécuriser les médicaments à risque : liste, rangement, double contrôle", indicateur: "Unités visitées dans l'année", cible: "Toutes les unités", code: "", poids: 2, typologies: ALL, remarque: "" },
    Engagement { numero: "10.5.e", engagement: IATROGENY, plan_action: "Former les professionnels aux erreurs qui ne devraient jamais arriver", indicateur: "Part des soignants formés", cible: "50 % sur deux ans", code: "", poids: 1, typologies: ALL, remarque: "" },
    Engagement { numero: "10.6.a", engagement: POLICY, plan_action: "Faire adopter par la commission médicale un programme annuel d'actions", indicateur: "Programme adopté et diffusé", cible: "Oui", code: "", poids: 1, typologies: ALL, remarque: "" },
    Engagement { numero: "10.6.b", engagement: POLICY, plan_action: "Désigner le responsable du management de la qualité de la prise en charge médicamenteuse", indicateur: "Lettre de mission signée", cible: "Oui", code: "", poids: 1, typologies: ALL, remarque: "" },
    Engagement { numero: "10.6.c", engagement: POLICY, plan_action: "Réaliser une cartographie des risques et la revoir chaque année", indicateur: "Date de la dernière revue", cible: "Moins d'un an", code: "", poids: 1, typologies: ALL, remarque: "" },
    Engagement { numero: "10.6.d", engagement: EVENTS, plan_action: "Tenir des comités de retour d'expérience et suivre les actions décidées", indicateur: "Comités tenus dans l'année", cible: "4 par an", code: "", poids: 2, typologies: ALL, remarque: "" },
    Engagement { numero: "10.6.e", engagement: EVENTS, plan_action: "Déclarer les événements graves sans délai à l'agence", indicateur: "Part des événements graves déclarés", cible: "100 %", code: "", poids: 2, typologies: ALL, remarque: "" },
    Engagement { numero: "10.6.f", engagement: EVENTS, plan_action: "Restituer aux équipes les enseignements tirés", indicateur: "Restitutions par an", cible: "2 par unité", code: "", poids: 1, typologies: ALL, remarque: "" },
];

/// A line of the transport plan of action (Annexe 4): theme, action, function in charge, due date, indicator, target.
pub(crate) struct Transport {
    pub(crate) axe: &'static str,
    pub(crate) action: &'static str,
    pub(crate) pilote: &'static str,
    /// `T2 2018`, or a day written `2018-06-30`.
    pub(crate) echeance: &'static str,
    pub(crate) indicateur: &'static str,
    pub(crate) cible: &'static str,
}

#[rustfmt::skip]
pub(crate) const TRANSPORTS: [Transport; 9] = [
    Transport { axe: "Organisation", action: "Désigner un référent des transports et installer un groupe de travail réunissant soignants, secrétariats et transporteurs", pilote: "Directeur adjoint chargé des affaires générales", echeance: "2018-03-31", indicateur: "Référent désigné, groupe réuni", cible: "Oui" },
    Transport { axe: "Organisation", action: "Établir un état des lieux des prescriptions de transport par service et par motif", pilote: "Médecin responsable de l'information médicale", echeance: "T2 2018", indicateur: "État des lieux transmis à l'agence et à la caisse", cible: "Oui" },
    Transport { axe: "Prescription", action: "Diffuser le référentiel de prescription et rappeler que l'état du patient décide du mode de transport", pilote: "Président de la commission médicale d'établissement", echeance: "T2 2018", indicateur: "Services informés", cible: "Tous les services" },
    Transport { axe: "Prescription", action: "Réserver la prescription aux médecins et supprimer les ordonnances préremplies en ambulance", pilote: "Président de la commission médicale d'établissement", echeance: "2018-06-30", indicateur: "Ordonnances préremplies retirées", cible: "Toutes" },
    Transport { axe: "Prescription", action: "Informatiser la prescription et l'accord préalable des trajets longs ou en série", pilote: "Responsable du système d'information", echeance: "T4 2018", indicateur: "Part des prescriptions informatisées", cible: "50 %" },
    Transport { axe: "Trajets", action: "Regrouper les rendez-vous des patients venant en séances et proposer le transport partagé", pilote: "Cadre de santé", echeance: "T3 2018", indicateur: "Part des trajets partagés", cible: "15 % des trajets vers les séances" },
    Transport { axe: "Trajets", action: "Anticiper les sorties pour éviter les ambulances demandées en urgence", pilote: "Directeur des soins", echeance: "T3 2018", indicateur: "Part des sorties annoncées la veille", cible: "60 %" },
    Transport { axe: "Suivi", action: "Contrôler chaque trimestre un échantillon de prescriptions avec la caisse", pilote: "Médecin responsable de l'information médicale", echeance: "T4 2018", indicateur: "Part des prescriptions conformes", cible: "85 %" },
    Transport { axe: "Suivi", action: "Présenter le bilan annuel à la commission médicale et à la commission des usagers", pilote: "Directeur", echeance: "2018-12-31", indicateur: "Bilan présenté", cible: "Oui" },
];
