//! The module `_ssl`.

use crate::buffer::MemoryBIO;
use crate::certificate::{self, Certificate};
use crate::context::SslContext;
use crate::error::{self, Exceptions};
use crate::objects::{BoundErrorText, ErrorText, OBJECTS};
use crate::session::SSLSession;
use crate::socket::SslSocket;
use crate::{constants, pem};
use rustls::crypto::ring;
use sidewinder_macros::native_module;
use sidewinder_os::path::FileName;
use sidewinder_runtime::native::IntoObject;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The version of OpenSSL whose interface the module has.
const VERSION: [i64; 5] = [3, 0, 0, 0, 0];

/// A row of the table of kinds of things.
type Row = &'static (i64, &'static str, &'static str, &'static str);

fn object(cx: &mut Context, row: Row) -> Owned {
    let (number, short, long, identifier) = *row;
    (number, short, long, identifier).into_object(cx)
}

/// Secure connections over sockets and buffers.
#[native_module("_ssl", types(SslContext, SslSocket, MemoryBIO, SSLSession, Certificate, hidden ErrorText, hidden BoundErrorText))]
mod rows {
    use super::*;

    #[constant]
    const OPENSSL_VERSION: &str = "OpenSSL 3.0.0 (rustls 0.23)";
    #[constant]
    const OPENSSL_VERSION_NUMBER: i64 = 0x3000_0000;
    #[constant(name = "_DEFAULT_CIPHERS")]
    const DEFAULT_CIPHERS: &str = "DEFAULT";

    /// The kind of thing of that number: number, short name, long name, identifier.
    #[function]
    fn nid2obj(cx: &mut Context, nid: i32) -> Result<Owned> {
        if nid < 0 {
            return Err(cx.value_error("NID must be positive."));
        }
        if nid == 0 {
            return Err(cx.value_error("Unknown object"));
        }
        match OBJECTS.iter().find(|row| row.0 == i64::from(nid)) {
            Some(row) => Ok(object(cx, row)),
            None => Err(cx.value_error(format!("unknown NID {nid}"))),
        }
    }

    /// The kind of thing of that identifier or, if `name` says so, of that name.
    #[function]
    fn txt2obj(cx: &mut Context, #[named] txt: String, #[default(false)] name: bool) -> Result<Owned> {
        let is_meant = |row: &Row| row.3 == txt || name && (row.1 == txt || row.2 == txt);
        match OBJECTS.iter().find(is_meant) {
            Some(row) => Ok(object(cx, row)),
            None if txt.contains('.') && txt.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
                Err(cx.value_error("Unknown object"))
            }
            None => Err(cx.value_error(format!("unknown object '{}'", txt.chars().take(100).collect::<String>()))),
        }
    }

    /// So many random bytes, which nobody can foresee.
    #[function(name = "RAND_bytes")]
    fn random_bytes(cx: &mut Context, n: i32) -> Result<Bytes> {
        let Ok(count) = usize::try_from(n) else { return Err(cx.value_error("num must be positive")) };
        let mut bytes = vec![0; count];
        match ring::default_provider().secure_random.fill(&mut bytes) {
            Ok(()) => Ok(Bytes(bytes)),
            Err(_) => Err(error::plain(cx, "no random bytes")),
        }
    }

    /// Adds what is random to what random bytes are made of. The system sees to that already.
    #[function(name = "RAND_add")]
    fn random_add(cx: &mut Context, string: Value, entropy: f64) -> Result<()> {
        let _ = entropy;
        if sidewinder_runtime::objects::str::is_str(string) {
            return Ok(());
        }
        sidewinder_runtime::objects::buffer::Buffer::read(cx, string).map(drop)
    }

    /// Whether random bytes are good.
    #[function(name = "RAND_status")]
    fn random_status() -> bool {
        true
    }

    /// Where certificates that are believed are looked for: variables of the environment, and the places without these.
    #[function]
    fn get_default_verify_paths(cx: &mut Context) -> Owned {
        let (file, folder) = crate::context::default_places();
        ("SSL_CERT_FILE", file, "SSL_CERT_DIR", folder).into_object(cx)
    }

    /// What the certificate in a file says.
    #[function(name = "_test_decode_cert")]
    fn test_decode_cert(cx: &mut Context, path: Value) -> Result<Owned> {
        let name = FileName::of(cx, path)?;
        let Ok(text) = std::fs::read(crate::context::path_of(&name)) else {
            return Err(error::plain(cx, "Can't open file"));
        };
        match pem::sections(&text).certificates.first() {
            Some(certificate) => certificate::dictionary(cx, certificate),
            None => Err(error::plain(cx, "Error decoding PEM-encoded file")),
        }
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        for (name, number) in constants::NUMBERS {
            let number = number.into_object(cx);
            module.namespace().set_text(cx, name, number.value());
        }
        for (name, there) in constants::ABILITIES {
            module.namespace().set_text(cx, name, singleton::boolean(*there));
        }
        for name in ["OPENSSL_VERSION_INFO", "_OPENSSL_API_VERSION"] {
            let version = VERSION.iter().map(|part| Owned::new(Value::from_small_int(*part))).collect();
            let version = TupleObject::from_owned(cx, version);
            module.namespace().set_text(cx, name, version.value());
        }
        cx.state::<Exceptions>().define(cx, module)
    }
}
