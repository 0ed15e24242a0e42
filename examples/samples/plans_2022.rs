//! The plans of action of the 2022 sample (Annexe 4): what a hospital may write for each indicator, and their workbook.

use std::{error::Error, path::Path};

use super::{
    region_2022::Contract,
    seed::Seed,
    workbook::{Cell, Header, SAND, Sheet, workbook},
};

/// What is done for an indicator. The function in charge is a function, never a person.
pub(crate) struct Plan {
    pub(crate) code: &'static str,
    pub(crate) action: &'static str,
    pub(crate) pilote: &'static str,
    pub(crate) indicateur: &'static str,
    pub(crate) cible: &'static str,
}

/// The themes of the plans, by volet.
pub(crate) const AXES: [(&str, &str); 3] = [
    ("produits", "Bon usage des produits de santé"),
    ("organisation", "Organisation des transports"),
    ("pertinence", "Pertinence des actes et des parcours"),
];

#[rustfmt::skip]
pub(crate) const PLANS: [Plan; 28] = [
    Plan { code: "NAT-1", action: "Réévaluer les traitements par inhibiteurs de la pompe à protons à l'admission et à la sortie, et inscrire la durée sur l'ordonnance", pilote: "Pharmacien référent", indicateur: "Ordonnances de sortie comportant une durée de traitement", cible: "80 %" },
    Plan { code: "NAT-1", action: "Présenter chaque semestre aux prescripteurs le profil de leurs prescriptions délivrées en ville", pilote: "Président de la COMEDIMS", indicateur: "Services ayant reçu leur profil", cible: "Tous les services" },
    Plan { code: "NAT-2", action: "Mettre à disposition un protocole de choix du mode de perfusion à domicile, et former les prescripteurs de sortie", pilote: "Pharmacien référent", indicateur: "Prescriptions conformes au protocole", cible: "90 %" },
    Plan { code: "NAT-2", action: "Contrôler chaque trimestre un échantillon de prescriptions de perfusion à domicile", pilote: "Équipe mobile de perfusion", indicateur: "Prescriptions contrôlées", cible: "30 par trimestre" },
    Plan { code: "NAT-3", action: "Diffuser le référentiel de prescription des transports dans les services et les secrétariats", pilote: "Directeur des soins", indicateur: "Services informés", cible: "Tous les services" },
    Plan { code: "NAT-3", action: "Paramétrer la prescription informatisée pour que le transport assis soit proposé en premier", pilote: "Responsable du système d'information", indicateur: "Transports prescrits sous forme informatisée", cible: "70 %" },
    Plan { code: "NAT-4", action: "Réviser le protocole des examens pré-anesthésiques pour les interventions de chirurgie mineure", pilote: "Chef du service d'anesthésie", indicateur: "Protocole révisé et diffusé", cible: "Oui" },
    Plan { code: "NAT-4", action: "Auditer les examens prescrits avant les interventions de la cataracte et de la main", pilote: "Médecin responsable de l'information médicale", indicateur: "Dossiers audités", cible: "60 par an" },
    Plan { code: "NAT-5", action: "Rappeler les indications de l'ézétimibe dans le livret thérapeutique et dans le logiciel de prescription", pilote: "Président de la COMEDIMS", indicateur: "Livret mis à jour", cible: "Oui" },
    Plan { code: "NAT-5", action: "Revoir avec les cardiologues les prescriptions de première intention", pilote: "Pharmacien référent", indicateur: "Réunions tenues", cible: "2 par an" },
    Plan { code: "NAT-6", action: "Établir un guide des pansements avec la durée et le nombre prescrits à la sortie", pilote: "Infirmier référent plaies et cicatrisation", indicateur: "Ordonnances de pansements limitées à la première réévaluation", cible: "75 %" },
    Plan { code: "NAT-6", action: "Former les infirmiers et les internes à la prescription des pansements", pilote: "Directeur des soins", indicateur: "Professionnels formés", cible: "60 % de l'effectif" },
    Plan { code: "NAT-7", action: "Organiser le retour à domicile avec un rendez-vous de cardiologie dans les quinze jours", pilote: "Chef du service de cardiologie", indicateur: "Sorties avec rendez-vous", cible: "70 %" },
    Plan { code: "NAT-7", action: "Proposer l'éducation thérapeutique aux patients hospitalisés pour insuffisance cardiaque", pilote: "Cadre de santé", indicateur: "Patients ayant reçu une séance", cible: "50 %" },
    Plan { code: "REG-1", action: "Inscrire les médicaments biologiques similaires en première ligne du livret et informer les patients", pilote: "Pharmacien référent", indicateur: "Groupes biologiques couverts", cible: "Tous les groupes du livret" },
    Plan { code: "REG-1", action: "Suivre chaque trimestre le taux de prescription par service", pilote: "Président de la COMEDIMS", indicateur: "Tableaux de bord diffusés", cible: "4 par an" },
    Plan { code: "REG-2", action: "Réévaluer toute antibiothérapie entre la 48e et la 72e heure et tracer la décision", pilote: "Référent en antibiothérapie", indicateur: "Réévaluations tracées", cible: "85 %" },
    Plan { code: "REG-2", action: "Analyser chaque trimestre les consommations d'antibiotiques à large spectre", pilote: "Pharmacien référent", indicateur: "Bilans présentés à la commission médicale", cible: "4 par an" },
    Plan { code: "REG-3", action: "Convenir avec les transporteurs d'un circuit de regroupement des patients vers les séances", pilote: "Responsable des transports", indicateur: "Conventions signées", cible: "2" },
    Plan { code: "REG-3", action: "Informer les patients de la possibilité du transport partagé dès la prescription", pilote: "Cadre de santé", indicateur: "Supports d'information diffusés", cible: "Toutes les unités concernées" },
    Plan { code: "REG-4", action: "Étendre l'ambulatoire à deux spécialités et avancer les premières sorties", pilote: "Chef du pôle de chirurgie", indicateur: "Actes éligibles réalisés en ambulatoire", cible: "Cible annuelle de l'annexe 1" },
    Plan { code: "REG-4", action: "Appeler chaque patient la veille et le lendemain de l'intervention", pilote: "Cadre du bloc opératoire", indicateur: "Patients appelés", cible: "95 %" },
    Plan { code: "REG-5", action: "Déployer la conciliation médicamenteuse chez les patients de plus de 75 ans", pilote: "Pharmacien référent", indicateur: "Patients conciliés à l'admission", cible: "Cible annuelle de l'annexe 1" },
    Plan { code: "REG-5", action: "Tracer les actions de pharmacie clinique dans le dossier du patient", pilote: "Pharmacien référent", indicateur: "Actions tracées", cible: "100 %" },
    Plan { code: "REG-6", action: "Préparer les ordonnances de sortie avec les médicaments du livret délivrés en ville", pilote: "Président de la COMEDIMS", indicateur: "Ordonnances de sortie analysées", cible: "50 par trimestre" },
    Plan { code: "REG-6", action: "Échanger avec les pharmaciens d'officine sur les renouvellements", pilote: "Pharmacien référent", indicateur: "Rencontres tenues", cible: "2 par an" },
    Plan { code: "REG-7", action: "Installer la commission des transports et fixer son programme de travail", pilote: "Directeur adjoint chargé des affaires générales", indicateur: "Comptes rendus transmis", cible: "2 par an" },
    Plan { code: "REG-7", action: "Présenter à la commission les dépenses et les motifs des transports prescrits", pilote: "Médecin responsable de l'information médicale", indicateur: "Bilans présentés", cible: "2 par an" },
];

