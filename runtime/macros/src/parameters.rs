//! The parameters of a native function, read from its Rust signature and the attributes on it.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Attribute, Expr, FnArg, Ident, ItemFn, Lit, Meta, Pat, Result, Signature, Type};

/// How an argument may be given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Positional,
    /// By position or by name: `#[named]`, from here on.
    Named,
    /// By name only: `#[keyword]`, from here on.
    Keyword,
    /// All further positional arguments: `#[rest]`.
    Rest,
    /// All further keywords: a parameter of type `Keywords`.
    Keywords,
}

/// A parameter that Python sees.
pub struct Parameter {
    pub ident: Ident,
    pub kind: Kind,
    pub ty: Type,
    pub default: Option<Default>,
}

/// The value of an argument that is not given.
pub struct Default {
    pub value: Expr,
    /// As the text signature shows it; absent for a parameter in brackets, which signatures cannot show.
    pub text: Option<String>,
}

/// What the Rust function gets, in order.
pub enum Input {
    Context,
    /// The state of the object: `&self`.
    State,
    /// The object itself: `this: &NativeObject<Self>`.
    Object,
    /// The object as a value: `this: Value`.
    This,
    /// The class: `class: Class`.
    Class,
    /// The call as it is: a parameter of type `Arguments`.
    Raw,
    /// The proof that the GIL is released: a parameter of type `Detached`.
    Detached,
    Parameter(usize),
}

/// A whole signature.
pub struct Parameters {
    pub inputs: Vec<Input>,
    pub list: Vec<Parameter>,
}

impl Parameters {
    /// Reads a signature and takes the macros' attributes off it.
    pub fn take(signature: &mut Signature) -> Result<Parameters> {
        let mut found = Parameters { inputs: Vec::new(), list: Vec::new() };
        let mut kind = Kind::Positional;
        for input in &mut signature.inputs {
            let FnArg::Typed(typed) = input else {
                found.inputs.push(Input::State);
                continue;
            };
            let Pat::Ident(pattern) = &*typed.pat else {
                return Err(syn::Error::new_spanned(&typed.pat, "a parameter needs a plain name"));
            };
            let (ident, name) = (pattern.ident.clone(), plain_name(&pattern.ident));
            let type_name = last_segment(&typed.ty);
            let special = match (name.as_str(), type_name.as_str()) {
                (_, "Context") => Some(Input::Context),
                ("this", "Value") => Some(Input::This),
                ("this", _) => Some(Input::Object),
                ("class", _) => Some(Input::Class),
                (_, "Arguments") => Some(Input::Raw),
                (_, "Detached") => Some(Input::Detached),
                _ => None,
            };
            if let Some(special) = special {
                found.inputs.push(special);
                continue;
            }
            let (mut own, mut default) = (None, None);
            let mut wrong = None;
            typed.attrs.retain(|attribute| match attribute_name(attribute).as_str() {
                "named" => {
                    kind = Kind::Named;
                    false
                }
                "keyword" => {
                    kind = Kind::Keyword;
                    false
                }
                "rest" => {
                    own = Some(Kind::Rest);
                    false
                }
                "default" => {
                    match read_default(attribute, &type_name) {
                        Ok(read) => default = Some(read),
                        Err(error) => wrong = Some(error),
                    }
                    false
                }
                _ => true,
            });
            if let Some(error) = wrong {
                return Err(error);
            }
            if type_name == "Given" && default.is_none() {
                let value = syn::parse_quote!(::sidewinder_runtime::native::Given(None));
                default = Some(Default { value, text: None });
            }
            if type_name == "Keywords" {
                own = Some(Kind::Keywords);
            }
            if own == Some(Kind::Rest) && kind == Kind::Named {
                return Err(syn::Error::new(ident.span(), "what comes before the rest is positional"));
            }
            found.inputs.push(Input::Parameter(found.list.len()));
            found.list.push(Parameter { ident, kind: own.unwrap_or(kind), ty: (*typed.ty).clone(), default });
            if own == Some(Kind::Rest) {
                kind = Kind::Keyword;
            }
        }
        Ok(found)
    }

