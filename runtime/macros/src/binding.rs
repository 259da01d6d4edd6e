//! The code between a call's arguments and the Rust function: bounds, conversion, the call itself, its result.

use crate::parameters::{Input, Kind, Marked, Parameter, Parameters, plain_name};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// How the function is reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Receiver {
    /// A function of a module, or a static method.
    None,
    /// The first value is the object.
    Object,
    /// The first value is the class.
    Class,
}

/// `let` statements that convert `values`, whose number was checked, for positional-only parameters.
fn convert_values(parameters: &Parameters, function: &str) -> TokenStream {
    let only = parameters.list.len() == 1;
    let statements = parameters.list.iter().enumerate().map(|(index, parameter)| {
        let Parameter { ident, ty, .. } = parameter;
        if parameter.kind == Kind::Rest {
            return quote! { let #ident: #ty = values.get(#index..).unwrap_or_default(); };
        }
        let argument = if only { "argument".to_string() } else { format!("argument {}", index + 1) };
        let found = match parameter.default {
            None => quote!(Some(&values[#index])),
            Some(_) => quote!(values.get(#index)),
        };
        convert(parameter, function, &argument, found)
    });
    quote!(#(#statements)*)
}

/// A `let` statement that converts one argument, or takes its default.
fn convert(parameter: &Parameter, function: &str, argument: &str, found: TokenStream) -> TokenStream {
    let Parameter { ident, ty, .. } = parameter;
    let name = plain_name(ident);
    let missing = match &parameter.default {
        Some(default) => {
            let value = &default.value;
            quote!(#value)
        }
        None => quote!(unreachable!("the bounds were checked")),
    };
    quote! {
        let #ident: #ty = match #found {
            Some(value) => {
                static PLACE: ::sidewinder_runtime::native::Place =
                    ::sidewinder_runtime::native::Place { function: #function, argument: #argument, name: #name };
                ::sidewinder_runtime::native::FromArgument::from_argument(cx, value, &PLACE)?
            }
            None => #missing,
        };
    }
}

/// `let` statements that bind and convert `arguments`, of which nothing is known yet.
fn convert_arguments(parameters: &Parameters, function: &str) -> TokenStream {
    if !parameters.takes_names() {
        let minimum = parameters.required();
        let maximum = if parameters.has(Kind::Rest) {
            quote!(usize::MAX)
        } else {
            let count = parameters.list.len();
            quote!(#count)
        };
        let conversions = convert_values(parameters, function);
        return quote! {
            let values = ::sidewinder_runtime::objects::iterator::arguments::positionals(
                cx, #function, arguments, #minimum, #maximum,
            )?;
            #conversions
        };
    }
    let names: Vec<String> = parameters.single().map(|parameter| plain_name(&parameter.ident)).collect();
    let count = names.len();
    let positional_only = parameters.count(Kind::Positional);
    let positional = positional_only + parameters.count(Kind::Named);
    // A keyword-only parameter without a default does not follow the required ones.
    let required = parameters.required();
    let rest = parameters.has(Kind::Rest);
    let open = parameters.has(Kind::Keywords);
    let conversions = parameters.single().enumerate().map(|(index, parameter)| {
        let argument = match parameter.kind {
            Kind::Positional => format!("argument {}", index + 1),
            _ => format!("argument '{}'", plain_name(&parameter.ident)),
        };
        convert(parameter, function, &argument, quote!(bound[#index].as_ref()))
    });
    let others = parameters.list.iter().filter_map(|parameter| {
        let Parameter { ident, ty, .. } = parameter;
        match parameter.kind {
            Kind::Rest => {
                Some(quote!(let #ident: #ty = arguments.positionals().get(#positional..).unwrap_or_default();))
            }
            Kind::Keywords => Some(quote!(let #ident: #ty = ::sidewinder_runtime::native::Keywords(arguments);)),
            _ => None,
        }
    });
    quote! {
        static SIGNATURE: ::sidewinder_runtime::objects::iterator::arguments::Signature<#count> =
            ::sidewinder_runtime::objects::iterator::arguments::Signature {
                function: #function,
                names: [#(#names),*],
                positional_only: #positional_only,
                positional: #positional,
                required: #required,
                rest: #rest,
                open: #open,
            };
        let bound = SIGNATURE.bind(cx, arguments)?;
        #(#conversions)*
        #(#others)*
    }
}

/// The call of the Rust function, after the conversions.
fn invoke(marked: &Marked, path: &TokenStream, state: &TokenStream) -> TokenStream {
    let inputs = marked.parameters.inputs.iter().map(|input| match input {
        Input::Context => quote!(cx),
        Input::State => quote!(&**::sidewinder_runtime::native::NativeObject::<#state>::receiver(&receiver)),
        Input::Object => quote!(::sidewinder_runtime::native::NativeObject::<#state>::receiver(&receiver)),
        Input::This => quote!(receiver),
        Input::Class => quote!(class),
        Input::Raw => quote!(arguments),
        Input::Detached => quote!(io),
        Input::Parameter(index) => {
            let ident = &marked.parameters.list[*index].ident;
            quote!(#ident)
        }
    });
    let call = quote!(#path(#(#inputs),*));
    if marked.words.has("blocks") { quote!(::sidewinder_runtime::native::blocking(cx, |io| #call)) } else { call }
}

/// Statements that bind `arguments` and call the function: the body of a constructor, an initialiser or a `__call__`.
pub fn call_with_arguments(marked: &Marked, function: &str, path: &TokenStream, state: &TokenStream) -> TokenStream {
    let conversions =
        if marked.parameters.is_raw() { quote!() } else { convert_arguments(&marked.parameters, function) };
    let call = invoke(marked, path, state);
    quote! { #conversions #call }
}

/// The closure of a slot with fixed operands: `operands` are the parameters that the function declares, in order.
pub fn call_slot(marked: &Marked, operands: &[TokenStream], path: &TokenStream, state: &TokenStream) -> TokenStream {
    let conversions = marked.parameters.list.iter().zip(operands).map(|(parameter, operand)| {
        let Parameter { ident, ty, .. } = parameter;
        quote!(let #ident: #ty = #operand;)
    });
    let call = invoke(marked, path, state);
    quote! { #(#conversions)* #call }
}

/// The row (`Native`) of a function or method.
pub fn rows(marked: &Marked, receiver: Receiver, path: &TokenStream, state: &TokenStream) -> Vec<TokenStream> {
    let names =
        std::iter::once(crate::parameters::python_name(&marked.words, &marked.ident)).chain(marked.words.also.clone());
    names.map(|name| row(marked, &name, receiver, path, state)).collect()
}

fn row(marked: &Marked, name: &str, receiver: Receiver, path: &TokenStream, state: &TokenStream) -> TokenStream {
    let parameters = &marked.parameters;
    let skipped = usize::from(receiver != Receiver::None);
    let prepare = match receiver {
        Receiver::None => quote!(),
        Receiver::Object => quote!(let receiver = all[0];),
        Receiver::Class => quote! {
            let receiver = all[0];
            let Some(class) = receiver.cast::<::sidewinder_runtime::TypeObject>() else {
                return Err(cx.type_error("a class method needs a class"));
            };
        },
    };
    let call = invoke(marked, path, state);
    let finish = quote!(::sidewinder_runtime::native::IntoResult::into_result(#call, cx));
    let marker = match receiver {
        Receiver::None => (state.to_string() == "()").then_some("$module"),
        Receiver::Object => Some("$self"),
        Receiver::Class => Some("$type"),
    };
    let documentation = &marked.documentation;
    let documentation = match parameters.text(marker) {
        Some(text) => format!("{name}{text}\n--\n\n{documentation}"),
        None => documentation.clone(),
    };
    let made = if parameters.takes_names() || parameters.is_raw() {
        let conversions = if parameters.is_raw() { quote!() } else { convert_arguments(parameters, name) };
        let arguments = if skipped == 1 { quote!(all_arguments.without_first()) } else { quote!(all_arguments) };
        quote! {
            ::sidewinder_runtime::Native::with_keywords(
                #name,
                |cx, all_arguments| {
                    let all = all_arguments.values;
                    #prepare
                    let arguments = #arguments;
                    #conversions
                    #finish
                },
                #documentation,
            )
        }
    } else {
        let (minimum, maximum) = (parameters.required() as u8, parameters.list.len() as u8);
        let maximum =
            if parameters.has(Kind::Rest) { quote!(::sidewinder_runtime::Native::MANY) } else { quote!(#maximum) };
        let conversions = convert_values(parameters, name);
        quote! {
            ::sidewinder_runtime::Native::new(
                #name,
                #minimum,
                #maximum,
                |cx, all| {
                    #prepare
                    let values = &all[#skipped..];
                    #conversions
                    #finish
                },
                #documentation,
            )
        }
    };
    let effects = effects(marked);
    let intrinsic = marked.words.intrinsic.as_ref().map(|name| {
        let name = format_ident!("{name}");
        quote!(.intrinsic(::sidewinder_runtime::native::Intrinsic::#name))
    });
    quote! {{
        #[allow(unused_variables, unused_mut)]
        const ROW: ::sidewinder_runtime::Native = #made #effects #intrinsic;
        ROW
    }}
}

/// What the words of a row promise.
fn effects(marked: &Marked) -> TokenStream {
    let words = &marked.words;
    let effects = quote!(::sidewinder_runtime::native::Effects);
    if words.has("pure") {
        quote!(.effects(#effects::NO_PYTHON | #effects::READ_ONLY | #effects::PURE))
    } else if words.has("reads") {
        quote!(.effects(#effects::NO_PYTHON | #effects::READ_ONLY))
    } else if words.has("no_python") {
        quote!(.effects(#effects::NO_PYTHON))
    } else {
        quote!()
    }
}

/// The words that functions and methods know.
pub const WORDS: &[&str] = &["pure", "reads", "no_python", "blocks"];
