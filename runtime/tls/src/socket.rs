//! `_SSLSocket`: a secure connection over a socket or over two buffers.

mod transport;

use crate::context::{SslContext, not_implemented};
use crate::engine::{Engine, Plain};
use crate::error::{self, Kind};
use crate::session::{SSLSession, Store};
use crate::{certificate, ciphers};
use rustls::pki_types::{IpAddr, ServerName};
use rustls::{HandshakeKind, ProtocolVersion};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::argument::{Place, WritableBuffer};
use sidewinder_runtime::native::{Field, FromArgument, IntoObject, NativeObject, assigned};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::TYPE_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::weak::{self, WEAK_REFERENCE};
use sidewinder_runtime::operations::{call, convert, finalize};
use sidewinder_runtime::threads::wait::Lock;
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, Value};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use transport::{Arrival, Departure, Transport};

/// Bytes that one call takes of a socket that does not wait, whose caller has to know what is not gone yet.
const RECORD_BYTES: usize = 16_384;
/// Bytes that one call takes of others; buffers take everything.
const WRITE_BYTES: usize = 1 << 20;

// No documentation, as in CPython.
#[native_type("_ssl._SSLSocket")]
#[derive(Traverse)]
pub struct SslSocket {
    context: Field,
    transport: Transport,
    #[plain]
    engine: RefCell<Option<Engine>>,
    is_server: bool,
    name: Option<String>,
    /// A weak reference to what the program takes for the connection.
    owner: Field,
    /// What a client starts with, and keeps for the next time.
    #[plain]
    store: RefCell<Arc<Store>>,
    session: Field,
    agreed: Cell<bool>,
    closing: Cell<bool>,
    /// It has ended without a word.
    ended: Cell<bool>,
    /// Who receives, and who sends: one thread at a time each, so that bytes stay in order.
    #[plain]
    receiving: Arc<Lock>,
    #[plain]
    sending: Arc<Lock>,
}

/// What an operation is called when it takes too long.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Handshake,
    Read,
    Write,
    Shutdown,
}

impl Doing {
    fn timed_out(self) -> &'static str {
        match self {
            Doing::Handshake => "The handshake operation timed out",
            Doing::Read => "The read operation timed out",
            Doing::Write => "The write operation timed out",
            Doing::Shutdown => "The read operation timed out",
        }
    }
}

impl SslSocket {
    pub fn over_socket(
        cx: &mut Context,
        context: &NativeObject<SslContext>,
        socket: Value,
        is_server: bool,
        name: Option<String>,
        owner: Value,
        session: Value,
    ) -> Result<Owned> {
        let transport = Transport::socket(cx, socket)?;
        SslSocket::create(cx, context, transport, is_server, name, owner, session)
    }

    pub fn over_buffers(
        cx: &mut Context,
        context: &NativeObject<SslContext>,
        buffers: (Owned, Owned),
        is_server: bool,
        name: Option<String>,
        owner: Value,
        session: Value,
    ) -> Result<Owned> {
        let transport = Transport::Buffers { incoming: buffers.0, outgoing: buffers.1 };
        SslSocket::create(cx, context, transport, is_server, name, owner, session)
    }

    fn create(
        cx: &mut Context,
        context: &NativeObject<SslContext>,
        transport: Transport,
        is_server: bool,
        name: Option<String>,
        owner: Value,
        session: Value,
    ) -> Result<Owned> {
        if name.as_ref().is_some_and(|name| name.is_empty() || name.starts_with('.')) {
            let message = "server_hostname cannot be an empty string or start with a leading dot.";
            return Err(cx.value_error(message));
        }
        let made = SslSocket {
            context: Field::new(context.to_owned_value()),
            transport,
            engine: RefCell::new(is_server.then(Engine::server)),
            is_server,
            name,
            owner: Field::empty(),
            store: RefCell::default(),
            session: Field::empty(),
            agreed: Cell::new(false),
            closing: Cell::new(false),
            ended: Cell::new(false),
            receiving: Arc::default(),
            sending: Arc::default(),
        };
        if owner != singleton::none() {
            made.own(cx, owner)?;
        }
        if session != singleton::none() {
            made.start_with(cx, session)?;
        }
        NativeObject::new(cx, made)
    }