    /// The parameters that are bound one by one.
    pub fn single(&self) -> impl Iterator<Item = &Parameter> {
        self.list.iter().filter(|parameter| !matches!(parameter.kind, Kind::Rest | Kind::Keywords))
    }

    pub fn has(&self, kind: Kind) -> bool {
        self.list.iter().any(|parameter| parameter.kind == kind)
    }

    pub fn count(&self, kind: Kind) -> usize {
        self.list.iter().filter(|parameter| parameter.kind == kind).count()
    }

    pub fn is_raw(&self) -> bool {
        self.inputs.iter().any(|input| matches!(input, Input::Raw))
    }

    /// Whether any argument may be given by name.
    pub fn takes_names(&self) -> bool {
        self.has(Kind::Named) || self.has(Kind::Keyword) || self.has(Kind::Keywords)
    }

    /// Arguments that must be given, counted from the first.
    pub fn required(&self) -> usize {
        self.single().take_while(|parameter| parameter.default.is_none()).count()
    }

    /// The text signature, without the function's name: `($module, a, /, b=1)`. None if a default cannot be shown.
    pub fn text(&self, receiver: Option<&str>) -> Option<String> {
        if self.is_raw() {
            return None;
        }
        let mut parts: Vec<String> = receiver.map(str::to_string).into_iter().collect();
        let mut previous = receiver.map(|_| Kind::Positional);
        for parameter in &self.list {
            if previous == Some(Kind::Positional) && parameter.kind != Kind::Positional {
                parts.push("/".into());
            }
            if parameter.kind == Kind::Keyword && !matches!(previous, Some(Kind::Keyword | Kind::Rest)) {
                parts.push("*".into());
            }
            let name = plain_name(&parameter.ident);
            parts.push(match (parameter.kind, &parameter.default) {
                (Kind::Rest, _) => format!("*{name}"),
                (Kind::Keywords, _) => format!("**{name}"),
                (_, None) => name,
                (_, Some(default)) => format!("{name}={}", default.text.as_ref()?),
            });
            previous = Some(parameter.kind);
        }
        if previous == Some(Kind::Positional) {
            parts.push("/".into());
        }
        Some(format!("({})", parts.join(", ")))
    }
}

/// An identifier as Python sees it.
pub fn plain_name(ident: &Ident) -> String {
    let text = ident.to_string();
    let text = text.strip_prefix("r#").unwrap_or(&text);
    // A trailing underscore keeps a name apart from a Rust keyword that cannot be raw, a leading one from unused names.
    if text.ends_with("__") { text.to_string() } else { text.strip_suffix('_').unwrap_or(text).to_string() }
}

