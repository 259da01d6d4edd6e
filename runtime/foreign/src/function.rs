//! Pointers to functions: of libraries, of the program (callbacks), or of an address.

use crate::call::{self, CDECL, Target};
use crate::callback::Callback;
use crate::data;
use crate::info::{self, Info, Kind};
use crate::library;
use crate::value;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton, str};
use sidewinder_runtime::operations::{self, attribute, iterate};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};

/// metatype for C function pointers
#[native_type("_ctypes.PyCFuncPtrType", base, extends = crate::metaclass::CType)]
#[derive(Traverse)]
pub struct FunctionType;

#[methods]
impl FunctionType {
    #[init(name = "__init__")]
    fn init(this: Value, cx: &mut Context, _arguments: Arguments<'_>) -> Result<()> {
        let info = Info::new(Kind::Function);
        info.size.set(8);
        info.align.set(8);
        info.length.set(1);
        info.has_pointer.set(true);
        info.set_format("X{}");
        let info = info::install(cx, this, info)?;
        let Some(class) = this.cast::<TypeObject>() else { return Ok(()) };
        let namespace = class.namespace(cx);
        let flags = namespace.get_text(cx, "_flags_").map(Owned::new);
        let Some(flags) = flags.filter(|flags| int::is_int_like(flags.value())) else {
            return Err(cx.type_error("class must define _flags_ which must be an integer"));
        };
        info.function_flags.set(value::low_bits(cx, flags.value())? as u32);
        if let Some(types) = namespace.get_text(cx, "_argtypes_").map(Owned::new) {
            let (types, converters) = read_argument_types(cx, types.value())?;
            info.converters.set(Some(converters));
            info.argument_types.set(Some(types));
        }
        if let Some(result) = namespace.get_text(cx, "_restype_").map(Owned::new) {
            let checker = check_result_type(cx, result.value(), "_restype_")?;
            info.result_type.set(Some(result));
            info.checker.set(checker);
        }
        Ok(())
    }
}

/// Argument types as a tuple, and their `from_param`.
fn read_argument_types(cx: &mut Context, types: Value) -> Result<(Owned, Owned)> {
    let Ok(types) = iterate::collect(cx, types) else {
        drop(cx.take_pending());
        return Err(cx.type_error("_argtypes_ must be a sequence of types"));
    };
    if types.len() > call::ARGUMENTS_MAX {
        let (count, most) = (types.len(), call::ARGUMENTS_MAX);
        let message = format!("_argtypes_ has too many arguments ({count}), maximum is {most}");
        return Err(cx.state::<crate::state::State>().argument_error.raise(cx, message));
    }
    let mut converters = Vec::with_capacity(types.len());
    for (index, class) in types.iter().enumerate() {
        match attribute::get_text_optional(cx, class.value(), "from_param")? {
            Some(converter) => converters.push(converter),
            None => {
                let message = format!("item {} in _argtypes_ has no from_param method", index + 1);
                return Err(cx.type_error(message));
            }
        }
    }
    Ok((TupleObject::from_owned(cx, types), TupleObject::from_owned(cx, converters)))
}

/// Refuses what no result can be of; `_check_retval_` of what it can be of.
fn check_result_type(cx: &mut Context, result: Value, name: &str) -> Result<Option<Owned>> {
    let callable = result.type_of().slots().call.is_some();
    if result != singleton::none() && info::of_type(result).is_none() && !callable {
        return Err(cx.type_error(format!("{name} must be a type, a callable, or None")));
    }
    attribute::get_text_optional(cx, result, "_check_retval_")
}

/// Function Pointer
#[native_type("_ctypes.CFuncPtr", base, extends = crate::data::CData, metaclass = FunctionType)]
#[derive(Traverse, Default)]
pub struct Function {
    callable: Field,
    /// The program's argument types, as it gave them, as a tuple, and their converters; else those of the type count.
    given_types: Field,
    argument_types: Field,
    converters: Field,
    result_type: Field,
    checker: Field,
    error_check: Field,
    parameters: Field,
}

/// A parameter: whether it goes in or out, its name, and what is passed if nothing is given.
struct Parameter {
    flags: u64,
    name: Option<Owned>,
    default: Option<Owned>,
}

const IN: u64 = 1;
const OUT: u64 = 2;
const LOCALE: u64 = 4;

impl Function {
    fn make(cx: &mut Context, class: &'static TypeObject, address: u64) -> Result<Owned> {
        let made = data::create(cx, class.value())?;
        data::of(made.value()).set_pointer(address);
        Ok(made)
    }

