//! Our own syntax tree: what `syntax.rs` lowers the parser's tree to, and all that the later passes see.
//!
//! **Invariants**: positions are CPython's (lines from 1, columns in UTF-8 bytes from 0). Every node that opens a scope
//! carries a `ScopeId` of its own, smaller than the ids of the scopes inside it. Names are not yet mangled.
//!
//! Not here: the parser, and anything that depends on it.

use sidewinder_bytecode::{Constant, Position};
use std::rc::Rc;

/// An identifier.
pub type Name = Rc<str>;

/// Index of a scope in the symbol table. Scope 0 is the module.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);

/// A parsed source text.
pub struct Tree {
    pub body: TreeBody,
    /// Number of scope ids that were given out.
    pub scope_count: u32,
    /// `CodeFlags::FUTURES` that are on.
    pub futures: u32,
    pub warnings: Vec<crate::Warning>,
}

pub enum TreeBody {
    Module {
        body: Vec<Statement>,
        /// The scope of the annotations, if there are any to remember.
        annotation_scope: Option<ScopeId>,
        /// Whether annotations are remembered as text (`from __future__ import annotations`).
        has_annotation_texts: bool,
    },
    Expression(Expression),
}

pub struct Statement {
    pub position: Position,
    pub kind: StatementKind,
}

pub enum StatementKind {
    Function(Box<FunctionDefinition>),
    Class(Box<ClassDefinition>),
    TypeAlias(Box<TypeAlias>),
    Return(Option<Expression>),
    Delete(Vec<Expression>),
    Assign {
        targets: Vec<Expression>,
        value: Expression,
    },
    AugmentedAssign {
        target: Expression,
        operator: BinaryOperator,
        value: Expression,
    },
    AnnotatedAssign(Box<AnnotatedAssign>),
    For(Box<For>),
    While {
        test: Expression,
        body: Vec<Statement>,
        orelse: Vec<Statement>,
    },
    /// `if` and its `elif`s are one flat list, so that a long chain is no deep tree.
    If {
        branches: Vec<Branch>,
        orelse: Vec<Statement>,
    },
    With(Box<With>),
    Match {
        subject: Expression,
        cases: Vec<MatchCase>,
    },
    Raise {
        exception: Option<Expression>,
        cause: Option<Expression>,
    },
    Try(Box<Try>),
    Assert {
        test: Expression,
        message: Option<Expression>,
    },
    Import(Vec<Alias>),
    ImportFrom {
        module: Option<Name>,
        names: Vec<Alias>,
        level: u32,
    },
    Global(Vec<Name>),
    Nonlocal(Vec<Name>),
    Expression(Expression),
    Pass,
    Break,
    Continue,
}

/// `[T: bound = default, *Ts, **P]` of a definition or a `type` statement: a code block around what is defined.
pub struct TypeParameters {
    pub scope: ScopeId,
    pub position: Position,
    pub parameters: Vec<TypeParameter>,
}

