//! The campaign folder becomes a checked campaign.

pub mod sources;
