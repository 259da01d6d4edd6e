//! The module `_stat`: what the mode of a file means.

use crate::system::add_constants;
use sidewinder_macros::native_module;
use sidewinder_runtime::native::{FromArgument, Place};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Result, Value};

/// The mode of a file.
pub struct Mode(u32);

impl FromArgument<'_> for Mode {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<Mode> {
        let number = convert::index(cx, *value)?;
        if int::is_negative(number.value()) {
            return Err(cx.overflow_error("can't convert negative value to unsigned int"));
        }
        match int::as_u64(number.value()).map(u32::try_from) {
            Some(Ok(mode)) => Ok(Mode(mode)),
            Some(Err(_)) => Err(cx.overflow_error("mode out of range")),
            None => Err(cx.overflow_error("Python int too large to convert to C unsigned long")),
        }
    }
}

impl Mode {
    fn is(&self, kind: u32) -> bool {
        self.0 & libc::S_IFMT == kind
    }
}

/// Kinds of files with the letter that `filemode` shows.
const KINDS: [(u32, char); 7] = [
    (libc::S_IFREG, '-'),
    (libc::S_IFDIR, 'd'),
    (libc::S_IFLNK, 'l'),
    (libc::S_IFBLK, 'b'),
    (libc::S_IFCHR, 'c'),
    (libc::S_IFIFO, 'p'),
    (libc::S_IFSOCK, 's'),
];

/// Numbers that Linux has, and others that programs may expect: `ST_*` are places in the tuple that `stat` gives, `UF_*`
/// and `SF_*` flags of other systems.
static NUMBERS: &[(&str, i64)] = &[
    ("S_IFDIR", 0o040000),
    ("S_IFCHR", 0o020000),
    ("S_IFBLK", 0o060000),
    ("S_IFREG", 0o100000),
    ("S_IFIFO", 0o010000),
    ("S_IFLNK", 0o120000),
    ("S_IFSOCK", 0o140000),
    ("S_IFDOOR", 0),
    ("S_IFPORT", 0),
    ("S_IFWHT", 0),
    ("S_ISUID", 0o4000),
    ("S_ISGID", 0o2000),
    ("S_ENFMT", 0o2000),
    ("S_ISVTX", 0o1000),
    ("S_IREAD", 0o400),
    ("S_IWRITE", 0o200),
    ("S_IEXEC", 0o100),
    ("S_IRWXU", 0o700),
    ("S_IRUSR", 0o400),
    ("S_IWUSR", 0o200),
    ("S_IXUSR", 0o100),
    ("S_IRWXG", 0o070),
    ("S_IRGRP", 0o040),
    ("S_IWGRP", 0o020),
    ("S_IXGRP", 0o010),
    ("S_IRWXO", 0o007),
    ("S_IROTH", 0o004),
    ("S_IWOTH", 0o002),
    ("S_IXOTH", 0o001),
    ("UF_SETTABLE", 0xffff),
    ("UF_NODUMP", 0x1),
    ("UF_IMMUTABLE", 0x2),
    ("UF_APPEND", 0x4),
    ("UF_OPAQUE", 0x8),
    ("UF_NOUNLINK", 0x10),
    ("UF_COMPRESSED", 0x20),
    ("UF_TRACKED", 0x40),
    ("UF_DATAVAULT", 0x80),
    ("UF_HIDDEN", 0x8000),
    ("SF_SETTABLE", 0xffff_0000),
    ("SF_ARCHIVED", 0x1_0000),
    ("SF_IMMUTABLE", 0x2_0000),
    ("SF_APPEND", 0x4_0000),
    ("SF_NOUNLINK", 0x10_0000),
    ("SF_SNAPSHOT", 0x20_0000),
    ("SF_FIRMLINK", 0x80_0000),
    ("SF_DATALESS", 0x4000_0000),
    ("ST_MODE", 0),
    ("ST_INO", 1),
    ("ST_DEV", 2),
    ("ST_NLINK", 3),
    ("ST_UID", 4),
    ("ST_GID", 5),
    ("ST_SIZE", 6),
    ("ST_ATIME", 7),
    ("ST_MTIME", 8),
    ("ST_CTIME", 9),
];

/// What the mode of a file says: its kind, its permissions, and both as text.
#[native_module("_stat")]
mod rows {
    use super::*;

    /// Whether the mode is that of a directory.
    #[function(name = "S_ISDIR")]
    fn is_directory(mode: Mode) -> bool {
        mode.is(libc::S_IFDIR)
    }

    /// Whether the mode is that of a character device.
    #[function(name = "S_ISCHR")]
    fn is_character_device(mode: Mode) -> bool {
        mode.is(libc::S_IFCHR)
    }

    /// Whether the mode is that of a block device.
    #[function(name = "S_ISBLK")]
    fn is_block_device(mode: Mode) -> bool {
        mode.is(libc::S_IFBLK)
    }

    /// Whether the mode is that of a regular file.
    #[function(name = "S_ISREG")]
    fn is_regular(mode: Mode) -> bool {
        mode.is(libc::S_IFREG)
    }

    /// Whether the mode is that of a named pipe.
    #[function(name = "S_ISFIFO")]
    fn is_pipe(mode: Mode) -> bool {
        mode.is(libc::S_IFIFO)
    }

    /// Whether the mode is that of a symbolic link.
    #[function(name = "S_ISLNK")]
    fn is_link(mode: Mode) -> bool {
        mode.is(libc::S_IFLNK)
    }

    /// Whether the mode is that of a socket.
    #[function(name = "S_ISSOCK")]
    fn is_socket(mode: Mode) -> bool {
        mode.is(libc::S_IFSOCK)
    }

    /// Whether the mode is that of a door, which this system does not have.
    #[function(name = "S_ISDOOR")]
    fn is_door(_mode: Mode) -> bool {
        false
    }

    /// Whether the mode is that of an event port, which this system does not have.
    #[function(name = "S_ISPORT")]
    fn is_port(_mode: Mode) -> bool {
        false
    }

    /// Whether the mode is that of a whiteout, which this system does not have.
    #[function(name = "S_ISWHT")]
    fn is_whiteout(_mode: Mode) -> bool {
        false
    }

    /// The permissions in the mode, which chmod can set.
    #[function(name = "S_IMODE")]
    fn permissions(mode: Mode) -> u32 {
        mode.0 & 0o7777
    }

    /// The kind of file in the mode.
    #[function(name = "S_IFMT")]
    fn kind(mode: Mode) -> u32 {
        mode.0 & libc::S_IFMT
    }

    /// The mode as `ls -l` shows it: '-rwxrwxrwx'.
    #[function]
    fn filemode(mode: Mode) -> String {
        let mut text = String::from(KINDS.iter().find(|(kind, _)| mode.is(*kind)).map_or('?', |(_, letter)| *letter));
        let special = [(libc::S_ISUID, 's'), (libc::S_ISGID, 's'), (libc::S_ISVTX, 't')];
        for (place, (bit, letter)) in special.into_iter().enumerate() {
            let own = mode.0 >> (6 - 3 * place);
            text.push(if own & 4 != 0 { 'r' } else { '-' });
            text.push(if own & 2 != 0 { 'w' } else { '-' });
            text.push(match (mode.0 & bit != 0, own & 1 != 0) {
                (false, false) => '-',
                (false, true) => 'x',
                (true, false) => letter.to_ascii_uppercase(),
                (true, true) => letter,
            });
        }
        text
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        add_constants(cx, module, NUMBERS);
        Ok(())
    }
}
