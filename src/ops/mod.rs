//! The jobs: one file each.
