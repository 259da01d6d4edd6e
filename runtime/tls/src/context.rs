//! `_SSLContext`: what connections are made from.

mod load;

use crate::ciphers::{self, Cipher};
use crate::error;
use crate::key_log::Log;
use crate::session::Store;
use crate::socket::SslSocket;
use crate::verify::{Judge, ServerJudge, Trust};
use crate::{buffer::MemoryBIO, certificate};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::{CryptoProvider, SupportedKxGroup, ring};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, Error, ServerConfig, SignatureScheme, SupportedProtocolVersion};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_os::path::FileName;
use sidewinder_runtime::native::argument::Place;
use sidewinder_runtime::native::{Field, FromArgument, IntoObject, NativeObject, assigned};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{self, DEPRECATION_WARNING, NOT_IMPLEMENTED_ERROR};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::operations::{convert, warnings};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::sync::Arc;

/// The chains and keys that a side may show.
#[derive(Debug)]
struct Chains(Vec<Arc<CertifiedKey>>);

impl Chains {
    fn fitting(&self, schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let fits = |chain: &&Arc<CertifiedKey>| chain.key.choose_scheme(schemes).is_some();
        self.0.iter().find(fits).cloned()
    }
}

impl ResolvesServerCert for Chains {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.fitting(hello.signature_schemes())
    }
}

impl ResolvesClientCert for Chains {
    fn resolve(&self, _hints: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.fitting(schemes)
    }

    fn has_certs(&self) -> bool {
        !self.0.is_empty()
    }
}

/// What was made of the settings, until they change. Sessions are only taken up again with the same parts.
struct Made {
    client: Option<Arc<ClientConfig>>,
    server: Option<Arc<ServerConfig>>,
}

/// Numbers of what has happened (`session_stats`).
#[derive(Default)]
pub struct Statistics {
    pub connect: Cell<i64>,
    pub connect_good: Cell<i64>,
    pub accept: Cell<i64>,
    pub accept_good: Cell<i64>,
    pub hits: Cell<i64>,
}

// No documentation, as in CPython.
#[native_type("_ssl._SSLContext", base)]
#[derive(Traverse)]
pub struct SslContext {
    protocol: i32,
    verify_mode: Cell<i32>,
    check_hostname: Cell<bool>,
    options: Cell<u64>,
    verify_flags: Cell<u64>,
    host_flags: Cell<i64>,
    minimum: Cell<i32>,
    maximum: Cell<i32>,
    tickets: Cell<i32>,
    post_handshake: Cell<bool>,
    #[plain]
    chains: RefCell<Vec<Arc<CertifiedKey>>>,
    #[plain]
    trust: RefCell<Trust>,
    /// Folders and files of certificates that are believed, which are looked into when a connection is made.
    #[plain]
    folders: RefCell<Vec<PathBuf>>,
    #[plain]
    ciphers: RefCell<Vec<&'static Cipher>>,
    #[plain]
    protocols: RefCell<Vec<Vec<u8>>>,
    #[plain]
    group: Cell<Option<&'static dyn SupportedKxGroup>>,
    sni_callback: Field,
    key_log: Field,
    #[plain]
    key_log_file: RefCell<Option<Arc<Log>>>,
    #[plain]
    made: RefCell<Option<Made>>,
    #[plain]
    pub statistics: Statistics,
}

/// Protocols of contexts, as `ssl.PROTOCOL_…` has them.
const PROTOCOL_ANY: i32 = 2;
const PROTOCOL_TLS1_2: i32 = 5;
const PROTOCOL_CLIENT: i32 = 16;
const PROTOCOL_SERVER: i32 = 17;

/// Versions of the protocol, as `ssl.TLSVersion` has them.
const LOWEST: i32 = -2;
const HIGHEST: i32 = -1;
const TLS1_2: i32 = 0x303;
const TLS1_3: i32 = 0x304;

const FLAG_CRL_LEAF: u64 = 4;
const FLAG_CRL_CHAIN: u64 = 8;
const FLAG_STRICT: u64 = 0x20;
const OPTION_NO_TICKET: u64 = 0x4000;
const OPTIONS_NO_VERSION: u64 = 0x0200_0000 | 0x0400_0000 | 0x0800_0000 | 0x1000_0000 | 0x2000_0000;

pub use load::path_of;

/// Where certificates that are believed are looked for: the file and the folder.
pub fn default_places() -> (&'static str, &'static str) {
    (load::DEFAULT_FILE, load::DEFAULT_FOLDER)
}