/// The hospitals' short plans of action (Annexe 4), put together by the agency.
pub(crate) fn write(path: &Path, contracts: &[Contract], seed: &mut Seed) -> Result<(), Box<dyn Error>> {
    let mut book = workbook("Plans d'actions CAQES 2022", (2022, 5, 9))?;
    let about = "Annexe 4 : actions que chaque établissement a inscrites dans son plan d'actions synthétique";
    let mut sheet = Sheet::add(&mut book, "Plans d'actions", "Plans d'actions synthétiques – CAQES 2022", about)?;
    let columns = [
        "FINESS",
        "Établissement",
        "Axe",
        "Action",
        "Pilote",
        "Échéance",
        "Indicateur de suivi",
        "Cible",
        "État d'avancement",
    ];
    sheet.widths(&[12.0, 34.0, 24.0, 58.0, 30.0, 12.0, 40.0, 24.0, 16.0], columns.len())?;
    sheet.header(&columns.map(|column| Header::single(column, SAND)), 2)?;
    for contract in contracts {
        for (volet, axe) in AXES {
            let objectives = contract.objectives.iter().filter(|objective| objective.indicator.volet == volet);
            let codes: Vec<&str> = objectives.map(|objective| objective.indicator.code).take(3).collect();
            let first = sheet.next_row();
            for code in &codes {
                let plans: Vec<&Plan> = PLANS.iter().filter(|plan| plan.code == *code).collect();
                let plan = seed.pick(&plans);
                sheet.row(&[
                    Cell::text(&contract.hospital.finess_ej),
                    Cell::text(&contract.hospital.raison_sociale),
                    Cell::text(axe),
                    Cell::text(plan.action),
                    Cell::text(plan.pilote),
                    due(seed),
                    Cell::text(plan.indicateur),
                    Cell::text(plan.cible),
                    Cell::Mark("À engager"),
                ])?;
            }
            if !codes.is_empty() {
                sheet.merge_down(2, first, axe)?;
            }
        }
    }
    book.save(path)?;
    Ok(())
}

/// A day, or a quarter written `T2 2023`.
fn due(seed: &mut Seed) -> Cell {
    let year = seed.between(2022, 2024);
    if seed.chance(50) {
        let (month, day) = seed.pick(&[(6, 30), (9, 30), (12, 31)]);
        // The contracts begin on 1 July 2022.
        let month_day = if year == 2022 && month == 6 { (12, 31) } else { (month, day) };
        Cell::Day(year as u16, month_day.0, month_day.1)
    } else {
        let quarter = if year == 2022 { seed.between(3, 4) } else { seed.between(1, 4) };
        Cell::text(format!("T{quarter} {year}"))
    }
}
