//! The module `termios`: how terminals behave.

use crate::path::Fd;
use crate::system::{Zeroed, add_constants, calls, done};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::ExceptionClass;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::{EXCEPTION, special};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::operations::{convert, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::io;

/// Speeds, which are the rates themselves in newer C libraries.
static SPEEDS: &[(&str, i64)] = crate::constants! {
    B0 B1000000 B110 B115200 B1152000 B1200 B134 B150 B1500000 B1800 B19200 B200 B2000000 B230400 B2400
    B2500000 B300 B3000000 B3500000 B38400 B4000000 B460800 B4800 B50 B500000 B57600 B576000 B600
    B75 B921600 B9600
};

/// Numbers of the kernel.
#[rustfmt::skip]
static NUMBERS: &[(&str, i64)] = &[
    ("BRKINT", 2), ("BS0", 0), ("BS1", 8192), ("BSDLY", 8192), ("CBAUD", 4111), ("CBAUDEX", 4096),
    ("CDSUSP", 25), ("CEOF", 4), ("CEOL", 0), ("CEOT", 4), ("CERASE", 127), ("CFLUSH", 15),
    ("CIBAUD", 269418496), ("CINTR", 3), ("CKILL", 21), ("CLNEXT", 22), ("CLOCAL", 2048), ("CQUIT", 28),
    ("CR0", 0), ("CR1", 512), ("CR2", 1024), ("CR3", 1536), ("CRDLY", 1536), ("CREAD", 128), ("CRPRNT", 18),
    ("CRTSCTS", 2147483648), ("CS5", 0), ("CS6", 16), ("CS7", 32), ("CS8", 48), ("CSIZE", 48), ("CSTART", 17),
    ("CSTOP", 19), ("CSTOPB", 64), ("CSUSP", 26), ("CWERASE", 23), ("ECHO", 8), ("ECHOCTL", 512), ("ECHOE", 16),
    ("ECHOK", 32), ("ECHOKE", 2048), ("ECHONL", 64), ("ECHOPRT", 1024), ("EXTA", 19200), ("EXTB", 38400),
    ("EXTPROC", 65536), ("FF0", 0), ("FF1", 32768), ("FFDLY", 32768), ("FIOASYNC", 21586), ("FIOCLEX", 21585),
    ("FIONBIO", 21537), ("FIONCLEX", 21584), ("FIONREAD", 21531), ("FLUSHO", 4096), ("HUPCL", 1024),
    ("IBSHIFT", 16), ("ICANON", 2), ("ICRNL", 256), ("IEXTEN", 32768), ("IGNBRK", 1), ("IGNCR", 128),
    ("IGNPAR", 4), ("IMAXBEL", 8192), ("INLCR", 64), ("INPCK", 16), ("IOCSIZE_MASK", 1073676288),
    ("IOCSIZE_SHIFT", 16), ("ISIG", 1), ("ISTRIP", 32), ("IUCLC", 512), ("IUTF8", 16384), ("IXANY", 2048),
    ("IXOFF", 4096), ("IXON", 1024), ("NCCS", 32), ("NL0", 0), ("NL1", 256), ("NLDLY", 256), ("NOFLSH", 128),
    ("N_MOUSE", 2), ("N_PPP", 3), ("N_SLIP", 1), ("N_STRIP", 4), ("N_TTY", 0), ("OCRNL", 8), ("OFDEL", 128),
    ("OFILL", 64), ("OLCUC", 2), ("ONLCR", 4), ("ONLRET", 32), ("ONOCR", 16), ("OPOST", 1), ("PARENB", 256),
    ("PARMRK", 8), ("PARODD", 512), ("PENDIN", 16384), ("TAB0", 0), ("TAB1", 2048), ("TAB2", 4096),
    ("TAB3", 6144), ("TABDLY", 6144), ("TCFLSH", 21515), ("TCGETS", 21505), ("TCIFLUSH", 0), ("TCIOFF", 2),
    ("TCIOFLUSH", 2), ("TCION", 3), ("TCOFLUSH", 1), ("TCOOFF", 0), ("TCOON", 1), ("TCSADRAIN", 1),
    ("TCSAFLUSH", 2), ("TCSANOW", 0), ("TCSBRK", 21513), ("TCSBRKP", 21541), ("TCSETS", 21506),
    ("TCSETSF", 21508), ("TCSETSW", 21507), ("TCXONC", 21514), ("TIOCCONS", 21533), ("TIOCEXCL", 21516),
    ("TIOCGETD", 21540), ("TIOCGICOUNT", 21597), ("TIOCGLCKTRMIOS", 21590), ("TIOCGPGRP", 21519),
    ("TIOCGSERIAL", 21534), ("TIOCGSOFTCAR", 21529), ("TIOCGWINSZ", 21523), ("TIOCINQ", 21531),
    ("TIOCLINUX", 21532), ("TIOCMBIC", 21527), ("TIOCMBIS", 21526), ("TIOCMGET", 21525), ("TIOCMIWAIT", 21596),
    ("TIOCMSET", 21528), ("TIOCM_CAR", 64), ("TIOCM_CD", 64), ("TIOCM_CTS", 32), ("TIOCM_DSR", 256),
    ("TIOCM_DTR", 2), ("TIOCM_LE", 1), ("TIOCM_RI", 128), ("TIOCM_RNG", 128), ("TIOCM_RTS", 4),
    ("TIOCM_SR", 16), ("TIOCM_ST", 8), ("TIOCNOTTY", 21538), ("TIOCNXCL", 21517), ("TIOCOUTQ", 21521),
    ("TIOCPKT", 21536), ("TIOCPKT_DATA", 0), ("TIOCPKT_DOSTOP", 32), ("TIOCPKT_FLUSHREAD", 1),
    ("TIOCPKT_FLUSHWRITE", 2), ("TIOCPKT_NOSTOP", 16), ("TIOCPKT_START", 8), ("TIOCPKT_STOP", 4),
    ("TIOCSCTTY", 21518), ("TIOCSERCONFIG", 21587), ("TIOCSERGETLSR", 21593), ("TIOCSERGETMULTI", 21594),
    ("TIOCSERGSTRUCT", 21592), ("TIOCSERGWILD", 21588), ("TIOCSERSETMULTI", 21595), ("TIOCSERSWILD", 21589),
    ("TIOCSER_TEMT", 1), ("TIOCSETD", 21539), ("TIOCSLCKTRMIOS", 21591), ("TIOCSPGRP", 21520),
    ("TIOCSSERIAL", 21535), ("TIOCSSOFTCAR", 21530), ("TIOCSTI", 21522), ("TIOCSWINSZ", 21524), ("TOSTOP", 256),
    ("VDISCARD", 13), ("VEOF", 4), ("VEOL", 11), ("VEOL2", 16), ("VERASE", 2), ("VINTR", 0), ("VKILL", 3),
    ("VLNEXT", 15), ("VMIN", 6), ("VQUIT", 1), ("VREPRINT", 12), ("VSTART", 8), ("VSTOP", 9), ("VSUSP", 10),
    ("VSWTC", 7), ("VSWTCH", 7), ("VT0", 0), ("VT1", 16384), ("VTDLY", 16384), ("VTIME", 5), ("VWERASE", 14),
    ("XCASE", 4), ("XTABS", 6144), ("_POSIX_VDISABLE", 0),
];

/// The class `termios.error`.
#[derive(Default)]
struct ErrorClass(ExceptionClass);

/// Raises the module's own error, with number and text.
#[cold]
fn failed(cx: &mut Context, error: &io::Error) -> Raised {
    let number = error.raw_os_error().unwrap_or(libc::EIO);
    let text = StrObject::new(cx, &special::system_error_text(number));
    cx.state::<ErrorClass>().0.raise_with(cx, &[Value::from_small_int(number as i64), text.value()])
}

/// The outcome of a call, whose error is the module's own.
fn outcome<T>(cx: &mut Context, result: Result<io::Result<T>>) -> Result<T> {
    result?.map_err(|error| failed(cx, &error))
}

fn attributes(cx: &mut Context, fd: i32) -> Result<libc::termios> {
    let result = cx.interruptible(|_| {
        let mut found = libc::termios::zeroed();
        // SAFETY: (system 1) the structure is whole.
        done(unsafe { libc::tcgetattr(fd, &mut found) }).map(|()| found)
    });
    outcome(cx, result)
}

/// A number of a list of attributes.
fn flag(cx: &mut Context, value: &Owned) -> Result<u32> {
    let number = convert::index(cx, value.value())?;
    match int::as_i64(number.value()).map(u32::try_from) {
        Some(Ok(number)) => Ok(number),
        _ if int::is_negative(number.value()) => Err(cx.value_error("Cannot convert negative int")),
        _ => Err(cx.overflow_error("Python int too large to convert to C unsigned int")),
    }
}

/// The items of a list, if it has so many.
fn items_of(value: Value, count: usize) -> Option<Vec<Owned>> {
    let list = value.cast::<ListObject>()?;
    let items: Vec<Owned> = (0..list.len()).filter_map(|index| list.get(index)).map(Owned::new).collect();
    (items.len() == count).then_some(items)
}

/// A special character: a byte, or for two of them a number.
fn character(cx: &mut Context, value: &Owned) -> Result<u8> {
    if let Some(bytes) = value.value().cast::<BytesObject>()
        && let [byte] = *bytes.as_slice()
    {
        return Ok(byte);
    }
    if int::is_int_like(value.value()) {
        let number = int::as_i64(value.value()).map(u8::try_from);
        return match number {
            Some(Ok(number)) => Ok(number),
            _ => Err(cx.overflow_error("unsigned byte integer is greater than maximum")),
        };
    }
    Err(cx.type_error("tcsetattr: elements of attributes must be bytes objects of length 1 or integers"))
}

/// How terminals behave.
#[native_module("termios")]
mod rows {
    use super::*;

    /// How a terminal behaves: [iflag, oflag, cflag, lflag, ispeed, ospeed, special characters].
    #[function]
    fn tcgetattr(cx: &mut Context, fd: Fd) -> Result<Owned> {
        let found = attributes(cx, fd.0)?;
        // SAFETY: (system 1) the structure is whole.
        let (input, output) = unsafe { (libc::cfgetispeed(&found), libc::cfgetospeed(&found)) };
        let plain = found.c_lflag & libc::ICANON == 0;
        let mut characters = Vec::with_capacity(libc::NCCS);
        for (place, character) in found.c_cc.iter().enumerate() {
            let number = plain && (place == libc::VMIN || place == libc::VTIME);
            characters.push(match number {
                true => int::from_i64(cx, *character as i64),
                false => BytesObject::new(cx, &[*character]),
            });
        }
        let flags = [found.c_iflag, found.c_oflag, found.c_cflag, found.c_lflag, input, output];
        let mut items: Vec<Owned> = flags.map(|flag| int::from_i64(cx, flag as i64)).into();
        items.push(ListObject::new(cx, characters));
        Ok(ListObject::new(cx, items))
    }

    /// Sets how a terminal behaves, in the form of tcgetattr(): TCSANOW at once, TCSADRAIN once everything is written,
    /// TCSAFLUSH and what was typed is thrown away.
    #[function]
    fn tcsetattr(cx: &mut Context, fd: Fd, when: i32, attributes: Value) -> Result<()> {
        let Some(items) = items_of(attributes, 7) else {
            return Err(cx.type_error("tcsetattr, arg 3: must be 7 element list"));
        };
        let mut new = super::attributes(cx, fd.0)?;
        new.c_iflag = flag(cx, &items[0])?;
        new.c_oflag = flag(cx, &items[1])?;
        new.c_cflag = flag(cx, &items[2])?;
        new.c_lflag = flag(cx, &items[3])?;
        let (input, output) = (flag(cx, &items[4])?, flag(cx, &items[5])?);
        let Some(characters) = items_of(items[6].value(), libc::NCCS) else {
            let count = libc::NCCS;
            return Err(cx.type_error(format!("tcsetattr: attributes[6] must be {count} element list")));
        };
        for (place, item) in new.c_cc.iter_mut().zip(&characters) {
            *place = character(cx, item)?;
        }
        // SAFETY: (system 1) the structure is whole.
        let result = unsafe { done(libc::cfsetispeed(&mut new, input)).and(done(libc::cfsetospeed(&mut new, output))) };
        outcome(cx, Ok(result))?;
        // SAFETY: (system 1) the structure is whole.
        let result = cx.interruptible(|_| done(unsafe { libc::tcsetattr(fd.0, when, &new) }));
        outcome(cx, result)
    }

    /// Sends a break, for a quarter of a second or more.
    #[function]
    fn tcsendbreak(cx: &mut Context, fd: Fd, duration: i32) -> Result<()> {
        // SAFETY: (system 1) numbers.
        let result = cx.interruptible(|_| done(unsafe { libc::tcsendbreak(fd.0, duration) }));
        outcome(cx, result)
    }

    /// Waits until everything is written.
    #[function]
    fn tcdrain(cx: &mut Context, fd: Fd) -> Result<()> {
        // SAFETY: (system 1) a number.
        let result = cx.interruptible(|_| done(unsafe { libc::tcdrain(fd.0) }));
        outcome(cx, result)
    }

    /// Throws away what was typed (TCIFLUSH), what is to be written (TCOFLUSH), or both (TCIOFLUSH).
    #[function]
    fn tcflush(cx: &mut Context, fd: Fd, queue: i32) -> Result<()> {
        // SAFETY: (system 1) numbers.
        let result = cx.interruptible(|_| done(unsafe { libc::tcflush(fd.0, queue) }));
        outcome(cx, result)
    }

    /// Holds or goes on with what is written (TCOOFF, TCOON) or typed (TCIOFF, TCION).
    #[function]
    fn tcflow(cx: &mut Context, fd: Fd, action: i32) -> Result<()> {
        // SAFETY: (system 1) numbers.
        let result = cx.interruptible(|_| done(unsafe { libc::tcflow(fd.0, action) }));
        outcome(cx, result)
    }

    /// The size of a terminal's window: (lines, columns).
    #[function]
    fn tcgetwinsize(cx: &mut Context, fd: Fd) -> Result<(i32, i32)> {
        let size = outcome(cx, Ok(calls::window_size(fd.0)))?;
        Ok((size.ws_row as i32, size.ws_col as i32))
    }

    /// Sets the size of a terminal's window: (lines, columns).
    #[function]
    fn tcsetwinsize(cx: &mut Context, fd: Fd, winsize: Value) -> Result<()> {
        let slots = winsize.type_of().slots();
        let items = if slots.get_item.is_some() { iterate::collect(cx, winsize)? } else { Vec::new() };
        let [lines, columns] = &items[..] else {
            return Err(cx.type_error("tcsetwinsize, arg 2: must be a two-item sequence"));
        };
        let lines = convert::index_i64(cx, lines.value())?;
        let columns = convert::index_i64(cx, columns.value())?;
        let mut size = outcome(cx, Ok(calls::window_size(fd.0)))?;
        match (u16::try_from(lines), u16::try_from(columns)) {
            (Ok(lines), Ok(columns)) => (size.ws_row, size.ws_col) = (lines, columns),
            _ => return Err(cx.overflow_error("winsize value(s) out of range.")),
        }
        // SAFETY: (system 1) the structure is whole.
        let result = done(unsafe { libc::ioctl(fd.0, libc::TIOCSWINSZ, &raw const size) });
        outcome(cx, Ok(result))
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        add_constants(cx, module, SPEEDS);
        add_constants(cx, module, NUMBERS);
        cx.state::<ErrorClass>().0.define(cx, module, ["termios", "error"], &EXCEPTION, None)
    }
}
