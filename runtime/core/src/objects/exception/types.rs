//! The builtin exception types, in one table: a type comes after its base. `ExceptionGroup`, which has two bases, is a
//! class made at start.

use super::special as own;
use super::{BASE_SLOTS, ExceptionObject, new_with_fields};
use crate::heap::Immortal;
use crate::objects::slots::Slots;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use std::cell::Cell;
use std::mem::offset_of;

const fn exception_type(name: &'static str, base: &'static TypeObject, slots: Slots) -> TypeObject {
    let mut kind = TypeObject::builtin(name, size_of::<ExceptionObject>(), slots)
        .with_base(base)
        .with_flags(flags::BASE | flags::COLLECTED | flags::EXCEPTION | flags::HAS_BLOCK | flags::HAS_DICT);
    kind.block_offset = Cell::new(offset_of!(ExceptionObject, block) as u32);
    kind
}

// The inline slots of subclasses follow the block.
const _: () =
    assert!(offset_of!(ExceptionObject, block) + crate::objects::instance::BLOCK_BYTES == size_of::<ExceptionObject>());

macro_rules! exceptions {
    ($( $constant:ident = $name:literal : $base:ident $(, $slots:expr)? ; )*) => {
        $(
            pub static $constant: StaticType =
                Immortal::new(exception_type($name, &$base.object, exceptions!(@slots $($slots)?)));
        )*

        /// All builtin exception types, bases first.
        pub static ALL: &[&StaticType] = &[ $( &$constant ),* ];
    };
    (@slots) => { Slots::EMPTY };
    (@slots $slots:expr) => { $slots };
}

