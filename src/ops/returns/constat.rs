//! The report on a returned file: for programs as JSON, for people as one page in French.

use jiff::{civil::Date, tz::TimeZone};
use serde::Serialize;

use super::Returned;
use crate::{
    document::{
        Align, Block, Marker, Note,
        note::{Run, frame, heading, list, paragraph, remark, strong, table, verbatim},
    },
    domain::{Partie, jour},
    evidence::{
        Indication, Level, Nature, Observation, Reason, Revocation, SignatureEvidence, SubIndication, trust::TrustFile,
    },
    reconcile::{Effect, EtatSignature, NotChecked, Outcome},
};

/// Name of the report for programs.
pub(super) const JSON: &str = "constat.json";
/// Name of the report for people.
pub(super) const PDF: &str = "constat.pdf";

/// The most reasons that a page has room for; all of them are in the JSON.
const SHOWN: usize = 8;
/// The most places of one reason that a line has room for.
const MOST_PLACES: usize = 5;

/// What a report is made of.
pub(super) struct Constat<'a> {
    pub(super) returned: &'a Returned,
    pub(super) trust: &'a [TrustFile],
    pub(super) today: Date,
}

/// The document for programs; see `docs/formats/retours.md`.
#[derive(Serialize)]
struct Document<'a> {
    format: u8,
    program: &'static str,
    date: String,
    #[serde(rename = "return")]
    returned: &'a Returned,
    trust: &'a [TrustFile],
}

impl Constat<'_> {
    /// The report for programs.
    pub(super) fn json(&self) -> Vec<u8> {
        let document = Document {
            format: 1,
            program: crate::ops::version::PROGRAM,
            date: self.today.to_string(),
            returned: self.returned,
            trust: self.trust,
        };
        crate::ops::version::to_pretty_json(&document)
    }

    /// The report for people. The name that the sender gave the file is not in it.
    pub(super) fn note(&self) -> Note {
        let verdict = &self.returned.verdict;
        let which = match (&verdict.contract, verdict.version, verdict.exemplaire) {
            (Some(contract), Some(version), Some(exemplaire)) => {
                format!("Contrat CAQES {contract}, version {version}, exemplaire n° {}/3", exemplaire.number())
            }
            _ => "Document qui n’est reconnu comme aucun contrat de la campagne".to_owned(),
        };
        let mut blocks = vec![
            frame(vec![paragraph(strong(outcome(verdict.outcome))), paragraph(advice(verdict.outcome))]),
            paragraph(
                Run::from(format!(
                    "Fichier reçu : {}, {} octets, empreinte SHA-256 ",
                    nature(self.returned.nature),
                    grouped(self.returned.size)
                ))
                .and(verbatim(&self.returned.sha256.to_string()))
                .and("."),
            ),
        ];
        if verdict.contract.is_some() {
            blocks.extend([heading("Signatures électroniques"), self.signatures()]);
        }
        if !verdict.reasons.is_empty() {
            blocks.extend([heading("Constats"), self.reasons()]);
        }
        let unseen: Vec<&str> = verdict.not_checked.iter().map(|what| not_checked(*what)).collect();
        if !unseen.is_empty() {
            blocks.extend([heading("Ce qui n’a pas été vérifié"), list(Marker::Dash, unseen)]);
        }
        blocks.push(remark(format!(
            "Mesures faites hors ligne, avec {} fichiers de confiance de la campagne ; le constat complet, avec leurs empreintes, est archivé avec le fichier reçu. Un constat n’est pas une décision : un agent habilité l’accepte ou le refuse.",
            self.trust.len()
        )));
        Note {
            title: "Constat de retour".to_owned(),
            subject: which,
            author: String::new(),
            reference: format!("Constat de retour du {}", jour(self.today)),
            date: self.today,
            blocks,
        }
    }

    fn signatures(&self) -> Block {
        let verdict = &self.returned.verdict;
        let rows = Partie::ALL.map(|partie| {
            let signed = verdict.parties.get(&partie);
            let etat = signed.map_or(EtatSignature::Absente, |signed| signed.etat);
            let field = signed.and_then(|signed| signed.field.as_ref());
            let signature = self.returned.signatures.iter().find(|one| field.is_some() && one.field.as_ref() == field);
            let who = signature.map_or_else(|| "–".to_owned(), who);
            [
                Run::from(partie.word()),
                verbatim(&who),
                Run::from(signature.map_or_else(|| "–".to_owned(), measured)),
                Run::from(etat.word()),
            ]
        });
        let columns = [
            ("Partie", 16, Align::Left),
            ("Certificat", 34, Align::Left),
            ("Mesure", 32, Align::Left),
            ("Appréciation", 18, Align::Left),
        ];
        table("signatures", "", columns, rows)
    }

    /// One line for each reason, the gravest first, with all its places.
    fn reasons(&self) -> Block {
        let mut told: Vec<(Reason, Effect, Vec<&Observation>)> = Vec::new();
        for weighed in &self.returned.verdict.reasons {
            let (reason, effect) = (weighed.observation.reason, weighed.effect);
            match told.iter_mut().find(|(other, weight, _)| (*other, *weight) == (reason, effect)) {
                Some((.., observations)) => observations.push(&weighed.observation),
                None => told.push((reason, effect, vec![&weighed.observation])),
            }
        }
        let mut items: Vec<Run> =
            told.iter().take(SHOWN).map(|(reason, effect, seen)| line(*reason, *effect, seen)).collect();
        if told.len() > SHOWN {
            items.push(format!("et {} autres, au constat complet", told.len() - SHOWN).into());
        }
        list(Marker::Dash, items)
    }
}