    /// A function of a library: `((name, library), parameters)`.
    fn of_library(cx: &mut Context, class: &'static TypeObject, arguments: &[Value]) -> Result<Owned> {
        let (specification, parameters) = match arguments {
            [specification] => (*specification, singleton::none()),
            [specification, parameters] => (*specification, *parameters),
            _ => {
                let count = arguments.len();
                return Err(cx.type_error(format!("function takes at most 2 arguments ({count} given)")));
            }
        };
        let parts = iterate::collect(cx, specification)?;
        let [name, library] = &parts[..] else { return Err(cx.type_error("illegal func_spec argument")) };
        let symbol = match (name.value().cast::<BytesObject>(), str::text(name.value())) {
            (Some(bytes), _) => bytes.as_slice().to_vec(),
            (None, Some(text)) => text.as_bytes().to_vec(),
            (None, None) => {
                return Err(cx.type_error("function name must be string, bytes object or integer"));
            }
        };
        let shown = String::from_utf8_lossy(&symbol).into_owned();
        let handle = library::handle_of(cx, library.value(), &shown)?;
        let address = match library::find(cx, handle, &symbol, "function")? {
            Ok(address) => address,
            Err(trouble) => return Err(cx.raise(&ATTRIBUTE_ERROR, trouble)),
        };
        let types = info::required(cx, class.value())?.argument_types.get();
        check_parameters(cx, types, parameters)?;
        let made = Function::make(cx, class, address)?;
        if let Some(function) = made.value().cast::<NativeObject<Function>>() {
            function.parameters.set((parameters != singleton::none()).then(|| Owned::new(parameters)));
            function.callable.set(Some(made.clone()));
        }
        data::keep(cx, data::of(made.value()), 0, Some(library.clone()))?;
        Ok(made)
    }

    /// A function that C code can call.
    fn of_callable(cx: &mut Context, class: &'static TypeObject, callable: Value) -> Result<Owned> {
        if callable.type_of().slots().call.is_none() {
            return Err(cx.type_error("argument must be callable or integer function address"));
        }
        let info = info::of_type(class.value());
        let Some((info, types)) = info.and_then(|info| Some((info, info.argument_types.get()?))) else {
            return Err(cx.type_error("cannot construct instance of this class: no argtypes"));
        };
        let types = data::items_of(&types);
        let result = info.result_type.get();
        let thunk = Callback::make(cx, callable, &types, result, info.function_flags.get())?;
        let address = thunk.value().cast::<NativeObject<Callback>>().map_or(0, |thunk| thunk.address());
        let made = Function::make(cx, class, address)?;
        if let Some(function) = made.value().cast::<NativeObject<Function>>() {
            function.callable.set(Some(Owned::new(callable)));
        }
        data::keep(cx, data::of(made.value()), 0, Some(thunk))?;
        Ok(made)
    }
}

#[methods]
impl Function {
    #[new(name = "CFuncPtr")]
    fn new(cx: &mut Context, class: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
        match arguments.positionals() {
            [] => data::create(cx, class.value()),
            [first, ..] if first.cast::<TupleObject>().is_some() => {
                Function::of_library(cx, class, arguments.positionals())
            }
            [address] if int::is_int_like(*address) => {
                let address = value::low_bits(cx, *address)?;
                Function::make(cx, class, address)
            }
            [callable] => Function::of_callable(cx, class, *callable),
            values => {
                let count = values.len();
                Err(cx.type_error(format!("function takes exactly 1 argument ({count} given)")))
            }
        }
    }

    /// a function to check for errors
    #[get]
    fn errcheck(&self) -> Option<Owned> {
        self.error_check.get()
    }

    #[set(errcheck)]
    fn set_errcheck(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        if value.is_some_and(|value| value.type_of().slots().call.is_none()) {
            return Err(cx.type_error("the errcheck attribute must be callable"));
        }
        self.error_check.set(value.map(Owned::new));
        Ok(())
    }

    /// specify the result type
    #[get]
    fn restype(this: &NativeObject<Function>) -> Option<Owned> {
        this.result_type.get().or_else(|| info::of_object(this.value())?.result_type.get())
    }

    #[set(restype)]
    fn set_restype(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let checker = match value {
            Some(value) => check_result_type(cx, value, "restype")?,
            None => None,
        };
        self.checker.set(checker);
        self.result_type.set(value.map(Owned::new));
        Ok(())
    }