/// The name of a type without its path, references and parameters.
pub fn last_segment(ty: &Type) -> String {
    match ty {
        Type::Reference(reference) => last_segment(&reference.elem),
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

pub fn attribute_name(attribute: &Attribute) -> String {
    attribute.path().get_ident().map(Ident::to_string).unwrap_or_default()
}

/// `#[default(value)]`, `#[default(value, "text")]`, or `#[default(value, _)]` for one that signatures cannot show.
fn read_default(attribute: &Attribute, type_name: &str) -> Result<Default> {
    let list = attribute.parse_args_with(syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated)?;
    let mut items = list.into_iter();
    let Some(value) = items.next() else {
        return Err(syn::Error::new_spanned(attribute, "a default needs a value"));
    };
    let text = match items.next() {
        Some(Expr::Lit(literal)) => match literal.lit {
            Lit::Str(text) => Some(text.value()),
            other => return Err(syn::Error::new_spanned(other, "the text of a default is a string")),
        },
        Some(_) => None,
        None => Some(python_text(&value)?),
    };
    let value = match (type_name, &value) {
        ("Index", Expr::Lit(_) | Expr::Unary(_)) => {
            syn::parse_quote!(::sidewinder_runtime::native::argument::Index(#value))
        }
        ("Option", Expr::Path(_) | Expr::Call(_)) => value,
        _ => value,
    };
    Ok(Default { value, text })
}

/// A default in Python's words.
fn python_text(value: &Expr) -> Result<String> {
    let text = value.to_token_stream().to_string();
    Ok(match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Bool(flag) => if flag.value { "True" } else { "False" }.into(),
            Lit::Str(text) => format!("'{}'", text.value().replace('\n', "\\n")),
            Lit::Char(character) => format!("'{}'", character.value()),
            Lit::Int(number) => number.base10_digits().to_string(),
            Lit::Float(number) => number.base10_digits().to_string(),
            _ => return Err(syn::Error::new_spanned(value, "give the default's text: #[default(value, \"text\")]")),
        },
        Expr::Unary(_) => text.replace(' ', ""),
        Expr::Path(_) if text == "None" => text,
        _ => return Err(syn::Error::new_spanned(value, "give the default's text: #[default(value, \"text\")]")),
    })
}

/// The words in a marker attribute: `#[function(pure, name = "x")]`.
#[derive(Default)]
pub struct Words {
    pub flags: Vec<String>,
    pub name: Option<String>,
    /// A second name of the same function.
    pub also: Option<String>,
    pub intrinsic: Option<Ident>,
}

impl Words {
    pub fn read(attribute: &Attribute) -> Result<Words> {
        let mut words = Words::default();
        if matches!(attribute.meta, Meta::Path(_)) {
            return Ok(words);
        }
        attribute.parse_nested_meta(|meta| {
            let word = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
            match word.as_str() {
                _ if !meta.input.peek(syn::Token![=]) => words.flags.push(word),
                "name" => words.name = Some(meta.value()?.parse::<syn::LitStr>()?.value()),
                "also" => words.also = Some(meta.value()?.parse::<syn::LitStr>()?.value()),
                "intrinsic" => words.intrinsic = Some(meta.value()?.parse()?),
                _ => return Err(meta.error("expected `name = …`, `also = …` or `intrinsic = …`")),
            }
            Ok(())
        })?;
        Ok(words)
    }

    pub fn has(&self, word: &str) -> bool {
        self.flags.iter().any(|flag| flag == word)
    }

    /// An error for a word that is none of these, or that contradicts another one.
    pub fn check(&self, span: Span, known: &[&str]) -> Result<()> {
        if self.has("blocks") && ["pure", "reads", "no_python"].iter().any(|word| self.has(word)) {
            return Err(syn::Error::new(
                span,
                "while a function blocks, other threads run Python: it promises nothing",
            ));
        }
        match self.flags.iter().find(|flag| !known.contains(&flag.as_str())) {
            Some(word) => Err(syn::Error::new(span, format!("unknown word `{word}`; one of {}", known.join(", ")))),
            None => Ok(()),
        }
    }
}

/// The text of the documentation comments.
pub fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<String> = lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).to_string()).collect();
    lines.join("\n").trim().to_string()
}

/// The function items' signature and the marker attribute of that name, which is taken off.
pub fn take_attribute(attributes: &mut Vec<Attribute>, name: &str) -> Option<Attribute> {
    let position = attributes.iter().position(|attribute| attribute.path().is_ident(name))?;
    Some(attributes.remove(position))
}

/// The function's name in Python.
pub fn python_name(words: &Words, ident: &Ident) -> String {
    words.name.clone().unwrap_or_else(|| plain_name(ident))
}

/// A function and what its marker says.
pub struct Marked {
    pub words: Words,
    pub documentation: String,
    pub parameters: Parameters,
    pub ident: Ident,
}

impl Marked {
    pub fn function(function: &mut ItemFn, words: Words) -> Result<Marked> {
        Ok(Marked {
            words,
            documentation: documentation(&function.attrs),
            parameters: Parameters::take(&mut function.sig)?,
            ident: function.sig.ident.clone(),
        })
    }
}
