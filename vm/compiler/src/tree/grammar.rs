//! Python's abstract grammar as a table: the one place that says which classes of nodes there are, and what they hold.

use std::sync::LazyLock;

/// The abstract grammar of Python 3.14 (Parser/Python.asdl), a rule to a paragraph: the constructors of a sum, or behind a `!`
/// the fields of a product.
pub static GRAMMAR: &str = "\
alias = attributes (int lineno, int col_offset, int? end_lineno, int? end_col_offset)
    !alias(identifier name, identifier? asname)
arg = attributes (int lineno, int col_offset, int? end_lineno, int? end_col_offset)
    !arg(identifier arg, expr? annotation, string? type_comment)
arguments =
    !arguments(arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults)
boolop =
    And
    Or
cmpop =
    Eq
    NotEq
    Lt
    LtE
    Gt
    GtE
    Is
    IsNot
    In
    NotIn
comprehension =
    !comprehension(expr target, expr iter, expr* ifs, int is_async)
excepthandler = attributes (int lineno, int col_offset, int? end_lineno, int? end_col_offset)
    ExceptHandler(expr? type, identifier? name, stmt* body)
expr = attributes (int lineno, int col_offset, int? end_lineno, int? end_col_offset)
    BoolOp(boolop op, expr* values)
    NamedExpr(expr target, expr value)
    BinOp(expr left, operator op, expr right)
    UnaryOp(unaryop op, expr operand)
    Lambda(arguments args, expr body)
    IfExp(expr test, expr body, expr orelse)
    Dict(expr?* keys, expr* values)
    Set(expr* elts)
    ListComp(expr elt, comprehension* generators)
    SetComp(expr elt, comprehension* generators)
    DictComp(expr key, expr value, comprehension* generators)
    GeneratorExp(expr elt, comprehension* generators)
    Await(expr value)
    Yield(expr? value)
    YieldFrom(expr value)
    Compare(expr left, cmpop* ops, expr* comparators)
    Call(expr func, expr* args, keyword* keywords)
    FormattedValue(expr value, int conversion, expr? format_spec)
    Interpolation(expr value, constant str, int conversion, expr? format_spec)
    JoinedStr(expr* values)
    TemplateStr(expr* values)
    Constant(constant value, string? kind)
    Attribute(expr value, identifier attr, expr_context ctx)
    Subscript(expr value, expr slice, expr_context ctx)
    Starred(expr value, expr_context ctx)
    Name(identifier id, expr_context ctx)
    List(expr* elts, expr_context ctx)
    Tuple(expr* elts, expr_context ctx)
    Slice(expr? lower, expr? upper, expr? step)
expr_context =
    Load
    Store
    Del
keyword = attributes (int lineno, int col_offset, int? end_lineno, int? end_col_offset)
    !keyword(identifier? arg, expr value)
match_case =
    !match_case(pattern pattern, expr? guard, stmt* body)
mod =
    Module(stmt* body, type_ignore* type_ignores)
    Interactive(stmt* body)
    Expression(expr body)
    FunctionType(expr* argtypes, expr returns)
operator =
    Add
    Sub
    Mult
    MatMult
    Div
    Mod
    Pow
    LShift
    RShift
    BitOr
    BitXor
    BitAnd
    FloorDiv
pattern = attributes (int lineno, int col_offset, int end_lineno, int end_col_offset)
    MatchValue(expr value)
    MatchSingleton(constant value)
    MatchSequence(pattern* patterns)
    MatchMapping(expr* keys, pattern* patterns, identifier? rest)
    MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns)
    MatchStar(identifier? name)
    MatchAs(pattern? pattern, identifier? name)
    MatchOr(pattern* patterns)
stmt = attributes (int lineno, int col_offset, int? end_lineno, int? end_col_offset)
    FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)
    AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)
    ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params)
    Return(expr? value)
    Delete(expr* targets)
    Assign(expr* targets, expr value, string? type_comment)
    TypeAlias(expr name, type_param* type_params, expr value)
    AugAssign(expr target, operator op, expr value)
    AnnAssign(expr target, expr annotation, expr? value, int simple)
    For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
    AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
    While(expr test, stmt* body, stmt* orelse)
    If(expr test, stmt* body, stmt* orelse)
    With(withitem* items, stmt* body, string? type_comment)
    AsyncWith(withitem* items, stmt* body, string? type_comment)
    Match(expr subject, match_case* cases)
    Raise(expr? exc, expr? cause)
    Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
    TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
    Assert(expr test, expr? msg)
    Import(alias* names)
    ImportFrom(identifier? module, alias* names, int? level)
    Global(identifier* names)
    Nonlocal(identifier* names)
    Expr(expr value)
    Pass
    Break
    Continue
type_ignore =
    TypeIgnore(int lineno, string tag)
type_param = attributes (int lineno, int col_offset, int end_lineno, int end_col_offset)
    TypeVar(identifier name, expr? bound, expr? default_value)
    ParamSpec(identifier name, expr? default_value)
    TypeVarTuple(identifier name, expr? default_value)
unaryop =
    Invert
    Not
    UAdd
    USub
withitem =
    !withitem(expr context_expr, expr? optional_vars)
";

/// How often a field occurs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Occurrence {
    Once,
    Optional,
    Many,
}

/// What a field, or an item of it, is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldKind {
    Identifier,
    Text,
    Number,
    Constant,
    /// A node of the rule with this index.
    Rule(usize),
}

/// A field of a node.
#[derive(Clone, Debug)]
pub struct FieldRow {
    /// As the grammar writes it.
    pub kind_name: &'static str,
    pub kind: FieldKind,
    pub name: &'static str,
    pub occurrence: Occurrence,
    /// Whether items of a list may be `None`.
    pub has_gaps: bool,
}

