//! Certificates as objects.

use crate::der::{self, Name, OtherName};
use crate::objects::{long_name, short_name};
use crate::{error, pem};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{IntoObject, NativeObject};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::net::Ipv4Addr;

/// A name as tuples of tuples of pairs.
fn name(cx: &mut Context, name: &Name) -> Owned {
    let mut groups = Vec::new();
    for group in name {
        let mut pairs = Vec::new();
        for (kind, value) in group {
            pairs.push((long_name(kind), value.as_str()).into_object(cx));
        }
        groups.push(TupleObject::from_owned(cx, pairs));
    }
    TupleObject::from_owned(cx, groups)
}

/// An address as OpenSSL writes it.
fn address(bytes: &[u8]) -> String {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Ipv4Addr::from(four).to_string();
    }
    if bytes.len() == 16 {
        let groups = bytes.chunks_exact(2).map(|pair| format!("{:X}", u16::from_be_bytes([pair[0], pair[1]])));
        return groups.collect::<Vec<_>>().join(":");
    }
    "<invalid>".to_string()
}

fn other_name(cx: &mut Context, other: &OtherName) -> Owned {
    match other {
        OtherName::Email(text) => ("email", text.as_str()).into_object(cx),
        OtherName::Dns(text) => ("DNS", text.as_str()).into_object(cx),
        OtherName::Uri(text) => ("URI", text.as_str()).into_object(cx),
        OtherName::Address(bytes) => ("IP Address", address(bytes)).into_object(cx),
        OtherName::Registered(text) => ("Registered ID", text.as_str()).into_object(cx),
        OtherName::Directory(directory) => {
            let directory = name(cx, directory);
            ("DirName", directory).into_object(cx)
        }
        OtherName::Other => ("othername", "<unsupported>").into_object(cx),
    }
}

/// What a certificate says, as a dictionary.
pub fn dictionary(cx: &mut Context, bytes: &[u8]) -> Result<Owned> {
    let Some(read) = der::Certificate::read(bytes) else {
        return Err(error::fail(cx, "ASN1", "NESTED_ASN1_ERROR"));
    };
    let made = DictObject::new(cx);
    let entries = dict::of(made.value());
    let subject = name(cx, &read.subject);
    entries.set_text(cx, "subject", subject.value());
    let issuer = name(cx, &read.issuer);
    entries.set_text(cx, "issuer", issuer.value());
    entries.set_text(cx, "version", Value::from_small_int(read.version));
    for (key, text) in
        [("serialNumber", &read.serial), ("notBefore", &read.not_before.shown), ("notAfter", &read.not_after.shown)]
    {
        let text = StrObject::new(cx, text);
        entries.set_text(cx, key, text.value());
    }
    if read.has_names {
        let mut names = Vec::new();
        for other in &read.names {
            names.push(other_name(cx, other));
        }
        let names = TupleObject::from_owned(cx, names);
        entries.set_text(cx, "subjectAltName", names.value());
    }
    for (key, places) in
        [("OCSP", &read.ocsp), ("caIssuers", &read.issuers), ("crlDistributionPoints", &read.revocation_lists)]
    {
        if !places.is_empty() {
            let places = places.iter().map(|place| StrObject::new(cx, place)).collect();
            let places = TupleObject::from_owned(cx, places);
            entries.set_text(cx, key, places.value());
        }
    }
    Ok(made)
}

/// Form of the bytes of a certificate: text.
pub const PEM: i32 = 1;
/// Form of the bytes of a certificate: as they are encoded.
pub const DER: i32 = 2;

// No documentation, as in CPython.
#[native_type("_ssl.Certificate", uncollected)]
#[derive(Traverse)]
pub struct Certificate {
    #[plain]
    bytes: Vec<u8>,
}

impl Certificate {
    pub fn create(cx: &mut Context, bytes: &[u8]) -> Result<Owned> {
        NativeObject::new(cx, Certificate { bytes: bytes.to_vec() })
    }
}

#[methods]
impl Certificate {
    /// The certificate as text, or as it is encoded.
    fn public_bytes(
        &self,
        cx: &mut Context,
        #[named]
        #[default(PEM, "Encoding.PEM")]
        format: i32,
    ) -> Result<Owned> {
        match format {
            PEM => Ok(StrObject::new(cx, &pem::text(&self.bytes))),
            DER => Ok(BytesObject::new(cx, &self.bytes)),
            _ => Err(cx.value_error("Unsupported format")),
        }
    }

    /// What the certificate says.
    fn get_info(&self, cx: &mut Context) -> Result<Owned> {
        dictionary(cx, &self.bytes)
    }

    #[slot(repr)]
    fn repr(&self) -> String {
        let read = der::Certificate::read(&self.bytes);
        let groups = read.map(|read| read.subject).unwrap_or_default();
        let parts = groups.iter().flatten().map(|(kind, value)| format!("{}={value}", short_name(kind)));
        format!("<_ssl.Certificate '{}'>", parts.collect::<Vec<_>>().join(", "))
    }

    #[slot(hash)]
    fn hash(&self, cx: &mut Context) -> Result<i64> {
        let bytes = BytesObject::new(cx, &self.bytes);
        convert::hash(cx, bytes.value())
    }

    #[slot(compare)]
    fn compare(&self, cx: &mut Context, other: Value, operation: CompareOp) -> Owned {
        let _ = &cx;
        let Some(other) = other.cast::<NativeObject<Certificate>>() else {
            return Owned::new(singleton::not_implemented());
        };
        let equal = self.bytes == other.bytes;
        Owned::new(match operation {
            CompareOp::Equal => singleton::boolean(equal),
            CompareOp::NotEqual => singleton::boolean(!equal),
            _ => singleton::not_implemented(),
        })
    }
}
