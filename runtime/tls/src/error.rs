//! Errors of secure connections, in OpenSSL's words.

use crate::verify::{Verdict, verdict_of};
use rustls::{AlertDescription, Error, InvalidMessage, PeerIncompatible, PeerMisbehaved};
use sidewinder_runtime::native::ExceptionClass;
use sidewinder_runtime::objects::exception::{self, OS_ERROR, VALUE_ERROR};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::operations::{attribute, call};
use sidewinder_runtime::{Context, Owned, Raised, Result, TypeObject, Value};

/// The exceptions of the module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Error,
    ZeroReturn,
    WantRead,
    WantWrite,
    Syscall,
    Eof,
    Verification,
}

/// Each with its name and what it says of itself.
const EXCEPTIONS: [(Kind, &str, &str); 7] = [
    (Kind::Error, "SSLError", "An error in a secure connection."),
    (Kind::ZeroReturn, "SSLZeroReturnError", "The other side has closed the connection."),
    (Kind::WantRead, "SSLWantReadError", "A socket that does not wait has to be read from first."),
    (Kind::WantWrite, "SSLWantWriteError", "A socket that does not wait has to be written to first."),
    (Kind::Syscall, "SSLSyscallError", "An error of the system in a secure connection."),
    (Kind::Eof, "SSLEOFError", "The connection has ended without a word."),
    (Kind::Verification, "SSLCertVerificationError", "A certificate could not be verified."),
];

/// What the module keeps for an interpreter.
#[derive(Default)]
pub struct Exceptions([ExceptionClass; EXCEPTIONS.len()]);

impl Exceptions {
    /// Makes the classes and shows them in the module.
    pub fn define(&self, cx: &mut Context, module: &ModuleObject) -> Result<()> {
        for (kind, name, documentation) in EXCEPTIONS {
            let bases = match kind {
                Kind::Error => vec![Owned::new(OS_ERROR.value())],
                Kind::Verification => vec![self.class(Kind::Error), Owned::new(VALUE_ERROR.value())],
                _ => vec![self.class(Kind::Error)],
            };
            let bases: Vec<Value> = bases.iter().map(Owned::value).collect();
            self.0[kind as usize].define_under(cx, module, ["ssl", name], &bases, Some(documentation))?;
            if kind == Kind::Error {
                let text = crate::objects::ErrorText::create(cx)?;
                let class = self.class(kind);
                attribute::set_text(cx, class.value(), "__str__", text.value())?;
            }
        }
        Ok(())
    }

    fn class(&self, kind: Kind) -> Owned {
        self.0[kind as usize].class()
    }
}

/// Codes of `SSLError.errno`.
pub mod code {
    pub const SSL: i64 = 1;
    pub const WANT_READ: i64 = 2;
    pub const WANT_WRITE: i64 = 3;
    pub const ZERO_RETURN: i64 = 6;
    pub const EOF: i64 = 8;
}

/// Raises an exception of that kind; library and reason are shown before the message.
#[cold]
pub fn raise(
    cx: &mut Context,
    kind: Kind,
    number: i64,
    place: Option<(&str, &str)>,
    message: &str,
    verdict: Option<&Verdict>,
) -> Raised {
    match make(cx, kind, number, place, message, verdict) {
        Ok(made) => exception::raise(cx, made),
        Err(raised) => raised,
    }
}

fn make(
    cx: &mut Context,
    kind: Kind,
    number: i64,
    place: Option<(&str, &str)>,
    message: &str,
    verdict: Option<&Verdict>,
) -> Result<Owned> {
    let class = cx.state::<Exceptions>().class(kind);
    let mut text = match place {
        Some((library, "")) => format!("[{library}] {message}"),
        Some((library, reason)) => format!("[{library}: {reason}] {message}"),
        None => message.to_string(),
    };
    if let Some(verdict) = verdict {
        text = format!("{text}: {}", verdict.message);
    }
    let text = StrObject::new(cx, &text);
    let made = call::call(cx, class.value(), &[Value::from_small_int(number), text.value()])?;
    let none = || Owned::new(singleton::none());
    let library = place.map_or_else(none, |(library, _)| StrObject::new(cx, library));
    let reason =
        place.filter(|(_, reason)| !reason.is_empty()).map_or_else(none, |(_, reason)| StrObject::new(cx, reason));
    attribute::set_text(cx, made.value(), "library", library.value())?;
    attribute::set_text(cx, made.value(), "reason", reason.value())?;
    if kind == Kind::Verification {
        let (code, message) = verdict.map_or((0, ""), |verdict| (verdict.code, verdict.message.as_str()));
        let message = StrObject::new(cx, message);
        attribute::set_text(cx, made.value(), "verify_code", Value::from_small_int(i64::from(code)))?;
        attribute::set_text(cx, made.value(), "verify_message", message.value())?;
    }
    Ok(made)
}

