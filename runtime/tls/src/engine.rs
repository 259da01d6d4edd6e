//! One secure connection, on memory.

use crate::queue::Queue;
use rustls::pki_types::ServerName;
use rustls::server::{Accepted, Acceptor};
use rustls::{CipherSuite, ClientConfig, ClientConnection, Connection, Error, ServerConfig};
use std::io::{self, Read, Write};
use std::sync::Arc;

/// How far a connection is.
enum Stage {
    /// The client's first message is waited for.
    Accepting(Box<Acceptor>),
    /// It has come, and the server has to choose what it is answered by.
    Accepted(Box<Accepted>),
    Open(Box<Connection>),
    /// It is not there any more.
    Failed,
}

/// Bytes before each record: what it is, the version, the length.
const HEADER_BYTES: usize = 5;

/// Bytes of the program in a full record, and the most that come to them.
const RECORD_BYTES: usize = 16_384;
const RECORD_OVERHEAD: usize = 64;

/// Where in the records that come the last byte was.
#[derive(Clone, Default)]
pub struct Records {
    header: [u8; HEADER_BYTES],
    known: usize,
    left: usize,
}

impl Records {
    /// Goes on behind these bytes.
    pub fn pass(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.known < HEADER_BYTES {
                let count = bytes.len().min(HEADER_BYTES - self.known);
                self.header[self.known..self.known + count].copy_from_slice(&bytes[..count]);
                self.known += count;
                bytes = &bytes[count..];
                self.left = usize::from(u16::from_be_bytes([self.header[3], self.header[4]]));
            } else {
                let count = bytes.len().min(self.left);
                self.left -= count;
                bytes = &bytes[count..];
            }
            if self.known == HEADER_BYTES && self.left == 0 {
                self.known = 0;
            }
        }
    }

    /// Whether the header has come, and the record has not.
    pub fn is_inside(&self) -> bool {
        self.known == HEADER_BYTES && self.left > 0
    }

    /// Bytes up to the end of the record, or of its header.
    pub fn missing(&self) -> usize {
        if self.known < HEADER_BYTES { HEADER_BYTES - self.known } else { self.left }
    }
}

/// A connection, with bytes that came and bytes that are to go.
pub struct Engine {
    stage: Stage,
    /// What came and was not looked at yet.
    incoming: Queue,
    records: Records,
    /// What has to go.
    outgoing: Vec<u8>,
    has_closed: bool,
    /// What the program has said last: nothing follows.
    has_said_end: bool,
    /// The suites that a client has offered.
    offered: Vec<CipherSuite>,
}

/// What there is to read.
pub enum Plain {
    Bytes(Vec<u8>),
    /// Nothing before more has come.
    Nothing,
    /// The other side has closed the connection.
    Closed,
}

impl Engine {
    /// A client's connection with a server of that name.
    pub fn client(config: Arc<ClientConfig>, name: ServerName<'static>) -> Result<Engine, Error> {
        let connection = ClientConnection::new(config, name)?;
        Ok(Engine::at(Stage::Open(Box::new(Connection::Client(connection)))))
    }

    /// A server's connection with whoever comes.
    pub fn server() -> Engine {
        Engine::at(Stage::Accepting(Box::default()))
    }

    fn at(stage: Stage) -> Engine {
        Engine {
            stage,
            incoming: Queue::default(),
            records: Records::default(),
            outgoing: Vec::new(),
            has_closed: false,
            has_said_end: false,
            offered: Vec::new(),
        }
    }

    /// The connection, once it is there.
    pub fn connection(&self) -> Option<&Connection> {
        match &self.stage {
            Stage::Open(connection) => Some(connection),
            _ => None,
        }
    }

    fn open(&mut self) -> Option<&mut Connection> {
        match &mut self.stage {
            Stage::Open(connection) => Some(connection),
            _ => None,
        }
    }

    /// Whether both sides have agreed.
    pub fn is_agreed(&self) -> bool {
        self.connection().is_some_and(|connection| !connection.is_handshaking())
    }

    /// Takes bytes that have come.
    pub fn put(&mut self, bytes: Vec<u8>) {
        self.records.pass(&bytes);
        self.incoming.put_all(bytes);
    }

    /// Where in the records that come the last byte was. No more than one record is asked for: programs wait for sockets that
    /// can be read, and what comes behind the last record is not for this connection.
    pub fn records(&self) -> Records {
        self.records.clone()
    }

    /// Gives the bytes that have to go.
    pub fn take_outgoing(&mut self) -> Vec<u8> {
        self.gather();
        std::mem::take(&mut self.outgoing)
    }

    /// Puts back what could not go yet.
    pub fn put_back(&mut self, rest: &[u8]) {
        if !rest.is_empty() {
            self.outgoing.splice(..0, rest.iter().copied());
        }
    }

    /// Whether anything has to go.
    pub fn has_outgoing(&mut self) -> bool {
        self.gather();
        !self.outgoing.is_empty()
    }

    fn gather(&mut self) {
        if let Stage::Open(connection) = &mut self.stage {
            while connection.wants_write() {
                // A vector takes everything.
                if connection.write_tls(&mut self.outgoing).is_err() {
                    break;
                }
            }
        }
    }

