//! The module `pwd`.

use super::*;
use sidewinder_macros::native_module;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;

struct_sequence! {
    /// What is known of a user.
    STRUCT_PASSWD = "pwd.struct_passwd" shows 7 {
        0 "pw_name" "user name",
        1 "pw_passwd" "password",
        2 "pw_uid" "user id",
        3 "pw_gid" "group id",
        4 "pw_gecos" "real name",
        5 "pw_dir" "home directory",
        6 "pw_shell" "shell program",
    }
}

/// A user as the system knows it.
struct User {
    name: Vec<u8>,
    password: Vec<u8>,
    user: u32,
    group: u32,
    comment: Vec<u8>,
    home: Vec<u8>,
    shell: Vec<u8>,
}

impl User {
    fn of(record: &libc::passwd) -> User {
        User {
            name: text_of(record.pw_name),
            password: text_of(record.pw_passwd),
            user: record.pw_uid,
            group: record.pw_gid,
            comment: text_of(record.pw_gecos),
            home: text_of(record.pw_dir),
            shell: text_of(record.pw_shell),
        }
    }
}

impl Account for User {
    fn make(&self, cx: &mut Context) -> Result<Owned> {
        let items = vec![
            decode(cx, &self.name)?,
            decode(cx, &self.password)?,
            Uid(self.user).into_object(cx),
            Gid(self.group).into_object(cx),
            decode(cx, &self.comment)?,
            decode(cx, &self.home)?,
            decode(cx, &self.shell)?,
        ];
        STRUCT_PASSWD.make(cx, items)
    }
}

/// The record of a user, asked for by name or by number.
fn find(name: Option<&CStr>, number: u32) -> io::Result<Option<User>> {
    // SAFETY: (system 1) a record of numbers and null pointers.
    let mut record: libc::passwd = unsafe { std::mem::zeroed() };
    let mut found = std::ptr::null_mut();
    let (place, result) = (&raw mut record, &raw mut found);
    look_up(
        |room, length| {
            // SAFETY: (system 1) the room has the length said, and lives until the record was read.
            unsafe {
                match name {
                    Some(name) => libc::getpwnam_r(name.as_ptr(), place, room, length, result),
                    None => libc::getpwuid_r(number, place, room, length, result),
                }
            }
        },
        // SAFETY: (system 1) null, or the record, which the call has filled.
        || unsafe { (*result).as_ref() }.map(User::of),
    )
}

/// The users that the system knows.
#[native_module("pwd")]
mod rows {
    use super::*;

    /// What is known of a user, by number.
    #[function]
    fn getpwuid(cx: &mut Context, uidobj: Value) -> Result<Owned> {
        let number = match Uid::of(cx, uidobj) {
            Ok(number) => number,
            Err(_) if cx.swallow(&sidewinder_runtime::objects::exception::OVERFLOW_ERROR) => {
                return Err(missing(cx, "getpwuid(): uid not found"));
            }
            Err(raised) => return Err(raised),
        };
        let found = cx.detached(|_| find(None, number.0));
        let shown = if number.0 == u32::MAX { -1 } else { number.0 as i64 };
        outcome(cx, found, &format!("getpwuid(): uid not found: {shown}"))
    }

    /// What is known of a user, by name.
    #[function]
    fn getpwnam(cx: &mut Context, name: &StrObject) -> Result<Owned> {
        by_name(cx, "getpwnam", name, find)
    }

    /// All users.
    #[function]
    fn getpwall(cx: &mut Context) -> Result<Owned> {
        let mut users = Vec::new();
        // SAFETY: (system 1) the GIL is held, as by all who walk through the users; each record is read at once.
        unsafe {
            libc::setpwent();
            while let Some(record) = libc::getpwent().as_ref() {
                users.push(User::of(record));
            }
            libc::endpwent();
        }
        let users = users.iter().map(|user| user.make(cx)).collect::<Result<Vec<Owned>>>()?;
        Ok(ListObject::new(cx, users))
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        STRUCT_PASSWD.add_to(cx, module)
    }
}
