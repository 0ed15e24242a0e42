//! The campaign folder as people write it: the YAML files, field by field, before anything is checked.
//!
//! `paraphe schema` prints the JSON Schema of these types, so that an editor completes and checks the files. Identifiers and
//! dates are texts here: what is wrong in them is told as a finding, with all the others, and not as a parser's first error.

mod campagne;
mod catalogue;
mod classeurs;
mod etablissements;
mod modele;
mod personnes;

pub use campagne::{
    ArsSource, AuditionsSource, CampagneSource, CpamSource, DureeSource, Indeterminee, PaprapsSource, ProcedureSource,
    ReportSource, TerritoireSource,
};
pub use catalogue::{CatalogueFichier, IndicateurSource};
pub use classeurs::{
    ClasseurSource, ColonnesIndicateur, Echelle, EnteteSource, FeuilleSource, HorsCampagne, LectureSource,
};
pub use etablissements::{
    EtablissementSource, EtablissementsClasseur, EtablissementsFichier, EtablissementsSource, SurveillanceSource,
};
pub use modele::{
    AnnexeSource, AvenantSource, DelaisSource, EvaluationSource, ModeleSource, NiveauSource, PlafondsSource,
    ReglesDureeSource, ReglesEffetSource, SeuilSource, VoletSource,
};
pub use personnes::{AdresseSource, AvisSource, DelegationSource, ReferenceSource, SignataireSource};
