//! The module `grp`.

use super::*;
use sidewinder_macros::native_module;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;

struct_sequence! {
    /// What is known of a group.
    STRUCT_GROUP = "grp.struct_group" shows 4 {
        0 "gr_name" "group name", 1 "gr_passwd" "password", 2 "gr_gid" "group id", 3 "gr_mem" "group members"
    }
}

/// A group as the system knows it.
struct Group {
    name: Vec<u8>,
    password: Vec<u8>,
    number: u32,
    members: Vec<Vec<u8>>,
}

impl Group {
    fn of(record: &libc::group) -> Group {
        let mut members = Vec::new();
        let mut next = record.gr_mem;
        // SAFETY: (system 1) an array of texts that ends with null, or null itself.
        while let Some(member) = unsafe { next.as_ref() }.filter(|member| !member.is_null()) {
            members.push(text_of(*member));
            next = next.wrapping_add(1);
        }
        Group { name: text_of(record.gr_name), password: text_of(record.gr_passwd), number: record.gr_gid, members }
    }
}

impl Account for Group {
    fn make(&self, cx: &mut Context) -> Result<Owned> {
        let members = self.members.iter().map(|member| decode(cx, member)).collect::<Result<Vec<Owned>>>()?;
        let items = vec![
            decode(cx, &self.name)?,
            decode(cx, &self.password)?,
            Gid(self.number).into_object(cx),
            ListObject::new(cx, members),
        ];
        STRUCT_GROUP.make(cx, items)
    }
}

/// The record of a group, asked for by name or by number.
fn find(name: Option<&CStr>, number: u32) -> io::Result<Option<Group>> {
    // SAFETY: (system 1) a record of numbers and null pointers.
    let mut record: libc::group = unsafe { std::mem::zeroed() };
    let mut found = std::ptr::null_mut();
    let (place, result) = (&raw mut record, &raw mut found);
    look_up(
        |room, length| {
            // SAFETY: (system 1) the room has the length said, and lives until the record was read.
            unsafe {
                match name {
                    Some(name) => libc::getgrnam_r(name.as_ptr(), place, room, length, result),
                    None => libc::getgrgid_r(number, place, room, length, result),
                }
            }
        },
        // SAFETY: (system 1) null, or the record, which the call has filled.
        || unsafe { (*result).as_ref() }.map(Group::of),
    )
}

/// The groups that the system knows.
#[native_module("grp")]
mod rows {
    use super::*;

    /// What is known of a group, by number.
    #[function]
    fn getgrgid(cx: &mut Context, #[named] id: Gid) -> Result<Owned> {
        let found = cx.detached(|_| find(None, id.0));
        let shown = if id.0 == u32::MAX { -1 } else { id.0 as i64 };
        outcome(cx, found, &format!("getgrgid(): gid not found: {shown}"))
    }

    /// What is known of a group, by name.
    #[function]
    fn getgrnam(cx: &mut Context, #[named] name: &StrObject) -> Result<Owned> {
        by_name(cx, "getgrnam", name, find)
    }

    /// All groups.
    #[function]
    fn getgrall(cx: &mut Context) -> Result<Owned> {
        let mut groups = Vec::new();
        // SAFETY: (system 1) the GIL is held, as by all who walk through the groups; each record is read at once.
        unsafe {
            libc::setgrent();
            while let Some(record) = libc::getgrent().as_ref() {
                groups.push(Group::of(record));
            }
            libc::endgrent();
        }
        let groups = groups.iter().map(|group| group.make(cx)).collect::<Result<Vec<Owned>>>()?;
        Ok(ListObject::new(cx, groups))
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        STRUCT_GROUP.add_to(cx, module)
    }
}
