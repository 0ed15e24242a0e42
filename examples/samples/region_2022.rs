//! The second-generation campaign: 148 targeted établissements of the invented region Val de Vernaise.

use std::{error::Error, fmt::Write as _, fs, path::Path};

use super::{
    figures::{self, Objective, Reference},
    hospital::{Hospital, Person, Register, Territory},
    plans_2022::AXES,
    seed::Seed,
    workbooks_2022, yaml,
};

/// The head of `campagne.yaml`; the workbooks follow.
const CAMPAGNE: &str = include_str!("campagne_2022.yaml");

const TERRITORIES: [Territory; 3] = [
    Territory { departement: "96", postal: "96", cpam: "961", communes: 0..22, hospitals: 54, chu: false },
    Territory { departement: "96", postal: "96", cpam: "962", communes: 22..40, hospitals: 42, chu: true },
    Territory { departement: "99", postal: "99", cpam: "991", communes: 40..60, hospitals: 52, chu: false },
];

/// Targets that do not apply at first: the indicator, how many years, why.
const WITHOUT_OBJECT: [(&str, usize, &str); 5] = [
    ("NAT-7", 1, "Service de cardiologie fermé pour travaux jusqu'au 31 décembre 2022"),
    ("REG-4", 2, "Bloc opératoire en reconstruction jusqu'en décembre 2023"),
    ("NAT-4", 1, "Chirurgie mineure suspendue jusqu'en janvier 2023"),
    ("NAT-2", 1, "Logiciel de prescription remplacé au second semestre 2022 : données non comparables"),
    ("REG-3", 1, "Convention avec les transporteurs applicable à compter du 1er janvier 2023"),
];

/// Acts put under surveillance, expected number and number from which the tariff may be reduced.
const SURVEILLANCE: [(&str, u32, u32); 6] = [
    ("Cholécystectomie", 180, 198),
    ("Amygdalectomie", 95, 105),
    ("Thyroïdectomie", 60, 66),
    ("Chirurgie du canal carpien", 240, 264),
    ("Césarienne programmée", 110, 121),
    ("Hystérectomie", 75, 83),
];

/// A hospital and what its contract will say.
pub(crate) struct Contract {
    pub(crate) hospital: Hospital,
    pub(crate) objectives: Vec<Objective>,
    motive: Option<(&'static str, &'static str)>,
    surveillance: Option<(&'static str, u32, u32)>,
}

impl Contract {
    /// Its objective for an indicator.
    pub(crate) fn objective(&self, code: &str) -> Option<&Objective> {
        self.objectives.iter().find(|objective| objective.indicator.code == code)
    }

    fn has_volet(&self, volet: &str) -> bool {
        self.objectives.iter().any(|objective| objective.indicator.volet == volet)
    }
}

/// Writes the campaign folder.
pub(crate) fn write(folder: &Path) -> Result<Vec<Contract>, Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let mut seed = Seed::new(2022);
    let mut register = Register::new(96, 0);
    let mut contracts = Vec::new();
    for territory in &TERRITORIES {
        for hospital in register.hospitals(territory) {
            let objectives = figures::objectives(&hospital, &mut seed);
            contracts.push(Contract { hospital, objectives, motive: None, surveillance: None });
        }
    }
    put_without_object(&mut contracts);
    put_under_surveillance(&mut contracts);
    // Hospitals that were looked at and not targeted: they are in the insurer's workbook, not in the campaign.
    let spared: Vec<Hospital> = TERRITORIES
        .iter()
        .flat_map(|t| register.hospitals(&Territory { hospitals: 4, chu: false, communes: t.communes.clone(), ..*t }))
        .collect();

    fs::write(folder.join("campagne.yaml"), campagne())?;
    fs::write(folder.join("etablissements.yaml"), etablissements(&contracts, &mut register)?)?;
    workbooks_2022::write(folder, &contracts, &spared, &mut seed)?;
    Ok(contracts)
}

/// `campagne.yaml`.
pub(crate) fn campagne() -> String {
    format!("{CAMPAGNE}{}", workbooks_2022::classeurs())
}

/// One contract for each case, further and further down the list.
fn put_without_object(contracts: &mut [Contract]) {
    for (rank, (code, years, motive)) in WITHOUT_OBJECT.into_iter().enumerate() {
        let concerned =
            contracts.iter_mut().filter(|contract| contract.motive.is_none() && contract.objectives.len() > 2);
        let mut measured = concerned.filter(|contract| {
            contract.objective(code).is_some_and(|objective| matches!(objective.reference, Reference::Value(_)))
        });
        if let Some(contract) = measured.nth(1 + 4 * rank) {
            contract.motive = Some((code, motive));
            for objective in &mut contract.objectives {
                if objective.indicator.code == code {
                    objective.without_object = years;
                }
            }
        }
    }
}