#[cold]
pub fn not_implemented(cx: &mut Context, what: &str) -> Raised {
    cx.raise(&NOT_IMPLEMENTED_ERROR, format!("{what} is not supported by the TLS library of this interpreter"))
}

fn deprecated(cx: &mut Context, message: &str) -> Result<()> {
    warnings::warn(cx, &DEPRECATION_WARNING, message, 2)
}

impl SslContext {
    fn forget(&self) {
        *self.made.borrow_mut() = None;
    }

    pub fn wants_certificate(&self) -> bool {
        self.verify_mode.get() != 0
    }

    /// The suites that may be used, the best first.
    pub fn ciphers(&self) -> Vec<&'static Cipher> {
        self.ciphers.borrow().clone()
    }

    /// What is called with the name that a client asks for.
    pub fn sni_callback(&self) -> Option<Owned> {
        self.sni_callback.get()
    }

    /// The versions that may be agreed on.
    fn versions(&self) -> Vec<&'static SupportedProtocolVersion> {
        let (minimum, maximum) = (self.minimum.get(), self.maximum.get());
        let minimum = if minimum == LOWEST { 0 } else { minimum };
        let maximum = if maximum == HIGHEST { i32::MAX } else { maximum };
        let all = [(TLS1_3, 0x2000_0000, &rustls::version::TLS13), (TLS1_2, 0x0800_0000, &rustls::version::TLS12)];
        let allowed = |(version, option, _): &(i32, u64, &SupportedProtocolVersion)| {
            (minimum..=maximum).contains(version) && self.options.get() & option == 0
        };
        let of_protocol = |version: i32| self.protocol != PROTOCOL_TLS1_2 || version == TLS1_2;
        all.iter().filter(|row| allowed(row) && of_protocol(row.0)).map(|row| row.2).collect()
    }

    fn provider(&self) -> Arc<CryptoProvider> {
        let mut provider = ring::default_provider();
        provider.cipher_suites = self.ciphers.borrow().iter().filter_map(|cipher| cipher.supported()).collect();
        if let Some(group) = self.group.get() {
            provider.kx_groups.retain(|other| other.name() == group.name());
        }
        Arc::new(provider)
    }

    fn judge(&self, provider: &Arc<CryptoProvider>) -> Judge {
        let mode = self.verify_mode.get();
        let mut trust = self.trust.borrow().clone();
        for folder in self.folders.borrow().iter() {
            load::from_place(folder, &mut trust);
        }
        trust.checks_revocation = self.verify_flags.get() & FLAG_CRL_LEAF != 0;
        trust.is_strict = self.verify_flags.get() & FLAG_STRICT != 0;
        trust.checks_all = self.verify_flags.get() & FLAG_CRL_CHAIN != 0;
        Judge::new(trust, provider.clone(), mode != 0, mode == 2)
    }

    /// What a client's connection is made from, with its own memory of sessions.
    pub fn client_config(&self, store: Arc<Store>) -> std::result::Result<Arc<ClientConfig>, Error> {
        let kept = self.made.borrow().as_ref().and_then(|made| made.client.clone());
        let base = match kept {
            Some(base) => base,
            None => {
                let provider = self.provider();
                let judge = Arc::new(self.judge(&provider));
                let versions = self.versions();
                if versions.is_empty() {
                    return Err(Error::General(error::NO_PROTOCOLS.into()));
                }
                let verifier = ServerJudge { judge, checks_name: self.check_hostname.get() };
                let config = ClientConfig::builder_with_provider(provider).with_protocol_versions(&versions)?;
                let config = config.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
                let chains = Chains(self.chains.borrow().clone());
                let mut config = config.with_client_cert_resolver(Arc::new(chains));
                config.alpn_protocols = self.protocols.borrow().clone();
                config.check_selected_alpn = false;
                if let Some(log) = &*self.key_log_file.borrow() {
                    config.key_log = log.clone();
                }
                let base = Arc::new(config);
                let mut made = self.made.borrow_mut();
                let server = made.take().and_then(|made| made.server);
                *made = Some(Made { client: Some(base.clone()), server });
                base
            }
        };
        let mut config = ClientConfig::clone(&base);
        config.resumption = Resumption::store(store);
        Ok(Arc::new(config))
    }

    /// What a server's connections are made from.
    pub fn server_config(&self) -> std::result::Result<Arc<ServerConfig>, Error> {
        if let Some(kept) = self.made.borrow().as_ref().and_then(|made| made.server.clone()) {
            return Ok(kept);
        }
        let provider = self.provider();
        let judge = Arc::new(self.judge(&provider));
        let versions = self.versions();
        if versions.is_empty() {
            return Err(Error::General(error::NO_PROTOCOLS.into()));
        }
        let config = ServerConfig::builder_with_provider(provider).with_protocol_versions(&versions)?;
        let config = match judge.wants {
            true => config.with_client_cert_verifier(judge),
            false => config.with_no_client_auth(),
        };
        let mut config = config.with_cert_resolver(Arc::new(Chains(self.chains.borrow().clone())));
        config.alpn_protocols = self.protocols.borrow().clone();
        config.ignore_client_order = true;
        if self.options.get() & OPTION_NO_TICKET == 0 {
            if let Ok(ticketer) = ring::Ticketer::new() {
                config.ticketer = ticketer;
            }
        } else {
            config.session_storage = Arc::new(NoServerSessionStorage {});
        }
        config.send_tls13_tickets = self.tickets.get().max(0) as usize;
        if let Some(log) = &*self.key_log_file.borrow() {
            config.key_log = log.clone();
        }
        let made_config = Arc::new(config);
        let mut made = self.made.borrow_mut();
        let client = made.take().and_then(|made| made.client);
        *made = Some(Made { client, server: Some(made_config.clone()) });
        Ok(made_config)
    }

    fn check_side(&self, cx: &mut Context, is_server: bool) -> Result<()> {
        let message = match (is_server, self.protocol) {
            (true, PROTOCOL_CLIENT) => "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context",
            (false, PROTOCOL_SERVER) => "Cannot create a client socket with a PROTOCOL_TLS_SERVER context",
            _ => return Ok(()),
        };
        Err(error::raise(cx, error::Kind::Error, 0, None, message, None))
    }

    /// Checks what may be the version that an attribute is set to.
    fn version(&self, cx: &mut Context, value: Option<Value>, name: &str) -> Result<i32> {
        let value = require(cx, value, name)?;
        let version = convert::c_int(cx, value)?;
        if ![PROTOCOL_ANY, PROTOCOL_CLIENT, PROTOCOL_SERVER].contains(&self.protocol) {
            let message = "The context's protocol doesn't support modification of highest and lowest version.";
            return Err(cx.value_error(message));
        }
        match version {
            LOWEST | HIGHEST | TLS1_2 | TLS1_3 => {}
            0x300 => deprecated(cx, "ssl.TLSVersion.SSLv3 is deprecated")?,
            0x301 => deprecated(cx, "ssl.TLSVersion.TLSv1 is deprecated")?,
            0x302 => deprecated(cx, "ssl.TLSVersion.TLSv1_1 is deprecated")?,
            _ => return Err(cx.value_error(format!("Unsupported TLS/SSL version {version:#x}"))),
        }
        self.forget();
        Ok(version)
    }
}