/// A class of nodes.
#[derive(Clone, Debug)]
pub struct NodeRow {
    pub class: Class,
    pub name: &'static str,
    /// As the grammar writes it.
    pub text: &'static str,
    pub fields: Vec<FieldRow>,
    /// The index of its rule.
    pub rule: usize,
}

/// A rule: a sum of several nodes, or a single one.
#[derive(Clone, Debug)]
pub struct Rule {
    pub name: &'static str,
    pub attributes: Vec<FieldRow>,
    pub nodes: Vec<NodeRow>,
    /// The rule is itself the class of its one node.
    pub product: bool,
}

impl Rule {
    /// Whether its nodes have nothing in them.
    pub fn is_plain(&self) -> bool {
        self.attributes.is_empty() && self.nodes.iter().all(|node| node.fields.is_empty())
    }
}

macro_rules! classes {
    ($($name:ident)*) => {
        /// The classes of nodes, in the order of the grammar.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Class {
            $($name),*
        }

        const CLASSES: &[Class] = &[$(Class::$name),*];
    };
}

classes! {
    Alias Arg Arguments And Or Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn Comprehension ExceptHandler BoolOp NamedExpr
    BinOp UnaryOp Lambda IfExp Dict Set ListComp SetComp DictComp GeneratorExp Await Yield YieldFrom Compare Call
    FormattedValue Interpolation JoinedStr TemplateStr Constant Attribute Subscript Starred Name List Tuple Slice Load
    Store Del Keyword MatchCase Module Interactive Expression FunctionType Add Sub Mult MatMult Div Mod Pow LShift
    RShift BitOr BitXor BitAnd FloorDiv MatchValue MatchSingleton MatchSequence MatchMapping MatchClass MatchStar
    MatchAs MatchOr FunctionDef AsyncFunctionDef ClassDef Return Delete Assign TypeAlias AugAssign AnnAssign For
    AsyncFor While If With AsyncWith Match Raise Try TryStar Assert Import ImportFrom Global Nonlocal Expr Pass Break
    Continue TypeIgnore TypeVar ParamSpec TypeVarTuple Invert Not UAdd USub Withitem
}

impl Class {
    /// What the grammar says of the class.
    pub fn row(self) -> &'static NodeRow {
        &TABLE.rows[self as usize]
    }

    /// The number of classes.
    pub const COUNT: usize = CLASSES.len();
}

struct Table {
    rules: Vec<Rule>,
    /// By class.
    rows: Vec<NodeRow>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let rules = parse();
    let rows = rules.iter().flat_map(|rule| &rule.nodes).cloned().collect();
    Table { rules, rows }
});

/// The rules of the grammar.
pub fn rules() -> &'static [Rule] {
    &TABLE.rules
}

fn parse() -> Vec<Rule> {
    let heads = || GRAMMAR.lines().filter(|line| !line.starts_with(' '));
    let names: Vec<&str> = heads().filter_map(|line| Some(line.split_once('=')?.0.trim())).collect();
    let mut rules: Vec<Rule> = Vec::new();
    let mut classes = CLASSES.iter();
    for line in GRAMMAR.lines() {
        match line.strip_prefix("    ") {
            None => {
                let (name, rest) = line.split_once('=').unwrap_or((line, ""));
                let attributes = rest.split_once('(').map(|(_, list)| fields(list, &names)).unwrap_or_default();
                rules.push(Rule { name: name.trim(), attributes, nodes: Vec::new(), product: false });
            }
            Some(text) => {
                let index = rules.len().saturating_sub(1);
                let (Some(rule), Some(class)) = (rules.last_mut(), classes.next()) else { continue };
                let product = text.starts_with('!');
                let text = text.trim_start_matches('!');
                let (name, list) = text.split_once('(').unwrap_or((text, ""));
                rule.product = product;
                let fields = fields(list, &names);
                rule.nodes.push(NodeRow { class: *class, name, text, fields, rule: index });
            }
        }
    }
    rules
}

/// The fields in a list that a bracket closes.
fn fields(list: &'static str, rules: &[&str]) -> Vec<FieldRow> {
    let list = list.trim_end_matches(')');
    let parts = list.split(", ").filter(|part| !part.is_empty());
    parts
        .filter_map(|part| {
            let (kind, name) = part.split_once(' ')?;
            let occurrence = match kind.chars().last() {
                Some('?') => Occurrence::Optional,
                Some('*') => Occurrence::Many,
                _ => Occurrence::Once,
            };
            let has_gaps = kind.ends_with("?*");
            let kind_name = kind.trim_end_matches(['?', '*']);
            let kind = match kind_name {
                "identifier" => FieldKind::Identifier,
                "string" => FieldKind::Text,
                "int" => FieldKind::Number,
                "constant" => FieldKind::Constant,
                _ => FieldKind::Rule(rules.iter().position(|rule| *rule == kind_name)?),
            };
            Some(FieldRow { kind_name, kind, name, occurrence, has_gaps })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_read_whole() {
        let nodes: usize = rules().iter().map(|rule| rule.nodes.len()).sum();
        assert_eq!((rules().len(), nodes), (19, Class::COUNT));
        let dict = Class::Dict.row();
        assert_eq!((dict.name, dict.fields[0].occurrence, dict.fields[0].has_gaps), ("Dict", Occurrence::Many, true));
    }

    #[test]
    fn classes_stand_in_the_order_of_the_grammar() {
        for row in rules().iter().flat_map(|rule| &rule.nodes) {
            let camel_case = format!("{:?}", row.class).to_lowercase();
            assert_eq!(camel_case, row.name.replace('_', "").to_lowercase());
        }
    }
}
