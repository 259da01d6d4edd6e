//! How the certificates of peers are judged.

use crate::der::Certificate;
use crate::hostname;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, RootCertStore, SignatureScheme,
};
use std::sync::Arc;

/// Why a certificate is not good, by OpenSSL's number and words.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub code: i32,
    pub message: String,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Verdict {}

fn refused(code: i32, message: impl Into<String>) -> Error {
    let verdict = Verdict { code, message: message.into() };
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(verdict))))
}

/// What an error of rustls says of a certificate.
pub fn verdict_of(error: &CertificateError) -> Verdict {
    use CertificateError as E;
    let (code, message) = match error {
        E::Other(other) => match other.0.downcast_ref::<Verdict>() {
            Some(verdict) => return verdict.clone(),
            None if other.0.to_string().contains("CaUsedAsEndEntity") => (20, "unable to get local issuer certificate"),
            None => (1, "unspecified certificate verification error"),
        },
        E::Expired | E::ExpiredContext { .. } => (10, "certificate has expired"),
        E::NotValidYet | E::NotValidYetContext { .. } => (9, "certificate is not yet valid"),
        E::Revoked => (23, "certificate revoked"),
        E::UnhandledCriticalExtension => (34, "unhandled critical extension"),
        E::UnknownIssuer => (20, "unable to get local issuer certificate"),
        E::UnknownRevocationStatus => (3, "unable to get certificate CRL"),
        E::ExpiredRevocationList | E::ExpiredRevocationListContext { .. } => (12, "CRL has expired"),
        E::BadSignature => (7, "certificate signature failure"),
        E::InvalidPurpose | E::InvalidPurposeContext { .. } => (26, "unsuitable certificate purpose"),
        E::BadEncoding => (1, "unspecified certificate verification error"),
        _ => (1, "unspecified certificate verification error"),
    };
    Verdict { code, message: message.into() }
}

/// What certificates are judged by.
#[derive(Debug, Default, Clone)]
pub struct Trust {
    /// Certificates that are believed.
    pub certificates: Vec<CertificateDer<'static>>,
    pub revocation_lists: Vec<CertificateRevocationListDer<'static>>,
    /// Whether the list of what was revoked is asked for the peer's certificate, and for all others.
    pub checks_revocation: bool,
    pub checks_all: bool,
    /// Whether certificates have to say whose keys have signed them.
    pub is_strict: bool,
}

/// Judges the certificates of peers.
#[derive(Debug)]
pub struct Judge {
    trust: Trust,
    provider: Arc<CryptoProvider>,
    server: Option<Arc<WebPkiServerVerifier>>,
    client: Option<Arc<dyn ClientCertVerifier>>,
    subjects: Vec<DistinguishedName>,
    /// Whether the peer must have a certificate, and a good one if it has any.
    pub wants: bool,
    pub requires: bool,
}