fn require(cx: &mut Context, value: Option<Value>, name: &str) -> Result<Value> {
    assigned(cx, value, format!("attribute '{name}' of '_ssl._SSLContext' objects cannot be deleted"))
}

static OPTIONS: Place = Place { function: "options", argument: "argument", name: "options" };

/// The name of a server that a connection is for.
fn host(cx: &mut Context, value: Value) -> Result<Option<String>> {
    if value == singleton::none() {
        return Ok(None);
    }
    let name = match value.cast::<BytesObject>() {
        Some(bytes) => String::from_utf8_lossy(bytes.as_slice()).into_owned(),
        None => match str::text(value) {
            Some(text) if text.contains('\0') => {
                return Err(cx.type_error("argument must be encoded string without null bytes, not str"));
            }
            Some(text) => text.into_owned(),
            None => return Err(cx.type_error(format!("argument must be str, not {}", value.type_of().name()))),
        },
    };
    Ok(Some(name))
}

#[methods]
impl SslContext {
    #[new(name = "_SSLContext")]
    fn new(cx: &mut Context, protocol: i32) -> Result<SslContext> {
        match protocol {
            PROTOCOL_ANY => deprecated(cx, "ssl.PROTOCOL_TLS is deprecated")?,
            PROTOCOL_TLS1_2 => deprecated(cx, "ssl.PROTOCOL_TLSv1_2 is deprecated")?,
            PROTOCOL_CLIENT | PROTOCOL_SERVER => {}
            3 | 4 => {
                let name = if protocol == 3 { "ssl.PROTOCOL_TLSv1" } else { "ssl.PROTOCOL_TLSv1_1" };
                return Err(not_implemented(cx, name));
            }
            _ => return Err(cx.value_error(format!("invalid or unsupported protocol version {protocol}"))),
        }
        let is_client = protocol == PROTOCOL_CLIENT;
        Ok(SslContext {
            protocol,
            verify_mode: Cell::new(if is_client { 2 } else { 0 }),
            check_hostname: Cell::new(is_client),
            options: Cell::new(0x8252_0050),
            verify_flags: Cell::new(0x8000),
            host_flags: Cell::new(4),
            minimum: Cell::new(if protocol == PROTOCOL_TLS1_2 { TLS1_2 } else { LOWEST }),
            maximum: Cell::new(if protocol == PROTOCOL_TLS1_2 { TLS1_2 } else { HIGHEST }),
            tickets: Cell::new(2),
            post_handshake: Cell::new(false),
            chains: RefCell::default(),
            trust: RefCell::default(),
            folders: RefCell::default(),
            ciphers: RefCell::new(ciphers::all()),
            protocols: RefCell::default(),
            group: Cell::new(None),
            sni_callback: Field::empty(),
            key_log: Field::empty(),
            key_log_file: RefCell::new(None),
            made: RefCell::new(None),
            statistics: Statistics::default(),
        })
    }

