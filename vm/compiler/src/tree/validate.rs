//! What a tree that a program made must be beyond its grammar (`Python/ast.c`), in CPython's order and words.

use super::{Class, Field, Node};
use sidewinder_bytecode::Constant;

/// How deeply a tree may be nested.
const DEPTH_MAX: u32 = 5000;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvalidKind {
    /// A `TypeError`.
    Type,
    /// A `ValueError`.
    Value,
    /// A `RecursionError`.
    TooDeep,
    /// A `SystemError`.
    System,
}

/// Why a tree is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid {
    pub kind: InvalidKind,
    pub message: String,
}

type Validity = Result<(), Invalid>;

fn refuse(message: impl Into<String>) -> Validity {
    Err(Invalid { kind: InvalidKind::Value, message: message.into() })
}

fn refuse_type(message: impl Into<String>) -> Validity {
    Err(Invalid { kind: InvalidKind::Type, message: message.into() })
}

fn require(condition: bool, message: &str) -> Validity {
    if condition { Ok(()) } else { refuse(message) }
}

/// Checks a whole tree.
pub fn validate(tree: &Node) -> Validity {
    let mut validator = Validator { depth: 0 };
    match tree.class {
        Class::Module | Class::Interactive => validator.statements(&tree.fields[0]),
        Class::Expression => validator.required(&tree.fields[0], Class::Load),
        Class::FunctionType => {
            validator.expressions(&tree.fields[0], Class::Load, false)?;
            validator.required(&tree.fields[1], Class::Load)
        }
        _ => refuse_type("impossible module node"),
    }
}

struct Validator {
    depth: u32,
}

fn positions(node: &Node) -> Validity {
    let span = node.span;
    let (line, end_line, column, end_column) = (span.line, span.end_line, span.column, span.end_column);
    if line > end_line {
        return refuse(format!("AST node line range ({line}, {end_line}) is not valid"));
    }
    if (line < 0 && end_line != line) || (column < 0 && column != end_column) {
        return refuse(format!(
            "AST node column range ({column}, {end_column}) for line range ({line}, {end_line}) is not valid"
        ));
    }
    if line == end_line && column > end_column {
        return refuse(format!("line {line}, column {column}-{end_column} is not a valid range"));
    }
    Ok(())
}

/// A name that is no keyword which the compiler knows as a constant.
fn name(field: &Field) -> Validity {
    match field.text().map(|text| &**text) {
        Some(word @ ("None" | "True" | "False")) => {
            refuse(format!("identifier field can't represent '{word}' constant"))
        }
        _ => Ok(()),
    }
}

/// The names that imports bind.
fn aliases(field: &Field) -> Validity {
    for alias in field.nodes() {
        name(&alias.fields[0])?;
        name(&alias.fields[1])?;
    }
    Ok(())
}

/// The name that a pattern binds, if any.
fn capture(field: &Field) -> Validity {
    match field.text() {
        Some(text) if &**text == "_" => refuse("can't capture name '_' in patterns"),
        _ => name(field),
    }
}

/// The letter of a conversion, or -1.
fn conversion(field: &Field) -> Validity {
    match field.number() {
        -1 | 97 | 114 | 115 => Ok(()),
        other => {
            let message = format!("Unrecognized conversion character {other}");
            Err(Invalid { kind: InvalidKind::System, message })
        }
    }
}

fn filled(field: &Field, what: &str, owner: &str) -> Validity {
    if field.list().is_empty() { refuse(format!("empty {what} on {owner}")) } else { Ok(()) }
}

/// Whether an expression is a number, or one with a sign where `negative` says so.
fn is_number(node: &Node, real: bool, imaginary: bool) -> bool {
    match &node.fields[0] {
        Field::Constant(Constant::Int(_) | Constant::BigInt(_) | Constant::Float(_)) => real,
        Field::Constant(Constant::Complex(..)) => imaginary,
        _ => false,
    }
}

fn is_negative(node: &Node, real: bool, imaginary: bool) -> bool {
    node.class == Class::UnaryOp
        && node.fields[0].plain() == Some(Class::USub)
        && node.fields[1]
            .node()
            .is_some_and(|operand| operand.class == Class::Constant && is_number(operand, real, imaginary))
}