fn line(reason: Reason, effect: Effect, seen: &[&Observation]) -> Run {
    let pages = places(seen.iter().filter_map(|observation| observation.place.page).map(|page| page.to_string()));
    let revisions =
        places(seen.iter().filter_map(|observation| observation.place.revision).map(|number| number.to_string()));
    let fields = seen.iter().filter_map(|observation| observation.place.field.as_deref());
    let parties = places(fields.filter_map(Partie::of_signature_field).map(|partie| partie.word().to_owned()));
    let mut place = String::new();
    for (one, several, list) in
        [("page", "pages", pages), ("révision", "révisions", revisions), ("signature :", "signatures :", parties)]
    {
        match list.as_slice() {
            [] => {}
            [only] => place.push_str(&format!(", {one} {only}")),
            all => place.push_str(&format!(", {several} {}", all.join(", "))),
        }
    }
    let weight = match effect {
        Effect::Note => "pour information",
        Effect::Reject | Effect::Unreadable => "s’oppose à l’acceptation",
        Effect::Review => "à vérifier",
    };
    Run::from(format!("{}{place} ({weight}) ", sentence(reason))).and(verbatim(&reason.name()))
}

/// Each place once, in the order of the observations; not more than a line has room for.
fn places(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for place in all {
        if !once.contains(&place) {
            once.push(place);
        }
    }
    if once.len() > MOST_PLACES {
        once.truncate(MOST_PLACES);
        once.push("…".to_owned());
    }
    once
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accept => "Conforme, signé par les trois parties",
        Outcome::AcceptNote => "Conforme, avec des points à connaître",
        Outcome::Reject => "Non conforme",
        Outcome::Review => "À vérifier par un agent",
        Outcome::Unreadable => "Illisible : à redemander",
        Outcome::Unsigned => "Sans signature électronique",
    }
}

const fn advice(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accept => "Les pages sont celles qui ont été envoyées et rien n’a changé après les signatures.",
        Outcome::AcceptNote => {
            "Les pages sont celles qui ont été envoyées et rien de ce qu’elles montrent n’a changé ; les constats disent ce qui manque encore ou n’a pu être établi."
        }
        Outcome::Reject => {
            "Ce fichier ne peut pas tenir lieu du contrat. Il est conservé tel qu’il a été reçu ; redemander un exemplaire signé à la partie concernée."
        }
        Outcome::Review => "Les mesures ne suffisent pas pour conclure : un agent examine les constats et décide.",
        Outcome::Unreadable => {
            "Le fichier n’a pas pu être lu : rien n’en est conclu, ni qu’il est signé, ni qu’il ne l’est pas. Le redemander à l’expéditeur."
        }
        Outcome::Unsigned => {
            "Les pages sont celles qui ont été envoyées ; aucune signature électronique n’y figure. Une image de signature n’en est pas une."
        }
    }
}

const fn nature(nature: Nature) -> &'static str {
    match nature {
        Nature::ESigned => "PDF signé électroniquement",
        Nature::Encrypted => "PDF protégé par un mot de passe",
        Nature::Image => "pages numérisées",
        Nature::Mixed => "PDF mêlant texte, images et signature électronique",
        Nature::Unreadable => "fichier illisible",
        Nature::Unsigned => "PDF sans signature électronique",
    }
}

const fn not_checked(what: NotChecked) -> &'static str {
    match what {
        NotChecked::Appearance => "l’aspect des pages qui diffèrent : elles ont été comparées par leur contenu",
        NotChecked::Capacity => "le pouvoir des signataires d’engager la partie qu’ils représentent",
        NotChecked::Hand => "la main qui a écrit : de l’encre dans un cadre ne dit pas qui a signé",
        NotChecked::Margins => "les marges, la zone des paraphes et les abords des codes",
        NotChecked::Original => {
            "le fichier envoyé lui-même, qui n’a pu être relu : seules les empreintes de ses pages ont servi"
        }
        NotChecked::Revocation => "la révocation d’au moins un certificat : aucune liste fournie ne renseigne",
        NotChecked::Time => {
            "l’heure d’au moins une signature : elle est déclarée par le signataire, sans horodatage de confiance"
        }
    }
}

