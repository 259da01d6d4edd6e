//! Certificates and keys from files, folders and memory.

use super::not_implemented;
use crate::der::Reader;
use crate::encrypted::{self, Refusal};
use crate::error;
use crate::pem::{self, Sections};
use crate::verify::Trust;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use sidewinder_os::path::FileName;
use sidewinder_os::system;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes;
use sidewinder_runtime::objects::exception::TYPE_ERROR;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::RefCell;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The longest password.
const PASSWORD_MAX: usize = 1023;

/// Where the system may keep what it believes: the file, and the folder.
pub const DEFAULT_FILE: &str = "/usr/lib/ssl/cert.pem";
pub const DEFAULT_FOLDER: &str = "/usr/lib/ssl/certs";
/// Other places of such files and folders.
const OTHER_FILES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// The path that a name is.
pub fn path_of(name: &FileName) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(name.0.to_bytes()))
}

/// The path that an argument is; another type is refused by the argument's name.
fn path(cx: &mut Context, value: Value, argument: &str) -> Result<PathBuf> {
    match FileName::of(cx, value) {
        Ok(name) => Ok(path_of(&name)),
        Err(_) if cx.swallow(&TYPE_ERROR) => {
            Err(cx.type_error(format!("{argument} should be a valid filesystem path")))
        }
        Err(raised) => Err(raised),
    }
}

fn read(cx: &mut Context, path: &Path) -> Result<Vec<u8>> {
    let outcome = cx.detached(|_| std::fs::read(path));
    outcome.map_err(|failed| system::raise(cx, &failed))
}

/// The bytes of a password: of text, of bytes, or of what gives either, which is asked only if `asks` says so.
fn password_bytes(cx: &mut Context, password: Value, asks: bool) -> Result<Vec<u8>> {
    let mut given = Owned::new(password);
    let is_callable = password.type_of().slots().call.is_some();
    if is_callable {
        if !asks {
            return Ok(Vec::new());
        }
        given = call::call(cx, password, &[])?;
    }
    let bytes = match (str::cast(given.value()), bytes::like(given.value())) {
        (Some(text), _) => text.as_text().into_owned().into_bytes(),
        (None, Some(bytes)) => bytes.to_vec(),
        (None, None) if is_callable => return Err(cx.type_error("password callback must return a string")),
        (None, None) => return Err(cx.type_error("password should be a string or callable")),
    };
    if bytes.len() > PASSWORD_MAX {
        return Err(cx.value_error(format!("password cannot be longer than {PASSWORD_MAX} bytes")));
    }
    Ok(bytes)
}

/// The key of a text that a password opens.
fn open_key(cx: &mut Context, text: &[u8], password: Value) -> Result<PrivateKeyDer<'static>> {
    let Some(closed) = encrypted::section(text) else {
        return Err(not_implemented(cx, "a private key that is encrypted in the old way"));
    };
    if password == singleton::none() {
        // Nobody is asked for one on a terminal.
        return Err(error::library(cx, "SSL", "PEM lib"));
    }
    let password = password_bytes(cx, password, true)?;
    match cx.detached(|_| encrypted::open(&closed, &password)) {
        Ok(key) => Ok(PrivateKeyDer::Pkcs8(key.into())),
        Err(Refusal::Wrong) => Err(error::library(cx, "SSL", "PEM lib")),
        Err(Refusal::Unknown) => Err(not_implemented(cx, "how a private key is encrypted")),
    }
}

/// A chain of certificates with its key.
pub fn chain(cx: &mut Context, certificates: Value, key: Value, password: Value) -> Result<CertifiedKey> {
    let certificate_path = path(cx, certificates, "certfile")?;
    let key_path = match key == singleton::none() {
        true => certificate_path.clone(),
        false => path(cx, key, "keyfile")?,
    };
    if password != singleton::none() {
        password_bytes(cx, password, false)?;
    }
    let text = read(cx, &certificate_path)?;
    let found = pem::sections(&text);
    if found.certificates.is_empty() || found.is_broken {
        return Err(error::library(cx, "SSL", "PEM lib"));
    }
    let key_text = if key_path == certificate_path { text } else { read(cx, &key_path)? };
    let Sections { key, is_encrypted, .. } = pem::sections(&key_text);
    let key = match key {
        Some(key) => key,
        None if is_encrypted => open_key(cx, &key_text, password)?,
        None => return Err(error::library(cx, "SSL", "PEM lib")),
    };
    let provider = ring::default_provider();
    match CertifiedKey::from_der(found.certificates, key, &provider) {
        Ok(chain) => Ok(chain),
        Err(rustls::Error::InconsistentKeys(_)) => Err(error::fail_numbered(cx, "X509", "KEY_VALUES_MISMATCH", 116)),
        Err(_) => Err(error::library(cx, "SSL", "PEM lib")),
    }
}

fn add(trust: &mut Trust, found: Sections) {
    for certificate in found.certificates {
        if !trust.certificates.contains(&certificate) {
            trust.certificates.push(certificate);
        }
    }
    for list in found.revocation_lists {
        if !trust.revocation_lists.contains(&list) {
            trust.revocation_lists.push(list);
        }
    }
}

