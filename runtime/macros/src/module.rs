//! `#[native_module]` and `#[native_functions]`.

use crate::binding::{self, Receiver, WORDS};
use crate::parameters::{Marked, Words, documentation, take_attribute};
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, Item, ItemMod, LitStr, Path, Result, Token, parenthesized, parse2};

/// What stands in the attribute: the name, modules whose functions are included, the types.
struct Header {
    name: String,
    included: Vec<Path>,
    types: Vec<(Path, bool)>,
}

/// A type in the list; `hidden` in front says that the module does not show it.
struct TypeEntry(Path, bool);

impl Parse for TypeEntry {
    fn parse(input: ParseStream<'_>) -> Result<TypeEntry> {
        let fork = input.fork();
        let hidden = fork.parse::<Ident>().is_ok_and(|word| word == "hidden") && fork.peek(Ident);
        if hidden {
            input.parse::<Ident>()?;
        }
        Ok(TypeEntry(input.parse()?, !hidden))
    }
}

impl Parse for Header {
    fn parse(input: ParseStream<'_>) -> Result<Header> {
        let mut header = Header { name: input.parse::<LitStr>()?.value(), included: Vec::new(), types: Vec::new() };
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let word: Ident = input.parse()?;
            let list;
            parenthesized!(list in input);
            match word.to_string().as_str() {
                "include" => header.included.extend(Punctuated::<Path, Token![,]>::parse_terminated(&list)?),
                "types" => {
                    let entries = Punctuated::<TypeEntry, Token![,]>::parse_terminated(&list)?;
                    header.types.extend(entries.into_iter().map(|TypeEntry(path, shown)| (path, shown)));
                }
                _ => return Err(syn::Error::new(word.span(), "expected `include(…)` or `types(…)`")),
            }
        }
        Ok(header)
    }
}

/// The rows that a module's items give; their markers are taken off.
#[derive(Default)]
struct Rows {
    functions: Vec<TokenStream>,
    constants: Vec<TokenStream>,
    execute: Option<Ident>,
}

fn collect(items: &mut [Item]) -> Result<Rows> {
    let mut rows = Rows::default();
    for item in items {
        match item {
            Item::Fn(function) => {
                if take_attribute(&mut function.attrs, "execute").is_some() {
                    rows.execute = Some(function.sig.ident.clone());
                    continue;
                }
                let Some(attribute) = take_attribute(&mut function.attrs, "function") else { continue };
                let words = Words::read(&attribute)?;
                words.check(function.sig.ident.span(), WORDS)?;
                let marked = Marked::function(function, words)?;
                let ident = &marked.ident;
                rows.functions.extend(binding::rows(&marked, Receiver::None, &quote!(#ident), &quote!(())));
            }
            Item::Const(constant) => {
                let Some(attribute) = take_attribute(&mut constant.attrs, "constant") else { continue };
                let words = Words::read(&attribute)?;
                let ident = &constant.ident;
                let name = crate::parameters::python_name(&words, ident);
                rows.constants.push(quote! {
                    ::sidewinder_runtime::native::module::NativeConstant {
                        name: #name,
                        make: |cx| ::sidewinder_runtime::native::IntoObject::into_object(#ident, cx),
                    }
                });
            }
            _ => {}
        }
    }
    Ok(rows)
}

fn items_of(module: &mut ItemMod) -> Result<&mut Vec<Item>> {
    let span = module.ident.span();
    match &mut module.content {
        Some((_, items)) => Ok(items),
        None => Err(syn::Error::new(span, "the module stands here, in braces")),
    }
}

pub fn native_module(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let Header { name, included, types } = parse2(arguments)?;
    let mut module: ItemMod = parse2(item)?;
    let documentation = documentation(&module.attrs);
    let items = items_of(&mut module)?;
    let Rows { functions, constants, execute } = collect(items)?;
    let execute = match execute {
        Some(ident) => quote!(Some(#ident)),
        None => quote!(None),
    };
    let types = types.iter().map(|(path, shown)| {
        quote! {
            ::sidewinder_runtime::native::module::NativeTypeRow {
                kind: <#path as ::sidewinder_runtime::native::NativeType>::type_object,
                shown: #shown,
            }
        }
    });
    items.push(parse2(quote! {
        pub(super) static FUNCTIONS: &[::sidewinder_runtime::Native] = &[#(#functions),*];
    })?);
    items.push(parse2(quote! {
        pub(super) static CONSTANTS: &[::sidewinder_runtime::native::module::NativeConstant] = &[#(#constants),*];
    })?);
    items.push(parse2(quote! {
        pub(super) static TYPES: &[::sidewinder_runtime::native::module::NativeTypeRow] = &[#(#types),*];
    })?);
    items.push(parse2(quote! {
        pub(super) const EXECUTE: Option<
            fn(&mut ::sidewinder_runtime::Context, &::sidewinder_runtime::objects::module::ModuleObject)
                -> ::sidewinder_runtime::Result<()>,
        > = #execute;
    })?);
    let ident = &module.ident;
    Ok(quote! {
        #module

        #[doc = concat!("The row of the module `", #name, "`.")]
        pub static MODULE: ::sidewinder_runtime::native::NativeModule = ::sidewinder_runtime::native::NativeModule {
            name: #name,
            doc: #documentation,
            functions: &[#ident::FUNCTIONS #(, #included::FUNCTIONS)*],
            types: #ident::TYPES,
            constants: &[#ident::CONSTANTS #(, #included::CONSTANTS)*],
            execute: #ident::EXECUTE,
        };
    })
}

pub fn native_functions(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    if !arguments.is_empty() {
        return Err(syn::Error::new_spanned(arguments, "this attribute takes nothing"));
    }
    let mut module: ItemMod = parse2(item)?;
    let items = items_of(&mut module)?;
    let Rows { functions, constants, execute } = collect(items)?;
    if let Some(ident) = execute {
        return Err(syn::Error::new(ident.span(), "only a whole module is executed"));
    }
    items.push(parse2(quote! {
        /// The rows of the functions here.
        pub static FUNCTIONS: &[::sidewinder_runtime::Native] = &[#(#functions),*];
    })?);
    items.push(parse2(quote! {
        /// The rows of the constants here.
        pub static CONSTANTS: &[::sidewinder_runtime::native::module::NativeConstant] = &[#(#constants),*];
    })?);
    Ok(quote!(#module))
}