pub struct TypeParameter {
    pub position: Position,
    pub name: Name,
    pub kind: TypeParameterKind,
    /// Of a variable only; a tuple gives constraints.
    pub bound: Option<Evaluated>,
    pub default: Option<Evaluated>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeParameterKind {
    Variable,
    VariableTuple,
    ParameterSpecification,
}

/// An expression that is evaluated when somebody asks for its value, in a scope of its own.
pub struct Evaluated {
    pub scope: ScopeId,
    pub expression: Expression,
}

pub struct TypeAlias {
    pub name: Name,
    pub name_position: Position,
    pub type_parameters: Option<TypeParameters>,
    pub value: Evaluated,
}

pub struct FunctionDefinition {
    pub type_parameters: Option<TypeParameters>,
    pub scope: ScopeId,
    pub name: Name,
    pub parameters: Parameters,
    pub body: Vec<Statement>,
    pub decorators: Vec<Expression>,
    pub returns: Option<Expression>,
    /// The scope of the annotations, if there are any to remember.
    pub annotation_scope: Option<ScopeId>,
    pub is_async: bool,
    /// The line of the first decorator, or of `def`.
    pub first_line: u32,
}

pub struct ClassDefinition {
    pub type_parameters: Option<TypeParameters>,
    pub scope: ScopeId,
    pub name: Name,
    /// With type parameters, the last positional one is `GENERIC_BASE`.
    pub arguments: Arguments,
    pub body: Vec<Statement>,
    pub decorators: Vec<Expression>,
    /// The scope of the annotations, if there are any to remember.
    pub annotation_scope: Option<ScopeId>,
    /// Whether annotations are remembered as text.
    pub has_annotation_texts: bool,
    /// The line of the first decorator, or of `class`.
    pub first_line: u32,
}

pub struct AnnotatedAssign {
    pub target: Expression,
    pub annotation: Expression,
    pub value: Option<Expression>,
    /// How the module or class remembers the annotation, if it does.
    pub remembered: Option<RememberedAnnotation>,
    /// What it remembers under `from __future__ import annotations`.
    pub text: Option<Constant>,
    /// The target is a plain name without parentheses.
    pub simple: bool,
}

/// A variable's annotation that `__annotate__` evaluates.
#[derive(Clone, Copy)]
pub struct RememberedAnnotation {
    pub scope: ScopeId,
    /// Its number, if only running its statement makes it count.
    pub conditional: Option<u32>,
}

pub struct For {
    pub target: Expression,
    pub iterable: Expression,
    pub body: Vec<Statement>,
    pub orelse: Vec<Statement>,
    pub is_async: bool,
}

pub struct Branch {
    pub test: Expression,
    pub body: Vec<Statement>,
}

pub struct With {
    pub items: Vec<WithItem>,
    pub body: Vec<Statement>,
    pub is_async: bool,
}

pub struct WithItem {
    pub context: Expression,
    pub target: Option<Expression>,
}

pub struct Try {
    pub body: Vec<Statement>,
    pub handlers: Vec<ExceptHandler>,
    pub orelse: Vec<Statement>,
    pub finally: Vec<Statement>,
    pub is_star: bool,
}

pub struct ExceptHandler {
    pub position: Position,
    pub class: Option<Expression>,
    pub name: Option<Name>,
    pub body: Vec<Statement>,
}

pub struct Alias {
    pub position: Position,
    pub name: Name,
    pub as_name: Option<Name>,
}

pub struct MatchCase {
    pub pattern: Pattern,
    pub guard: Option<Expression>,
    pub body: Vec<Statement>,
}

pub struct Pattern {
    pub position: Position,
    pub kind: PatternKind,
}

pub enum PatternKind {
    Value(Expression),
    Singleton(Constant),
    Sequence(Vec<Pattern>),
    Mapping {
        keys: Vec<Expression>,
        patterns: Vec<Pattern>,
        rest: Option<Name>,
    },
    Class {
        class: Expression,
        patterns: Vec<Pattern>,
        keywords: Vec<(Name, Pattern)>,
    },
    Star(Option<Name>),
    /// `pattern as name`, a bare name, or `_` when both are absent.
    As {
        pattern: Option<Box<Pattern>>,
        name: Option<Name>,
    },
    Or(Vec<Pattern>),
}

#[derive(Default)]
pub struct Parameters {
    pub positional_only: Vec<Parameter>,
    pub positional: Vec<Parameter>,
    pub variadic: Option<Box<Parameter>>,
    pub keyword_only: Vec<Parameter>,
    pub variadic_keywords: Option<Box<Parameter>>,
}

pub struct Parameter {
    pub position: Position,
    pub name: Name,
    pub annotation: Option<Expression>,
    pub default: Option<Expression>,
}

#[derive(Default)]
pub struct Arguments {
    pub positional: Vec<Expression>,
    pub keywords: Vec<Keyword>,
}

pub struct Keyword {
    pub position: Position,
    /// None for `**value`.
    pub name: Option<Name>,
    pub value: Expression,
}

pub struct Expression {
    pub position: Position,
    pub kind: ExpressionKind,
}

pub enum ExpressionKind {
    Constant(Constant),
    Name(Name),
    Boolean {
        is_or: bool,
        values: Vec<Expression>,
    },
    Named {
        target: Box<Expression>,
        value: Box<Expression>,
    },
    Binary {
        left: Box<Expression>,
        operator: BinaryOperator,
        right: Box<Expression>,
    },
    Unary {
        operator: UnaryOperator,
        operand: Box<Expression>,
    },
    Lambda(Box<Lambda>),
    Conditional {
        test: Box<Expression>,
        body: Box<Expression>,
        orelse: Box<Expression>,
    },
    /// A key of None is `**value`.
    Dict(Vec<(Option<Expression>, Expression)>),
    Set(Vec<Expression>),
    List(Vec<Expression>),
    Tuple(Vec<Expression>),
    Comprehension(Box<Comprehension>),
    Await(Box<Expression>),
    Yield(Option<Box<Expression>>),
    YieldFrom(Box<Expression>),
    Compare {
        left: Box<Expression>,
        rest: Vec<(CompareOperator, Expression)>,
    },
    Call {
        function: Box<Expression>,
        arguments: Box<Arguments>,
    },
    FormatString(Vec<FormatPart>),
    /// A template string; its fields have their `text`.
    TemplateString(Vec<FormatPart>),
    Attribute {
        value: Box<Expression>,
        name: Name,
    },
    Subscript {
        value: Box<Expression>,
        index: Box<Expression>,
    },
    Starred(Box<Expression>),
    Slice {
        lower: Option<Box<Expression>>,
        upper: Option<Box<Expression>>,
        step: Option<Box<Expression>>,
    },
}

pub struct Lambda {
    pub scope: ScopeId,
    pub parameters: Parameters,
    pub body: Expression,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ComprehensionKind {
    List,
    Set,
    Dict,
    Generator,
}

pub struct Comprehension {
    pub scope: ScopeId,
    pub kind: ComprehensionKind,
    /// The element, or the key of a dict comprehension.
    pub element: Expression,
    /// The value of a dict comprehension.
    pub value: Option<Expression>,
    /// Never empty.
    pub clauses: Vec<ComprehensionClause>,
}

pub struct ComprehensionClause {
    pub target: Expression,
    pub iterable: Expression,
    pub conditions: Vec<Expression>,
    pub is_async: bool,
}

/// A piece of an f-string.
pub enum FormatPart {
    /// Text, as a `Constant::Str` or `Constant::StrSurrogates`.
    Text(Constant, Position),
    Field(Box<FormatField>),
}

pub struct FormatField {
    pub position: Position,
    pub value: Expression,
    /// 0 none, 1 str, 2 repr, 3 ascii.
    pub conversion: u16,
    pub specification: Option<Vec<FormatPart>>,
    /// The source text of `value`, wanted in a template string.
    pub text: Constant,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    TrueDivide,
    FloorDivide,
    Remainder,
    Power,
    MatrixMultiply,
    LeftShift,
    RightShift,
    And,
    Or,
    Xor,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOperator {
    Negative,
    Positive,
    Invert,
    Not,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompareOperator {
    Less,
    LessEqual,
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
    Is,
    IsNot,
    In,
    NotIn,
}

impl Parameters {
    /// Every parameter, in the order of their registers.
    pub fn in_register_order(&self) -> impl Iterator<Item = &Parameter> {
        self.positional_only
            .iter()
            .chain(&self.positional)
            .chain(&self.keyword_only)
            .chain(self.variadic.as_deref())
            .chain(self.variadic_keywords.as_deref())
    }

    /// Whether a parameter that may be passed by position has a default.
    pub fn has_defaults(&self) -> bool {
        self.all_positional().any(|parameter| parameter.default.is_some())
    }

    /// Whether a keyword-only parameter has a default.
    pub fn has_keyword_defaults(&self) -> bool {
        self.keyword_only.iter().any(|parameter| parameter.default.is_some())
    }

    /// The parameters that can have a default and be passed by position.
    pub fn all_positional(&self) -> impl Iterator<Item = &Parameter> {
        self.positional_only.iter().chain(&self.positional)
    }
}

impl Expression {
    /// The constant this expression is, if it is one.
    pub fn as_constant(&self) -> Option<&Constant> {
        match &self.kind {
            ExpressionKind::Constant(constant) => Some(constant),
            _ => None,
        }
    }

    /// The name this expression is, if it is one.
    pub fn as_name(&self) -> Option<&Name> {
        match &self.kind {
            ExpressionKind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Whether this is `*value`.
    pub fn is_starred(&self) -> bool {
        matches!(self.kind, ExpressionKind::Starred(_))
    }
}

impl FunctionDefinition {
    /// The annotated names in the order of `__annotations__`, with their annotations. Positional-only parameters come
    /// after those that may also be keywords, as in CPython.
    pub fn annotations(&self) -> Vec<(Name, &Expression)> {
        let parameters = &self.parameters;
        let rest = parameters.variadic.as_deref().into_iter().chain(&parameters.keyword_only);
        let positional = parameters.positional.iter().chain(&parameters.positional_only);
        let all = positional.chain(rest).chain(parameters.variadic_keywords.as_deref());
        let mut annotations: Vec<_> =
            all.filter_map(|parameter| Some((parameter.name.clone(), parameter.annotation.as_ref()?))).collect();
        annotations.extend(self.returns.as_ref().map(|annotation| ("return".into(), annotation)));
        annotations
    }
}
