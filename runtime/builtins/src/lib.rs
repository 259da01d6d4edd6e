//! Cold methods of the builtin types, the builtin functions, and native modules: leaf code that the program registers
//! at its start.
//!
//! **To add a method**: a row in its type's table. **To add a builtin function**: a row in one of the `functions_*`
//! tables. **To add a native module**: a file with its rows and one row in `MODULES`.

mod array_module;
mod bytearray_methods;
mod bytes_arguments;
mod bytes_case;
mod bytes_methods;
mod bytes_search;
mod bytes_split;
mod code_methods;
mod complex;
mod coroutine_methods;
mod descriptors;
mod dict_methods;
mod evaluation;
mod exception_methods;
mod float_methods;
mod format_number;
mod format_spec;
mod frame_methods;
mod function_methods;
mod functions_io;
mod functions_iteration;
mod functions_numeric;
mod functions_object;
mod gc_module;
mod generator_methods;
mod generic_alias;
mod int_methods;
mod iterator_methods;
mod list_methods;
mod memory_view;
mod module_methods;
mod object_methods;
mod range_methods;
mod registry;
mod set_methods;
mod signatures;
mod sort;
mod str_arguments;
mod str_case;
mod str_format;
mod str_methods;
mod str_pad;
mod str_search;
mod str_split;
mod str_translate;
mod string_module;
mod sys_module;
mod traceback_print;
mod tuple_methods;
mod type_creation;
mod type_methods;
mod types_module;
mod union_type;
mod weakref_module;

pub use format_number::format_plain;
/// The native modules of this crate in the newer form.
pub static MODULES: &[&sidewinder_runtime::native::NativeModule] = &[&string_module::MODULE, &types_module::MODULE];

pub use generic_alias::new as generic_alias;
pub use memory_view::{new as memory_view, python_buffer, release_view};
pub use registry::{
    import, is_native, native_names, prepare, print_error_line, register, reopen_streams, report_uncaught, shut_down,
    system_path, write_error,
};
pub use sys_module::LANGUAGE_VERSION;
pub use traceback_print::{format_exception, register_source};
