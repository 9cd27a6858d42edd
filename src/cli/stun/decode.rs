//! `rtcscope stun decode`: bytes in, their explanation out.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::report::Decoded;
use crate::cli::probe::{SecretArg, password_in};
use crate::cli::{Context, UserError};
use crate::finding::Exit;
use crate::io::input;
use crate::stun::explain::{self, Key};
use crate::turn::credentials::{Credentials, Ha1, LongTermSecret, Secret, rest, token};

/// More is a capture, not a message.
const MOST: u64 = 4 << 20;

/// Explain STUN and TURN messages byte by byte
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Bytes in hex, or a file of them, or - for standard input
    #[arg(value_name = "HEX|FILE|-", required = true)]
    input: Vec<String>,
    #[command(flatten)]
    credentials: CredentialArgs,
}

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "To check MESSAGE-INTEGRITY")]
struct CredentialArgs {
    /// User name, where the message has none (responses)
    #[arg(short, long, value_name = "NAME")]
    username: Option<String>,
    /// Password [env: RTCSCOPE_PASSWORD]
    #[arg(short = 'w', long, value_name = "PASSWORD")]
    password: Option<SecretArg>,
    /// Read the password from a file; its last line end is not part of it
    #[arg(long, value_name = "FILE", conflicts_with = "password")]
    password_file: Option<PathBuf>,
    /// Realm, where the message has none (responses)
    #[arg(long, value_name = "REALM")]
    realm: Option<String>,
    /// Shared secret of a TURN REST server, in place of a password [env: RTCSCOPE_SECRET]
    #[arg(long, value_name = "SECRET", conflicts_with_all = ["password", "password_file"])]
    secret: Option<SecretArg>,
    /// HA1 key in hex, as `turnadmin -k` prints it, in place of a password
    #[arg(long, value_name = "HEX", conflicts_with_all = ["password", "password_file", "secret"])]
    key: Option<SecretArg>,
    /// MAC key of an access token (RFC 7635) in base64, in place of a password [env: RTCSCOPE_MAC_KEY]
    #[arg(long, value_name = "BASE64", conflicts_with_all = ["password", "password_file", "secret", "key"])]
    mac_key: Option<SecretArg>,
}

const EXAMPLES: &str = "Examples:
  rtcscope stun decode 000100002112a442b7e7a701bc34d686fa87dfae
      a message in hex, as Wireshark copies it (Copy, as a Hex Stream)
  rtcscope stun decode dump.txt --password-file secret.txt
      a hex dump with or without offsets, and its MESSAGE-INTEGRITY checked
  xxd packet.bin | rtcscope stun decode - --format json
      what other programs print, as JSON

Input:
  A hex stream, several of them line by line, dumps with offsets (Wireshark, xxd, hexdump -C, od -A x -t x1),
  arrays of C, base64 of a STUN message, or a file of raw bytes. Several messages may follow one another.

Exit codes here:
  0 all messages are sound, 1 one is broken or no STUN or ChannelData at all, 2 the command line is wrong,
  3 the input cannot be read";

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    let knowledge = Knowledge::from_args(&args.credentials)?;
    let messages = read(&args.input)?;
    let keys = |username: Option<&str>, realm: Option<&str>| knowledge.keys(username, realm);
    let explained = messages.iter().flat_map(|bytes| explain::explain_all(bytes, &keys)).collect();
    let verbose = context.verbosity > 0;
    context.emit(&Decoded::new(explained, verbose))
}

fn read(args: &[String]) -> anyhow::Result<Vec<Vec<u8>>> {
    let joined = args.join(" ");
    if joined != "-" && explain::input::is_hex(&joined) {
        let read = explain::input::from_text(&joined);
        return Ok(read.map_err(|error| unreadable("the argument", &error))?);
    }
    let [path] = args else {
        return Err(UserError::usage("several arguments that are not all hex")
            .hint("give one file, or `-`, or the bytes in hex")
            .into());
    };
    let name = if path == "-" { "standard input" } else { path.as_str() };
    let bytes = input::read_bytes_or_stdin(Path::new(path), MOST).map_err(|error| {
        UserError::could_not_look(format!("{error:#}"))
            .hint("`rtcscope stun decode` takes a file, `-` for standard input, or bytes in hex")
    })?;
    Ok(explain::input::from_bytes(&bytes).map_err(|error| unreadable(name, &error))?)
}