/// Adds what is in a file, or in the files of a folder whose names are those of OpenSSL's folders: a number, a point and a
/// digit.
pub fn from_place(place: &Path, trust: &mut Trust) {
    let Ok(entries) = std::fs::read_dir(place) else {
        if let Ok(text) = std::fs::read(place) {
            add(trust, pem::sections(&text));
        }
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_hash = name.split_once('.').is_some_and(|(hash, number)| {
            let number = number.strip_prefix('r').unwrap_or(number);
            hash.len() == 8
                && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
                && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        if is_hash && let Ok(text) = std::fs::read(entry.path()) {
            add(trust, pem::sections(&text));
        }
    }
}

/// Adds certificates from a file, a folder, or memory.
pub fn locations(
    cx: &mut Context,
    [file, folder, data]: [Value; 3],
    trust: &RefCell<Trust>,
    folders: &RefCell<Vec<PathBuf>>,
) -> Result<()> {
    let none = singleton::none();
    if [file, folder, data].iter().all(|given| *given == none) {
        return Err(cx.type_error("cafile, capath and cadata cannot be all omitted"));
    }
    let file = if file == none { None } else { Some(path(cx, file, "cafile")?) };
    let folder = if folder == none { None } else { Some(path(cx, folder, "capath")?) };
    if data != none {
        from_memory(cx, data, trust)?;
    }
    if let Some(file) = file {
        let text = read(cx, &file)?;
        let found = pem::sections(&text);
        if found.is_broken || found.certificates.is_empty() && found.revocation_lists.is_empty() {
            return Err(match found.is_broken || found.key.is_some() || text.starts_with(b"-----BEGIN") {
                true => error::library(cx, "X509", "PEM lib"),
                false => error::fail_numbered(cx, "X509", "NO_CERTIFICATE_OR_CRL_FOUND", 136),
            });
        }
        add(&mut trust.borrow_mut(), found);
    }
    if let Some(folder) = folder {
        folders.borrow_mut().push(folder);
    }
    Ok(())
}

fn from_memory(cx: &mut Context, data: Value, trust: &RefCell<Trust>) -> Result<()> {
    const WRONG: &str = "cadata should be an ASCII string or a bytes-like object";
    let refuse = |cx: &mut Context, what: &str| {
        let message = format!("{what}: cadata does not contain a certificate");
        error::raise(cx, error::Kind::Error, 0, None, &message, None)
    };
    if let Some(text) = str::cast(data) {
        let Some(ascii) = text.as_ascii() else { return Err(cx.type_error(WRONG)) };
        if ascii.is_empty() {
            return Err(cx.value_error("Empty certificate data"));
        }
        let found = pem::sections(ascii.as_bytes());
        if found.certificates.is_empty() {
            return Err(refuse(cx, "no start line"));
        }
        add(&mut trust.borrow_mut(), found);
        return Ok(());
    }
    let bytes = match Buffer::read(cx, data) {
        Ok(bytes) => bytes,
        Err(_) if cx.swallow(&TYPE_ERROR) => return Err(cx.type_error(WRONG)),
        Err(raised) => return Err(raised),
    };
    let bytes = bytes.as_slice().to_vec();
    if bytes.is_empty() {
        return Err(cx.value_error("Empty certificate data"));
    }
    let mut reader = Reader::new(&bytes);
    let mut found = Sections::default();
    while !reader.is_at_end() {
        let element = reader.next().filter(|element| crate::der::Certificate::read(element.whole).is_some());
        let Some(element) = element else { break };
        found.certificates.push(CertificateDer::from(element.whole.to_vec()));
    }
    if found.certificates.is_empty() {
        return Err(refuse(cx, "not enough data"));
    }
    if !reader.is_at_end() {
        return Err(error::fail_numbered(cx, "ASN1", "NOT_ENOUGH_DATA", 142));
    }
    add(&mut trust.borrow_mut(), found);
    Ok(())
}

/// Adds what the system believes: what the environment names, or else its usual places. What is there at once in OpenSSL is
/// read now, all else when a connection is made.
pub fn defaults(trust: &RefCell<Trust>, places: &RefCell<Vec<PathBuf>>) {
    let named = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let is_named = named.is_some();
    let file = named.unwrap_or_else(|| DEFAULT_FILE.into());
    let mut found = file.is_file();
    if found {
        from_place(&file, &mut trust.borrow_mut());
    }
    let mut places = places.borrow_mut();
    if let Some(folder) = std::env::var_os("SSL_CERT_DIR") {
        places.push(PathBuf::from(folder));
        found = true;
    }
    if found || is_named {
        return;
    }
    // One file has what is in the usual folder, too.
    let bundle = OTHER_FILES.iter().map(PathBuf::from).find(|file| file.is_file());
    places.push(bundle.unwrap_or_else(|| DEFAULT_FOLDER.into()));
}