    /// Puts a secure connection over a socket.
    fn _wrap_socket(
        this: &NativeObject<SslContext>,
        cx: &mut Context,
        #[named] sock: Value,
        server_side: bool,
        #[default(singleton::none(), "None")] server_hostname: Value,
        #[keyword]
        #[default(singleton::none(), "None")]
        owner: Value,
        #[default(singleton::none(), "None")] session: Value,
    ) -> Result<Owned> {
        let name = host(cx, server_hostname)?;
        this.check_side(cx, server_side)?;
        SslSocket::over_socket(cx, this, sock, server_side, name, owner, session)
    }

    /// Puts a secure connection over two buffers.
    #[allow(clippy::too_many_arguments, reason = "as many as a program gives")]
    fn _wrap_bio(
        this: &NativeObject<SslContext>,
        cx: &mut Context,
        #[named] incoming: &NativeObject<MemoryBIO>,
        outgoing: &NativeObject<MemoryBIO>,
        server_side: bool,
        #[default(singleton::none(), "None")] server_hostname: Value,
        #[keyword]
        #[default(singleton::none(), "None")]
        owner: Value,
        #[default(singleton::none(), "None")] session: Value,
    ) -> Result<Owned> {
        let name = host(cx, server_hostname)?;
        this.check_side(cx, server_side)?;
        let buffers = (incoming.to_owned_value(), outgoing.to_owned_value());
        SslSocket::over_buffers(cx, this, buffers, server_side, name, owner, session)
    }

    /// Sets the suites that may be used, by a string in OpenSSL's words.
    fn set_ciphers(&self, cx: &mut Context, cipherlist: String) -> Result<()> {
        match ciphers::choose(&cipherlist) {
            Some(chosen) => {
                *self.ciphers.borrow_mut() = chosen;
                self.forget();
                Ok(())
            }
            None => Err(error::plain(cx, "No cipher can be selected.")),
        }
    }

    /// The suites that may be used, the best first.
    fn get_ciphers(&self, cx: &mut Context) -> Vec<Owned> {
        let ciphers = self.ciphers.borrow().clone();
        ciphers.into_iter().map(|cipher| describe(cx, cipher)).collect()
    }

    /// Sets the protocols that may be agreed on for what is in the connection.
    fn _set_alpn_protocols(&self, cx: &mut Context, protos: Buffer) -> Result<()> {
        let mut rest = protos.as_slice();
        let mut found = Vec::new();
        while let Some((length, after)) = rest.split_first() {
            let Some((name, after)) = after.split_at_checked(usize::from(*length)) else {
                return Err(cx.value_error("invalid list of protocols"));
            };
            found.push(name.to_vec());
            rest = after;
        }
        *self.protocols.borrow_mut() = found;
        self.forget();
        Ok(())
    }

