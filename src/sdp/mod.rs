//! SDP as people have it, broken or not: what stands where, what it means, and who wrote it.
//!
//! [`source`] finds descriptions in whatever people have, and knows nothing of what they say. Above it are three floors.
//! [`text`] cuts any bytes into lines and loses none of them. [`attribute`] and [`mod@line`] read the value of one line into
//! a typed view whose parts know their place; what cannot be read becomes a [`Problem`], and the line stays.
//! [`Session`] puts lines together into sections, codecs and groups, as a reader of RFC 8866 and RFC 9429 would. Upon
//! these stand [`explain`], the rules of [`lint`], and whatever compares or rewrites descriptions.
//!
//! ```
//! use rtcscope::sdp::{Session, Text, source};
//!
//! let pasted = br#"{"type":"offer","sdp":"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:0\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"}"#;
//! let found = source::find(pasted);
//! let document = &found.documents[0];
//! assert_eq!(document.kind, source::Kind::Offer);
//!
//! let text = Text::from_bytes(&document.text);
//! let session = Session::from_text(&text);
//! let video = session.media_by_mid("0").expect("it is there");
//! let names: Vec<_> = video.codecs().iter().filter_map(|codec| codec.name()).collect();
//! assert_eq!(names, ["VP8", "rtx"]);
//! assert_eq!(video.codecs()[1].associated().map(|apt| apt.value), Some(96));
//!
//! // Every value knows its bytes, and a finding points at them.
//! let mid = video.mid().expect("it has one");
//! assert_eq!(text.slice(mid.span), "0");
//! println!("{}", session.location(mid.span));
//! ```

pub mod attribute;
pub mod codec;
pub mod diff;
pub mod edit;
mod excerpt;
pub mod explain;
mod libwebrtc;
pub mod line;
pub mod lint;
pub mod negotiate;
pub mod pairing;
mod problem;
pub mod redact;
pub mod rewrite;
mod secret;
mod session;
pub mod source;
pub mod strict;
pub mod text;
mod writer;

pub use problem::Problem;
pub use session::{Attribute, Inherited, Media, Section, Session};
pub use text::{Span, Spanned, Text, Word};
pub use writer::{Family, Writer};
