//! Lines over which the parser of libwebrtc refuses the whole description, in its words.
//!
//! RFC 9429 §5.8 has whoever speaks WebRTC refuse what is not well-formed; libwebrtc does so for the lines that it makes
//! use of, and passes over the others. It reads them letter by letter: a blank after the colon counts.

use super::line::MediaLine;
use super::session::{Section, Session};
use super::text::{Line, Oddity, Span, Text, Word};

/// What libwebrtc does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The bytes at fault, in one line.
    pub(super) span: Span,
    /// What it says, all of it.
    pub(super) sentence: String,
    /// What is wrong, where nobody else says it, in a clause that follows a colon.
    pub(super) what: &'static str,
}

/// What begins each sentence of the parser.
const BEGINNING: &str = "Failed to parse SessionDescription.";

/// The first line that it does not read; `None` also where what is wrong is not told here.
pub(super) fn first(session: &Session<'_>) -> Option<Fault> {
    let text = session.text();
    for section in session.sections() {
        for line in &text.lines()[section.lines.clone()] {
            // The lines before the attributes have an order of their own, and sentences for it.
            let is_cut =
                matches!(line.oddity, Some(Oddity::NoType | Oddity::Indented | Oddity::SpaceAroundEquals));
            let is_cut = is_cut || line.kind == Some('M');
            if is_cut && !matches!(line.kind, Some('s' | 'i')) && section.index.is_some() {
                let whole = text.word(line.indent.to(line.span));
                return Some(Fault::of(whole, whole.span, "Invalid SDP line.", "it is no `type=value`"));
            }
            if let Some(fault) = of_line(text, section, line) {
                return Some(fault);
            }
        }
    }
    track_twice(session).map(|(_, again)| Fault {
        span: again.span,
        sentence: format!("{BEGINNING}  Duplicate a=msid lines detected"),
        what: "this track is that of another m-line",
    })
}

/// Two m-lines that send one track of one stream: the `a=msid` of each.
pub(super) fn track_twice<'t>(session: &Session<'t>) -> Option<(Word<'t>, Word<'t>)> {
    let mut known = std::collections::HashMap::new();
    for section in session.sections().filter(|section| section.index.is_some()) {
        for msid in section.msids() {
            let Some(track) = msid.track else { continue };
            let whole = session.text().word(msid.stream.span.to(track.span));
            let (before, index) =
                *known.entry((msid.stream.value, track.value)).or_insert((whole, section.index));
            if index != section.index {
                return Some((before, whole));
            }
        }
    }
    None
}

/// What libwebrtc does not read of this line.
pub(super) fn of_line<'t>(text: &'t Text<'t>, section: &Section<'t>, line: &Line) -> Option<Fault> {
    // To its end, blanks included.
    let value = text.word(Span::new(line.value.start, line.span.end));
    let whole = text.word(line.span);
    let reading = Reading { whole, section };
    match line.kind? {
        'm' => reading.media(section.media.as_ref()?, value),
        'c' => reading.connection(value),
        'b' if section.index.is_some() => reading.bandwidth(value),
        'a' => reading.attribute(value),
        _ => None,
    }
}

impl Fault {
    fn of(line: Word<'_>, span: Span, why: &str, what: &'static str) -> Self {
        Self { span, sentence: format!("{BEGINNING} {line} {why}"), what }
    }

    /// Numbers of payload types that are too large have no words.
    fn silent(span: Span) -> Self {
        Self { span, sentence: format!("{BEGINNING}  "), what: PAYLOAD_TYPE }
    }
}

const PAYLOAD_TYPE: &str = "a payload type is a number from 0 to 127";
const BLANK: &str = "a blank stands after the colon";

/// A line under examination.
struct Reading<'r, 't> {
    whole: Word<'t>,
    section: &'r Section<'t>,
}

type Found = Option<Fault>;