    /// Loads a chain of certificates, and the key of the first one.
    fn load_cert_chain(
        &self,
        cx: &mut Context,
        #[named] certfile: Value,
        #[default(singleton::none(), "None")] keyfile: Value,
        #[default(singleton::none(), "None")] password: Value,
    ) -> Result<()> {
        let chain = load::chain(cx, certfile, keyfile, password)?;
        let mut chains = self.chains.borrow_mut();
        let kind = chain.key.algorithm();
        chains.retain(|other| other.key.algorithm() != kind);
        chains.push(Arc::new(chain));
        drop(chains);
        self.forget();
        Ok(())
    }

    /// Loads certificates that are believed, from a file, a folder or memory.
    fn load_verify_locations(
        &self,
        cx: &mut Context,
        #[named]
        #[default(singleton::none(), "None")]
        cafile: Value,
        #[default(singleton::none(), "None")] capath: Value,
        #[default(singleton::none(), "None")] cadata: Value,
    ) -> Result<()> {
        self.forget();
        load::locations(cx, [cafile, capath, cadata], &self.trust, &self.folders)
    }

    /// Loads the certificates that the system believes.
    fn set_default_verify_paths(&self) {
        load::defaults(&self.trust, &self.folders);
        self.forget();
    }

    /// Sets numbers for a way to agree on keys that is not used here.
    fn load_dh_params(&self, cx: &mut Context, path: Value) -> Result<()> {
        let file = FileName::of(cx, path)?;
        if let Err(failed) = std::fs::metadata(load::path_of(&file)) {
            return Err(exception::raise_os_error(
                cx,
                failed.raw_os_error().unwrap_or(libc::EIO),
                Some(&file.0.to_string_lossy()),
            ));
        }
        Err(not_implemented(cx, "key exchange by Diffie-Hellman with parameters of its own"))
    }

