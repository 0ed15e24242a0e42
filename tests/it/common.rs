//! A small fictional campaign, built by hand: what rooms that read no file are tested with.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use paraphe::{
    diag::{FieldOrigins, Origin},
    domain::{
        Action, Adresse, AnnexeDef, Ars, Avis, Campaign, Cible, Civilite, Contract, Cpam, Delai, Delais, Delegation,
        Duree, Echeance, Etablissement, Evaluation, Generation, Indicateur, IndicateurCode, Modele, Niveau,
        NiveauAtteinte, Objectif, Papraps, Plafonds, Procedure, Reference, ReglesDuree, ReglesEffet, Sens, Seuil,
        Signatory, Statut, Surveillance, Texte, Typologie, Unite, Valeur, Volet, VoletCode, VoletDef,
    },
};
use rust_decimal::Decimal;

pub(crate) fn texte(text: &str) -> Texte {
    Texte::new(text).unwrap()
}

pub(crate) fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn adresse(ligne1: &str, code_postal: &str, commune: &str) -> Adresse {
    Adresse { ligne1: texte(ligne1), ligne2: None, code_postal: code_postal.to_owned(), commune: texte(commune) }
}

fn signatory(civilite: Civilite, prenom: &str, nom: &str, fonction: &str) -> Signatory {
    Signatory { civilite, prenom: texte(prenom), nom: texte(nom), fonction: texte(fonction), delegation: None }
}

fn reference(intitule: &str, date: Option<Date>) -> Reference {
    Reference { intitule: texte(intitule), date }
}

fn volet_def(code: &str, intitule: &str) -> VoletDef {
    VoletDef {
        code: VoletCode(code.to_owned()),
        intitule: texte(intitule),
        obligatoire: false,
        surveillance: code == "pertinence",
        duree_max_ans: None,
    }
}

/// One contract of the second generation: two of three volets, an unknown reference value, no opinion of the local insurer.
pub(crate) fn sample() -> (Campaign, Contract) {
    let contract = contract();
    let campaign = Campaign {
        libelle: texte("CAQES 2022, Région 96"),
        generation: Generation::Second,
        modele: modele(),
        region: texte("Région 96"),
        date_edition: date(2022, 5, 16),
        ars: Ars {
            nom: texte("Agence régionale de santé de la Région 96"),
            adresse: adresse("3 place de l'Agence", "96000", "Valombre"),
            courriel: None,
            siren: None,
            signataire: signatory(Civilite::M, "Hugo", "SPÉCIMEN", "Directeur général"),
        },
        cpams: vec![Cpam {
            code: "961".to_owned(),
            nom: texte("Caisse primaire d'assurance maladie de Valombre"),
            adresse: adresse("12 avenue de la Caisse", "96000", "Valombre"),
            courriel: None,
            siren: None,
            signataire: Signatory {
                delegation: Some(Delegation {
                    acte: reference("décision n° 2022-045", None),
                    debut: date(2022, 1, 1),
                    fin: None,
                    publiee: true,
                }),
                ..signatory(Civilite::Mme, "Inès", "MODÈLE", "Directrice adjointe")
            },
        }],
        arrete_ciblage: Some(reference("arrêté n° 2022-117", Some(date(2022, 4, 28)))),
        papraps: Some(Papraps {
            arrete: reference("arrêté n° 2021-300", None),
            debut: date(2021, 1, 1),
            fin: date(2024, 12, 31),
        }),
        documents_non_contractuels: vec![texte("Guide de remplissage")],
        procedure: Procedure::default(),
        contracts: vec![contract.clone()],
    };
    (campaign, contract)
}

/// The rules of a small template set.
pub(crate) fn modele() -> Modele {
    Modele {
        nom: "essai".to_owned(),
        version: 3,
        generation: Generation::Second,
        intitule: texte("Contrat d'amélioration de la qualité et de l'efficience des soins"),
        visas: vec![
            reference("le code de la sécurité sociale, notamment ses articles L. 162-30-2 et D. 162-14", None),
            reference("le décret n° 2021-1231", Some(date(2021, 9, 25))),
        ],
        references: vec!["D. 162-11".to_owned()],
        corps: vec!["socle.dj.hbs".to_owned()],
        avenant: None,
        volets: vec![
            volet_def("produits", "Volet 1 – Produits de santé"),
            volet_def("organisation", "Volet 2 – Organisation des soins"),
            volet_def("pertinence", "Volet 3 – Pertinence"),
        ],
        annexes: vec![
            AnnexeDef { numero: 1, intitule: texte("Indicateurs"), volet: None },
            AnnexeDef { numero: 2, intitule: texte("Transports"), volet: Some(VoletCode("organisation".to_owned())) },
        ],
        plafonds: Plafonds { min: 1, max: 15, nationaux: 8, regionaux: 7 },
        duree: ReglesDuree { indeterminee: false, max_ans: 5, recommandee: Some((3, 5)) },
        effet: ReglesEffet { au_plus_tot: Some(date(2022, 7, 1)), au_plus_tard: None },
        delais: Delais {
            reponse: Delai::new(texte("trois semaines")).unwrap(),
            seconde_proposition: None,
            observations: None,
        },
        avis_cme: true,
        avis_olam: false,
        ciblage: true,
        evaluation: Evaluation {
            niveaux: vec![
                NiveauAtteinte {
                    libelle: texte("Atteint"),
                    condition: texte("la cible est atteinte"),
                    points: Some(Decimal::ONE),
                },
                NiveauAtteinte { libelle: texte("Non évalué"), condition: texte("sans objet"), points: None },
            ],
            seuils: vec![Seuil { a_partir_de: number("60"), consequence: texte("poursuite du plan d'actions") }],
            taux_interessement: vec![number("20"), number("30")],
        },
        lines: BTreeMap::new(),
    }
}

