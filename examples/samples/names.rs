//! Invented names of towns, clinics and people. None is meant to exist; a likeness is a coincidence.

/// Towns.
#[rustfmt::skip]
pub(crate) const COMMUNES: [&str; 78] = [
    "Valombre", "Rochebrune-les-Eaux", "Sauvelune", "Pontarmin", "Aiguebrune", "Montverdoux", "Castelroux-le-Vieil",
    "Brumeval", "Fontélise", "Hauterivelle", "Noirmoussay", "Vaubercourt", "Esparvine", "Lormoy-sur-Vernaise",
    "Saint-Aurélor", "Saint-Valombin", "Sainte-Eldine", "Saint-Ormond-sur-Vernaise", "Merlevault", "Tréfondel",
    "Ostrelonde", "Wintzelmatt", "Grandchênoy", "Petitmesnière", "Champdelou", "Lignedoux", "Marsevoy",
    "Bourg-Sorlin", "Villeneuve-d'Orlève", "Cormelune", "Chantebruyère", "Pierreblonde", "Combesarde",
    "Malvergnac", "Sarlondac", "Peyrambert", "Escoutelle", "Roquesaure", "Mirandouze", "Castelnoir-de-Brame",
    "Vézourgues", "Lacastelle", "Figuerolan", "Olivarques", "Costebruyne", "Port-Aurlan", "Anse-Bleuette",
    "L'Écluse-Blanche", "Le Mesnil-Orlève", "La Ferrandelle", "Les Tourbelles", "Hautmarais", "Douvrelle",
    "Ecquemoncourt", "Warlincamp", "Herbecque-sur-Lorne", "Steenvelle", "Oudrecques", "Quimerlec", "Ploustrevel",
    "Lannouarec", "Guermorzel", "Bréhandec", "Aurebelle", "Isselande", "Montclairac", "Saint-Pardel-les-Vignes",
    "Cussorgues", "Vigneroux-le-Clos", "Belarrosse", "Orthabide", "Uhartzabal", "Arrosquette", "Biscarlenne",
    "Mimizelles", "Garlouvielle", "Trois-Sources-en-Brame", "Le Bourg-d'Eldine",
];

/// What a clinic or a centre is called after.
#[rustfmt::skip]
pub(crate) const ENSEIGNES: [&str; 52] = [
    "du Parc", "des Tilleuls", "des Glycines", "du Val d'Orlève", "de la Vernaise", "des Deux Rives", "du Belvédère",
    "Saint-Aurélor", "Sainte-Eldine", "des Peupliers", "du Grand Chêne", "des Remparts", "de la Roseraie",
    "du Vieux Moulin", "des Cordeliers bleus", "de l'Estuaire", "du Phare", "des Bruyères", "de la Licorne",
    "du Petit Port", "des Quatre Fontaines", "du Moulin rouge d'Esparvine", "des Acacias", "de la Providence verte",
    "du Clos fleuri", "des Hirondelles", "du Haut-Plateau", "des Ormeaux", "de la Source", "du Lac",
    "des Trois Collines", "de la Pinède", "du Cap Bleuette", "des Coquelicots", "de l'Aubépine", "du Pré aux Cerfs",
    "des Genêts", "de la Garenne", "du Soleil levant", "des Marronniers", "de la Tour carrée", "du Bocage",
    "des Vergers", "de la Combe sarde", "du Jardin d'hiver", "des Lavandières", "de la Falaise", "du Gué",
    "des Alizés", "de la Passerelle", "du Mail", "des Embruns",
];

/// Streets.
#[rustfmt::skip]
pub(crate) const VOIES: [&str; 28] = [
    "rue des Tilleuls", "avenue de la République", "boulevard des Remparts", "rue de l'Hôpital", "place du Marché",
    "chemin des Vignes", "route de Valombre", "rue du Vieux-Pont", "avenue des Platanes", "rue des Écoles",
    "allée des Ormes", "rue de la Fontaine", "impasse du Moulin", "quai de la Vernaise", "rue des Capucines",
    "avenue du Stade", "rue des Lilas", "chemin du Bois-Joli", "rue de la Gare", "cours des Acacias",
    "rue du Docteur-Esparvin", "avenue de l'Orlève", "rue des Jardins", "rue de la Paix", "boulevard du Midi",
    "route du Littoral", "rue Basse", "rue du Château-d'Eau",
];

/// First names of women.
#[rustfmt::skip]
pub(crate) const PRENOMS_F: [&str; 30] = [
    "Claire", "Anne", "Sophie", "Nathalie", "Isabelle", "Catherine", "Valérie", "Céline", "Hélène", "Marie-Laure",
    "Florence", "Sandrine", "Émilie", "Agnès", "Béatrice", "Karine", "Fatima", "Élodie", "Christine", "Laurence",
    "Delphine", "Samia", "Véronique", "Aurélie", "Pascale", "Inès", "Marion", "Sylvie", "Camille", "Brigitte",
];

/// First names of men.
#[rustfmt::skip]
pub(crate) const PRENOMS_M: [&str; 30] = [
    "Thomas", "Philippe", "Laurent", "Nicolas", "Olivier", "Stéphane", "Jean-Marc", "Christophe", "François",
    "Éric", "Karim", "Vincent", "Frédéric", "Benoît", "Pascal", "Julien", "Mathieu", "Gilles", "Antoine", "Rémi",
    "Jérôme", "Hervé", "Didier", "Mehdi", "Alain", "Sébastien", "Xavier", "Guillaume", "Loïc", "Bertrand",
];

/// Family names.
#[rustfmt::skip]
pub(crate) const NOMS: [&str; 56] = [
    "Brissolier", "Morvaneau", "Lartigolle", "Péronnelle", "Guesclardin", "Tardivol", "Castelbrune", "Vauquelinet",
    "Désormières", "Hautecombel", "Larrebide", "Etchegarde", "Kervalois", "Le Goasguen-Mor", "Trémelin",
    "Faugerolles", "Montabrun", "Sauvanet-Roy", "Peyrelongue", "Chassagnolle", "Brugerelle", "Dubosquet-Lin",
    "Marchandelle", "Rivoiral", "Sorlinet", "Valdernes", "Ostrevant-Clerc", "Wintzelmann", "Haguenoire", "Belcastelle",
    "Orsonval", "Fabrellini", "Santucelli", "Delmaresque", "Vanhoutrelle", "Steenbrouck", "Lemercenay", "Pontarlet",
    "Auberdière", "Gaillardet-Brun", "Mesnilor", "Quatrebœufs", "Ravaudel", "Thibaudelle", "Bensalmi-Roux",
    "Haddoufi", "Nguyenval", "Diallonne", "Ferreirinho", "Kowalskier", "Lavernède", "Cornillac-Vidal", "Esparvin",
    "Moulinard", "Jarrigeon", "Bompardel",
];

/// The name after « de », contracted: « de Valombre », « d'Isselande », « du Mesnil-Orlève », « des Tourbelles ».
pub(crate) fn de(name: &str) -> String {
    if let Some(rest) = name.strip_prefix("Le ") {
        return format!("du {rest}");
    }
    if let Some(rest) = name.strip_prefix("Les ") {
        return format!("des {rest}");
    }
    let elided = name.starts_with(['A', 'E', 'É', 'I', 'O', 'U']);
    if elided { format!("d'{name}") } else { format!("de {name}") }
}