    /// Sets the curve that is used to agree on keys.
    fn set_ecdh_curve(&self, cx: &mut Context, name: Value) -> Result<()> {
        let file = FileName::of(cx, name)?;
        let group: Option<&'static dyn SupportedKxGroup> = match file.0.to_bytes() {
            b"prime256v1" | b"secp256r1" | b"P-256" => Some(ring::kx_group::SECP256R1),
            b"secp384r1" | b"P-384" => Some(ring::kx_group::SECP384R1),
            b"x25519" | b"X25519" => Some(ring::kx_group::X25519),
            _ => None,
        };
        let Some(group) = group else {
            let shown = convert::repr_text(cx, name)?;
            return Err(cx.value_error(format!("unknown elliptic curve name {shown}")));
        };
        self.group.set(Some(group));
        self.forget();
        Ok(())
    }

    /// How often connections were made and sessions taken up again.
    fn session_stats(&self, cx: &mut Context) -> Owned {
        let own = &self.statistics;
        let made = DictObject::new(cx);
        for (name, number) in [
            ("number", 0),
            ("connect", own.connect.get()),
            ("connect_good", own.connect_good.get()),
            ("connect_renegotiate", 0),
            ("accept", own.accept.get()),
            ("accept_good", own.accept_good.get()),
            ("accept_renegotiate", 0),
            ("hits", own.hits.get()),
            ("misses", 0),
            ("timeouts", 0),
            ("cache_full", 0),
        ] {
            dict::of(made.value()).set_text(cx, name, Value::from_small_int(number));
        }
        made
    }

    /// How many certificates, authorities and lists of what was revoked are loaded.
    fn cert_store_stats(&self, cx: &mut Context) -> Owned {
        let trust = self.trust.borrow();
        let is_authority =
            |bytes: &[u8]| crate::der::Certificate::read(bytes).is_some_and(|certificate| certificate.is_authority);
        let authorities = trust.certificates.iter().filter(|bytes| is_authority(bytes)).count();
        let counts =
            [("x509", trust.certificates.len()), ("crl", trust.revocation_lists.len()), ("x509_ca", authorities)];
        drop(trust);
        let made = DictObject::new(cx);
        for (name, number) in counts {
            dict::of(made.value()).set_text(cx, name, Value::from_small_int(number as i64));
        }
        made
    }

    /// The authorities that are loaded.
    fn get_ca_certs(
        &self,
        cx: &mut Context,
        #[named]
        #[default(false)]
        binary_form: bool,
    ) -> Result<Vec<Owned>> {
        let certificates = self.trust.borrow().certificates.clone();
        let mut found = Vec::new();
        for bytes in certificates {
            if !crate::der::Certificate::read(&bytes).is_some_and(|certificate| certificate.is_authority) {
                continue;
            }
            found.push(match binary_form {
                true => BytesObject::new(cx, &bytes),
                false => certificate::dictionary(cx, &bytes)?,
            });
        }
        Ok(found)
    }

    /// Sets what gives a client a key that both sides have.
    fn set_psk_client_callback(&self, cx: &mut Context, #[named] callback: Value) -> Result<()> {
        if self.protocol == PROTOCOL_SERVER {
            let message = "Cannot add PSK client callback to a PROTOCOL_TLS_SERVER context";
            return Err(error::raise(cx, error::Kind::Error, 0, None, message, None));
        }
        refuse_keys(cx, callback)
    }

    /// Sets what gives a server a key that both sides have.
    fn set_psk_server_callback(
        &self,
        cx: &mut Context,
        #[named] callback: Value,
        #[default(singleton::none(), "None")] identity_hint: Value,
    ) -> Result<()> {
        let _ = identity_hint;
        if self.protocol == PROTOCOL_CLIENT {
            let message = "Cannot add PSK server callback to a PROTOCOL_TLS_CLIENT context";
            return Err(error::raise(cx, error::Kind::Error, 0, None, message, None));
        }
        refuse_keys(cx, callback)
    }

    #[get]
    fn protocol(&self) -> i32 {
        self.protocol
    }

    #[get]
    fn verify_mode(&self) -> i32 {
        self.verify_mode.get()
    }

    #[set(verify_mode)]
    fn set_verify_mode(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = require(cx, value, "verify_mode")?;
        let mode = convert::c_int(cx, value)?;
        if !(0..=2).contains(&mode) {
            return Err(cx.value_error("invalid value for verify_mode"));
        }
        if mode == 0 && self.check_hostname.get() {
            return Err(cx.value_error("Cannot set verify_mode to CERT_NONE when check_hostname is enabled."));
        }
        self.verify_mode.set(mode);
        self.forget();
        Ok(())
    }

    #[get]
    fn check_hostname(&self) -> bool {
        self.check_hostname.get()
    }

    #[set(check_hostname)]
    fn set_check_hostname(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = require(cx, value, "check_hostname")?;
        let on = convert::truth(cx, value)?;
        if on && self.verify_mode.get() == 0 {
            self.verify_mode.set(2);
        }
        self.check_hostname.set(on);
        self.forget();
        Ok(())
    }

    #[get]
    fn options(&self) -> u64 {
        self.options.get()
    }

    #[set(options)]
    fn set_options(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = require(cx, value, "options")?;
        let wanted = wide(cx, value)?;
        if wanted & !self.options.get() & OPTIONS_NO_VERSION != 0 {
            deprecated(cx, "ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated")?;
        }
        self.options.set(wanted);
        self.forget();
        Ok(())
    }

    #[get]
    fn verify_flags(&self) -> u64 {
        self.verify_flags.get()
    }

    #[set(verify_flags)]
    fn set_verify_flags(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = require(cx, value, "verify_flags")?;
        let Some(flags) = sidewinder_runtime::objects::int::as_i64(value) else {
            let name = value.type_of().name();
            return Err(cx.type_error(format!("argument must be int, not {name}")));
        };
        self.verify_flags.set(flags as u64);
        self.forget();
        Ok(())
    }

    #[get]
    fn _host_flags(&self) -> i64 {
        self.host_flags.get()
    }

    #[set(_host_flags)]
    fn set_host_flags(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = require(cx, value, "_host_flags")?;
        self.host_flags.set(convert::c_long(cx, value)?);
        Ok(())
    }

    #[get]
    fn minimum_version(&self) -> i32 {
        self.minimum.get()
    }

    #[set(minimum_version)]
    fn set_minimum_version(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let version = self.version(cx, value, "minimum_version")?;
        self.minimum.set(if version == HIGHEST { TLS1_3 } else { version });
        Ok(())
    }

    #[get]
    fn maximum_version(&self) -> i32 {
        self.maximum.get()
    }

    #[set(maximum_version)]
    fn set_maximum_version(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let version = self.version(cx, value, "maximum_version")?;
        self.maximum.set(if version == LOWEST { 0x301 } else { version });
        Ok(())
    }

    #[get]
    fn num_tickets(&self) -> i32 {
        self.tickets.get()
    }

    #[set(num_tickets)]
    fn set_num_tickets(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = require(cx, value, "num_tickets")?;
        let number = convert::c_int(cx, value)?;
        if number < 0 {
            return Err(cx.value_error("value must be non-negative"));
        }
        if self.protocol != PROTOCOL_SERVER {
            return Err(cx.value_error("SSLContext is not a server context."));
        }
        self.tickets.set(number);
        self.forget();
        Ok(())
    }

    #[get]
    fn security_level(&self) -> i64 {
        2
    }

    #[get]
    fn post_handshake_auth(&self) -> bool {
        self.post_handshake.get()
    }

    #[set(post_handshake_auth)]
    fn set_post_handshake_auth(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = assigned(cx, value, "cannot delete attribute")?;
        // A client says so to the server; here it does not, and no server asks.
        self.post_handshake.set(convert::truth(cx, value)?);
        Ok(())
    }

    #[get]
    fn sni_callback_(&self) -> Owned {
        self.sni_callback.get_or_none()
    }

    #[set(sni_callback)]
    fn set_sni_callback(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = require(cx, value, "sni_callback")?;
        if self.protocol == PROTOCOL_CLIENT {
            return Err(cx.value_error("sni_callback cannot be set on TLS_CLIENT context"));
        }
        if value == singleton::none() {
            self.sni_callback.set(None);
            return Ok(());
        }
        if value.type_of().slots().call.is_none() {
            return Err(cx.type_error("not a callable object"));
        }
        self.sni_callback.set(Some(Owned::new(value)));
        Ok(())
    }

    #[get]
    fn _msg_callback(&self) {}

    #[set(_msg_callback)]
    fn set_msg_callback(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = require(cx, value, "_msg_callback")?;
        if value == singleton::none() {
            return Ok(());
        }
        if value.type_of().slots().call.is_none() {
            return Err(cx.type_error("not a callable object"));
        }
        Err(not_implemented(cx, "_msg_callback"))
    }

    #[get]
    fn keylog_filename(&self) -> Owned {
        self.key_log.get_or_none()
    }

    #[set(keylog_filename)]
    fn set_keylog_filename(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = require(cx, value, "keylog_filename")?;
        if value == singleton::none() {
            self.key_log.set(None);
            *self.key_log_file.borrow_mut() = None;
            self.forget();
            return Ok(());
        }
        let file = FileName::of(cx, value)?;
        match Log::open(&load::path_of(&file)) {
            Ok(log) => {
                *self.key_log_file.borrow_mut() = Some(Arc::new(log));
                self.key_log.set(Some(Owned::new(value)));
                self.forget();
                Ok(())
            }
            Err(failed) => Err(sidewinder_os::system::raise_named(cx, &failed, value)),
        }
    }
}