    fn own(&self, cx: &mut Context, owner: Value) -> Result<()> {
        let reference = weak::new(cx, &WEAK_REFERENCE, owner, singleton::none())?;
        self.owner.set(Some(reference));
        Ok(())
    }

    /// Takes up a session again.
    fn start_with(&self, cx: &mut Context, session: Value) -> Result<()> {
        let Some(found) = session.cast::<NativeObject<SSLSession>>() else {
            return Err(cx.type_error("Value is not a SSLSession."));
        };
        let context = self.context.get_or_none();
        if !found.is_of(context.value()) {
            return Err(cx.value_error("Session refers to a different SSLContext."));
        }
        if self.is_server {
            return Err(cx.value_error("Cannot set session for server-side SSLSocket."));
        }
        if self.agreed.get() {
            return Err(cx.value_error("Cannot set session after handshake."));
        }
        *self.store.borrow_mut() = found.store();
        self.session.set(Some(Owned::new(session)));
        Ok(())
    }

    fn with_context<R>(&self, work: impl FnOnce(&SslContext) -> R) -> R {
        let held = self.context.get_or_none();
        match held.value().cast::<NativeObject<SslContext>>() {
            Some(context) => work(context),
            None => unreachable!("a connection has a context"),
        }
    }

    /// Does something with the connection.
    fn with_engine<R>(&self, work: impl FnOnce(&mut Engine) -> R) -> Option<R> {
        self.engine.borrow_mut().as_mut().map(work)
    }

    /// Starts a client's connection, if that was not done yet.
    fn start(&self, cx: &mut Context) -> Result<()> {
        if self.engine.borrow().is_some() {
            return Ok(());
        }
        let store = self.store.borrow().clone();
        let made = self.with_context(|context| {
            let count = &context.statistics.connect;
            count.set(count.get() + 1);
            let config = context.client_config(store)?;
            // Without a name none is sent.
            let name = self.name.clone().and_then(|name| ServerName::try_from(name).ok());
            let name = name.unwrap_or_else(|| ServerName::IpAddress(IpAddr::from(std::net::Ipv4Addr::UNSPECIFIED)));
            Engine::client(config, name)
        });
        match made {
            Ok(engine) => {
                *self.engine.borrow_mut() = Some(engine);
                Ok(())
            }
            Err(failed) => Err(error::raise_protocol(cx, &failed, false)),
        }
    }

    /// Sends what has to go. Errors: a socket that does not wait cannot take it now.
    fn flush(&self, cx: &mut Context, doing: Doing) -> Result<()> {
        loop {
            if !self.with_engine(Engine::has_outgoing).unwrap_or(false) {
                return Ok(());
            }
            let lock = self.sending.clone();
            lock.acquire(cx, None)?;
            let bytes = self.with_engine(Engine::take_outgoing).unwrap_or_default();
            let Some(bytes) = self.transport.take_over(bytes) else {
                lock.release();
                return Ok(());
            };
            let outcome = self.transport.send(cx, &bytes);
            let (sent, end) = match outcome {
                Ok((sent, end)) => (sent, Ok(end)),
                Err(raised) => (0, Err(raised)),
            };
            self.with_engine(|engine| engine.put_back(&bytes[sent..]));
            lock.release();
            match end? {
                Departure::Sent => {}
                Departure::Full => return Err(error::unfinished(cx, Kind::WantWrite)),
                Departure::TimedOut => return Err(transport::timed_out(cx, doing.timed_out())),
            }
        }
    }

    /// Receives something and looks at it. False at the end of what comes.
    fn receive(&self, cx: &mut Context, doing: Doing) -> Result<bool> {
        let lock = self.receiving.clone();
        lock.acquire(cx, None)?;
        let records = self.with_engine(|engine| engine.records()).unwrap_or_default();
        let arrival = self.transport.receive(cx, &records);
        let outcome = match arrival {
            Ok(Arrival::Bytes(bytes)) => {
                self.with_engine(|engine| engine.put(bytes));
                Ok(true)
            }
            Ok(Arrival::Ended) => Ok(false),
            Ok(Arrival::Nothing) => Err(error::unfinished(cx, Kind::WantRead)),
            Ok(Arrival::TimedOut) => Err(transport::timed_out(cx, doing.timed_out())),
            Err(raised) => Err(raised),
        };
        lock.release();
        outcome
    }

