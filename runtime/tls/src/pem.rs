//! Files of certificates and keys: PEM, and the encoding that is in it.

use rustls::pki_types::pem::{PemObject, SectionKind, from_buf};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};

/// What a file holds.
#[derive(Default)]
pub struct Sections {
    pub certificates: Vec<CertificateDer<'static>>,
    pub revocation_lists: Vec<CertificateRevocationListDer<'static>>,
    pub key: Option<PrivateKeyDer<'static>>,
    /// A key that only a password opens.
    pub is_encrypted: bool,
    /// Something that looked like a section was none.
    pub is_broken: bool,
}

/// Reads all sections of a text.
pub fn sections(text: &[u8]) -> Sections {
    let mut found = Sections::default();
    let is_encrypted = |word: &[u8]| text.windows(word.len()).any(|window| window == word);
    found.is_encrypted = is_encrypted(b"BEGIN ENCRYPTED PRIVATE KEY") || is_encrypted(b"Proc-Type: 4,ENCRYPTED");
    let mut reader = text;
    loop {
        match from_buf(&mut reader) {
            Ok(Some((kind, content))) => match kind {
                SectionKind::Certificate if crate::der::Certificate::read(&content).is_none() => found.is_broken = true,
                SectionKind::Certificate => found.certificates.push(CertificateDer::from(content)),
                SectionKind::Crl => found.revocation_lists.push(CertificateRevocationListDer::from(content)),
                kind => {
                    if found.key.is_none() {
                        found.key = PrivateKeyDer::from_pem(kind, content);
                    }
                }
            },
            Ok(None) => break,
            Err(_) => {
                found.is_broken = true;
                break;
            }
        }
    }
    found
}

/// A certificate as text.
pub fn text(certificate: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for group in certificate.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let sextet = (bits >> (18 - 6 * place)) as usize & 0x3f;
            encoded.push(if place > group.len() { '=' } else { char::from(ALPHABET[sextet]) });
        }
    }
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in encoded.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}
