//! A person decides on returns: accepted, refused, or asked for again.

use std::path::Path;

use super::{ReturnsError, follow::follow};
use crate::{
    diag::{Checked, Diagnostic, Origin},
    domain::{ContractId, VersionNum},
    ops::{
        diags,
        dossier::{Dossier, Order},
    },
    register::{self, Decision, EventKind, EventNumber, NewEvent, Register, RegisterError},
};

/// What a decision led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The event of the decision.
    pub event: EventNumber,
    /// The steps of the circuit that follow from it.
    pub steps: Vec<EventNumber>,
}

/// Records a decision on a return. What was measured stays beside it; a later decision on the same return takes its place.
///
/// # Errors
/// When the register cannot be read or written. A decision on what is no return is a finding, and nothing is recorded.
pub fn decide(folder: &Path, decision: &Decision, order: &Order) -> Result<Checked<Decided>, ReturnsError> {
    let refused = |findings| Ok(Checked { value: None, findings });
    let Some(of) = of(folder, decision.retour)? else { return refused(vec![no_return(decision.retour)]) };
    let event = NewEvent {
        agent: order.agent.clone(),
        contract: of.as_ref().map(|(contract, _)| contract.clone()),
        version: of.as_ref().map(|(_, version)| *version),
        day: Some(order.now.today),
        kind: EventKind::Decision(decision.clone()),
        evidence: Vec::new(),
    };
    let mut register = Register::open(folder)?;
    let event = match register.append(&[event], order.now) {
        Ok(numbers) => numbers.into_iter().next().unwrap_or(decision.retour),
        Err(RegisterError::Refused(findings)) => return refused(findings),
        Err(error) => return Err(error.into()),
    };
    let mut findings = Vec::new();
    let steps = match &of {
        Some((contract, version)) => follow(&mut register, (contract, *version), order, &mut findings)?,
        None => Vec::new(),
    };
    Ok(Checked { value: Some(Decided { event, steps }), findings })
}

/// Of which version of which contract a return is, if of any; none when the event is no return.
fn of(folder: &Path, number: EventNumber) -> Result<Option<Option<(ContractId, VersionNum)>>, RegisterError> {
    let mut found = None;
    Dossier::new(folder).states_and(&mut |event| {
        if event.number == number && matches!(event.kind, EventKind::Retour(_)) {
            found = Some(event.contract.clone().zip(event.version));
        }
    })?;
    Ok(found)
}

fn no_return(number: EventNumber) -> Diagnostic {
    let message = format!("event {number} is no return");
    Diagnostic::new(&diags::NO_RETURN, Origin::event(register::FILE, number.0), message)
        .help("`paraphe review` lists the returns to decide on, with their numbers")
}