    /// Looks at what was received. Whether anything was done.
    fn advance(&self, cx: &mut Context) -> Result<bool> {
        match self.with_engine(Engine::advance) {
            Some(Ok(done)) => Ok(done),
            Some(Err(failed)) => Err(self.give_up(cx, &failed)),
            None => Ok(false),
        }
    }

    /// Tells the other side of an error, if that can be done, and raises it.
    #[cold]
    fn give_up(&self, cx: &mut Context, failed: &rustls::Error) -> Raised {
        if self.flush(cx, Doing::Write).is_err() {
            drop(cx.take_pending());
        }
        error::raise_protocol(cx, failed, self.is_server)
    }

    /// Answers a client's first message, after the program was asked.
    fn answer(this: &NativeObject<SslSocket>, cx: &mut Context, name: Option<String>) -> Result<()> {
        if let Some(callback) = this.with_context(SslContext::sni_callback) {
            SslSocket::ask(this, cx, callback.value(), name)?;
            if this.with_engine(|engine| engine.wanted_name().is_none()).unwrap_or(true) {
                return Ok(());
            }
        }
        let made = this.with_context(|context| {
            let count = &context.statistics.accept;
            count.set(count.get() + 1);
            context.server_config()
        });
        let outcome = made.and_then(|config| this.with_engine(|engine| engine.answer(config)).unwrap_or(Ok(())));
        outcome.map_err(|failed| this.give_up(cx, &failed))
    }

    /// Asks the program by which context the client is to be served; it may refuse by an alert.
    fn ask(this: &NativeObject<SslSocket>, cx: &mut Context, callback: Value, name: Option<String>) -> Result<()> {
        let shown = this.owner.get().or_else(|| match &this.transport {
            Transport::Socket(reference) => Some(reference.clone()),
            Transport::Buffers { .. } => None,
        });
        let socket = match shown.map(|reference| weak::of(reference.value()).referent()) {
            Some(Some(socket)) => socket,
            // What the program has taken for the connection is gone.
            Some(None) => return Err(SslSocket::refuse(this, cx, 80)),
            None => this.to_owned_value(),
        };
        let name = name.into_object(cx);
        let context = this.context.get_or_none();
        let alert = match call::call(cx, callback, &[socket.value(), name.value(), context.value()]) {
            Ok(answer) if answer.value() == singleton::none() => return Ok(()),
            Ok(answer) => match convert::c_long(cx, answer.value()) {
                Ok(number) => number as u8,
                Err(_) => {
                    finalize::report_unraisable(cx, "in ssl servername callback", answer.value());
                    80
                }
            },
            Err(_) => {
                finalize::report_unraisable(cx, "in ssl servername callback", callback);
                40
            }
        };
        Err(SslSocket::refuse(this, cx, alert))
    }

    /// Refuses a client by an alert.
    #[cold]
    fn refuse(this: &NativeObject<SslSocket>, cx: &mut Context, alert: u8) -> Raised {
        this.with_engine(|engine| engine.refuse(alert));
        if this.flush(cx, Doing::Handshake).is_err() {
            drop(cx.take_pending());
        }
        error::fail(cx, "SSL", "CALLBACK_FAILED")
    }

    /// An error once the connection has ended without a word.
    fn check_end(&self, cx: &mut Context) -> Result<()> {
        match self.ended.get() {
            true => Err(error::raise(cx, Kind::Eof, error::code::EOF, None, error::ENDED, None)),
            false => Ok(()),
        }
    }

    /// Notes that the connection has ended without a word.
    #[cold]
    fn note_end(&self, cx: &mut Context) -> Raised {
        self.ended.set(true);
        error::ended(cx)
    }