    /// specify the argument types
    #[get]
    fn argtypes(this: &NativeObject<Function>, cx: &mut Context) -> Option<Owned> {
        if let Some(types) = this.given_types.get() {
            return Some(types);
        }
        let class = this.value().type_of();
        let info = info::of_type(class.value())?;
        info.argument_types.get()?;
        let own = class.namespace(cx).get_text(cx, "_argtypes_").map(Owned::new);
        own.or_else(|| info.argument_types.get())
    }

    #[set(argtypes)]
    fn set_argtypes(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let Some(value) = value.filter(|value| *value != singleton::none()) else {
            self.converters.set(None);
            self.argument_types.set(None);
            self.given_types.set(None);
            return Ok(());
        };
        let (types, converters) = read_argument_types(cx, value)?;
        if let Some(parameters) = self.parameters.get() {
            check_parameters(cx, Some(types.clone()), parameters.value())?;
        }
        self.converters.set(Some(converters));
        self.argument_types.set(Some(types));
        self.given_types.set(Some(Owned::new(value)));
        Ok(())
    }

    #[slot(repr)]
    fn repr(this: Value) -> String {
        format!("<{} object at {:#x}>", this.type_of().name(), this.0)
    }

    #[slot(truth)]
    fn truth(this: Value) -> Result<bool> {
        Ok(data::of(this).pointer() != 0)
    }

    #[call]
    fn call(this: &NativeObject<Function>, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let info = info::required(cx, this.value().type_of().value())?;
        let types = this.argument_types.get().or_else(|| info.argument_types.get());
        let converters = this.converters.get().or_else(|| info.converters.get());
        let result = this.result_type.get().or_else(|| info.result_type.get());
        let checker = this.checker.get().or_else(|| info.checker.get());
        let address = data::of(this.value()).pointer();
        let (passed, returned) = gather(cx, this, types.as_ref(), arguments)?;
        let converters = converters.as_ref().map(data::items_of);
        let flags = info.function_flags.get();
        if let Some(converters) = &converters {
            check_count(cx, converters.len(), passed.len(), flags)?;
        }
        let target = Target {
            address,
            flags,
            converters: converters.as_deref(),
            result: result.as_ref(),
            checker: checker.as_ref(),
        };
        let mut made = call::call_function(cx, &target, &passed)?;
        if let Some(check) = this.error_check.get() {
            let given = TupleObject::from_owned(cx, passed.clone());
            let arguments = [made.value(), this.value(), given.value()];
            let checked = operations::call::call(cx, check.value(), &arguments)?;
            if checked.value() != given.value() {
                return Ok(checked);
            }
        }
        if returned.is_empty() {
            return Ok(made);
        }
        let mut results = Vec::with_capacity(returned.len());
        for (index, both_ways) in &returned {
            let passed = &passed[*index];
            results.push(match both_ways {
                true => passed.clone(),
                false => operations::call::call_method(cx, passed.value(), "__ctypes_from_outparam__", &[])?,
            });
        }
        if results.len() == 1 {
            made = results.remove(0);
            return Ok(made);
        }
        Ok(TupleObject::from_owned(cx, results))
    }
}

fn check_count(cx: &mut Context, required: usize, actual: usize, flags: u32) -> Result<()> {
    let plural = if required == 1 { "" } else { "s" };
    if flags & CDECL != 0 {
        // More arguments than declared are those of a variadic function.
        if required > actual {
            let message = format!("this function takes at least {required} argument{plural} ({actual} given)");
            return Err(cx.type_error(message));
        }
    } else if required != actual {
        return Err(cx.type_error(format!("this function takes {required} argument{plural} ({actual} given)")));
    }
    Ok(())
}

/// A parameter as it stands in a tuple, if it is one.
fn read_parameter(cx: &mut Context, item: Value) -> Option<Parameter> {
    let values = item.cast::<TupleObject>()?.as_slice();
    let (first, rest) = values.split_first()?;
    if values.len() > 3 || !int::is_int_like(*first) {
        return None;
    }
    let name = rest.first().copied().filter(|name| *name != singleton::none());
    if name.is_some_and(|name| !str::is_str(name)) {
        return None;
    }
    let flags = value::low_bits(cx, *first).ok()?;
    Some(Parameter { flags, name: name.map(Owned::new), default: rest.get(1).map(|value| Owned::new(*value)) })
}

