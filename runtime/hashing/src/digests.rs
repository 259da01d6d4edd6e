//! The modules `_md5`, `_sha1` and `_sha2`: functions that make objects whose types have no constructor.

/// A module: for each algorithm a function, the type of its objects, that type's name in Python and in the module.
macro_rules! digest_module {
    ($module:ident, $name:tt, $( $function:ident $row:ident $state:ident $type_name:tt $shown:literal );*) => {
        #[doc = concat!("The module `", $name, "`.")]
        pub mod $module {
            use crate::algorithm;
            use crate::arguments::hexadecimal;
            use crate::hash::{Hash, digest_type, hash_type};
            use sidewinder_macros::{Traverse, methods, native_module, native_type};
            use sidewinder_runtime::native::result::Bytes;
            use sidewinder_runtime::native::{Given, NativeObject, NativeType};
            use sidewinder_runtime::objects::module::ModuleObject;
            use sidewinder_runtime::{Context, Owned, Result, Value};

            $( digest_type!($state, $type_name, obj, {}); )*

            #[native_module($name, types($( hidden $state ),*))]
            #[allow(unused_variables)]
            mod rows {
                use super::*;

                #[constant]
                const _GIL_MINSIZE: i64 = crate::arguments::LARGE_BYTES as i64;

                $(
                    /// A new hash object, which takes in the data if there is any.
                    #[function]
                    fn $function(
                        cx: &mut Context,
                        #[named]
                        #[default(Given(None), "b''")]
                        data: Given<Value>,
                        #[keyword]
                        #[default(true)]
                        usedforsecurity: bool,
                        #[default(Given(None), "None")] string: Given<Value>,
                    ) -> Result<Owned> {
                        let hash = Hash::start(cx, &algorithm::$row, data, string)?;
                        NativeObject::new(cx, $state(hash))
                    }
                )*

                #[execute]
                fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
                    $(
                        let shown = <$state as NativeType>::type_object();
                        module.namespace().set_text(cx, $shown, shown.value());
                    )*
                    Ok(())
                }
            }
        }
    };
}

digest_module!(md5, "_md5", md5 MD5 Md5Type "_md5.md5" "MD5Type");
digest_module!(sha1, "_sha1", sha1 SHA1 Sha1Type "_sha1.sha1" "SHA1Type");
digest_module!(sha2, "_sha2",
    sha224 SHA224 Sha224Type "_sha2.SHA224Type" "SHA224Type";
    sha256 SHA256 Sha256Type "_sha2.SHA256Type" "SHA256Type";
    sha384 SHA384 Sha384Type "_sha2.SHA384Type" "SHA384Type";
    sha512 SHA512 Sha512Type "_sha2.SHA512Type" "SHA512Type"
);
