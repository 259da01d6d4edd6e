//! Small objects: texts of errors, names of kinds of things by number.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::exception::ExceptionObject;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::operations::{attribute, convert};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};

/// The method `__str__` of errors: the message alone.
#[native_type("_ssl._ErrorText", uncollected)]
#[derive(Traverse)]
pub struct ErrorText;

impl ErrorText {
    /// The method, for a class.
    pub fn create(cx: &mut Context) -> Result<Owned> {
        NativeObject::new(cx, ErrorText)
    }
}

#[methods]
impl ErrorText {
    #[slot(descriptor_get)]
    fn get(this: Value, cx: &mut Context, instance: Option<Value>, owner: &TypeObject) -> Result<Owned> {
        let _ = owner;
        match instance {
            Some(error) => NativeObject::new(cx, BoundErrorText { error: Owned::new(error) }),
            None => Ok(Owned::new(this)),
        }
    }

    #[call]
    fn call(cx: &mut Context, error: Value) -> Result<Owned> {
        text(cx, error)
    }
}

/// That method of one error.
#[native_type("_ssl._BoundErrorText")]
#[derive(Traverse)]
pub struct BoundErrorText {
    error: Owned,
}

#[methods]
impl BoundErrorText {
    #[call]
    fn call(&self, cx: &mut Context) -> Result<Owned> {
        text(cx, self.error.value())
    }
}

fn text(cx: &mut Context, error: Value) -> Result<Owned> {
    let message = attribute::get_text(cx, error, "strerror")?;
    if str::is_str(message.value()) {
        return Ok(message);
    }
    match error.cast::<ExceptionObject>() {
        Some(error) => convert::str(cx, Value::from_pointer(error.arguments())),
        None => convert::str(cx, error),
    }
}

/// Kinds of things that certificates name: number, short name, long name, identifier.
pub static OBJECTS: &[(i64, &str, &str, &str)] = &[
    (13, "CN", "commonName", "2.5.4.3"),
    (14, "C", "countryName", "2.5.4.6"),
    (15, "L", "localityName", "2.5.4.7"),
    (16, "ST", "stateOrProvinceName", "2.5.4.8"),
    (17, "O", "organizationName", "2.5.4.10"),
    (18, "OU", "organizationalUnitName", "2.5.4.11"),
    (48, "emailAddress", "emailAddress", "1.2.840.113549.1.9.1"),
    (82, "subjectKeyIdentifier", "X509v3 Subject Key Identifier", "2.5.29.14"),
    (83, "keyUsage", "X509v3 Key Usage", "2.5.29.15"),
    (85, "subjectAltName", "X509v3 Subject Alternative Name", "2.5.29.17"),
    (87, "basicConstraints", "X509v3 Basic Constraints", "2.5.29.19"),
    (99, "GN", "givenName", "2.5.4.42"),
    (100, "SN", "surname", "2.5.4.4"),
    (101, "initials", "initials", "2.5.4.43"),
    (105, "serialNumber", "serialNumber", "2.5.4.5"),
    (106, "title", "title", "2.5.4.12"),
    (107, "description", "description", "2.5.4.13"),
    (126, "extendedKeyUsage", "X509v3 Extended Key Usage", "2.5.29.37"),
    (129, "serverAuth", "TLS Web Server Authentication", "1.3.6.1.5.5.7.3.1"),
    (130, "clientAuth", "TLS Web Client Authentication", "1.3.6.1.5.5.7.3.2"),
    (131, "codeSigning", "Code Signing", "1.3.6.1.5.5.7.3.3"),
    (132, "emailProtection", "E-mail Protection", "1.3.6.1.5.5.7.3.4"),
    (133, "timeStamping", "Time Stamping", "1.3.6.1.5.5.7.3.8"),
    (173, "name", "name", "2.5.4.41"),
    (174, "dnQualifier", "dnQualifier", "2.5.4.46"),
    (180, "OCSPSigning", "OCSP Signing", "1.3.6.1.5.5.7.3.9"),
    (391, "DC", "domainComponent", "0.9.2342.19200300.100.1.25"),
    (458, "UID", "userId", "0.9.2342.19200300.100.1.1"),
    (509, "generationQualifier", "generationQualifier", "2.5.4.44"),
    (510, "pseudonym", "pseudonym", "2.5.4.65"),
    (660, "street", "streetAddress", "2.5.4.9"),
    (661, "postalCode", "postalCode", "2.5.4.17"),
    (860, "businessCategory", "businessCategory", "2.5.4.15"),
    (955, "jurisdictionL", "jurisdictionLocalityName", "1.3.6.1.4.1.311.60.2.1.1"),
    (956, "jurisdictionST", "jurisdictionStateOrProvinceName", "1.3.6.1.4.1.311.60.2.1.2"),
    (957, "jurisdictionC", "jurisdictionCountryName", "1.3.6.1.4.1.311.60.2.1.3"),
    (1089, "organizationIdentifier", "organizationIdentifier", "2.5.4.97"),
];

/// The long name of a kind of thing, or its identifier.
pub fn long_name(identifier: &str) -> &str {
    OBJECTS.iter().find(|(_, _, _, own)| *own == identifier).map_or(identifier, |(_, _, long, _)| long)
}

/// The short name of a kind of thing, or its identifier.
pub fn short_name(identifier: &str) -> &str {
    OBJECTS.iter().find(|(_, _, _, own)| *own == identifier).map_or(identifier, |(_, short, _, _)| short)
}