/// Raises an `SSLError` with a reason, whose words are the message.
#[cold]
pub fn fail(cx: &mut Context, library: &str, reason: &str) -> Raised {
    let message = reason.to_ascii_lowercase().replace('_', " ");
    raise(cx, Kind::Error, code::SSL, Some((library, reason)), &message, None)
}

/// The same with the number of the reason, for errors of settings, which have that number.
#[cold]
pub fn fail_numbered(cx: &mut Context, library: &str, reason: &str, number: i64) -> Raised {
    let message = reason.to_ascii_lowercase().replace('_', " ");
    raise(cx, Kind::Error, number, Some((library, reason)), &message, None)
}

/// Raises the error for a connection that has ended without a word.
#[cold]
pub fn ended(cx: &mut Context) -> Raised {
    raise(cx, Kind::Eof, code::EOF, Some(("SSL", "UNEXPECTED_EOF_WHILE_READING")), ENDED, None)
}

/// Raises the error for a connection that the other side has closed.
#[cold]
pub fn closed(cx: &mut Context) -> Raised {
    raise(cx, Kind::ZeroReturn, code::ZERO_RETURN, None, "TLS/SSL connection has been closed (EOF)", None)
}

/// Raises the error for an operation that has to be tried again.
#[cold]
pub fn unfinished(cx: &mut Context, kind: Kind) -> Raised {
    match kind {
        Kind::WantWrite => raise(cx, kind, code::WANT_WRITE, None, "The operation did not complete (write)", None),
        _ => raise(cx, kind, code::WANT_READ, None, "The operation did not complete (read)", None),
    }
}

/// OpenSSL's reason for an alert that was received.
fn alert_reason(alert: AlertDescription) -> String {
    use AlertDescription as A;
    let known = match alert {
        A::UnexpectedMessage => "SSLV3_ALERT_UNEXPECTED_MESSAGE",
        A::BadRecordMac => "SSLV3_ALERT_BAD_RECORD_MAC",
        A::HandshakeFailure => "SSLV3_ALERT_HANDSHAKE_FAILURE",
        A::NoCertificate => "SSLV3_ALERT_NO_CERTIFICATE",
        A::BadCertificate => "SSLV3_ALERT_BAD_CERTIFICATE",
        A::UnsupportedCertificate => "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        A::CertificateRevoked => "SSLV3_ALERT_CERTIFICATE_REVOKED",
        A::CertificateExpired => "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        A::CertificateUnknown => "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        A::IllegalParameter => "SSLV3_ALERT_ILLEGAL_PARAMETER",
        A::UnknownCA => "TLSV1_ALERT_UNKNOWN_CA",
        A::AccessDenied => "TLSV1_ALERT_ACCESS_DENIED",
        A::DecodeError => "TLSV1_ALERT_DECODE_ERROR",
        A::DecryptError => "TLSV1_ALERT_DECRYPT_ERROR",
        A::ProtocolVersion => "TLSV1_ALERT_PROTOCOL_VERSION",
        A::InsufficientSecurity => "TLSV1_ALERT_INSUFFICIENT_SECURITY",
        A::InternalError => "TLSV1_ALERT_INTERNAL_ERROR",
        A::InappropriateFallback => "TLSV1_ALERT_INAPPROPRIATE_FALLBACK",
        A::UserCanceled => "TLSV1_ALERT_USER_CANCELLED",
        A::NoRenegotiation => "TLSV1_ALERT_NO_RENEGOTIATION",
        A::MissingExtension => "TLSV13_ALERT_MISSING_EXTENSION",
        A::CertificateRequired => "TLSV13_ALERT_CERTIFICATE_REQUIRED",
        A::UnsupportedExtension => "TLSV1_UNSUPPORTED_EXTENSION",
        A::UnrecognisedName => "TLSV1_UNRECOGNIZED_NAME",
        A::UnknownPSKIdentity => "TLSV1_ALERT_UNKNOWN_PSK_IDENTITY",
        A::NoApplicationProtocol => "TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
        _ => return format!("TLSV1_ALERT_{}", u8::from(alert)),
    };
    known.to_string()
}

