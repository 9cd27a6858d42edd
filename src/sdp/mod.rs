//! SDP as people have it, broken or not: what stands where, what it means, and who wrote it.
//!
//! Three floors. [`text`] cuts any bytes into lines and loses none of them. [`attribute`] and [`line`] read the value
//! of one line into a typed view whose parts know their place; what cannot be read becomes a [`Problem`], and the line
//! stays. [`Session`] puts lines together into sections, codecs and groups, as a reader of RFC 8866 and RFC 9429 would.
//! Upon these stand [`explain`], the rules of [`lint`], and whatever compares descriptions.
//!
//! [`source`] is the cellar: it finds descriptions in whatever people have, and knows nothing of what they say.

pub mod attribute;
pub mod codec;
pub mod explain;
pub mod line;
pub mod lint;
mod problem;
mod session;
pub mod source;
pub mod strict;
pub mod text;
mod writer;

pub use problem::Problem;
pub use session::{Attribute, Inherited, Media, Section, Session};
pub use text::{Span, Spanned, Text, Word};
pub use writer::{Family, Writer};
