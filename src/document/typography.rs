//! French typography: no-break spaces, apostrophes, references that are not cut at the end of a line.
