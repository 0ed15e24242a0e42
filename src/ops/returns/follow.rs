//! What the returns of a version show of the circuit: recorded when a return is accepted, by the program or by a person.

use crate::{
    diag::Diagnostic,
    domain::{ContractId, Exemplaire, Partie, VersionNum},
    ops::dossier::Order,
    register::{EtatExemplaire, EventKind, EventNumber, NewEvent, Pas, Register, RegisterError, VersionState},
};

/// Records the steps that the accepted returns of a version show to be taken. One that cannot be is a finding: the return stands.
pub(super) fn follow(
    register: &mut Register,
    (contract, number): (&ContractId, VersionNum),
    order: &Order,
    findings: &mut Vec<Diagnostic>,
) -> Result<Vec<EventNumber>, RegisterError> {
    let state = register.state(contract)?;
    let Some(version) = state.as_ref().and_then(|state| state.versions.get(&number)) else { return Ok(Vec::new()) };
    let step = |kind| NewEvent::new(order.agent.clone(), contract.clone(), number, kind).on(order.now.today);
    let steps: Vec<NewEvent> = steps(version).into_iter().map(step).collect();
    match register.append(&steps, order.now) {
        Ok(numbers) => Ok(numbers),
        Err(RegisterError::Refused(refused)) => {
            findings.extend(refused.into_iter().map(not_followed));
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

/// What the returns of a version show that is not recorded yet. The contract is signed when the three exemplaires are (rule 43).
fn steps(version: &VersionState) -> Vec<EventKind> {
    let signs = |partie| Exemplaire::ALL.into_iter().any(|exemplaire| version.shows(exemplaire, partie));
    let whole =
        |exemplaire| matches!(version.exemplaire(exemplaire), EtatExemplaire::Complet | EtatExemplaire::Distribue);
    let past = |pas| version.jalon(pas).is_some();
    let cpam = signs(Partie::Cpam);
    let mut steps = Vec::new();
    if signs(Partie::Etablissement)
        && ![Pas::RetourneEtablissement, Pas::RetourneCpam, Pas::Signe].into_iter().any(past)
    {
        steps.push(EventKind::RetourneEtablissement);
    }
    if cpam && ![Pas::RetourneCpam, Pas::Signe].into_iter().any(past) {
        steps.push(EventKind::RetourneCpam);
    }
    if Exemplaire::ALL.into_iter().all(whole) && !past(Pas::Signe) {
        steps.push(EventKind::Signe);
    }
    steps
}

/// The file is received all the same: only the circuit does not go on by itself.
fn not_followed(finding: Diagnostic) -> Diagnostic {
    let message = format!("the file is received, and the contract did not go on: {}", finding.message);
    Diagnostic { message, ..finding }
}
