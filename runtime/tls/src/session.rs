//! Sessions that a client takes up again.

use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tickets that a client keeps of one connection.
const TICKETS_MAX: usize = 8;

/// What a server has given a client for the next time.
#[derive(Default, Debug)]
struct Kept {
    group: Option<NamedGroup>,
    old: Option<Tls12ClientSessionValue>,
    tickets: Vec<Tls13ClientSessionValue>,
}

/// What one connection of a client keeps, and starts with.
#[derive(Default, Debug)]
pub struct Store(Mutex<Kept>);

impl Store {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is anything to take up again.
    pub fn is_empty(&self) -> bool {
        let kept = self.kept();
        kept.old.is_none() && kept.tickets.is_empty()
    }
}

impl ClientSessionStore for Store {
    fn set_kx_hint(&self, _server_name: ServerName<'static>, group: NamedGroup) {
        self.kept().group = Some(group);
    }

    fn kx_hint(&self, _server_name: &ServerName<'_>) -> Option<NamedGroup> {
        self.kept().group
    }

    fn set_tls12_session(&self, _server_name: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.kept().old = Some(value);
    }

    fn tls12_session(&self, _server_name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.kept().old.clone()
    }

    fn remove_tls12_session(&self, _server_name: &ServerName<'static>) {
        self.kept().old = None;
    }

    fn insert_tls13_ticket(&self, _server_name: ServerName<'static>, value: Tls13ClientSessionValue) {
        let mut kept = self.kept();
        if kept.tickets.len() < TICKETS_MAX {
            kept.tickets.push(value);
        }
    }

    fn take_tls13_ticket(&self, _server_name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.kept().tickets.pop()
    }
}

// No documentation, as in CPython.
#[native_type("_ssl.SSLSession", unhashable)]
#[derive(Traverse)]
pub struct SSLSession {
    #[plain]
    store: Arc<Store>,
    /// The context of the connection, which alone can take the session up again.
    context: Owned,
    #[plain]
    identifier: [u8; 32],
    time: i64,
}

impl SSLSession {
    /// The session of a connection with that store.
    pub fn create(cx: &mut Context, store: Arc<Store>, context: Owned) -> Result<Owned> {
        let mut identifier = [0; 32];
        // The store stands for the session as long as both live.
        identifier[..8].copy_from_slice(&(Arc::as_ptr(&store) as usize as u64).to_be_bytes());
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
        NativeObject::new(cx, SSLSession { store, context, identifier, time })
    }

    /// What a new connection is to start with. Tickets are good for one connection each, so they are shared.
    pub fn store(&self) -> Arc<Store> {
        self.store.clone()
    }

    /// Whether the session is one of connections of that context.
    pub fn is_of(&self, context: Value) -> bool {
        self.context.value() == context
    }
}

#[methods]
impl SSLSession {
    /// A number for the session.
    #[get]
    fn id(&self) -> Bytes {
        Bytes(self.identifier.to_vec())
    }

    /// When the session began, in seconds since 1970.
    #[get]
    fn time(&self) -> i64 {
        self.time
    }

    /// Seconds that the session is good for.
    #[get]
    fn timeout(&self) -> i64 {
        7200
    }

    /// Seconds that the server means to keep its side.
    #[get]
    fn ticket_lifetime_hint(&self) -> i64 {
        7200
    }

    /// Whether the server has given something to take the session up with.
    #[get]
    fn has_ticket(&self) -> bool {
        !self.store.is_empty()
    }

    #[slot(compare)]
    fn compare(&self, cx: &mut Context, other: Value, operation: CompareOp) -> Owned {
        let _ = &cx;
        let Some(other) = other.cast::<NativeObject<SSLSession>>() else {
            return Owned::new(singleton::not_implemented());
        };
        let equal = self.identifier == other.identifier;
        Owned::new(match operation {
            CompareOp::Equal => singleton::boolean(equal),
            CompareOp::NotEqual => singleton::boolean(!equal),
            _ => singleton::not_implemented(),
        })
    }
}
