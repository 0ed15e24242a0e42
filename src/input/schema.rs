//! JSON Schemas of the YAML files, for editors.

use schemars::schema_for;

use super::sources::{CampagneSource, CatalogueFichier, EtablissementsFichier, ModeleSource};

/// A kind of YAML file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// `campagne.yaml`.
    Campagne,
    /// `etablissements.yaml`.
    Etablissements,
    /// `indicateurs.yaml`.
    Indicateurs,
    /// `modele.yaml`.
    Modele,
}

impl Schema {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Campagne, Self::Etablissements, Self::Indicateurs, Self::Modele];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Campagne => "campagne",
            Self::Etablissements => "etablissements",
            Self::Indicateurs => "indicateurs",
            Self::Modele => "modele",
        }
    }
}

/// The JSON Schema of a kind of file.
#[must_use]
pub fn schema(which: Schema) -> serde_json::Value {
    let schema = match which {
        Schema::Campagne => schema_for!(CampagneSource),
        Schema::Etablissements => schema_for!(EtablissementsFichier),
        Schema::Indicateurs => schema_for!(CatalogueFichier),
        Schema::Modele => schema_for!(ModeleSource),
    };
    schema.to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_schema_describes_an_object_and_its_keys() {
        for which in Schema::ALL {
            let schema = schema(which);
            assert!(schema["properties"].as_object().is_some_and(|keys| !keys.is_empty()), "{}", which.name());
            assert_eq!(schema["additionalProperties"], false, "{}", which.name());
        }
    }
}