    /// Agrees with the other side, if that was not done yet.
    fn agree(this: &NativeObject<SslSocket>, cx: &mut Context, doing: Doing) -> Result<()> {
        this.check_end(cx)?;
        if this.agreed.get() {
            return Ok(());
        }
        this.start(cx)?;
        loop {
            this.advance(cx)?;
            if let Some(name) = this.with_engine(|engine| engine.wanted_name()).flatten() {
                SslSocket::answer(this, cx, name)?;
                continue;
            }
            this.flush(cx, doing)?;
            if this.with_engine(|engine| engine.is_agreed()).unwrap_or(false) {
                break;
            }
            if !this.receive(cx, doing)? {
                return Err(this.note_end(cx));
            }
        }
        this.agreed.set(true);
        let resumed = this.is_resumed();
        this.with_context(|context| {
            let own = &context.statistics;
            let good = if this.is_server { &own.accept_good } else { &own.connect_good };
            good.set(good.get() + 1);
            if resumed {
                own.hits.set(own.hits.get() + 1);
            }
        });
        Ok(())
    }

    fn is_resumed(&self) -> bool {
        let engine = self.engine.borrow();
        let connection = engine.as_ref().and_then(Engine::connection);
        connection.and_then(|connection| connection.handshake_kind()) == Some(HandshakeKind::Resumed)
    }

    /// Reads up to so many bytes; none at the end.
    fn read_bytes(this: &NativeObject<SslSocket>, cx: &mut Context, most: usize) -> Result<Vec<u8>> {
        SslSocket::agree(this, cx, Doing::Read)?;
        if most == 0 {
            return Ok(Vec::new());
        }
        loop {
            match this.with_engine(|engine| engine.read(most)) {
                Some(Plain::Bytes(bytes)) => return Ok(bytes),
                // Who has said so, too, hears it as an error.
                Some(Plain::Closed) if this.closing.get() => return Err(error::closed(cx)),
                Some(Plain::Closed) => return Ok(Vec::new()),
                Some(Plain::Nothing) | None => {}
            }
            if this.advance(cx)? {
                continue;
            }
            this.flush(cx, Doing::Read)?;
            if !this.receive(cx, Doing::Read)? {
                return Err(this.note_end(cx));
            }
        }
    }

    /// What the connection says, once both sides have agreed.
    fn with_connection<R>(&self, work: impl FnOnce(&rustls::Connection) -> Option<R>) -> Option<R> {
        let engine = self.engine.borrow();
        engine.as_ref().and_then(Engine::connection).and_then(work)
    }

    /// The certificates that the other side has shown.
    fn chain(&self) -> Vec<Vec<u8>> {
        let copied = |connection: &rustls::Connection| {
            let chain = connection.peer_certificates()?;
            Some(chain.iter().map(|bytes| bytes.to_vec()).collect::<Vec<_>>())
        };
        self.with_connection(copied).unwrap_or_default()
    }

    fn certificates(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let mut found = Vec::new();
        for bytes in self.chain() {
            found.push(certificate::Certificate::create(cx, &bytes)?);
        }
        Ok((!found.is_empty()).then(|| ListObject::new(cx, found)))
    }
}

/// The name of a version of the protocol.
fn version_name(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::TLSv1_2 => "TLSv1.2",
        ProtocolVersion::TLSv1_3 => "TLSv1.3",
        _ => "unknown",
    }
}

static SIZE: Place = Place { function: "read", argument: "argument 1", name: "len" };
static TARGET: Place = Place { function: "read", argument: "argument 2", name: "buffer" };

#[methods]
impl SslSocket {
    /// Agrees with the other side on how to talk.
    fn do_handshake(this: &NativeObject<SslSocket>, cx: &mut Context) -> Result<()> {
        SslSocket::agree(this, cx, Doing::Handshake)
    }

    /// Reads up to so many bytes, into a buffer if one is given: read(size[, buffer])
    fn read(this: &NativeObject<SslSocket>, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let values = arguments.positionals();
        let (Some(size), true) = (values.first(), values.len() <= 2 && arguments.names.is_empty()) else {
            return Err(cx.type_error("_ssl._SSLSocket.read requires 1 to 2 arguments"));
        };
        let size = i32::from_argument(cx, size, &SIZE)?;
        let Some(target) = values.get(1) else {
            let Ok(size) = usize::try_from(size) else {
                return Err(cx.value_error("size should not be negative"));
            };
            let bytes = SslSocket::read_bytes(this, cx, size)?;
            return Ok(BytesObject::new(cx, &bytes));
        };
        let target = WritableBuffer::from_argument(cx, target, &TARGET)?.0;
        let room = target.len();
        let most = match usize::try_from(size) {
            Ok(size) if size > 0 => size.min(room),
            _ => room,
        };
        let bytes = SslSocket::read_bytes(this, cx, most)?;
        target.as_mut_slice()[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len().into_object(cx))
    }

