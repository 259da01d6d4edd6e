//! Python's abstract grammar as a table, and its parser.

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

/// A field of a node.
#[derive(Clone, Debug)]
pub struct FieldRow {
    pub kind: &'static str,
    pub name: &'static str,
    pub occurrence: Occurrence,
}

/// A class of nodes.
#[derive(Clone, Debug)]
pub struct NodeRow {
    pub name: &'static str,
    /// As the grammar writes it.
    pub text: &'static str,
    pub fields: Vec<FieldRow>,
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

/// The rules of the grammar.
pub fn rules() -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for line in GRAMMAR.lines() {
        match line.strip_prefix("    ") {
            None => {
                let (name, rest) = line.split_once('=').unwrap_or((line, ""));
                let attributes = rest.split_once('(').map(|(_, list)| fields(list)).unwrap_or_default();
                rules.push(Rule { name: name.trim(), attributes, nodes: Vec::new(), product: false });
            }
            Some(text) => {
                let Some(rule) = rules.last_mut() else { continue };
                let product = text.starts_with('!');
                let text = text.trim_start_matches('!');
                let (name, list) = text.split_once('(').unwrap_or((text, ""));
                rule.product = product;
                rule.nodes.push(NodeRow { name, text, fields: fields(list) });
            }
        }
    }
    rules
}

/// The fields in a list that a bracket closes.
fn fields(list: &'static str) -> Vec<FieldRow> {
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
            Some(FieldRow { kind: kind.trim_end_matches(['?', '*']), name, occurrence })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_read_whole() {
        let rules = rules();
        let nodes: usize = rules.iter().map(|rule| rule.nodes.len()).sum();
        assert_eq!((rules.len(), nodes), (19, 113));
        let dict = rules.iter().flat_map(|rule| &rule.nodes).find(|node| node.name == "Dict");
        assert_eq!(dict.map(|node| node.fields[0].occurrence), Some(Occurrence::Many));
    }
}
