//! Templates and a contract become a document.
