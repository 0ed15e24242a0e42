//! What is found while what came back is read: findings about the files of the campaign. What is seen in a returned file itself is an
//! [`Observation`](super::Observation), by its own names.

use crate::diag::Code;

/// A file stands in the wrong folder of `confiance`.
pub const TRUST_MISPLACED: Code =
    Code::warning("evidence/trust-misplaced", "a file stands in a folder of `confiance` that is made for others");
/// A private key stands in the campaign.
pub const TRUST_PRIVATE_KEY: Code =
    Code::warning("evidence/trust-private-key", "a private key stands in `confiance`, where anybody can read it");
/// A file of trust cannot be read.
pub const TRUST_UNREADABLE: Code =
    Code::warning("evidence/trust-unreadable", "a file of `confiance` holds nothing that can be read");

/// All of them.
pub const ALL: &[&Code] = &[&TRUST_MISPLACED, &TRUST_PRIVATE_KEY, &TRUST_UNREADABLE];