/// `1 + 2j`
fn is_complex(node: &Node) -> bool {
    let [left, operator, right] = node.all();
    let (Some(left), Some(right)) = (left.node(), right.node()) else { return false };
    let is_sum = matches!(operator.plain(), Some(Class::Add | Class::Sub));
    let left_fits = match left.class {
        Class::Constant => is_number(left, true, false),
        Class::UnaryOp => is_negative(left, true, false),
        _ => false,
    };
    is_sum && left_fits && right.class == Class::Constant && is_number(right, false, true)
}

impl Validator {
    fn nested(&mut self, check: impl FnOnce(&mut Self) -> Validity) -> Validity {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let message = "maximum recursion depth exceeded during compilation".to_string();
            return Err(Invalid { kind: InvalidKind::TooDeep, message });
        }
        check(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn required(&mut self, field: &Field, context: Class) -> Validity {
        match field.node() {
            Some(node) => self.expression(node, context),
            None => Ok(()),
        }
    }

    /// An expression that may be left out.
    fn optional(&mut self, field: &Field) -> Validity {
        self.required(field, Class::Load)
    }

    fn load(&mut self, fields: &[&Field]) -> Validity {
        fields.iter().try_for_each(|field| self.required(field, Class::Load))
    }

    fn expressions(&mut self, field: &Field, context: Class, gaps: bool) -> Validity {
        for item in field.list() {
            match item.node() {
                Some(node) => self.expression(node, context)?,
                None if gaps => {}
                None => return refuse("None disallowed in expression list"),
            }
        }
        Ok(())
    }

    fn expression(&mut self, node: &Node, context: Class) -> Validity {
        // The left side of `a + b + c + …` is a chain as long as the source says.
        let mut chain = vec![node];
        while let Some(left) = chain[chain.len() - 1].fields.first().and_then(Field::node)
            && chain[chain.len() - 1].class == Class::BinOp
            && left.class == Class::BinOp
        {
            chain.push(left);
        }
        for outer in &chain[..chain.len() - 1] {
            self.nested(|validator| validator.place_and_context(outer, context_of_part(node, outer, context)))?;
        }
        for inner in chain.iter().rev() {
            let is_innermost = std::ptr::eq(*inner, chain[chain.len() - 1]);
            let context = context_of_part(node, inner, context);
            self.nested(|validator| match is_innermost {
                true => {
                    validator.place_and_context(inner, context)?;
                    validator.parts(inner, context)
                }
                false => validator.optional(&inner.fields[2]),
            })?;
        }
        Ok(())
    }

    fn place_and_context(&mut self, node: &Node, context: Class) -> Validity {
        positions(node)?;
        let shown = |class: Class| class.row().name;
        let actual = match node.class {
            Class::Attribute | Class::Subscript => node.fields[2].plain(),
            Class::Starred | Class::List | Class::Tuple => node.fields[1].plain(),
            Class::Name => {
                name(&node.fields[0])?;
                node.fields[1].plain()
            }
            _ => {
                if context != Class::Load {
                    return refuse(format!("expression which can't be assigned to in {} context", shown(context)));
                }
                return Ok(());
            }
        };
        match actual {
            Some(actual) if actual != context => {
                refuse(format!("expression must have {} context but has {} instead", shown(context), shown(actual)))
            }
            _ => Ok(()),
        }
    }

    fn parts(&mut self, node: &Node, context: Class) -> Validity {
        let fields = &node.fields;
        match node.class {
            Class::BoolOp => {
                require(fields[1].list().len() >= 2, "BoolOp with less than 2 values")?;
                self.expressions(&fields[1], Class::Load, false)
            }
            Class::BinOp => self.load(&[&fields[0], &fields[2]]),
            Class::UnaryOp => self.optional(&fields[1]),
            Class::Lambda => {
                self.arguments(&fields[0])?;
                self.optional(&fields[1])
            }
            Class::IfExp => self.load(&[&fields[0], &fields[1], &fields[2]]),
            Class::Dict => {
                let same = fields[0].list().len() == fields[1].list().len();
                require(same, "Dict doesn't have the same number of keys as values")?;
                self.expressions(&fields[0], Class::Load, true)?;
                self.expressions(&fields[1], Class::Load, false)
            }
            Class::Set | Class::JoinedStr | Class::TemplateStr => self.expressions(&fields[0], Class::Load, false),
            Class::ListComp | Class::SetComp | Class::GeneratorExp => {
                self.comprehensions(&fields[1])?;
                self.optional(&fields[0])
            }
            Class::DictComp => {
                self.comprehensions(&fields[2])?;
                self.load(&[&fields[0], &fields[1]])
            }
            Class::Yield | Class::YieldFrom | Class::Await => self.optional(&fields[0]),
            Class::Compare => {
                let (operators, operands) = (fields[1].list().len(), fields[2].list().len());
                require(operands > 0, "Compare with no comparators")?;
                require(operators == operands, "Compare has a different number of comparators and operands")?;
                self.expressions(&fields[2], Class::Load, false)?;
                self.optional(&fields[0])
            }
            Class::Call => {
                self.optional(&fields[0])?;
                self.expressions(&fields[1], Class::Load, false)?;
                self.keywords(&fields[2])
            }
            Class::FormattedValue => {
                conversion(&fields[1])?;
                self.load(&[&fields[0], &fields[2]])
            }
            Class::Interpolation => {
                conversion(&fields[2])?;
                self.load(&[&fields[0], &fields[3]])
            }
            Class::Attribute => self.optional(&fields[0]),
            Class::Subscript => self.load(&[&fields[1], &fields[0]]),
            Class::Starred => self.required(&fields[0], context),
            Class::Slice => self.load(&[&fields[0], &fields[1], &fields[2]]),
            Class::List | Class::Tuple => self.expressions(&fields[0], context, false),
            Class::NamedExpr => {
                if fields[0].node().is_some_and(|target| target.class != Class::Name) {
                    return refuse_type("NamedExpr target must be a Name");
                }
                self.optional(&fields[1])
            }
            _ => Ok(()),
        }
    }

    fn comprehensions(&mut self, field: &Field) -> Validity {
        require(!field.list().is_empty(), "comprehension with no generators")?;
        for clause in field.nodes() {
            let [target, iterable, conditions, _] = clause.all();
            self.required(target, Class::Store)?;
            self.optional(iterable)?;
            self.expressions(conditions, Class::Load, false)?;
        }
        Ok(())
    }

    fn keywords(&mut self, field: &Field) -> Validity {
        field.nodes().try_for_each(|keyword| self.optional(&keyword.fields[1]))
    }

    fn parameters(&mut self, field: &Field) -> Validity {
        for parameter in field.nodes() {
            positions(parameter)?;
            self.optional(&parameter.fields[1])?;
        }
        Ok(())
    }

    fn arguments(&mut self, field: &Field) -> Validity {
        let Some(node) = field.node() else { return Ok(()) };
        let [positional_only, positional, variadic, keyword_only, keyword_defaults, variadic_keywords, defaults] =
            node.all();
        self.parameters(positional_only)?;
        self.parameters(positional)?;
        for star in [variadic, variadic_keywords] {
            if let Some(parameter) = star.node() {
                self.optional(&parameter.fields[1])?;
            }
            if std::ptr::eq(star, variadic) {
                self.parameters(keyword_only)?;
            }
        }
        if defaults.list().len() > positional_only.list().len() + positional.list().len() {
            return refuse("more positional defaults than args on arguments");
        }
        if keyword_defaults.list().len() != keyword_only.list().len() {
            return refuse("length of kwonlyargs is not the same as kw_defaults on arguments");
        }
        self.expressions(defaults, Class::Load, false)?;
        self.expressions(keyword_defaults, Class::Load, true)
    }

    fn type_parameters(&mut self, field: &Field) -> Validity {
        for parameter in field.nodes() {
            positions(parameter)?;
            name(&parameter.fields[0])?;
            parameter.fields[1..].iter().try_for_each(|field| self.optional(field))?;
        }
        Ok(())
    }

    fn statements(&mut self, field: &Field) -> Validity {
        for item in field.list() {
            match item.node() {
                Some(node) => self.nested(|validator| {
                    positions(node)?;
                    validator.statement(node)
                })?,
                None => return refuse("None disallowed in statement list"),
            }
        }
        Ok(())
    }

    fn body(&mut self, field: &Field, owner: &str) -> Validity {
        filled(field, "body", owner)?;
        self.statements(field)
    }

    fn statement(&mut self, node: &Node) -> Validity {
        let fields = &node.fields;
        let class_name = node.class.row().name;
        match node.class {
            Class::FunctionDef | Class::AsyncFunctionDef => {
                name(&fields[0])?;
                self.body(&fields[2], class_name)?;
                self.type_parameters(&fields[6])?;
                self.arguments(&fields[1])?;
                self.expressions(&fields[3], Class::Load, false)?;
                self.optional(&fields[4])
            }
            Class::ClassDef => {
                name(&fields[0])?;
                self.body(&fields[3], class_name)?;
                self.type_parameters(&fields[5])?;
                self.expressions(&fields[1], Class::Load, false)?;
                self.keywords(&fields[2])?;
                self.expressions(&fields[4], Class::Load, false)
            }
            Class::Return | Class::Expr => self.optional(&fields[0]),
            Class::Delete => {
                filled(&fields[0], "targets", class_name)?;
                self.expressions(&fields[0], Class::Del, false)
            }
            Class::Assign => {
                filled(&fields[0], "targets", class_name)?;
                self.expressions(&fields[0], Class::Store, false)?;
                self.optional(&fields[1])
            }
            Class::AugAssign => {
                self.required(&fields[0], Class::Store)?;
                self.optional(&fields[2])
            }
            Class::AnnAssign => {
                let is_name = fields[0].node().is_none_or(|target| target.class == Class::Name);
                if !is_name && fields[3].number() != 0 {
                    return refuse_type("AnnAssign with simple non-Name target");
                }
                self.required(&fields[0], Class::Store)?;
                self.load(&[&fields[2], &fields[1]])
            }
            Class::TypeAlias => {
                if fields[0].node().is_some_and(|name| name.class != Class::Name) {
                    return refuse_type("TypeAlias with non-Name name");
                }
                self.required(&fields[0], Class::Store)?;
                self.type_parameters(&fields[1])?;
                self.optional(&fields[2])
            }
            Class::For | Class::AsyncFor => {
                self.required(&fields[0], Class::Store)?;
                self.optional(&fields[1])?;
                self.body(&fields[2], class_name)?;
                self.statements(&fields[3])
            }
            Class::While | Class::If => {
                self.optional(&fields[0])?;
                self.body(&fields[1], class_name)?;
                self.statements(&fields[2])
            }
            Class::With | Class::AsyncWith => {
                filled(&fields[0], "items", class_name)?;
                for item in fields[0].nodes() {
                    self.optional(&item.fields[0])?;
                    self.required(&item.fields[1], Class::Store)?;
                }
                self.body(&fields[1], class_name)
            }
            Class::Match => {
                self.optional(&fields[0])?;
                filled(&fields[1], "cases", class_name)?;
                for case in fields[1].nodes() {
                    self.pattern_in(&case.fields[0], false)?;
                    self.optional(&case.fields[1])?;
                    self.body(&case.fields[2], "match_case")?;
                }
                Ok(())
            }
            Class::Raise => {
                if fields[0].is_absent() {
                    return require(fields[1].is_absent(), "Raise with cause but no exception");
                }
                self.load(&[&fields[0], &fields[1]])
            }
            Class::Try | Class::TryStar => self.try_statement(node, class_name),
            Class::Assert => self.load(&[&fields[0], &fields[1]]),
            Class::Import => {
                filled(&fields[0], "names", class_name)?;
                aliases(&fields[0])
            }
            Class::ImportFrom => {
                require(fields[2].number() >= 0, "Negative ImportFrom level")?;
                filled(&fields[1], "names", class_name)?;
                aliases(&fields[1])
            }
            Class::Global | Class::Nonlocal => filled(&fields[0], "names", class_name),
            _ => Ok(()),
        }
    }

    fn try_statement(&mut self, node: &Node, class_name: &str) -> Validity {
        let [body, handlers, orelse, finally] = node.all();
        self.body(body, class_name)?;
        let has_handlers = !handlers.list().is_empty();
        if !has_handlers && finally.list().is_empty() {
            return refuse(format!("{class_name} has neither except handlers nor finalbody"));
        }
        if !has_handlers && !orelse.list().is_empty() {
            return refuse(format!("{class_name} has orelse but no except handlers"));
        }
        for handler in handlers.nodes() {
            positions(handler)?;
            name(&handler.fields[1])?;
            self.optional(&handler.fields[0])?;
            self.body(&handler.fields[2], "ExceptHandler")?;
        }
        self.statements(finally)?;
        self.statements(orelse)
    }

    fn pattern_in(&mut self, field: &Field, star_allowed: bool) -> Validity {
        match field.node() {
            Some(node) => self.nested(|validator| validator.pattern(node, star_allowed)),
            None => Ok(()),
        }
    }

    fn patterns(&mut self, field: &Field, star_allowed: bool) -> Validity {
        field.list().iter().try_for_each(|item| self.pattern_in(item, star_allowed))
    }

    fn pattern(&mut self, node: &Node, star_allowed: bool) -> Validity {
        positions(node)?;
        let fields = &node.fields;
        match node.class {
            Class::MatchValue => match fields[0].node() {
                Some(value) => self.literal(value),
                None => Ok(()),
            },
            Class::MatchSingleton => match &fields[0] {
                Field::Constant(Constant::None | Constant::True | Constant::False) => Ok(()),
                _ => refuse("MatchSingleton can only contain True, False and None"),
            },
            Class::MatchSequence => self.patterns(&fields[0], true),
            Class::MatchMapping => {
                let same = fields[0].list().len() == fields[1].list().len();
                require(same, "MatchMapping doesn't have the same number of keys as patterns")?;
                capture(&fields[2])?;
                for key in fields[0].nodes() {
                    let is_singleton = key.class == Class::Constant
                        && matches!(key.fields[0], Field::Constant(Constant::None | Constant::True | Constant::False));
                    if !is_singleton {
                        self.literal(key)?;
                    }
                }
                self.patterns(&fields[1], false)
            }
            Class::MatchClass => {
                let same = fields[2].list().len() == fields[3].list().len();
                require(same, "MatchClass doesn't have the same number of keyword attributes as patterns")?;
                self.optional(&fields[0])?;
                let mut class = fields[0].node();
                while let Some(node) = class {
                    class = match node.class {
                        Class::Name => None,
                        Class::Attribute => node.fields[0].node(),
                        _ => return refuse("MatchClass cls field can only contain Name or Attribute nodes."),
                    };
                }
                fields[2].list().iter().try_for_each(name)?;
                self.patterns(&fields[1], false)?;
                self.patterns(&fields[3], false)
            }
            Class::MatchStar => {
                require(star_allowed, "can't use MatchStar here")?;
                capture(&fields[0])
            }
            Class::MatchAs => {
                capture(&fields[1])?;
                if fields[0].is_absent() {
                    return Ok(());
                }
                require(!fields[1].is_absent(), "MatchAs must specify a target name if a pattern is given")?;
                self.pattern_in(&fields[0], false)
            }
            Class::MatchOr => {
                require(fields[0].list().len() >= 2, "MatchOr requires at least 2 patterns")?;
                self.patterns(&fields[0], false)
            }
            _ => Ok(()),
        }
    }

    /// What a value pattern compares with.
    fn literal(&mut self, node: &Node) -> Validity {
        self.expression(node, Class::Load)?;
        let fits = match node.class {
            Class::Constant => match &node.fields[0] {
                Field::Constant(
                    Constant::Int(_)
                    | Constant::BigInt(_)
                    | Constant::Float(_)
                    | Constant::Bytes(_)
                    | Constant::Complex(..)
                    | Constant::Str(_)
                    | Constant::StrSurrogates(_),
                ) => true,
                _ => return refuse("unexpected constant inside of a literal pattern"),
            },
            Class::Attribute | Class::JoinedStr | Class::TemplateStr => true,
            Class::UnaryOp => is_negative(node, true, true),
            Class::BinOp => is_complex(node),
            _ => false,
        };
        require(fits, "patterns may only match literals and attribute lookups")
    }
}

/// In a chain of operators only the outermost stands in the context of the whole.
fn context_of_part(whole: &Node, part: &Node, context: Class) -> Class {
    if std::ptr::eq(whole, part) { context } else { Class::Load }
}