/// What is known of a suite, as a dictionary.
fn describe(cx: &mut Context, cipher: &Cipher) -> Owned {
    let made = DictObject::new(cx);
    let entries = dict::of(made.value());
    let description = cipher.description();
    let items: [(&str, Owned); 11] = [
        ("id", cipher.identifier.into_object(cx)),
        ("name", cipher.name.into_object(cx)),
        ("protocol", cipher.protocol().into_object(cx)),
        ("description", description.into_object(cx)),
        ("strength_bits", cipher.bits.into_object(cx)),
        ("alg_bits", cipher.bits.into_object(cx)),
        ("aead", true.into_object(cx)),
        ("symmetric", cipher.symmetric.into_object(cx)),
        ("digest", cipher.digest.into_object(cx)),
        ("kea", cipher.key_exchange.into_object(cx)),
        ("auth", cipher.authentication.into_object(cx)),
    ];
    for (key, value) in items {
        entries.set_text(cx, key, value.value());
    }
    made
}

fn refuse_keys(cx: &mut Context, callback: Value) -> Result<()> {
    if callback == singleton::none() {
        return Ok(());
    }
    if callback.type_of().slots().call.is_none() {
        return Err(cx.type_error("callback must be callable"));
    }
    Err(not_implemented(cx, "TLS with keys that both sides have (PSK)"))
}

/// A C `unsigned long long`.
fn wide(cx: &mut Context, value: Value) -> Result<u64> {
    match u64::from_argument(cx, &value, &OPTIONS) {
        Err(_) if cx.swallow(&exception::OVERFLOW_ERROR) => {
            Err(cx.overflow_error("Python int too large for C unsigned long long"))
        }
        outcome => outcome,
    }
}