fn indicateur(code: &str, volet: &str, libelle: &str, unite: Unite) -> Indicateur {
    Indicateur {
        code: IndicateurCode::new(code).unwrap(),
        niveau: Niveau::National,
        volet: VoletCode(volet.to_owned()),
        libelle: texte(libelle),
        unite,
        sens: Sens::Baisse,
        source: texte("PMSI"),
        methode: texte("Rapport de deux nombres de séjours"),
        periode_reference: texte("année 2021"),
        bornes: None,
        taux_interessement: None,
        papraps: false,
        origins: FieldOrigins::default(),
        premiere_annee: None,
    }
}

fn objectif(indicateur: Indicateur, reference: Valeur, cibles: &[Valeur]) -> Objectif {
    let cibles = cibles.iter().zip(2022..).enumerate().map(|(row, (valeur, annee))| Cible {
        annee,
        valeur: valeur.clone(),
        origin: Origin::cell("objectifs.xlsx", "Cibles", 3, u32::try_from(row).unwrap() + 4),
    });
    Objectif {
        indicateur,
        reference,
        reference_origin: None,
        cibles: cibles.collect(),
        motif_sans_objet: None,
        notes: Vec::new(),
    }
}

fn contract() -> Contract {
    let finess: paraphe::domain::Finess = "960000016".parse().unwrap();
    let nombre = |text| Valeur::Nombre(number(text));
    let mut fourth = objectif(
        indicateur("REG-4", "pertinence", "Actes sous surveillance", Unite::Nombre),
        Valeur::Masquee(11),
        &[nombre("12500"), Valeur::SansObjet],
    );
    fourth.motif_sans_objet = Some(texte("activité arrêtée en 2023"));
    fourth.indicateur.taux_interessement = Some(number("30"));
    let etablissement = Etablissement {
        finess_ej: finess.clone(),
        finess_et: vec![finess.clone()],
        siren: None,
        siret: None,
        raison_sociale: texte("Centre hospitalier de Valombre"),
        statut: Statut::Public,
        typologies: vec![Typologie::Mco, Typologie::Had, Typologie::Smr],
        adresse: adresse("1 rue de l'Hôpital", "96100", "Valombre"),
        courriel: None,
        departement: "96".to_owned(),
        cpam: "961".to_owned(),
        representant: signatory(Civilite::Mme, "Claire", "EXEMPLE", "Directrice"),
    };
    let place = |path: &str| Origin::yaml("etablissements.yaml", path);
    Contract {
        id: paraphe::domain::ContractId::new(finess, 2022).unwrap(),
        etablissement,
        date_effet: date(2022, 7, 1),
        duree: Duree::Ans(3),
        annees: vec![2022, 2023],
        lieu_signature: texte("Valombre"),
        avis_cme: Some(Avis { date: date(2022, 5, 2), sens: texte("favorable") }),
        avis_olam: None,
        volets: vec![
            Volet {
                def: volet_def("produits", "Volet 1 – Produits de santé"),
                objectifs: vec![
                    objectif(
                        indicateur("NAT-1", "produits", "Part des biosimilaires", Unite::Pourcent),
                        nombre("33.4"),
                        &[nombre("31"), nombre("28.55")],
                    ),
                    objectif(
                        indicateur("NAT-2", "produits", "Évolution des dépenses", Unite::Evolution),
                        Valeur::Absente,
                        &[nombre("5.4"), nombre("-2.6")],
                    ),
                ],
                surveillance: Vec::new(),
                motif: None,
                duree_ans: None,
            },
            Volet {
                def: volet_def("pertinence", "Volet 3 – Pertinence"),
                objectifs: vec![fourth],
                surveillance: vec![Surveillance {
                    acte: texte("Chirurgie du genou"),
                    nombre_attendu: 120,
                    nombre_cible: 150,
                    date_saisine: date(2022, 3, 1),
                    echeance: date(2024, 3, 1),
                }],
                motif: Some(texte("taux de recours supérieur à la moyenne")),
                duree_ans: None,
            },
        ],
        engagements: Vec::new(),
        actions: vec![Action {
            axe: texte("Médicament"),
            action: texte("Réunir la commission"),
            pilote: texte("Pharmacien"),
            echeance: Echeance::Jour(date(2023, 6, 30)),
            indicateur: texte("Réunions"),
            cible: texte("4 par an"),
            origin: place("etablissements[0].actions[0]"),
            origins: FieldOrigins::default(),
        }],
        sources: BTreeMap::from([
            ("etablissement".to_owned(), place("etablissements[0]")),
            ("avis_olam".to_owned(), Origin::yaml("campagne.yaml", "avis_olam")),
            ("volets.[0]".to_owned(), Origin::cell("objectifs.xlsx", "Cibles", 2, 0)),
            ("volets.[0].indicateurs.[1]".to_owned(), Origin::cell("objectifs.xlsx", "Cibles", 3, 0)),
            ("indicateurs.[0]".to_owned(), Origin::cell("objectifs.xlsx", "Cibles", 2, 0)),
            ("indicateurs.[1]".to_owned(), Origin::cell("objectifs.xlsx", "Cibles", 3, 0)),
        ]),
    }
}