    /// Writes bytes, and tells how many it took.
    fn write(this: &NativeObject<SslSocket>, cx: &mut Context, b: Buffer) -> Result<usize> {
        SslSocket::agree(this, cx, Doing::Write)?;
        if this.with_engine(|engine| engine.is_closed()).unwrap_or(false) {
            return Err(error::fail(cx, "SSL", "PROTOCOL_IS_SHUTDOWN"));
        }
        this.flush(cx, Doing::Write)?;
        let most = match &this.transport {
            Transport::Buffers { .. } => usize::MAX,
            _ if this.transport.waits(cx) => WRITE_BYTES,
            _ => RECORD_BYTES,
        };
        let bytes = b.as_slice();
        let bytes = &bytes[..bytes.len().min(most)];
        let Some(count) = this.with_engine(|engine| engine.write(bytes)) else { return Ok(0) };
        match this.flush(cx, Doing::Write) {
            Ok(()) => Ok(count),
            // The bytes were taken, and go with the next operation.
            Err(_) if this.swallow_full(cx) => Ok(count),
            Err(raised) => Err(raised),
        }
    }

    /// How many bytes can be read without receiving any.
    fn pending(&self) -> usize {
        self.with_engine(Engine::pending).unwrap_or(0)
    }

    /// Says that nothing follows, and waits until the other side says so, too. Gives the socket.
    fn shutdown(this: &NativeObject<SslSocket>, cx: &mut Context) -> Result<Owned> {
        if !this.agreed.get() {
            return Err(error::fail(cx, "SSL", "SHUTDOWN_WHILE_IN_INIT"));
        }
        if !this.closing.replace(true) {
            this.with_engine(Engine::close);
        }
        this.flush(cx, Doing::Shutdown)?;
        while !this.with_engine(|engine| engine.is_closed_by_peer()).unwrap_or(true) {
            if this.advance(cx)? {
                continue;
            }
            if let Some(Plain::Bytes(_)) = this.with_engine(|engine| engine.read(RECORD_BYTES)) {
                return Err(error::fail(cx, "SSL", "APPLICATION_DATA_AFTER_CLOSE_NOTIFY"));
            }
            if !this.receive(cx, Doing::Shutdown)? {
                return Err(this.note_end(cx));
            }
        }
        match &this.transport {
            Transport::Socket(reference) => {
                Ok(weak::of(reference.value()).referent().unwrap_or_else(|| Owned::new(singleton::none())))
            }
            Transport::Buffers { .. } => Ok(Owned::new(singleton::none())),
        }
    }

    /// The certificate of the other side, as a dictionary or as it is encoded; None if it has shown none.
    fn getpeercert(&self, cx: &mut Context, #[default(false)] der: bool) -> Result<Owned> {
        if !self.agreed.get() {
            return Err(cx.value_error("handshake not done yet"));
        }
        let chain = self.chain();
        let Some(first) = chain.first() else { return Ok(Owned::new(singleton::none())) };
        if der {
            return Ok(BytesObject::new(cx, first));
        }
        if !self.with_context(SslContext::wants_certificate) {
            return Ok(sidewinder_runtime::objects::dict::DictObject::new(cx));
        }
        certificate::dictionary(cx, first)
    }

    /// The certificates that the other side has shown, if they were found good.
    fn get_verified_chain(&self, cx: &mut Context) -> Result<Option<Owned>> {
        if !self.with_context(SslContext::wants_certificate) {
            return Ok(None);
        }
        self.certificates(cx)
    }

    /// The certificates that the other side has shown.
    fn get_unverified_chain(&self, cx: &mut Context) -> Result<Option<Owned>> {
        self.certificates(cx)
    }