    /// Looks at what has come, as far as there is room for what comes out of it. Whether anything was done.
    pub fn advance(&mut self) -> Result<bool, Error> {
        let mut done = false;
        while !self.incoming.is_empty() {
            let mut rest = self.incoming.as_slice();
            match &mut self.stage {
                Stage::Accepting(acceptor) => {
                    let count = acceptor.read_tls(&mut rest).map_err(|error| Error::General(error.to_string()))?;
                    self.incoming.pass(count);
                    done = true;
                    match acceptor.accept() {
                        Ok(None) => {}
                        Ok(Some(accepted)) => {
                            self.offered = accepted.client_hello().cipher_suites().to_vec();
                            self.stage = Stage::Accepted(Box::new(accepted));
                            return Ok(true);
                        }
                        Err((error, mut alert)) => {
                            self.stage = Stage::Failed;
                            let _ = alert.write_all(&mut self.outgoing);
                            return Err(error);
                        }
                    }
                }
                Stage::Open(connection) => {
                    let count = match connection.read_tls(&mut rest) {
                        Ok(count) => count,
                        // What was read before has to be taken first.
                        Err(_) => break,
                    };
                    self.incoming.pass(count);
                    done = true;
                    let state = connection.process_new_packets()?;
                    self.has_closed |= state.peer_has_closed();
                    if count == 0 {
                        break;
                    }
                }
                Stage::Accepted(_) | Stage::Failed => break,
            }
        }
        Ok(done)
    }

    /// The name that the client asks for, if its first message has come and was not answered. The outer None says that there
    /// is no such message.
    pub fn wanted_name(&self) -> Option<Option<String>> {
        match &self.stage {
            Stage::Accepted(accepted) => Some(accepted.client_hello().server_name().map(str::to_string)),
            _ => None,
        }
    }

    /// Answers the client's first message.
    pub fn answer(&mut self, config: Arc<ServerConfig>) -> Result<(), Error> {
        let Stage::Accepted(accepted) = std::mem::replace(&mut self.stage, Stage::Failed) else { return Ok(()) };
        let hello = accepted.client_hello();
        let is_common = |name: &[u8]| config.alpn_protocols.iter().any(|own| own == name);
        let agrees = hello.alpn().is_none_or(|mut offered| offered.any(is_common));
        // Who has none of the protocols that the client wants goes on without one.
        let config = if agrees {
            config
        } else {
            let mut without = ServerConfig::clone(&config);
            without.alpn_protocols.clear();
            Arc::new(without)
        };
        match accepted.into_connection(config) {
            Ok(connection) => {
                self.stage = Stage::Open(Box::new(Connection::Server(connection)));
                Ok(())
            }
            Err((error, mut alert)) => {
                let _ = alert.write_all(&mut self.outgoing);
                Err(error)
            }
        }
    }

    /// Refuses the client's first message by an alert.
    pub fn refuse(&mut self, alert: u8) {
        self.stage = Stage::Failed;
        self.outgoing.extend([21, 3, 3, 0, 2, 2, alert]);
    }

    /// Takes what has come for the program, up to so many bytes.
    pub fn read(&mut self, most: usize) -> Plain {
        // Nobody is to fill room for more than there is.
        let most = most.min(self.pending().max(1));
        let Some(connection) = self.open() else { return Plain::Nothing };
        let mut bytes = vec![0; most.min(1 << 16)];
        match connection.reader().read(&mut bytes) {
            Ok(0) if most > 0 => Plain::Closed,
            Ok(count) => {
                bytes.truncate(count);
                Plain::Bytes(bytes)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Plain::Nothing,
            Err(_) => Plain::Nothing,
        }
    }

    /// How many bytes have come for the program.
    pub fn pending(&mut self) -> usize {
        self.open()
            .and_then(|connection| connection.process_new_packets().ok())
            .map_or(0, |state| state.plaintext_bytes_to_read())
    }

    /// Takes bytes of the program, and tells how many.
    pub fn write(&mut self, bytes: &[u8]) -> usize {
        let mut count = 0;
        // A record of so many bytes has a header and a tag beside them.
        self.outgoing.reserve(bytes.len() + (bytes.len() / RECORD_BYTES + 1) * RECORD_OVERHEAD);
        while count < bytes.len() {
            let Some(connection) = self.open() else { break };
            match connection.writer().write(&bytes[count..]) {
                Ok(0) | Err(_) => {
                    if !matches!(&self.stage, Stage::Open(connection) if connection.wants_write()) {
                        break;
                    }
                }
                Ok(written) => count += written,
            }
            self.gather();
        }
        count
    }

    /// Says that nothing follows.
    pub fn close(&mut self) {
        self.has_said_end = true;
        if let Some(connection) = self.open() {
            connection.send_close_notify();
        }
    }

    /// Whether the program has said that nothing follows.
    pub fn is_closed(&self) -> bool {
        self.has_said_end
    }

    /// The suites that a client has offered.
    pub fn offered(&self) -> &[CipherSuite] {
        &self.offered
    }

    /// Whether the other side has said so.
    pub fn is_closed_by_peer(&self) -> bool {
        self.has_closed
    }
}