/// « 62 157 », with no-break spaces.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// The person and the organisation of a certificate.
fn who(signature: &SignatureEvidence) -> String {
    let Some(signer) = &signature.signer else { return "certificat illisible".to_owned() };
    let name = signer.common_name.as_deref().unwrap_or(&signer.subject);
    match signer.organization.as_deref().filter(|organization| *organization != name) {
        Some(organization) => format!("{name}, {organization}"),
        None => name.to_owned(),
    }
}

/// « le 16 mai 2022 (horodaté), PAdES B-T, TOTAL-PASSED ».
fn measured(signature: &SignatureEvidence) -> String {
    let at = |time: jiff::Timestamp| jour(time.to_zoned(TimeZone::UTC).date());
    let mut parts = Vec::new();
    match (signature.proven(), signature.claimed) {
        (Some(time), _) => parts.push(format!("{} (horodaté)", at(time))),
        (None, Some(time)) => parts.push(format!("{} (déclaré)", at(time))),
        (None, None) => {}
    }
    let level = match signature.level {
        Level::BB => "PAdES B-B",
        Level::BLt => "PAdES B-LT",
        Level::BLta => "PAdES B-LTA",
        Level::BT => "PAdES B-T",
        Level::None => "hors PAdES",
    };
    parts.push(level.to_owned());
    parts.push(match (signature.indication, signature.sub_indication) {
        (Indication::TotalPassed, _) => "TOTAL-PASSED".to_owned(),
        (Indication::Indeterminate, sub) => format!("INDETERMINATE{}", why(sub)),
        (Indication::TotalFailed, sub) => format!("TOTAL-FAILED{}", why(sub)),
    });
    if let Revocation::Revoked { since } = signature.revocation {
        parts.push(format!("certificat révoqué le {}", at(since)));
    }
    // The words of a standard are not cut at their hyphens.
    parts.join(", ").replace('-', "\u{2011}")
}

/// ` (TRY_LATER)`, after the indication.
fn why(sub: Option<SubIndication>) -> String {
    let name = sub.and_then(|sub| serde_json::to_value(sub).ok());
    name.as_ref().and_then(|name| name.as_str()).map(|name| format!(" ({name})")).unwrap_or_default()
}

