//! `#[derive(Traverse)]`: fields are shown in their order, and released so that the first goes first.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields, Result, parse2};

pub fn derive(item: TokenStream) -> Result<TokenStream> {
    let input: DeriveInput = parse2(item)?;
    let ident = &input.ident;
    let (generics, arguments, conditions) = input.generics.split_for_impl();
    let arms: Vec<(TokenStream, Vec<syn::Ident>)> = match &input.data {
        Data::Struct(data) => vec![arm(quote!(#ident), &data.fields)],
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| {
                let name = &variant.ident;
                arm(quote!(#ident::#name), &variant.fields)
            })
            .collect(),
        Data::Union(_) => return Err(syn::Error::new_spanned(ident, "a union cannot say what it holds")),
    };
    let method = |call: &dyn Fn(&syn::Ident) -> TokenStream, reverse: bool| -> TokenStream {
        let arms = arms.iter().map(|(pattern, fields)| {
            let mut calls: Vec<TokenStream> = fields.iter().map(call).collect();
            if reverse {
                calls.reverse();
            }
            quote!(#pattern => { #(#calls)* })
        });
        quote!(#(#arms)*)
    };
    let traverse = method(&|field| quote!(::sidewinder_runtime::native::Traverse::traverse(#field, visit);), false);
    let release = method(&|field| quote!(::sidewinder_runtime::native::Traverse::release(#field, children);), true);
    let clear = method(&|field| quote!(::sidewinder_runtime::native::Traverse::clear(#field, children);), true);
    let children = quote!(&mut ::sidewinder_runtime::heap::teardown::Children<'_>);
    Ok(quote! {
        #[allow(unused_variables)]
        impl #generics ::sidewinder_runtime::native::Traverse for #ident #arguments #conditions {
            fn traverse(&self, visit: &mut dyn FnMut(::sidewinder_runtime::Value)) {
                match self { #traverse }
            }

            fn release(&mut self, children: #children) {
                match self { #release }
            }

            fn clear(&self, children: #children) {
                match self { #clear }
            }
        }
    })
}

/// A pattern for the fields, and the names it binds for those that may hold counts.
fn arm(path: TokenStream, fields: &Fields) -> (TokenStream, Vec<syn::Ident>) {
    let mut names = Vec::new();
    let mut bindings = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        if field.attrs.iter().any(|attribute| attribute.path().is_ident("plain")) {
            continue;
        }
        let name = format_ident!("field_{index}");
        let member = match &field.ident {
            Some(ident) => quote!(#ident),
            None => {
                let index = syn::Index::from(index);
                quote!(#index)
            }
        };
        bindings.push(quote!(#member: #name));
        names.push(name);
    }
    (quote!(#path { #(#bindings,)* .. }), names)
}