impl<'t> Reading<'_, 't> {
    fn fault(&self, span: Span, why: &str, what: &'static str) -> Found {
        Some(Fault::of(self.whole, span, why, what))
    }

    fn no_number(&self, word: Word<'_>, what: &'static str) -> Found {
        self.fault(word.span, &format!("Invalid value: {word}."), what)
    }

    fn media(&self, media: &MediaLine<'t>, value: Word<'t>) -> Found {
        let fields: Vec<Word<'_>> = value.split(' ').collect();
        let [_, port, protocol, formats @ ..] = &fields[..] else {
            return self.fault(
                value.span,
                "Expects at least 4 fields.",
                "a kind, a port, a transport, a format",
            );
        };
        if formats.is_empty() {
            return self.fault(
                value.span,
                "Expects at least 4 fields.",
                "a kind, a port, a transport, a format",
            );
        }
        if !number(port).is_some_and(|port| (0..=65535).contains(&port)) {
            return self.fault(port.span, "The port number is invalid", "a port is a number from 0 to 65535");
        }
        if !media.is_rtp() || !protocol.contains("RTP/") {
            return None;
        }
        for format in formats {
            match number(format) {
                None => return self.no_number(*format, PAYLOAD_TYPE),
                Some(number) if !(0..128).contains(&number) => return Some(Fault::silent(format.span)),
                Some(_) => {}
            }
        }
        None
    }

    fn connection(&self, value: Word<'t>) -> Found {
        let fields: Vec<Word<'_>> = value.split(' ').collect();
        let &[network, family, address, ..] = &fields[..] else {
            return self.fault(value.span, "Failed to parse the address type.", "it has three parts");
        };
        if network.value != "IN" {
            let why = "Failed to parse the connection data. The network type is not currently supported.";
            return self.fault(network.span, why, "the type of network is `IN`");
        }
        if address.contains('/') {
            let why = "Failed to parse the connection data. Multicast is not currently supported.";
            return self.fault(address.span, why, "browsers send to one peer");
        }
        let why = "Failed to parse the connection data. The address type is mismatching.";
        let is_known = matches!(family.value, "IP4" | "IP6");
        let other = match address.value.parse() {
            Ok(std::net::IpAddr::V4(_)) => family.value == "IP6",
            Ok(std::net::IpAddr::V6(_)) => family.value == "IP4",
            Err(_) => false,
        };
        match (is_known, other) {
            (false, _) => self.fault(family.span, why, "the type of address is `IP4` or `IP6`"),
            (true, true) => self.fault(family.span, why, "the address is of the other type"),
            (true, false) => None,
        }
    }

    /// Only these kinds are read.
    fn bandwidth(&self, value: Word<'t>) -> Found {
        let Some((kind, amount)) = value.split_once(':') else {
            let why = "b= syntax error, does not match b=<modifier>:<bandwidth-value>.";
            return self.fault(value.span, why, "it is no `<kind>:<number>`");
        };
        if !matches!(kind.value, "AS" | "TIAS") {
            return None;
        }
        match number(&amount) {
            None => self.no_number(amount, "a bandwidth is a number"),
            Some(..0) => {
                let why = format!("b={kind} value can't be negative.");
                self.fault(amount.span, &why, "a bandwidth is not negative")
            }
            Some(_) => None,
        }
    }

    fn attribute(&self, whole: Word<'t>) -> Found {
        let (name, value) = match whole.split_once(':') {
            Some((name, value)) => (name, Some(value)),
            None => (whole.trimmed(), None),
        };
        let media = self.section.media.as_ref();
        // Asked of few attributes.
        let is_rtp =
            || media.is_some_and(|media| matches!(media.kind.value, "audio" | "video") && media.is_rtp());
        let is_data = || media.is_some_and(MediaLine::is_data_channel);
        match name.value {
            "mid" | "ice-ufrag" | "ice-pwd" | "ice-options" if value.is_none() && media.is_some() => {
                self.without_value(name)
            }
            "mid" if media.is_some() => {
                let value = value.filter(|value| !value.chars().all(is_token))?;
                let why = "Illegal character found in the value of mid";
                self.fault(value.span, why, "a blank or another letter that no name of an m-line has")
            }
            "setup" => self.setup(name, value),
            "fingerprint" => self.fingerprint(whole),
            "group" if media.is_none() => self.group(name, value),
            "candidate" if media.is_some() => self.candidate(whole),
            "max-message-size" | "sctp-port" if is_data() => self.sctp(name, value),
            "extmap" if media.is_none() || is_rtp() => self.extmap(whole, value),
            "rtpmap" | "fmtp" | "rtcp-fb" | "ssrc" | "ssrc-group" | "simulcast" | "ptime" | "maxptime"
                if is_rtp() =>
            {
                self.of_rtp(name, whole, value)
            }
            _ => None,
        }
    }

    fn without_value(&self, name: Word<'_>) -> Found {
        let why = format!("Failed to get the value of attribute: {name}");
        self.fault(name.span, &why, "it has no value")
    }

    fn setup(&self, name: Word<'t>, value: Option<Word<'t>>) -> Found {
        let Some(value) = value else { return self.fault(name.span, "Expects 2 fields.", "it has no value") };
        let known = ["active", "passive", "actpass", "holdconn"];
        let is_known = known.iter().any(|known| value.eq_ignore_ascii_case(known));
        let what = if value.starts_with(' ') { BLANK } else { "it is active, passive, actpass or holdconn" };
        if is_known { None } else { self.fault(value.span, "Invalid attribute value.", what) }
    }

    fn fingerprint(&self, whole: Word<'t>) -> Found {
        let fields: Vec<Word<'_>> = whole.split(' ').collect();
        let [hash, value] = &fields[..] else {
            return self.fault(whole.span, "Expects 2 fields.", "a hash function, a blank, the hash");
        };
        let hash = hash.split_once(':').map(|(_, hash)| hash.to_ascii_lowercase()).unwrap_or_default();
        let is_known = ["md2", "md5", "sha-1", "sha-224", "sha-256", "sha-384", "sha-512"].contains(&&*hash);
        let is_byte = |byte: Word<'_>| byte.len() == 2 && byte.bytes().all(|digit| digit.is_ascii_hexdigit());
        if is_known && value.split(':').all(is_byte) {
            return None;
        }
        self.fault(
            value.span,
            "Failed to create fingerprint from the digest.",
            "no hash with `:` between its bytes",
        )
    }

    fn group(&self, name: Word<'t>, value: Option<Word<'t>>) -> Found {
        let Some(value) = value else {
            return self.fault(name.span, "Failed to parse group attribute.", "it has no value");
        };
        let odd = value.split(' ').skip(1).find(|mid| !mid.chars().all(is_token))?;
        self.fault(odd.span, "Failed to parse group tag.", "no name of an m-line")
    }

    fn candidate(&self, whole: Word<'t>) -> Found {
        let fields: Vec<Word<'_>> = whole.split(' ').collect();
        let &[_, _, _, priority, _, port, _, _, ..] = &fields[..] else {
            return self.fault(whole.span, "Expect at least 8 fields.", "a candidate has eight fields");
        };
        let is_in =
            |word: Word<'_>, most: i64| number(&word).is_some_and(|number| (0..=most).contains(&number));
        if !is_in(priority, u32::MAX.into()) {
            return self.fault(priority.span, "Invalid priority", "a priority is a number of 32 bits");
        }
        let is_port = is_in(port, u16::MAX.into());
        if is_port {
            None
        } else {
            self.fault(port.span, "Invalid port", "a port is a number from 0 to 65535")
        }
    }

    fn sctp(&self, name: Word<'t>, value: Option<Word<'t>>) -> Found {
        let Some(value) = value else {
            return self.fault(name.span, "Expects at least 2 fields.", "it has no value");
        };
        let (most, why) = match name.value {
            "sctp-port" => (u16::MAX.into(), "Invalid sctp port value."),
            _ => (i32::MAX.into(), "Invalid SCTP max message size."),
        };
        let first = self.section.media.as_ref().and_then(|media| media.formats.first());
        if name.value == "sctp-port" && first.is_some_and(|format| format.value != "webrtc-datachannel") {
            let why = "sctp-port attribute can't be used with sctpmap.";
            return self.fault(name.span.to(value.span), why, "the m-line does not say `webrtc-datachannel`");
        }
        let is_number = number(&value).is_some_and(|number| (0..=most).contains(&number));
        let what = if value.starts_with(' ') { BLANK } else { "it is no number" };
        if is_number { None } else { self.fault(value.span, why, what) }
    }

    fn extmap(&self, whole: Word<'t>, value: Option<Word<'t>>) -> Found {
        let fields: Vec<Word<'_>> = whole.split(' ').collect();
        let (Some(value), [_, uri, more @ ..]) = (value, &fields[..]) else {
            return self.fault(whole.span, "Expects at least 2 fields.", "a number, a blank, a URI");
        };
        let id = value.split(' ').next().and_then(|first| first.split('/').next())?;
        if number(&id).is_none() {
            let what = if id.is_empty() { BLANK } else { "the number of an extension is a number" };
            return self.no_number(id, what);
        }
        let lacks = uri.value == "urn:ietf:params:rtp-hdrext:encrypt" && more.is_empty();
        if lacks {
            self.fault(uri.span, "Expects at least 3 fields.", "the URI of what is encrypted")
        } else {
            None
        }
    }

    /// Those of audio and video only.
    fn of_rtp(&self, name: Word<'t>, whole: Word<'t>, value: Option<Word<'t>>) -> Found {
        let mut fields = whole.split(' ');
        let (beginning, second) = (fields.next().unwrap_or(whole), fields.next());
        let two =
            || self.fault(whole.span, "Expects at least 2 fields.", "two words with a blank between them");
        let first = || value.and_then(|value| value.split(' ').next()).unwrap_or(name);
        match (name.value, second) {
            ("rtpmap" | "fmtp" | "ssrc-group", None) => two(),
            ("rtpmap", Some(encoding)) => {
                self.payload_type(first(), self.whole).or_else(|| self.encoding(first(), encoding))
            }
            ("fmtp", _) => {
                // It quotes the beginning of this line only.
                self.payload_type(first(), beginning)
            }
            ("rtcp-fb", None) => self.without_value(name).map(|fault| Fault { span: whole.span, ..fault }),
            ("rtcp-fb", _) if first().value == "*" => None,
            ("rtcp-fb", _) => self.payload_type(first(), self.whole),
            ("ssrc", _) => {
                let Some((_, fact)) = whole.split_once(' ').filter(|_| value.is_some()) else {
                    return self.fault(whole.span, "Expects 2 fields.", "a source, a blank, a fact of it");
                };
                let bare = || {
                    let why = format!(
                        "Failed to get the ssrc attribute value from {fact}. Expected format <attribute>:<value>."
                    );
                    self.fault(fact.span, &why, "no `<name>:<value>` follows the source")
                };
                let is_fact = fact.contains(':');
                self.source(first()).or_else(|| if is_fact { None } else { bare() })
            }
            ("ssrc-group", _) => second
                .into_iter()
                .chain(fields)
                .filter(|word| !word.is_empty())
                .find_map(|word| self.source(word)),
            ("simulcast", _) => self.simulcast(value.unwrap_or(name.part(name.len(), name.len()))),
            ("ptime" | "maxptime", _) if value.is_none() => self.without_value(name),
            _ => None,
        }
    }

    fn payload_type(&self, word: Word<'_>, line: Word<'_>) -> Found {
        match number(&word) {
            Some(0..128) => None,
            Some(_) => Some(Fault::silent(word.span)),
            None => {
                let what = if word.is_empty() { BLANK } else { PAYLOAD_TYPE };
                Some(Fault::of(line, word.span, &format!("Invalid value: {word}."), what))
            }
        }
    }

    fn source(&self, word: Word<'_>) -> Found {
        let is_source = number(&word).is_some_and(|number| (0..=u32::MAX.into()).contains(&number));
        let what = if word.is_empty() { BLANK } else { "a source is a number of 32 bits" };
        if is_source { None } else { self.no_number(word, what) }
    }

    /// Of a payload type that the m-line does not list, the rest is not read.
    fn encoding(&self, payload_type: Word<'_>, encoding: Word<'_>) -> Found {
        let media = self.section.media.as_ref()?;
        let wanted = number(&payload_type);
        let is_same = |format: &Word<'_>| number(format) == wanted;
        if !media.formats.iter().any(is_same) {
            return None;
        }
        let parts: Vec<Word<'_>> = encoding.split('/').collect();
        let (clock_rate, channels) = match &parts[..] {
            [_, clock_rate] => (clock_rate, None),
            [_, clock_rate, channels] => (clock_rate, Some(channels)),
            _ => {
                let why = "Expected format \"<encoding name>/<clock rate>[/<encodingparameters>]\".";
                return self.fault(encoding.span, why, "a name, `/`, a clock rate");
            }
        };
        let channels = channels.filter(|_| media.kind.value == "audio");
        let odd = [Some(clock_rate), channels].into_iter().flatten().find(|word| number(word).is_none())?;
        self.no_number(*odd, "the clock rate and the channels are numbers")
    }

    fn simulcast(&self, value: Word<'_>) -> Found {
        let words: Vec<Word<'_>> = value.words().collect();
        let refuse = |why: &str| self.fault(value.span, why, "`send` or `recv`, and names of streams");
        if words.is_empty() {
            return refuse("Simulcast attribute is empty.");
        }
        if !matches!(words.len(), 2 | 4) {
            return refuse("Malformed simulcast line: Must have one or two <direction, streams> pairs.");
        }
        let directions: Vec<&str> = words.iter().step_by(2).map(|word| word.value).collect();
        if !matches!(directions[..], ["send" | "recv"] | ["send", "recv"] | ["recv", "send"]) {
            return refuse("Malformed simulcast line: Valid values: send / recv.");
        }
        let lists = || words.iter().skip(1).step_by(2).flat_map(|list| list.split(';'));
        if lists().any(|stream| stream.is_empty()) {
            return refuse("Malformed simulcast line: Simulcast alternative layer list is empty.");
        }
        None
    }
}

/// As it reads numbers: digits, perhaps with `-` before them.
fn number(text: &str) -> Option<i64> {
    if text.starts_with('+') { None } else { text.parse().ok() }
}

/// RFC 8866 §9: `token-char`.
fn is_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`{|}~".contains(letter)
}