/// What a reason says, in French.
pub(in crate::ops) const fn sentence(reason: Reason) -> &'static str {
    use Reason as R;
    match reason {
        R::AttachedContent => "la signature porte un autre contenu que le fichier",
        R::BoxDoubtful => "peu d’encre dans un cadre de signature, ou de l’encre qui vient du cadre voisin",
        R::BoxInk => "de l’encre dans un cadre de signature",
        R::BoxUnreadable => "un cadre de signature n’a pas pu être comparé à l’original",
        R::ByterangeGap => "la partie signée laisse de côté plus que la signature elle-même",
        R::ByterangeMalformed => "les limites de la partie signée sont absentes ou impossibles",
        R::ByterangeNotFromZero => "la partie signée ne commence pas au début du fichier",
        R::CertExpired => "le certificat avait expiré, et rien ne prouve que la signature est antérieure",
        R::CertNotYetValid => "le certificat n’était pas encore valable",
        R::CertRevoked => "le certificat a été révoqué",
        R::CertUsage => "le certificat n’est pas prévu pour signer des documents",
        R::ChainIncomplete => "un certificat de la chaîne manque",
        R::ChainInvalid => "un certificat de la chaîne n’avait pas le droit d’émettre le suivant, ou ne l’a pas émis",
        R::ChainUntrusted => "la chaîne de certificats ne mène à aucune autorité de confiance de la campagne",
        R::ContentsMalformed => "la signature est absente de son champ, ou n’en est pas une",
        R::ContentsTrailingData => "des données suivent la signature, à la place qui lui est réservée",
        R::DigestMismatch => "le contenu signé n’est pas celui du fichier",
        R::DocNotOriginal => "ce qui est signé n’est pas ce qui a été envoyé",
        R::DocOther => "aucune page n’est d’un contrat de cette campagne",
        R::DocRewritten => "un autre logiciel a réécrit le fichier ; ses pages sont celles qui ont été envoyées",
        R::DocWrongVersion => "ce n’est pas la version à signer",
        R::DocmdpViolation => "une modification que la certification du document interdit",
        R::DuplicateReturn => "le même fichier a déjà été reçu",
        R::Encrypted => "le fichier est protégé par un mot de passe",
        R::ExemplaireRepeated => "plusieurs jeux portent le numéro d’un même exemplaire",
        R::FieldmdpViolation => "un champ verrouillé par une signature a été modifié",
        R::Flattened => "le contrat a été imprimé dans un fichier : ses champs et ses signatures ont disparu",
        R::FormValueMismatch => "la valeur d’un champ n’est pas celle qu’il montre",
        R::HiddenContent => "un contenu dormant, qu’aucune page ne montre encore",
        R::ImageOnly => "les pages sont des images : leur texte n’est pas comparé",
        R::Incomplete => "il manque la signature d’une partie",
        R::InkOutside => "de l’encre hors des cadres de signature",
        R::InkOverText => "de l’encre recouvre un texte ou un chiffre du contrat",
        R::LeadingData => "des données précèdent le début du PDF",
        R::LimitExceeded => "le fichier dépasse ce qu’un contrat peut être : il n’a pas été lu jusqu’au bout",
        R::MixedReturn => "un même exemplaire est signé électroniquement et à l’encre",
        R::MultipleSignerinfos => "plusieurs signataires dans une même signature",
        R::NotCoveredTail => "la partie signée s’arrête avant la fin de sa révision",
        R::ObjectFreed => "une révision efface un objet qui servait",
        R::OrphanSignatureObject => "une signature qu’aucun champ ne désigne",
        R::PageAltered => "une page n’est pas comme elle a été imprimée",
        R::PageCodeUnknown => "une page porte un code de la campagne, qui n’a imprimé aucune page de ce code",
        R::PageDoubled => "une page est en double",
        R::PageExemplaire => "des pages d’un autre exemplaire sont dans le jeu",
        R::PageForeign => "une page d’un autre contrat ou d’une autre version est dans le jeu",
        R::PageMissing => "une page du contrat manque",
        R::PageOrder => "les pages ne sont pas dans l’ordre",
        R::PageProposed => "une page est reconnue par son contenu, faute de code lisible",
        R::PageStrange => "une page n’est d’aucun contrat : lettre ou page non reconnue",
        R::PageTurned => "une page a été numérisée à l’envers ou de côté",
        R::PageUncompared => "une page n’a pas pu être comparée à l’original",
        R::RevisionAnnot => "une annotation a été ajoutée, modifiée ou retirée",
        R::RevisionDss => "des éléments de validation ont été ajoutés après la signature",
        R::RevisionForms => "un champ de formulaire a été rempli",
        R::RevisionMetadata => "les propriétés du fichier ont changé",
        R::RevisionOther => "une pièce jointe, une action, un calque ou un nom a été ajouté ou modifié",
        R::RevisionPageContent => "le contenu d’une page a changé",
        R::RevisionPages => "des pages ont été ajoutées, retirées ou déplacées",
        R::RevisionSignature => "un champ de signature qui n’était pas au contrat a été ajouté",
        R::RevisionStructure => "la construction du fichier a changé",
        R::RevocationUnknown => "rien ne dit si le certificat a été révoqué",
        R::SigObjectShared => "deux champs désignent une même signature",
        R::SignatureInvalid => "la signature n’a pas été faite avec la clé du certificat, ou ne tient pas",
        R::SignatureReplaced => "une révision récrit une signature",
        R::SignedAfterEffect => "une partie a signé après la date d’effet du contrat",
        R::SignerDelegation => "la délégation du signataire ne valait pas le jour de la signature",
        R::SignerDuplicate => "un même signataire pour deux parties",
        R::SignerNameOnly => "le signataire n’est reconnu que par son nom",
        R::SignerOrder => "les parties n’ont pas signé dans l’ordre",
        R::SignerOtherPerson => "une autre personne de l’organisme attendu a signé",
        R::SignerUnexpected => "le signataire n’est pas celui qui est attendu",
        R::SigningCertAttrMismatch => "la signature désigne un autre certificat que celui qu’elle contient",
        R::SigningTimeImpossible => "la date de signature est impossible",
        R::TimestampInvalid => "l’horodatage est altéré, ou n’est pas celui de cette signature",
        R::TimestampUntrusted => "l’horodatage ne vient d’aucune autorité de confiance de la campagne",
        R::TrailingData => "des données suivent la fin du PDF",
        R::TrailingObjects => "des objets n’appartiennent à aucune révision",
        R::Truncated => "le fichier est tronqué",
        R::Unreadable => "le fichier ne peut pas être lu",
        R::Unsupported => "une forme de signature qui n’est pas vérifiée",
        R::VisibleChange => "une page n’a plus le même aspect",
        R::WeakAlgorithm => "un algorithme ou une clé qui n’est plus sûr",
    }
}
