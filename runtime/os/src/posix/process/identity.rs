//! Who the process is and what it belongs to: numbers of processes, users and groups.

use crate::path::{FileName, Gid, Uid, decode};
use crate::system::{calls, check, done, plainly, programs, text};
use sidewinder_macros::native_functions;
use sidewinder_runtime::native::IntoObject;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::operations::{iterate, subscript};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::io;

fn group_list(cx: &mut Context, groups: &[u32]) -> Owned {
    let items = groups.iter().map(|group| Gid(*group).into_object(cx)).collect();
    ListObject::new(cx, items)
}

#[native_functions]
pub mod rows {
    use super::*;

    /// The number of the process.
    #[function]
    fn getpid() -> i32 {
        calls::getpid()
    }

    /// The number of the parent's process.
    #[function]
    fn getppid() -> i32 {
        calls::getppid()
    }

    /// The process group of a process; 0 is this one.
    #[function]
    fn getpgid(#[named] pid: i32) -> io::Result<i32> {
        check(calls::getpgid(pid))
    }

    /// The process group of this process.
    #[function]
    fn getpgrp() -> i32 {
        calls::getpgrp()
    }

    /// The session of a process.
    #[function]
    fn getsid(pid: i32) -> io::Result<i32> {
        check(calls::getsid(pid))
    }

    /// Starts a session that this process leads.
    #[function]
    fn setsid() -> io::Result<()> {
        done(calls::setsid())
    }

    /// Puts a process into a process group.
    #[function]
    fn setpgid(pid: i32, pgrp: i32) -> io::Result<()> {
        done(calls::setpgid(pid, pgrp))
    }

    /// Makes this process the leader of a process group.
    #[function]
    fn setpgrp() -> io::Result<()> {
        done(calls::setpgid(0, 0))
    }

    /// The process's user.
    #[function]
    fn getuid() -> Uid {
        Uid(calls::getuid())
    }

    /// The user whose rights the process has.
    #[function]
    fn geteuid() -> Uid {
        Uid(calls::geteuid())
    }

    /// The process's group.
    #[function]
    fn getgid() -> Gid {
        Gid(calls::getgid())
    }

    /// The group whose rights the process has.
    #[function]
    fn getegid() -> Gid {
        Gid(calls::getegid())
    }

    /// The process's real, effective and saved users.
    #[function]
    fn getresuid() -> io::Result<(Uid, Uid, Uid)> {
        let (mut real, mut effective, mut saved) = (0, 0, 0);
        done(calls::getresuid(&mut real, &mut effective, &mut saved)).map(|()| (Uid(real), Uid(effective), Uid(saved)))
    }

    /// The process's real, effective and saved groups.
    #[function]
    fn getresgid() -> io::Result<(Gid, Gid, Gid)> {
        let (mut real, mut effective, mut saved) = (0, 0, 0);
        done(calls::getresgid(&mut real, &mut effective, &mut saved)).map(|()| (Gid(real), Gid(effective), Gid(saved)))
    }

    /// Sets the process's user.
    #[function]
    fn setuid(uid: Uid) -> io::Result<()> {
        done(calls::setuid(uid.0))
    }

    /// Sets the user whose rights the process has.
    #[function]
    fn seteuid(euid: Uid) -> io::Result<()> {
        done(calls::seteuid(euid.0))
    }

    /// Sets the process's group.
    #[function]
    fn setgid(gid: Gid) -> io::Result<()> {
        done(calls::setgid(gid.0))
    }

    /// Sets the group whose rights the process has.
    #[function]
    fn setegid(egid: Gid) -> io::Result<()> {
        done(calls::setegid(egid.0))
    }

    /// Sets the process's real and effective users.
    #[function]
    fn setreuid(ruid: Uid, euid: Uid) -> io::Result<()> {
        done(calls::setreuid(ruid.0, euid.0))
    }

    /// Sets the process's real and effective groups.
    #[function]
    fn setregid(rgid: Gid, egid: Gid) -> io::Result<()> {
        done(calls::setregid(rgid.0, egid.0))
    }

    /// Sets the process's real, effective and saved users.
    #[function]
    fn setresuid(ruid: Uid, euid: Uid, suid: Uid) -> io::Result<()> {
        done(calls::setresuid(ruid.0, euid.0, suid.0))
    }

    /// Sets the process's real, effective and saved groups.
    #[function]
    fn setresgid(rgid: Gid, egid: Gid, sgid: Gid) -> io::Result<()> {
        done(calls::setresgid(rgid.0, egid.0, sgid.0))
    }

    /// The further groups of the process.
    #[function]
    fn getgroups(cx: &mut Context) -> Result<Owned> {
        let groups = plainly(cx, Ok(programs::groups()))?;
        Ok(group_list(cx, &groups))
    }

    /// Sets the further groups of the process.
    #[function]
    fn setgroups(cx: &mut Context, groups: Value) -> Result<()> {
        if groups.type_of().slots().get_item.is_none() {
            return Err(cx.type_error("setgroups argument must be a sequence"));
        }
        if subscript::length(cx, groups)? > 65536 {
            return Err(cx.value_error("too many groups"));
        }
        let mut numbers = Vec::new();
        for item in iterate::collect(cx, groups)? {
            if !sidewinder_runtime::objects::int::is_int_like(item.value()) {
                return Err(cx.type_error("groups must be integers"));
            }
            numbers.push(Gid::of(cx, item.value())?.0);
        }
        plainly(cx, Ok(programs::set_groups(&numbers)))
    }

    /// The groups of a user, with one more.
    #[function]
    fn getgrouplist(cx: &mut Context, user: String, group: Gid) -> Result<Owned> {
        let user = crate::c_name(cx, &user)?;
        let groups = plainly(cx, Ok(programs::groups_of(&user, group.0)))?;
        Ok(group_list(cx, &groups))
    }

    /// Sets the further groups of the process to those of a user, with one more.
    #[function]
    fn initgroups(username: FileName, gid: Gid) -> io::Result<()> {
        done(calls::initgroups(text(&username.0), gid.0))
    }

    /// The name of the user who is logged in.
    #[function]
    fn getlogin(cx: &mut Context) -> Result<Owned> {
        let name = plainly(cx, Ok(calls::login_name()))?;
        decode(cx, &name)
    }
}
