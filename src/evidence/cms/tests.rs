//! Signatures made for the tests.