fn unreadable(place: &str, error: &explain::input::InputError) -> UserError {
    UserError::could_not_look(format!("{place}: {error}"))
        .hint("write bytes as two hexadecimal digits each, or give a file of raw bytes")
}

/// What the user knows of whoever signed.
struct Knowledge {
    username: Option<String>,
    realm: Option<String>,
    proof: Option<Proof>,
}

enum Proof {
    Password(Secret),
    Rest(Secret),
    Key(Ha1),
    Mac(Vec<u8>),
}

impl Knowledge {
    fn from_args(args: &CredentialArgs) -> anyhow::Result<Self> {
        let variable = |name: &str| input::variable(name).map(Secret::new);
        let password = match (&args.password, &args.password_file) {
            (Some(password), _) => Some(password.secret()),
            (None, Some(path)) => Some(password_in(path)?),
            (None, None) => None,
        };
        let mac_key = |text: &Secret| {
            token::mac_key(text).map(Proof::Mac).map_err(|error| UserError::usage(error.to_string()))
        };
        let proof = match (password, &args.secret, &args.key, &args.mac_key) {
            (Some(password), ..) => Some(Proof::Password(password)),
            (None, Some(secret), ..) => Some(Proof::Rest(secret.secret())),
            (None, None, Some(key), _) => Some(Proof::Key(
                Ha1::from_hex(key.secret().expose())
                    .map_err(|error| UserError::usage(format!("--key: {error}")))?,
            )),
            (None, None, None, Some(arg)) => Some(mac_key(&arg.secret())?),
            (None, None, None, None) => {
                let known = variable("RTCSCOPE_PASSWORD")
                    .map(Proof::Password)
                    .or_else(|| variable("RTCSCOPE_SECRET").map(Proof::Rest));
                match (known, variable("RTCSCOPE_MAC_KEY")) {
                    (None, Some(text)) => Some(mac_key(&text)?),
                    (known, _) => known,
                }
            }
        };
        let username = args.username.clone().or_else(|| input::variable("RTCSCOPE_USERNAME"));
        Ok(Self { username, realm: args.realm.clone(), proof })
    }

    /// The keys that these could be used as: short-term is ICE's way (RFC 8489 §9.1), long-term TURN's (§9.2).
    fn keys(&self, username: Option<&str>, realm: Option<&str>) -> Vec<Key> {
        let username = username.or(self.username.as_deref());
        let realm = realm.or(self.realm.as_deref());
        let secret = match (&self.proof, username) {
            (None, _) | (Some(Proof::Rest(_)), None) => return Vec::new(),
            (Some(Proof::Key(key)), _) => {
                let credentials =
                    Credentials { username: String::new(), secret: LongTermSecret::Key(key.clone()) };
                return vec![Key { origin: "the key given".to_owned(), bytes: credentials.key("") }];
            }
            (Some(Proof::Mac(key)), _) => {
                let key_of = |origin: &str, bytes: &[u8]| Key {
                    origin: origin.to_owned(),
                    bytes: Zeroizing::new(bytes.to_vec()),
                };
                let cut =
                    key.get(..16).map(|cut| key_of("the MAC key given, cut to 16 bytes as coturn does", cut));
                return [key_of("the MAC key given", key)].into_iter().chain(cut).collect();
            }
            (Some(Proof::Password(password)), _) => password.clone(),
            (Some(Proof::Rest(secret)), Some(username)) => {
                match rest::for_username(secret, username).secret {
                    LongTermSecret::Password(password) => password,
                    LongTermSecret::Key(_) | LongTermSecret::Token(_) => return Vec::new(),
                }
            }
        };
        let mut keys = Vec::new();
        if let (Some(username), Some(realm)) = (username, realm) {
            let credentials = Credentials::password(username, secret.clone());
            let origin = |how: &str| format!("long-term key ({how}) of user `{username}` in realm `{realm}`");
            keys.push(Key { origin: origin("MD5"), bytes: credentials.key(realm) });
            let sha256 = credentials.key_sha256(realm);
            keys.extend(
                sha256.map(|key| Key { origin: origin("SHA-256"), bytes: Zeroizing::new(key.to_vec()) }),
            );
        }
        let origin = "short-term key (the password itself, as in ICE)".to_owned();
        keys.push(Key { origin, bytes: Zeroizing::new(secret.expose().as_bytes().to_vec()) });
        keys
    }
}