impl Judge {
    /// A judge with these certificates. Without `wants` nothing is looked at.
    pub fn new(trust: Trust, provider: Arc<CryptoProvider>, wants: bool, requires: bool) -> Judge {
        let mut made = Judge { trust, provider, server: None, client: None, subjects: Vec::new(), wants, requires };
        if !wants {
            return made;
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(made.trust.certificates.iter().cloned());
        made.subjects = roots.subjects();
        let roots = Arc::new(roots);
        let lists = || match made.trust.checks_revocation {
            true => made.trust.revocation_lists.clone(),
            false => Vec::new(),
        };
        let mut server =
            WebPkiServerVerifier::builder_with_provider(roots.clone(), made.provider.clone()).with_crls(lists());
        let mut client = WebPkiClientVerifier::builder_with_provider(roots, made.provider.clone()).with_crls(lists());
        if !made.trust.checks_all {
            server = server.only_check_end_entity_revocation();
            client = client.only_check_end_entity_revocation();
        }
        (made.server, made.client) = (server.build().ok(), client.build().ok());
        made
    }

    /// Whether the certificate itself is one of those that are believed.
    fn is_trusted_itself(&self, certificate: &CertificateDer<'_>, now: UnixTime) -> Result<bool, Error> {
        if !self.trust.certificates.iter().any(|own| own.as_ref() == certificate.as_ref()) {
            return Ok(false);
        }
        let Some(read) = Certificate::read(certificate) else { return Ok(false) };
        let now = now.as_secs() as i64;
        if now > read.not_after.seconds {
            return Err(refused(10, "certificate has expired"));
        }
        if now < read.not_before.seconds {
            return Err(refused(9, "certificate is not yet valid"));
        }
        Ok(true)
    }

    /// The reason why a certificate is unknown, more precisely.
    fn explain(error: Error, certificate: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Error {
        let is_unknown = match &error {
            Error::InvalidCertificate(CertificateError::UnknownIssuer) => true,
            Error::InvalidCertificate(other) => verdict_of(other).code == 20,
            _ => false,
        };
        if !is_unknown {
            return error;
        }
        let is_own = |bytes: &CertificateDer<'_>| Certificate::read(bytes).is_some_and(|read| read.is_own_issuer);
        match others.last() {
            _ if is_own(certificate) => refused(18, "self-signed certificate"),
            Some(last) if is_own(last) => refused(19, "self-signed certificate in certificate chain"),
            _ => error,
        }
    }

    /// What is looked at before the chain.
    fn check_first(&self, certificate: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Result<(), Error> {
        let lacks_key = |bytes: &CertificateDer<'_>| {
            Certificate::read(bytes).is_some_and(|read| !read.is_own_issuer && !read.names_key)
        };
        if self.trust.is_strict && std::iter::once(certificate).chain(others).any(lacks_key) {
            return Err(refused(85, "Missing Authority Key Identifier"));
        }
        if self.trust.checks_revocation && self.trust.revocation_lists.is_empty() {
            return Err(refused(3, "unable to get certificate CRL"));
        }
        Ok(())
    }

    /// Judges the chain of a server, whatever its name.
    fn judge_server(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<(), Error> {
        self.check_first(certificate, others)?;
        if self.is_trusted_itself(certificate, now)? {
            return Ok(());
        }
        let Some(verifier) = &self.server else {
            return Err(Judge::explain(
                Error::InvalidCertificate(CertificateError::UnknownIssuer),
                certificate,
                others,
            ));
        };
        // The chain is judged before the name, which is looked at later.
        let Ok(name) = ServerName::try_from("localhost") else { return Ok(()) };
        match verifier.verify_server_cert(certificate, others, &name, ocsp, now) {
            Ok(_) => Ok(()),
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(()),
            Err(error) => Err(Judge::explain(error, certificate, others)),
        }
    }
}

/// The judge of a server's certificates, for one connection.
#[derive(Debug)]
pub struct ServerJudge {
    pub judge: Arc<Judge>,
    /// Whether the certificate must be for the host.
    pub checks_name: bool,
}

impl ServerCertVerifier for ServerJudge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.judge.wants {
            self.judge.judge_server(end_entity, intermediates, ocsp_response, now)?;
        }
        if self.checks_name {
            let name = server_name.to_str();
            let fits = Certificate::read(end_entity).is_some_and(|read| hostname::matches(&read, &name));
            if !fits {
                let (code, what) = match hostname::address(&name) {
                    Some(_) => (64, "IP address"),
                    None => (62, "Hostname"),
                };
                return Err(refused(code, format!("{what} mismatch, certificate is not valid for '{name}'.")));
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.judge.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.judge.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl ClientCertVerifier for Judge {
    fn offer_client_auth(&self) -> bool {
        self.wants
    }

    fn client_auth_mandatory(&self) -> bool {
        self.requires
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.subjects
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check_first(end_entity, intermediates)?;
        if self.is_trusted_itself(end_entity, now)? {
            return Ok(ClientCertVerified::assertion());
        }
        // Errors stay as they are, for by them the client is told what is wrong.
        match &self.client {
            Some(verifier) => verifier.verify_client_cert(end_entity, intermediates, now),
            None => Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