/// Refuses parameters that do not fit to the argument types.
fn check_parameters(cx: &mut Context, types: Option<Owned>, parameters: Value) -> Result<()> {
    let Some(types) = types else { return Ok(()) };
    if parameters == singleton::none() {
        return Ok(());
    }
    let Some(items) = parameters.cast::<TupleObject>() else {
        return Err(cx.type_error("paramflags must be a tuple or None"));
    };
    let types = data::items_of(&types);
    if items.len() != types.len() {
        return Err(cx.value_error("paramflags must have the same length as argtypes"));
    }
    for (index, (item, class)) in items.as_slice().iter().zip(&types).enumerate() {
        let Some(parameter) = read_parameter(cx, *item) else {
            let message = "paramflags must be a sequence of (int [,string [,value]]) tuples";
            return Err(cx.type_error(message));
        };
        match parameter.flags & (IN | OUT | LOCALE) {
            0 | IN => {}
            flags if flags == IN | LOCALE || flags == IN | OUT => {}
            OUT => {
                let info = info::of_type(class.value());
                let fits = info.is_some_and(|info| match info.kind {
                    Kind::Pointer | Kind::Array => true,
                    _ => b"PzZ".contains(&info.code.get().letter),
                });
                if !fits {
                    let own = class.value().cast::<TypeObject>();
                    let name = own.unwrap_or(class.value().type_of()).name();
                    let message = format!("'out' parameter {} must be a pointer type, not {name}", index + 1);
                    return Err(cx.type_error(message));
                }
            }
            _ => {
                let message = format!("paramflag value {} not supported", parameter.flags as i32);
                return Err(cx.type_error(message));
            }
        }
    }
    Ok(())
}

/// Which of the passed arguments are returned, and whether as they were passed.
type Returned = Vec<(usize, bool)>;

/// The arguments of a call: those that are given, or what the parameters make of them.
fn gather(
    cx: &mut Context,
    function: &Function,
    types: Option<&Owned>,
    arguments: Arguments<'_>,
) -> Result<(Vec<Owned>, Returned)> {
    let given = arguments.positionals();
    let types = types.map(data::items_of).filter(|types| !types.is_empty());
    let (Some(types), Some(parameters)) = (types, function.parameters.get()) else {
        return Ok((given.iter().map(|value| Owned::new(*value)).collect(), Vec::new()));
    };
    let (mut passed, mut returned, mut used) = (Vec::with_capacity(types.len()), Vec::new(), 0);
    for (index, (item, class)) in data::items_of(&parameters).iter().zip(&types).enumerate() {
        let Some(Parameter { flags, name, default }) = read_parameter(cx, item.value()) else {
            return Err(cx.type_error("paramflags must be a sequence of (int [,string [,value]]) tuples"));
        };
        match flags & (IN | OUT | LOCALE) {
            OUT => {
                returned.push((index, false));
                passed.push(match default {
                    Some(default) => default,
                    None => new_target(cx, class)?,
                });
            }
            flags if flags == IN | LOCALE => {
                passed.push(default.unwrap_or_else(|| Owned::new(Value::from_small_int(0))));
            }
            flags if flags & LOCALE == 0 => {
                if flags == IN | OUT {
                    returned.push((index, true));
                }
                let by_name = |name: &Owned| {
                    let mut all = arguments.keywords();
                    all.find(|(other, _)| str::text(*other) == str::text(name.value())).map(|(_, value)| value)
                };
                let found = given.get(used).copied().or_else(|| name.as_ref().and_then(by_name));
                passed.push(match (found, default, name) {
                    (Some(found), _, _) => {
                        used += 1;
                        Owned::new(found)
                    }
                    (None, Some(default), _) => default,
                    (None, None, Some(name)) => {
                        let name = str::text(name.value()).unwrap_or_default().into_owned();
                        return Err(cx.type_error(format!("required argument '{name}' missing")));
                    }
                    (None, None, None) => return Err(cx.type_error("not enough arguments")),
                });
            }
            _ => return Err(cx.value_error(format!("paramflag {flags} not yet implemented"))),
        }
    }
    let actual = arguments.values.len();
    if actual != used {
        return Err(cx.type_error(format!("call takes exactly {used} arguments ({actual} given)")));
    }
    Ok((passed, returned))
}

/// A new object to which an `out` parameter leads.
fn new_target(cx: &mut Context, class: &Owned) -> Result<Owned> {
    let info = info::required(cx, class.value())?;
    match info.kind {
        Kind::Array => operations::call::call(cx, class.value(), &[]),
        Kind::Pointer => {
            let (item, _) = info::item_of(cx, info)?;
            operations::call::call(cx, item.value(), &[])
        }
        _ => {
            let name = class.value().cast::<TypeObject>().map_or("?", TypeObject::name);
            Err(cx.type_error(format!("{name} 'out' parameter must be passed as default value")))
        }
    }
}
