//! How much of a file is read. The largest contract has 40 pages, 20,000 objects and 10 revisions: each limit is far above what any
//! honest file reaches, and low enough that 10 MB of malice are answered in a second or two and in 300 MB.

/// Values of all objects that are read: 600,000 of them take about 100 MB.
pub(super) const MAX_NODES: usize = 600_000;

/// Arrays in arrays: more than any program writes, and few enough for the stack of a thread.
pub(super) const MAX_NESTING: usize = 64;

/// Entries of all cross-reference sections.
pub(super) const MAX_ENTRIES: usize = 400_000;

/// Revisions: three parties who sign, validate and stamp make ten.
pub(super) const MAX_REVISIONS: usize = 64;

/// Pages.
pub(super) const MAX_PAGES: usize = 5_000;

/// Annotations of all pages: each of those that changed is looked for among the others.
pub(super) const MAX_ANNOTATIONS: usize = 5_000;

/// Fields.
pub(super) const MAX_FIELDS: usize = 10_000;

/// The most that one stream is decoded to.
pub(super) const MAX_STREAM: usize = 32 << 20;

/// The most that all object streams and cross-reference streams of a file are decoded to.
pub(super) const MAX_DECODED: usize = 48 << 20;

/// What is decoded to be compared with what another revision has, beyond three times what the file stores.
pub(super) const MAX_DIGESTED: usize = 200 << 20;

/// Bytes of contents and texts that are taken apart to see what they show: 300 scanned pages with their text have 9 MB.
pub(super) const MAX_SHOWN: usize = 16 << 20;

/// Steps of walks over objects, fonts and pictures, in all revisions: three signatures take 200,000.
pub(super) const MAX_STEPS: usize = 3_000_000;

/// Bytes of the full name of a field.
pub(super) const MAX_NAME: usize = 1_000;

/// Pairs of values that are compared, in all revisions: three signatures take 20,000.
pub(super) const MAX_PAIRS: usize = 2_000_000;

/// Signatures, and `/ByteRange` arrays in the raw bytes: each signature needs a revision of its own.
pub(super) const MAX_SIGNATURES: usize = MAX_REVISIONS;