/// Raises what rustls says.
#[cold]
pub fn raise_protocol(cx: &mut Context, error: &Error, is_server: bool) -> Raised {
    let reason = match error {
        Error::InvalidCertificate(error) => {
            let verdict = verdict_of(error);
            let place = Some(("SSL", "CERTIFICATE_VERIFY_FAILED"));
            return raise(cx, Kind::Verification, code::SSL, place, "certificate verify failed", Some(&verdict));
        }
        Error::AlertReceived(alert) => {
            let reason = alert_reason(*alert);
            let message = reason.to_ascii_lowercase().replace('_', " ");
            let message = message.strip_prefix("sslv3 ").map_or(message.clone(), |rest| format!("ssl/tls {rest}"));
            return raise(cx, Kind::Error, code::SSL, Some(("SSL", &reason)), &message, None);
        }
        Error::NoCertificatesPresented => "PEER_DID_NOT_RETURN_A_CERTIFICATE",
        Error::NoApplicationProtocol => "NO_APPLICATION_PROTOCOL",
        Error::PeerIncompatible(reason) => match reason {
            PeerIncompatible::NoCipherSuitesInCommon | PeerIncompatible::NoKxGroupsInCommon => "NO_SHARED_CIPHER",
            PeerIncompatible::NoSignatureSchemesInCommon
            | PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon => "NO_SUITABLE_SIGNATURE_ALGORITHM",
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::SupportedVersionsExtensionRequired => "UNSUPPORTED_PROTOCOL",
            _ => "BAD_EXTENSION",
        },
        Error::PeerMisbehaved(PeerMisbehaved::SelectedUnofferedCipherSuite) => "WRONG_CIPHER_RETURNED",
        Error::InvalidMessage(InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion) => {
            if is_server {
                "HTTP_REQUEST"
            } else {
                "WRONG_VERSION_NUMBER"
            }
        }
        Error::DecryptError => "DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
        Error::PeerSentOversizedRecord => "DATA_LENGTH_TOO_LONG",
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => "UNEXPECTED_MESSAGE",
        Error::General(text) if text == NO_PROTOCOLS => "NO_PROTOCOLS_AVAILABLE",
        Error::General(text) if text == NO_CERTIFICATE => "NO_SHARED_CIPHER",
        other => {
            let text = other.to_string();
            return raise(cx, Kind::Error, code::SSL, Some(("SSL", "")), &text, None);
        }
    };
    fail(cx, "SSL", reason)
}

/// What is said of a connection that has ended without a word.
pub const ENDED: &str = "EOF occurred in violation of protocol";
/// The texts of errors of our own.
pub const NO_PROTOCOLS: &str = "no protocols available";
pub const NO_CERTIFICATE: &str = "no certificate";

/// Raises an `SSLError` with a message alone.
#[cold]
pub fn plain(cx: &mut Context, message: &str) -> Raised {
    let class = cx.state::<Exceptions>().class(Kind::Error);
    let text = StrObject::new(cx, message);
    match call::call(cx, class.value(), &[text.value()]) {
        Ok(made) => exception::raise(cx, made),
        Err(raised) => raised,
    }
}

/// Raises an `SSLError` that names a part of the library and gives no reason.
#[cold]
pub fn library(cx: &mut Context, library: &str, message: &str) -> Raised {
    raise(cx, Kind::Error, 524_297, Some((library, "")), message, None)
}

/// Whether the pending exception says that a socket that does not wait has to be written to first.
pub fn is_want_write(cx: &mut Context) -> bool {
    let class = cx.state::<Exceptions>().class(Kind::WantWrite);
    class
        .value()
        .cast::<TypeObject>()
        .is_some_and(|class| !cx.pending.is_unbound() && cx.pending.type_of().is_subtype(class))
}
