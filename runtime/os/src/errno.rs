//! The module `errno`: the numbers of the system's errors.

use crate::constants;
use crate::system::add_constants;
use sidewinder_macros::native_module;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::{Context, Result, Value};

/// Names and numbers. Of several names for one number, `errorcode` has the last.
static NUMBERS: &[(&str, i64)] = constants! {
        EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EWOULDBLOCK EAGAIN ENOMEM EACCES EFAULT
        ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE
        EROFS EMLINK EPIPE EDOM ERANGE EDEADLK EDEADLOCK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP ENOMSG EIDRM
        ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT
        EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP
        EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ
        ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT
        ESOCKTNOSUPPORT EOPNOTSUPP ENOTSUP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN
        ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT
        ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO
        EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD
        ENOTRECOVERABLE ERFKILL EHWPOISON
};

/// CPython's header gives this one to systems that have none.
const EFTYPE: (&str, i64) = ("EFTYPE", 134);

/// Names of the system's error numbers. `errorcode` leads from a number to a name, `os.strerror` to a text.
#[native_module("errno")]
mod rows {
    use super::*;

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let codes = DictObject::new(cx);
        for (name, number) in NUMBERS.iter().chain([&EFTYPE]) {
            let text = str::intern(cx, name);
            dict::of(codes.value()).set(cx, Value::from_small_int(*number), text.value())?;
        }
        module.namespace().set_text(cx, "errorcode", codes.value());
        add_constants(cx, module, NUMBERS);
        add_constants(cx, module, &[EFTYPE]);
        Ok(())
    }
}