    /// The suite that is used: its name, the protocol's, and the bits of the key.
    fn cipher(&self, cx: &mut Context) -> Option<Owned> {
        let suite = self.with_connection(|connection| connection.negotiated_cipher_suite())?;
        let cipher = ciphers::of(suite.suite())?;
        Some((cipher.name, cipher.protocol(), cipher.bits).into_object(cx))
    }

    /// The suites that a client has offered and the server has; None for a client.
    fn shared_ciphers(&self, cx: &mut Context) -> Result<Option<Owned>> {
        if !self.is_server || !self.agreed.get() {
            return Ok(None);
        }
        let offered = self.with_engine(|engine| engine.offered().to_vec()).unwrap_or_default();
        let own = self.with_context(SslContext::ciphers);
        let shared = own.into_iter().filter(|cipher| offered.contains(&cipher.suite()));
        let shared = shared.map(|cipher| (cipher.name, cipher.protocol(), cipher.bits).into_object(cx)).collect();
        Ok(Some(ListObject::new(cx, shared)))
    }

    /// The version of the protocol that is used.
    fn version(&self) -> Option<&'static str> {
        if !self.agreed.get() {
            return None;
        }
        self.with_connection(|connection| connection.protocol_version().map(version_name))
    }

    /// The protocol that was agreed on for what is in the connection.
    fn selected_alpn_protocol(&self) -> Option<String> {
        self.with_connection(|connection| Some(String::from_utf8_lossy(connection.alpn_protocol()?).into_owned()))
    }

    /// How data are compressed: not at all.
    fn compression(&self) {}

    /// What ties other protocols to this connection.
    fn get_channel_binding(
        &self,
        cx: &mut Context,
        #[named]
        #[default(String::from("tls-unique"), "'tls-unique'")]
        cb_type: String,
    ) -> Result<Option<Owned>> {
        if cb_type != "tls-unique" {
            return Err(cx.value_error(format!("'{cb_type}' channel binding type not implemented")));
        }
        if !self.agreed.get() {
            return Ok(None);
        }
        Err(not_implemented(cx, "the channel binding 'tls-unique'"))
    }

    /// Asks a client for a certificate after both sides have agreed.
    fn verify_client_post_handshake(&self, cx: &mut Context) -> Result<()> {
        if self.version() != Some("TLSv1.3") {
            return Err(error::fail_numbered(cx, "SSL", "WRONG_SSL_VERSION", 266));
        }
        Err(not_implemented(cx, "authentication after the handshake"))
    }

    #[get]
    fn context(&self) -> Option<Owned> {
        self.context.get()
    }

    #[set(context)]
    fn set_context(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let value = assigned(cx, value, "cannot delete attribute")?;
        if value.cast::<NativeObject<SslContext>>().is_none() {
            return Err(cx.raise(&TYPE_ERROR, "The value must be a SSLContext"));
        }
        self.context.set(Some(Owned::new(value)));
        Ok(())
    }

    #[get]
    fn server_side(&self) -> bool {
        self.is_server
    }

    #[get]
    fn server_hostname(&self) -> Option<String> {
        self.name.clone()
    }

    #[get]
    fn owner(&self) -> Option<Owned> {
        self.owner.get().and_then(|owner| weak::of(owner.value()).referent())
    }

    #[set(owner)]
    fn set_owner(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let owner = assigned(cx, value, "cannot delete attribute")?;
        self.own(cx, owner)
    }

    #[get]
    fn session(&self, cx: &mut Context) -> Result<Option<Owned>> {
        if !self.agreed.get() {
            return Ok(self.session.get());
        }
        if self.is_server {
            return Ok(None);
        }
        let store = self.store.borrow().clone();
        let context = self.context.get_or_none();
        SSLSession::create(cx, store, context).map(Some)
    }

    #[set(session)]
    fn set_session(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let session = assigned(cx, value, "cannot delete attribute")?;
        self.start_with(cx, session)
    }

    #[get]
    fn session_reused(&self) -> bool {
        self.is_resumed()
    }
}

impl SslSocket {
    /// Drops the pending exception if it says that a socket takes nothing now.
    fn swallow_full(&self, cx: &mut Context) -> bool {
        let is_full = error::is_want_write(cx);
        if is_full {
            drop(cx.take_pending());
        }
        is_full
    }
}
