//! The module `_types`: the types of the language that no builtin names.

use crate::generic_alias::GENERIC_ALIAS;
use crate::sys_module::simple_namespace::SIMPLE_NAMESPACE;
use crate::type_methods::mapping_proxy::MAPPING_PROXY;
use crate::union_type::UNION;
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::objects::cell::CELL;
use sidewinder_runtime::objects::code::CODE;
use sidewinder_runtime::objects::frame::FRAME;
use sidewinder_runtime::objects::function::FUNCTION;
use sidewinder_runtime::objects::generator::{ASYNC_GENERATOR, COROUTINE, GENERATOR};
use sidewinder_runtime::objects::method::{
    BUILTIN_FUNCTION, CLASS_METHOD_DESCRIPTOR, GETSET_DESCRIPTOR, MEMBER_DESCRIPTOR, METHOD, METHOD_DESCRIPTOR,
    METHOD_WRAPPER, WRAPPER_DESCRIPTOR,
};
use sidewinder_runtime::objects::module::{MODULE as MODULE_TYPE, ModuleObject};
use sidewinder_runtime::objects::singleton::{ELLIPSIS_TYPE, NONE_TYPE, NOT_IMPLEMENTED_TYPE};
use sidewinder_runtime::objects::traceback::TRACEBACK;
use sidewinder_runtime::objects::type_object::StaticType;
use sidewinder_runtime::{Context, Result};

/// What Python sees of a pointer that native code passes to native code: there is none yet.
#[native_type("PyCapsule")]
#[derive(Traverse)]
pub struct Capsule {}

#[methods]
impl Capsule {}

/// Names of the types.
const NAMED: &[(&str, &StaticType)] = &[
    ("AsyncGeneratorType", &ASYNC_GENERATOR),
    ("BuiltinFunctionType", &BUILTIN_FUNCTION),
    ("BuiltinMethodType", &BUILTIN_FUNCTION),
    ("CapsuleType", &CAPSULE),
    ("CellType", &CELL),
    ("ClassMethodDescriptorType", &CLASS_METHOD_DESCRIPTOR),
    ("CodeType", &CODE),
    ("CoroutineType", &COROUTINE),
    ("EllipsisType", &ELLIPSIS_TYPE),
    ("FrameType", &FRAME),
    ("FunctionType", &FUNCTION),
    ("GeneratorType", &GENERATOR),
    ("GenericAlias", &GENERIC_ALIAS),
    ("GetSetDescriptorType", &GETSET_DESCRIPTOR),
    ("LambdaType", &FUNCTION),
    ("MappingProxyType", &MAPPING_PROXY),
    ("MemberDescriptorType", &MEMBER_DESCRIPTOR),
    ("MethodDescriptorType", &METHOD_DESCRIPTOR),
    ("MethodType", &METHOD),
    ("MethodWrapperType", &METHOD_WRAPPER),
    ("ModuleType", &MODULE_TYPE),
    ("NoneType", &NONE_TYPE),
    ("NotImplementedType", &NOT_IMPLEMENTED_TYPE),
    ("SimpleNamespace", &SIMPLE_NAMESPACE),
    ("TracebackType", &TRACEBACK),
    ("UnionType", &UNION),
    ("WrapperDescriptorType", &WRAPPER_DESCRIPTOR),
];

/// Types of the language that are no builtins.
#[native_module("_types", types(hidden Capsule))]
mod rows {
    use super::*;

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        for (name, kind) in NAMED {
            module.namespace().set_text(cx, name, kind.value());
        }
        Ok(())
    }
}
