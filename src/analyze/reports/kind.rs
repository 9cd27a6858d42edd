//! What reports there are, and how many of each came.

use serde::{Serialize, Serializer};

macro_rules! kinds {
    ($($kind:ident $name:literal $doc:literal,)*) => {
        /// A kind of report.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind {
            $(#[doc = $doc] $kind,)*
        }

        impl Kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// Its name in JSON.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    Sr "sr" "Sender report.",
    Rr "rr" "Receiver report.",
    Sdes "sdes" "Source description.",
    Bye "bye" "Goodbye.",
    App "app" "Message of an application.",
    Xr "xr" "Extended report; its blocks are counted as well.",
    XrLossRle "xr_loss_rle" "Block of an extended report: which packets were lost.",
    XrDuplicateRle "xr_duplicate_rle" "Block of an extended report: which packets came twice.",
    XrReceiptTimes "xr_receipt_times" "Block of an extended report: when packets came.",
    XrRrtr "xr_rrtr" "Block of an extended report: a receiver's clock.",
    XrDlrr "xr_dlrr" "Block of an extended report: the answer to a receiver's clock.",
    XrStatistics "xr_statistics" "Block of an extended report: statistics summary.",
    XrVoip "xr_voip" "Block of an extended report: VoIP metrics.",
    XrOther "xr_other" "Block of an extended report that is of none of these types, or flawed.",
    Nack "nack" "Packets asked for again.",
    Tmmbr "tmmbr" "Request of a bit rate.",
    Tmmbn "tmmbn" "Notification of a bit rate.",
    Twcc "twcc" "Transport-wide congestion control.",
    Ccfb "ccfb" "Congestion control feedback (RFC 8888).",
    Pli "pli" "Picture loss.",
    Sli "sli" "Slice loss.",
    Rpsi "rpsi" "Reference picture selection.",
    Fir "fir" "Full intra request.",
    Remb "remb" "Receiver estimated maximum bit rate.",
    Afb "afb" "Application layer feedback other than REMB.",
    OtherFeedback "other_feedback" "Feedback of another format.",
    Other "other" "A packet type that is not known.",
    Flawed "flawed" "A block that could not be read; not counted elsewhere.",
    Cut "cut" "A block that a snap length cut; not counted elsewhere.",
}

/// How many of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts([u64; Kind::ALL.len()]);

impl Default for Counts {
    fn default() -> Self {
        Self([0; Kind::ALL.len()])
    }
}

impl Counts {
    /// One more.
    pub(in crate::analyze) fn count(&mut self, kind: Kind) {
        self.0[kind as usize] += 1;
    }

    /// How many of a kind.
    #[must_use]
    pub fn of(&self, kind: Kind) -> u64 {
        self.0[kind as usize]
    }

    /// Those that came at all.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, u64)> + '_ {
        Kind::ALL.iter().map(|kind| (*kind, self.of(*kind))).filter(|(_, n)| *n > 0)
    }
}

/// How many by name.
impl schemars::JsonSchema for Counts {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Counts".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        std::collections::BTreeMap::<String, u64>::json_schema(generator)
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(kind, n)| (kind.name(), n)))
    }
}
