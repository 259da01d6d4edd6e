//! `#[native_type]`: the static of a type whose objects hold a Rust value.

use crate::parameters::documentation;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Ident, ItemStruct, LitStr, Path, Result, Token, parse_quote, parse2};

/// What stands in the attribute.
struct Header {
    name: String,
    words: Vec<Ident>,
    extends: Option<Path>,
    metaclass: Option<Path>,
}

impl Parse for Header {
    fn parse(input: ParseStream<'_>) -> Result<Header> {
        let mut header =
            Header { name: input.parse::<LitStr>()?.value(), words: Vec::new(), extends: None, metaclass: None };
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let word: Ident = input.parse()?;
            if word == "extends" {
                input.parse::<Token![=]>()?;
                // The builtin type `type` has the name of a keyword.
                let is_type = input.parse::<Option<Token![type]>>()?.is_some();
                header.extends = Some(if is_type { parse_quote!(r#type) } else { input.parse()? });
            } else if word == "metaclass" {
                input.parse::<Token![=]>()?;
                header.metaclass = Some(input.parse()?);
            } else {
                header.words.push(word);
            }
        }
        Ok(header)
    }
}

/// The name of the static of a type: `DequeIterator` gives `DEQUE_ITERATOR`.
pub fn static_name(ident: &Ident) -> Ident {
    let mut name = String::new();
    for (index, letter) in ident.to_string().chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    format_ident!("{name}")
}

/// The layout and the static that a type extends: a builtin type by its Python name, or another native type.
fn base(path: &Path) -> (TokenStream, TokenStream) {
    let objects = quote!(::sidewinder_runtime::objects);
    match path.get_ident().map(Ident::to_string).as_deref() {
        Some("dict") => (quote!(#objects::dict::DictObject), quote!(#objects::dict::DICT)),
        Some("list") => (quote!(#objects::list::ListObject), quote!(#objects::list::LIST)),
        Some("r#type") => (quote!(::sidewinder_runtime::TypeObject), quote!(#objects::type_object::TYPE)),
        Some("module") => (quote!(#objects::module::ModuleObject), quote!(#objects::module::MODULE)),
        _ => {
            let mut place = path.clone();
            if let Some(last) = place.segments.last_mut() {
                last.ident = static_name(&last.ident);
            }
            (quote!(::sidewinder_runtime::native::NativeObject<#path>), quote!(#place))
        }
    }
}

pub fn native_type(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let Header { name, words, extends, metaclass } = parse2(arguments)?;
    let structure: ItemStruct = parse2(item)?;
    let ident = &structure.ident;
    let place = static_name(ident);
    let documentation = documentation(&structure.attrs);
    let (mut flags, mut dict, mut changes) = (vec![quote!(COLLECTED)], false, quote!());
    for word in &words {
        match word.to_string().as_str() {
            "base" => flags.push(quote!(BASE)),
            "weakrefs" => flags.push(quote!(HAS_WEAK)),
            "sequence" => flags.push(quote!(SEQUENCE)),
            "mapping" => flags.push(quote!(MAPPING)),
            "generic" => flags.push(quote!(GENERIC)),
            "dict" => dict = true,
            "unhashable" => changes.extend(quote! {
                slots.hash = Some(::sidewinder_runtime::operations::convert::unhashable_slot);
            }),
            "iterator" => changes.extend(quote! {
                slots.iter = Some(::sidewinder_runtime::objects::iterator::iter_self);
            }),
            // Objects that own no other objects need not be visited by the collector.
            "uncollected" => drop(flags.remove(0)),
            _ => {
                let known = "base, weakrefs, dict, generic, iterator, sequence, mapping, unhashable, uncollected, extends = …, metaclass = …";
                return Err(syn::Error::new(word.span(), format!("unknown word; one of {known}")));
            }
        }
    }
    let native = quote!(::sidewinder_runtime::native);
    let objects = quote!(::sidewinder_runtime::objects);
    let (layout, base_static) = match &extends {
        Some(path) => base(path),
        None => (quote!(::sidewinder_runtime::Header), quote!(#objects::type_object::OBJECT)),
    };
    let metaclass = metaclass.map(|path| {
        let (_, place) = base(&path);
        quote!(.with_metaclass(&#place.object))
    });
    let block = dict.then(|| quote!(.with_dict(#native::object::block_offset::<#ident>())));
    Ok(quote! {
        #structure

        #[doc = concat!("The type `", #name, "`.")]
        pub static #place: #objects::type_object::StaticType = ::sidewinder_runtime::Immortal::new(
            ::sidewinder_runtime::TypeObject::builtin(
                #name,
                #native::object::object_bytes::<#ident>(),
                {
                    #[allow(unused_mut)]
                    let mut slots = #native::object::slots::<#ident>();
                    #changes
                    slots
                },
            )
            .with_base(&#base_static.object)
            .with_flags(0 #(| #objects::type_object::flags::#flags)*)
            .with_methods(<#ident as #native::object::NativeMethods>::METHODS)
            .with_getset(<#ident as #native::object::NativeMethods>::GETSET)
            .with_doc(#documentation)
            #metaclass
            #block,
        );

        impl #native::NativeType for #ident {
            type Base = #layout;
            const HAS_DICT: bool = #dict;

            #[inline(always)]
            fn type_object() -> &'static #objects::type_object::StaticType {
                &#place
            }
        }
    })
}