/// Every sixth hospital with surgery and a volet « pertinence ».
fn put_under_surveillance(contracts: &mut [Contract]) {
    let concerned =
        contracts.iter_mut().filter(|contract| contract.hospital.surgery && contract.has_volet("pertinence"));
    for (contract, act) in concerned.step_by(6).zip(SURVEILLANCE) {
        contract.surveillance = Some(act);
    }
}

/// `etablissements.yaml`.
fn etablissements(contracts: &[Contract], register: &mut Register) -> Result<String, Box<dyn Error>> {
    let mut seed = Seed::new(148);
    let mut text = String::from(
        "# yaml-language-server: $schema=../../docs/formats/schemas/etablissements.schema.json\n\
         # Données fictives : établissements, personnes et numéros inventés pour la démonstration.\n\
         # Un établissement par contrat. Les numéros s'écrivent toujours entre guillemets.\n\
         etablissements:\n",
    );
    for (rank, contract) in contracts.iter().enumerate() {
        let hospital = &contract.hospital;
        writeln!(text, "  - finess_ej: {}", yaml::quoted(&hospital.finess_ej))?;
        writeln!(text, "    finess_et: {}", yaml::list(&hospital.finess_et))?;
        writeln!(text, "    siret: {}", yaml::quoted(&hospital.siret))?;
        writeln!(text, "    raison_sociale: {}", yaml::quoted(&hospital.raison_sociale))?;
        writeln!(text, "    statut: {}", hospital.statut.code())?;
        writeln!(text, "    typologies: [{}]", hospital.typologies.join(", "))?;
        writeln!(text, "    adresse: {}", yaml::adresse(hospital))?;
        if rank % 37 != 30 {
            // Four have no mailbox yet: they are written to by post.
            writeln!(text, "    courriel: {}", yaml::quoted(&format!("caqes@hopital-{}.example", hospital.finess_ej)))?;
        }
        writeln!(text, "    departement: {}", yaml::quoted(hospital.departement))?;
        writeln!(text, "    cpam: {}", yaml::quoted(hospital.cpam))?;
        representant(&mut text, hospital, rank, register, &mut seed)?;
        if rank % 37 != 20 {
            // Four commissions have not answered yet: a proposal may be sent, with a warning.
            let day = seed.between(4, 29);
            let sens = if seed.chance(88) { "favorable" } else { "favorable avec observations" };
            writeln!(text, "    avis_cme: {{date: \"2022-04-{day:02}\", sens: {sens}}}")?;
        }
        motives(&mut text, contract)?;
    }
    Ok(text)
}

/// Who signs; one in twelve by delegation.
fn representant(
    text: &mut String,
    hospital: &Hospital,
    rank: usize,
    register: &mut Register,
    seed: &mut Seed,
) -> Result<(), Box<dyn Error>> {
    if rank % 12 != 5 {
        let person = match rank {
            0 => Person { civilite: "Mme", prenom: "Claire", nom: "Esparvin", fonction: "Directrice" },
            _ => hospital.representant.clone(),
        };
        writeln!(text, "    representant: {{{}}}", yaml::signataire(&person))?;
        return Ok(());
    }
    let woman = hospital.representant.civilite == "Mme";
    let person = register.named(woman, if woman { "Directrice adjointe" } else { "Directeur adjoint" });
    let day = seed.between(3, 21);
    let fin = if seed.chance(50) { ", fin: \"2023-12-31\"" } else { "" };
    writeln!(text, "    representant:")?;
    for field in yaml::signataire(&person).split(", ") {
        writeln!(text, "      {field}")?;
    }
    writeln!(
        text,
        "      delegation: {{acte: \"Décision n° 2022-{rank} portant délégation de signature\", \
         date: \"2022-01-{day:02}\", debut: \"2022-02-01\"{fin}, publiee: true}}"
    )?;
    Ok(())
}

/// Why the hospital was targeted, what is under surveillance, what has no object.
fn motives(text: &mut String, contract: &Contract) -> Result<(), Box<dyn Error>> {
    writeln!(text, "    motifs_ciblage:")?;
    for (volet, _) in AXES.iter().filter(|(volet, _)| contract.has_volet(volet)) {
        let objectives = contract.objectives.iter().filter(|objective| objective.indicator.volet == *volet);
        let codes: Vec<&str> = objectives.map(|objective| objective.indicator.code).collect();
        writeln!(text, "      {volet}: \"Indicateurs retenus au vu des résultats 2021 : {}\"", codes.join(", "))?;
    }
    if let Some((acte, attendu, cible)) = contract.surveillance {
        writeln!(text, "    surveillance:")?;
        writeln!(text, "      - acte: {}", yaml::quoted(acte))?;
        writeln!(text, "        volet: pertinence")?;
        writeln!(text, "        nombre_attendu: {attendu}\n        nombre_cible: {cible}")?;
        writeln!(text, "        date_saisine: \"2022-03-14\"")?;
    }
    if let Some((code, motive)) = contract.motive {
        writeln!(text, "    sans_objet: {{{code}: {}}}", yaml::quoted(motive))?;
    }
    Ok(())
}
