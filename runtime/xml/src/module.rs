//! The rows of the module `pyexpat`.

use crate::error;
use crate::object::{XmlParser, separator_of};
use crate::state::State;
use sidewinder_macros::native_module;
use sidewinder_runtime::native::{Given, IntoObject, NativeType};
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// What the parser can do, in the words of expat.
static FEATURES: [(&str, i64); 10] = [
    ("sizeof(XML_Char)", 1),
    ("sizeof(XML_LChar)", 1),
    ("XML_DTD", 0),
    ("XML_CONTEXT_BYTES", 1024),
    ("XML_NS", 0),
    ("XML_BLAP_MAX_AMP", 100),
    ("XML_BLAP_ACT_THRES", 8 << 20),
    ("XML_GE", 0),
    ("XML_AT_MAX_AMP", 100),
    ("XML_AT_ACT_THRES", 64 << 20),
];

/// A parser of XML.
#[native_module("pyexpat", types(hidden XmlParser))]
mod rows {
    use super::*;

    #[constant]
    const EXPAT_VERSION: &str = "expat_2.9.0";
    #[constant(name = "native_encoding")]
    const ENCODING: &str = "UTF-8";
    #[constant(name = "XML_PARAM_ENTITY_PARSING_NEVER")]
    const NEVER: i64 = 0;
    #[constant(name = "XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE")]
    const UNLESS_STANDALONE: i64 = 1;
    #[constant(name = "XML_PARAM_ENTITY_PARSING_ALWAYS")]
    const ALWAYS: i64 = 2;

    /// A new parser. With a separator, names are expanded by namespaces; names are kept in the dictionary `intern`, if
    /// that is not None.
    #[function(name = "ParserCreate")]
    fn parser_create(
        cx: &mut Context,
        #[named]
        #[default(None)]
        encoding: Option<String>,
        #[named]
        #[default(None)]
        namespace_separator: Option<Value>,
        #[named]
        #[default(Given(None), "<unrepresentable>")]
        intern: Given<Value>,
    ) -> Result<Owned> {
        let separator = separator_of(cx, namespace_separator)?;
        let names = match intern.0 {
            None => Some(DictObject::new(cx)),
            Some(none) if none == singleton::none() => None,
            Some(given) if given.cast::<DictObject>().is_some() => Some(Owned::new(given)),
            Some(_) => return Err(cx.type_error("intern must be a dictionary")),
        };
        XmlParser::create(cx, encoding, separator, names)
    }

    /// The words for the number of an error.
    #[function(name = "ErrorString")]
    fn error_string(code: i64) -> Option<&'static str> {
        error::message(code)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let version = (2i64, 9i64, 0i64).into_object(cx);
        module.namespace().set_text(cx, "version_info", version.value());
        let features = FEATURES.iter().map(|(name, number)| (*name, *number).into_object(cx)).collect();
        let features = ListObject::new(cx, features);
        module.namespace().set_text(cx, "features", features.value());
        let kind = XmlParser::type_object();
        kind.object.ensure_ready(cx)?;
        module.namespace().set_text(cx, "XMLParserType", kind.value());
        cx.state::<State>().define(cx, module)
    }
}