exceptions! {
    BASE_EXCEPTION = "BaseException": OBJECT, BASE_SLOTS;
    BASE_EXCEPTION_GROUP = "BaseExceptionGroup": BASE_EXCEPTION, Slots {
        new: Some(own::new_group), init: Some(own::init_group), str: Some(own::str_group),
        repr: Some(own::repr_group), ..Slots::EMPTY
    };
    GENERATOR_EXIT = "GeneratorExit": BASE_EXCEPTION;
    KEYBOARD_INTERRUPT = "KeyboardInterrupt": BASE_EXCEPTION;
    SYSTEM_EXIT = "SystemExit": BASE_EXCEPTION, Slots {
        new: Some(new_with_fields::<1>), init: Some(own::init_system_exit), ..Slots::EMPTY
    };
    EXCEPTION = "Exception": BASE_EXCEPTION;
    ARITHMETIC_ERROR = "ArithmeticError": EXCEPTION;
    FLOATING_POINT_ERROR = "FloatingPointError": ARITHMETIC_ERROR;
    OVERFLOW_ERROR = "OverflowError": ARITHMETIC_ERROR;
    ZERO_DIVISION_ERROR = "ZeroDivisionError": ARITHMETIC_ERROR;
    ASSERTION_ERROR = "AssertionError": EXCEPTION;
    ATTRIBUTE_ERROR = "AttributeError": EXCEPTION, Slots {
        new: Some(new_with_fields::<2>), init: Some(own::init_attribute_error), ..Slots::EMPTY
    };
    BUFFER_ERROR = "BufferError": EXCEPTION;
    EOF_ERROR = "EOFError": EXCEPTION;
    IMPORT_ERROR = "ImportError": EXCEPTION, Slots {
        new: Some(new_with_fields::<4>), init: Some(own::init_import_error), str: Some(own::str_import_error),
        ..Slots::EMPTY
    };
    MODULE_NOT_FOUND_ERROR = "ModuleNotFoundError": IMPORT_ERROR;
    LOOKUP_ERROR = "LookupError": EXCEPTION;
    INDEX_ERROR = "IndexError": LOOKUP_ERROR;
    KEY_ERROR = "KeyError": LOOKUP_ERROR, Slots { str: Some(own::str_key_error), ..Slots::EMPTY };
    MEMORY_ERROR = "MemoryError": EXCEPTION;
    NAME_ERROR = "NameError": EXCEPTION, Slots {
        new: Some(new_with_fields::<1>), init: Some(own::init_name_error), ..Slots::EMPTY
    };
    UNBOUND_LOCAL_ERROR = "UnboundLocalError": NAME_ERROR;
    OS_ERROR = "OSError": EXCEPTION, Slots {
        new: Some(own::new_os_error), init: Some(own::init_os_error), str: Some(own::str_os_error), ..Slots::EMPTY
    };
    BLOCKING_IO_ERROR = "BlockingIOError": OS_ERROR;
    CHILD_PROCESS_ERROR = "ChildProcessError": OS_ERROR;
    CONNECTION_ERROR = "ConnectionError": OS_ERROR;
    BROKEN_PIPE_ERROR = "BrokenPipeError": CONNECTION_ERROR;
    CONNECTION_ABORTED_ERROR = "ConnectionAbortedError": CONNECTION_ERROR;
    CONNECTION_REFUSED_ERROR = "ConnectionRefusedError": CONNECTION_ERROR;
    CONNECTION_RESET_ERROR = "ConnectionResetError": CONNECTION_ERROR;
    FILE_EXISTS_ERROR = "FileExistsError": OS_ERROR;
    FILE_NOT_FOUND_ERROR = "FileNotFoundError": OS_ERROR;
    INTERRUPTED_ERROR = "InterruptedError": OS_ERROR;
    IS_A_DIRECTORY_ERROR = "IsADirectoryError": OS_ERROR;
    NOT_A_DIRECTORY_ERROR = "NotADirectoryError": OS_ERROR;
    PERMISSION_ERROR = "PermissionError": OS_ERROR;
    PROCESS_LOOKUP_ERROR = "ProcessLookupError": OS_ERROR;
    TIMEOUT_ERROR = "TimeoutError": OS_ERROR;
    REFERENCE_ERROR = "ReferenceError": EXCEPTION;
    RUNTIME_ERROR = "RuntimeError": EXCEPTION;
    NOT_IMPLEMENTED_ERROR = "NotImplementedError": RUNTIME_ERROR;
    PYTHON_FINALIZATION_ERROR = "PythonFinalizationError": RUNTIME_ERROR;
    RECURSION_ERROR = "RecursionError": RUNTIME_ERROR;
    STOP_ASYNC_ITERATION = "StopAsyncIteration": EXCEPTION;
    STOP_ITERATION = "StopIteration": EXCEPTION, Slots {
        new: Some(new_with_fields::<1>), init: Some(own::init_stop_iteration), ..Slots::EMPTY
    };
    SYNTAX_ERROR = "SyntaxError": EXCEPTION, Slots {
        new: Some(new_with_fields::<9>), init: Some(own::init_syntax_error), str: Some(own::str_syntax_error),
        ..Slots::EMPTY
    };
    INDENTATION_ERROR = "IndentationError": SYNTAX_ERROR;
    TAB_ERROR = "TabError": INDENTATION_ERROR;
    INCOMPLETE_INPUT_ERROR = "_IncompleteInputError": SYNTAX_ERROR;
    SYSTEM_ERROR = "SystemError": EXCEPTION;
    TYPE_ERROR = "TypeError": EXCEPTION;
    VALUE_ERROR = "ValueError": EXCEPTION;
    UNICODE_ERROR = "UnicodeError": VALUE_ERROR;
    UNICODE_DECODE_ERROR = "UnicodeDecodeError": UNICODE_ERROR, Slots {
        new: Some(new_with_fields::<5>), init: Some(own::init_unicode_decode), str: Some(own::str_unicode_decode),
        ..Slots::EMPTY
    };
    UNICODE_ENCODE_ERROR = "UnicodeEncodeError": UNICODE_ERROR, Slots {
        new: Some(new_with_fields::<5>), init: Some(own::init_unicode_encode), str: Some(own::str_unicode_encode),
        ..Slots::EMPTY
    };
    UNICODE_TRANSLATE_ERROR = "UnicodeTranslateError": UNICODE_ERROR, Slots {
        new: Some(new_with_fields::<5>), init: Some(own::init_unicode_translate),
        str: Some(own::str_unicode_translate), ..Slots::EMPTY
    };
    WARNING = "Warning": EXCEPTION;
    BYTES_WARNING = "BytesWarning": WARNING;
    DEPRECATION_WARNING = "DeprecationWarning": WARNING;
    ENCODING_WARNING = "EncodingWarning": WARNING;
    FUTURE_WARNING = "FutureWarning": WARNING;
    IMPORT_WARNING = "ImportWarning": WARNING;
    PENDING_DEPRECATION_WARNING = "PendingDeprecationWarning": WARNING;
    RESOURCE_WARNING = "ResourceWarning": WARNING;
    RUNTIME_WARNING = "RuntimeWarning": WARNING;
    SYNTAX_WARNING = "SyntaxWarning": WARNING;
    UNICODE_WARNING = "UnicodeWarning": WARNING;
    USER_WARNING = "UserWarning": WARNING;
}
