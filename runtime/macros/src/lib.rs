//! Attribute macros that make native functions, types and modules out of ordinary Rust. A fact stands once: in the Rust
//! signature, an attribute or the documentation comment; the macros derive the conversion of arguments, their bounds and
//! messages, the text signature, and the rows that the runtime reads.
//!
//! | macro | on | gives |
//! |---|---|---|
//! | `#[native_module("name", …)]` | an inline module | `pub static MODULE: NativeModule` beside it |
//! | `#[native_functions]` | an inline module | `pub static FUNCTIONS: &[Native]` in it, for `include` of another module |
//! | `#[native_type("module.name", …)]` | a structure | the type's static, and `NativeType` |
//! | `#[methods]` | its implementation | `NativeMethods`: methods, computed attributes, slots |
//! | `#[derive(Traverse)]` | a structure or enum | what the collector asks |
//!
//! `docs/HACKING.md` shows each in use.
//!
//! **Invariants**: generated code holds no `unsafe` of its own; it calls the templates in `sidewinder_runtime::native`.

mod binding;
mod methods;
mod module;
mod native_type;
mod parameters;
mod traverse;

use proc_macro::TokenStream;

/// A module written in Rust: `#[native_module("name", include(submodule, …), types(Type, hidden Type, …))]`.
#[proc_macro_attribute]
pub fn native_module(arguments: TokenStream, item: TokenStream) -> TokenStream {
    finish(module::native_module(arguments.into(), item.into()))
}

/// A table of functions for another module's `include`.
#[proc_macro_attribute]
pub fn native_functions(arguments: TokenStream, item: TokenStream) -> TokenStream {
    finish(module::native_functions(arguments.into(), item.into()))
}

/// A type whose objects hold a Rust value: `#[native_type("module.name", base, weakrefs, dict, …)]`.
#[proc_macro_attribute]
pub fn native_type(arguments: TokenStream, item: TokenStream) -> TokenStream {
    finish(native_type::native_type(arguments.into(), item.into()))
}

/// The methods, computed attributes and slots of a native type.
#[proc_macro_attribute]
pub fn methods(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    finish(methods::methods(item.into()))
}

/// What the collector and the teardown ask of a value; a field marked `#[plain]` holds no counts.
#[proc_macro_derive(Traverse, attributes(plain))]
pub fn traverse(item: TokenStream) -> TokenStream {
    finish(traverse::derive(item.into()))
}

fn finish(made: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    made.unwrap_or_else(|error| error.to_compile_error()).into()
}
