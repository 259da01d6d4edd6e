//! `#[methods]`: rows of methods and computed attributes, and the slots of a native type.
//!
//! Every function of the implementation is one of Python's; helpers stand in an ordinary `impl`.

use crate::binding::{self, Receiver, WORDS};
use crate::native_type::static_name;
use crate::parameters::{Marked, Parameters, Words, documentation, plain_name, python_name, take_attribute};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Ident, ImplItem, ImplItemFn, ItemImpl, Result, parse2};

/// What the rows are gathered into.
#[derive(Default)]
struct Rows {
    methods: Vec<TokenStream>,
    getters: Vec<Getter>,
    setters: Vec<(String, TokenStream)>,
    slots: Vec<TokenStream>,
}

struct Getter {
    name: String,
    get: TokenStream,
    documentation: String,
    /// It stands for a member of a C structure: setting it is refused in other words.
    member: bool,
}

pub fn methods(item: TokenStream) -> Result<TokenStream> {
    let mut implementation: ItemImpl = parse2(item)?;
    let state = implementation.self_ty.to_token_stream();
    let mut rows = Rows::default();
    for item in &mut implementation.items {
        let ImplItem::Fn(function) = item else { continue };
        read(function, &state, &mut rows)?;
    }
    let Rows { methods, getters, setters, slots } = rows;
    if let Some((name, _)) = setters.iter().find(|(name, _)| getters.iter().all(|getter| getter.name != *name)) {
        return Err(syn::Error::new_spanned(&state, format!("`{name}` is set but cannot be got")));
    }
    let getset = getters.iter().map(|Getter { name, get, documentation, member }| {
        let set = match setters.iter().find(|(other, _)| other == name) {
            Some((_, set)) => quote!(Some(#set)),
            None if *member => quote!(Some(::sidewinder_runtime::native::object::readonly_member)),
            None => quote!(None),
        };
        quote! {
            ::sidewinder_runtime::native::GetSet { name: #name, get: #get, set: #set, doc: #documentation }
        }
    });
    Ok(quote! {
        #implementation

        #[allow(unused_variables, unused_mut)]
        impl ::sidewinder_runtime::native::object::NativeMethods for #state {
            const SLOTS: ::sidewinder_runtime::objects::slots::Slots = {
                let mut slots = ::sidewinder_runtime::objects::slots::Slots::EMPTY;
                #(#slots)*
                slots
            };
            const METHODS: &'static [::sidewinder_runtime::Native] = &[#(#methods),*];
            const GETSET: &'static [::sidewinder_runtime::native::GetSet] = &[#(#getset),*];
        }
    })
}

/// Takes the markers off one function and adds what it gives.
fn read(function: &mut ImplItemFn, state: &TokenStream, rows: &mut Rows) -> Result<()> {
    let mut marker = None;
    for name in ["new", "init", "call", "get", "set", "slot", "class_method", "static_method", "method"] {
        if let Some(attribute) = take_attribute(&mut function.attrs, name) {
            marker = Some((name, attribute));
        }
    }
    let ident = function.sig.ident.clone();
    let words = match &marker {
        Some((_, attribute)) => Words::read(attribute)?,
        None => Words::default(),
    };
    let documentation = documentation(&function.attrs);
    let parameters = Parameters::take(&mut function.sig)?;
    let path = quote!(<#state>::#ident);
    let marked = Marked { words, documentation, parameters, ident: ident.clone() };
    let class_name = quote!(#state).to_string();
    let place = static_name(&format_ident!("{class_name}"));
    match marker.as_ref().map(|(name, _)| *name) {
        Some("new") => rows.slots.push(constructor(&marked, &path, state, &place)),
        Some("init") => {
            let name = marked.words.name.clone().unwrap_or_else(|| "__init__".into());
            let body = binding::call_with_arguments(&marked, &name, &path, state);
            rows.slots.push(quote!(slots.init = Some(|cx, receiver, arguments| { #body });));
        }
        Some("call") => {
            let name = marked.words.name.clone().unwrap_or_else(|| "__call__".into());
            let body = binding::call_with_arguments(&marked, &name, &path, state);
            rows.slots.push(quote! {
                slots.call = Some(|cx, receiver, arguments| {
                    ::sidewinder_runtime::native::IntoResult::into_result({ #body }, cx)
                });
            });
        }
        Some("get") => {
            let call = binding::call_slot(&marked, &[], &path, state);
            rows.getters.push(Getter {
                name: python_name(&marked.words, &ident),
                get: quote!(|cx, receiver| ::sidewinder_runtime::native::IntoResult::into_result({ #call }, cx)),
                documentation: marked.documentation.clone(),
                member: marked.words.has("member"),
            });
        }
        Some("set") => {
            let Some(name) = marked.words.flags.first() else {
                return Err(syn::Error::new(ident.span(), "say what is set: #[set(name)]"));
            };
            let value = quote!((!value.is_unbound()).then_some(value));
            let call = binding::call_slot(&marked, &[value], &path, state);
            rows.setters.push((plain_name(&format_ident!("{name}")), quote!(|cx, receiver, value| { #call })));
        }
        Some("slot") => {
            let Some(name) = marked.words.flags.first() else {
                return Err(syn::Error::new(ident.span(), "say which slot: #[slot(repr)]"));
            };
            rows.slots.push(slot(&marked, name, &path, state)?);
        }
        Some("class_method") => {
            let made = binding::rows(&marked, Receiver::Class, &path, state);
            rows.methods.extend(made.into_iter().map(|row| quote!(#row.class_method())));
        }
        Some("static_method") => {
            let made = binding::rows(&marked, Receiver::None, &path, state);
            rows.methods.extend(made.into_iter().map(|row| quote!(#row.static_method())));
        }
        _ => {
            marked.words.check(ident.span(), WORDS)?;
            rows.methods.extend(binding::rows(&marked, Receiver::Object, &path, state));
        }
    }
    Ok(())
}

/// The `new` slot. Keywords are refused where no subclass's `__init__` may want them.
fn constructor(marked: &Marked, path: &TokenStream, state: &TokenStream, place: &Ident) -> TokenStream {
    // The function's name in messages is the class's, which only the type's static knows: the structure's name serves
    // where the attribute does not give one.
    let name = marked.words.name.clone().unwrap_or_else(|| state.to_string().to_lowercase());
    let body = binding::call_with_arguments(marked, &name, path, state);
    let refuse = (!marked.parameters.takes_names() && !marked.parameters.is_raw()).then(|| {
        quote! {
            if !arguments.names.is_empty() {
                if ::std::ptr::eq(class, &#place.object) {
                    ::sidewinder_runtime::objects::iterator::arguments::refuse_keywords(cx, #name, arguments)?;
                }
                arguments = ::sidewinder_runtime::Arguments::positional(arguments.positionals());
            }
        }
    });
    quote! {
        slots.new = Some(|cx, class, arguments| {
            let mut arguments = arguments;
            #refuse
            ::sidewinder_runtime::native::IntoInstance::into_instance({ #body }, cx, class)
        });
    }
}

/// One slot, by its name in `Slots` (or its operator).
fn slot(marked: &Marked, name: &str, path: &TokenStream, state: &TokenStream) -> Result<TokenStream> {
    let field = format_ident!("{name}");
    let native = quote!(::sidewinder_runtime::native);
    let object = |operands: &[TokenStream]| {
        let call = binding::call_slot(marked, operands, path, state);
        quote!(#native::IntoResult::into_result({ #call }, cx))
    };
    let plain = |operands: &[TokenStream]| binding::call_slot(marked, operands, path, state);
    let optional = |operand: TokenStream| quote!((!#operand.is_unbound()).then_some(#operand));
    Ok(match name {
        "repr" | "str" | "iter" | "negative" | "positive" | "invert" | "absolute" | "int" | "float" | "index"
        | "await_" | "aiter" | "anext" => {
            let body = object(&[]);
            quote!(slots.#field = Some(|cx, receiver| #body);)
        }
        "hash" | "length" | "truth" | "finalize" => {
            let body = plain(&[]);
            quote!(slots.#field = Some(|cx, receiver| { #body });)
        }
        "next" => {
            let body = plain(&[]);
            quote! {
                slots.next = Some(|cx, receiver| {
                    let found = { #body }?;
                    Ok(found.map(|item| #native::IntoObject::into_object(item, cx)))
                });
            }
        }
        "compare" => {
            let body = object(&[quote!(other), quote!(operation)]);
            quote!(slots.compare = Some(|cx, receiver, other, operation| #body);)
        }
        "get_item" | "get_attribute" => {
            let body = object(&[quote!(key)]);
            quote!(slots.#field = Some(|cx, receiver, key| #body);)
        }
        "contains" => {
            let body = plain(&[quote!(item)]);
            quote!(slots.contains = Some(|cx, receiver, item| { #body });)
        }
        "set_item" | "set_attribute" | "descriptor_set" => {
            let value = optional(quote!(value));
            let body = plain(&[quote!(key), value]);
            quote!(slots.#field = Some(|cx, receiver, key, value| { #body });)
        }
        "descriptor_get" => {
            let instance = optional(quote!(instance));
            let body = object(&[instance, quote!(owner)]);
            quote!(slots.descriptor_get = Some(|cx, receiver, instance, owner| #body);)
        }
        "buffer" => {
            let body = plain(&[quote!(request)]);
            quote!(slots.buffer = Some(|cx, receiver, request| { #body });)
        }
        _ => {
            let (table, operator) = match name.strip_prefix("inplace_") {
                Some(operator) => (quote!(inplace), operator),
                None => (quote!(binary), name),
            };
            let Some(operation) = operation(operator) else {
                return Err(syn::Error::new(marked.ident.span(), format!("there is no slot `{name}`")));
            };
            let operation = format_ident!("{operation}");
            let place = quote! {
                slots.#table[::sidewinder_runtime::objects::slots::BinaryOp::#operation as usize]
            };
            let own = marked.parameters.list.len() == 1;
            let operands = if own { vec![quote!(other)] } else { vec![quote!(receiver), quote!(other)] };
            let body = object(&operands);
            quote!(#place = Some(|cx, receiver, other| #body);)
        }
    })
}

/// The operator that a slot's name stands for.
fn operation(name: &str) -> Option<&'static str> {
    Some(match name {
        "add" => "Add",
        "subtract" => "Subtract",
        "multiply" => "Multiply",
        "true_divide" => "TrueDivide",
        "floor_divide" => "FloorDivide",
        "remainder" => "Remainder",
        "power" => "Power",
        "matrix_multiply" => "MatrixMultiply",
        "left_shift" => "LeftShift",
        "right_shift" => "RightShift",
        "and" => "And",
        "or" => "Or",
        "xor" => "Xor",
        _ => return None,
    })
}
