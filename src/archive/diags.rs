//! What the archive room can see; `docs/diagnostics/archive.md` has one heading for each code.
//!
//! `archive/E001` to `archive/W016` are the codes of the standard, OCFL 1.1, with its own numbers; the others are of the house.

use crate::diag::Code;

const RESTORE: &str = "put it back from a copy of the archive";
const REMOVE: &str = "move it out of the archive, once you know how it came there";
const LOOK: &str = "see who writes there besides paraphe, then put the object back from a copy of the archive";
const WRITER: &str = "nothing is lost; correct it with the program that wrote this archive";

macro_rules! codes {
    ($($level:ident $ident:ident = $name:literal, $summary:literal, $help:ident;)*) => {
        $(
            #[doc = $summary]
            pub const $ident: Code = Code::$level(concat!("archive/", $name), $summary);
        )*

        /// Every code of the room, in the order of its documentation.
        pub const ALL: &[&Code] = &[$(&$ident),*];

        /// What to do about a finding of this kind.
        pub(super) fn help(code: &Code) -> &'static str {
            match code {
                $(code if code.name == $ident.name => $help,)*
                _ => LOOK,
            }
        }
    };
}

codes! {
    // The house.
    error MISSING = "missing", "a file that paraphe always writes is not there", RESTORE;
    error STRANGER = "stranger", "something stands in the archive that paraphe did not put there", REMOVE;
    error ALTERED = "altered", "a file of the archive is not what paraphe wrote", RESTORE;
    error UNREADABLE = "unreadable", "something in the archive cannot be read", RESTORE;
    // The standard: an object.
    error E001 = "E001", "something stands in an object's folder that the standard does not know", REMOVE;
    error E003 = "E003", "an object has no declaration, or several", RESTORE;
    error E006 = "E006", "an object's declaration does not name a version of the standard that is known", RESTORE;
    error E007 = "E007", "an object's declaration does not contain what its name says", RESTORE;
    error E008 = "E008", "an object has no version", LOOK;
    error E009 = "E009", "the versions do not start at 1", LOOK;
    error E010 = "E010", "a number is missing in the sequence of versions", RESTORE;
    error E011 = "E011", "a padded version number does not start with a zero", LOOK;
    error E012 = "E012", "version numbers are not all padded to the same width", LOOK;
    error E013 = "E013", "a version is not named as the first one", LOOK;
    error E015 = "E015", "a file stands in a version's folder, beside its content", REMOVE;
    error E017 = "E017", "the name of the content folder is not one folder name", LOOK;
    error E018 = "E018", "the name of the content folder is `.` or `..`", LOOK;
    error E019 = "E019", "the content folder is not named as in the first version", LOOK;
    error E020 = "E020", "the name of the content folder changes between versions", LOOK;
    error E023 = "E023", "a file of a version's content is not in the manifest", REMOVE;
    error E024 = "E024", "an empty folder stands in a version's content", REMOVE;
    error E025 = "E025", "an object is addressed neither by SHA-512 nor by SHA-256", LOOK;
    error E029 = "E029", "a SHA-1 digest is not 40 hexadecimal digits", LOOK;
    error E030 = "E030", "a SHA-256 digest is not 64 hexadecimal digits", LOOK;
    error E031 = "E031", "a SHA-512 digest is not 128 hexadecimal digits", LOOK;
    error E032 = "E032", "a BLAKE2b-512 digest is not 128 hexadecimal digits", LOOK;
    error E033 = "E033", "an inventory is not the JSON that the standard describes", RESTORE;
    error E036 = "E036", "an inventory lacks `id`, `type`, `digestAlgorithm` or `head`", LOOK;
    error E037 = "E037", "the identifier of an object is empty, changes, or is another object's too", LOOK;
    error E038 = "E038", "the type of an inventory is not that of the object's declaration", LOOK;
    error E040 = "E040", "the head is not the last version", LOOK;
    error E041 = "E041", "an inventory has no manifest or no versions", LOOK;
    error E042 = "E042", "a content path is not in the content folder of a version", LOOK;
    error E044 = "E044", "the versions of an inventory are not a JSON object", LOOK;
    error E046 = "E046", "the versions of the inventory are not the version folders", LOOK;
    error E047 = "E047", "a version of an inventory is not a JSON object", LOOK;
    error E048 = "E048", "a version lacks its date or its state", LOOK;
    error E049 = "E049", "the date of a version is not an RFC 3339 date and time", LOOK;
    error E050 = "E050", "a state is not digests of the manifest with their logical paths", LOOK;
    error E051 = "E051", "a logical path is not a text", LOOK;
    error E052 = "E052", "a logical path has an empty, `.` or `..` element", LOOK;
    error E053 = "E053", "a logical path begins or ends with a slash", LOOK;
    error E054 = "E054", "the user of a version has no name", LOOK;
    error E056 = "E056", "the fixity block has an algorithm that nobody registered", LOOK;
    error E057 = "E057", "the fixity block does not have the form of the manifest", LOOK;
    error E058 = "E058", "an inventory has no sidecar with its digest", RESTORE;
    error E059 = "E059", "a sidecar is not of the inventory's algorithm", LOOK;
    error E060 = "E060", "an inventory is not what its sidecar says", RESTORE;
    error E061 = "E061", "a sidecar is not a digest and the name of the inventory", RESTORE;
    error E063 = "E063", "an object has no inventory", RESTORE;
    error E064 = "E064", "the inventory of the object is not that of its last version", RESTORE;
    error E066 = "E066", "a former inventory tells another state of a version", LOOK;
    error E067 = "E067", "a file stands in an object's folder of extensions", REMOVE;
    error E092 = "E092", "a file is not what the manifest says, or is not there", RESTORE;
    error E093 = "E093", "a file is not what the fixity block says, or is not there", RESTORE;
    error E094 = "E094", "the message of a version is not a text", LOOK;
    error E095 = "E095", "a logical path is there twice, or is a folder too", LOOK;
    error E096 = "E096", "a digest is in the manifest twice", LOOK;
    error E097 = "E097", "a digest is in the fixity block twice", LOOK;
    error E099 = "E099", "a content path has an empty, `.` or `..` element", LOOK;
    error E100 = "E100", "a content path begins or ends with a slash", LOOK;
    error E101 = "E101", "a content path is there twice, or is a folder too", LOOK;
    error E102 = "E102", "an inventory has a key that the standard does not know", LOOK;
    error E103 = "E103", "a version follows an older edition of the standard than the version before", LOOK;
    error E104 = "E104", "a version is not named `v` and its number", LOOK;
    error E106 = "E106", "the manifest is not a JSON object", LOOK;
    error E107 = "E107", "a digest of the manifest is in no version", LOOK;
    error E111 = "E111", "the fixity block is not a JSON object", LOOK;
    // The standard: a storage root.
    error E069 = "E069", "the archive has no declaration", RESTORE;
    error E070 = "E070", "the layout of the archive is not described as the standard asks", RESTORE;
    error E071 = "E071", "the layout of the archive is not a registered one", RESTORE;
    error E072 = "E072", "a file stands among the objects", REMOVE;
    error E073 = "E073", "an empty folder stands in the archive", REMOVE;
    error E076 = "E076", "the archive has several declarations", REMOVE;
    error E079 = "E079", "the archive's declaration does not name a version of the standard that is known", RESTORE;
    error E080 = "E080", "the archive's declaration does not contain what its name says", RESTORE;
    error E081 = "E081", "an object follows a later edition of the standard than the archive", LOOK;
    error E083 = "E083", "an object is not in the folder of its identifier", LOOK;
    error E090 = "E090", "a link stands in the archive", REMOVE;
    error E112 = "E112", "a file stands in the archive's folder of extensions", REMOVE;
    // The standard: what it only recommends.
    warning W001 = "W001", "version numbers are padded with zeros", WRITER;
    warning W002 = "W002", "a version has a folder besides its content", REMOVE;
    warning W003 = "W003", "the content folder of a version is empty", REMOVE;
    warning W004 = "W004", "an object is not addressed by SHA-512", WRITER;
    warning W005 = "W005", "the identifier of an object is not a URI", WRITER;
    warning W007 = "W007", "a version has no message or no user", WRITER;
    warning W008 = "W008", "the user of a version has no address", WRITER;
    warning W009 = "W009", "the address of a user is not a URI", WRITER;
    warning W010 = "W010", "a version has no inventory of its own", RESTORE;
    warning W011 = "W011", "a former inventory tells another date, message or user of a version", LOOK;
    warning W013 = "W013", "an object has an extension that is not registered", REMOVE;
    warning W015 = "W015", "some objects are in the archive's folder, others deeper", WRITER;
    warning W016 = "W016", "the archive has an extension that is not registered", REMOVE;
}
