//! Type parameters (PEP 695) and `type` statements: a code block around the definition makes the parameters and gives the
//! function, class or alias as its result. Bounds, defaults and values are functions that are called on demand.

use crate::ast::*;
use crate::error::Outcome;
use crate::generator::Generator;
use crate::register::Register;
use crate::scope::{GENERIC_BASE, TYPE_PARAMETERS};
use crate::unit::Unit;
use sidewinder_bytecode::{CodeData, CodeFlags, Constant, HEADER_WORDS, NAMESPACE_LOCAL, Op, Position};
use std::rc::Rc;

/// What the code block of type parameters is given: the class's namespace comes first where it sees one.
const DEFAULTS: &str = ".defaults";
const KEYWORD_DEFAULTS: &str = ".kwdefaults";

/// The kinds of `MakeTyping`.
mod kind {
    pub const VARIABLE: u32 = 0;
    pub const BOUND: u32 = 1;
    pub const CONSTRAINED: u32 = 2;
    pub const SPECIFICATION: u32 = 3;
    pub const VARIABLE_TUPLE: u32 = 4;
    pub const ALIAS: u32 = 5;
    pub const GENERIC_BASE: u32 = 6;
}

impl<'tree> Generator<'tree> {
    /// A function with type parameters. Its defaults are evaluated outside of them.
    pub fn generic_function(
        &mut self,
        node: &'tree FunctionDefinition,
        parameters: &'tree TypeParameters,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        let (has_defaults, has_keyword_defaults) =
            (node.parameters.has_defaults(), node.parameters.has_keyword_defaults());
        let given = [(DEFAULTS, has_defaults), (KEYWORD_DEFAULTS, has_keyword_defaults)];
        let given: Vec<&str> = given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect();
        let code = self.type_parameters_code(parameters, &node.name, &given, position, |generator| {
            let made = generator.acquire(TYPE_PARAMETERS);
            generator.type_parameters(parameters, made)?;
            let code = generator.function_code(node, position)?;
            let function = Register::temporary(0);
            generator.make_function(code, function, position)?;
            generator.temporary();
            for (name, part) in [(DEFAULTS, 0), (KEYWORD_DEFAULTS, 1)] {
                if let Some(register) = generator.unit.variables.get(name).copied() {
                    generator.emit(Op::SetFunctionPart, function, register, part, position);
                }
            }
            if let Some(scope) = node.annotation_scope {
                generator.function_annotations(node, scope, function, position)?;
            }
            generator.emit(Op::SetFunctionPart, function, made, 4, position);
            generator.set_depth(0);
            generator.emit(Op::Return, function, 0, 0, position);
            Ok(())
        })?;
        self.call_type_parameters(code, parameters, destination, position, |generator| {
            if has_defaults {
                let mark = generator.depth();
                let defaults = generator.defaults(&node.parameters, position)?;
                generator.move_to(Register::temporary(mark), defaults, position);
                generator.set_depth(mark + 1);
            }
            if has_keyword_defaults {
                generator.keyword_defaults(&node.parameters, position)?;
            }
            Ok(())
        })
    }

    /// A class with type parameters, which get into its bases.
    pub fn generic_class(
        &mut self,
        node: &'tree ClassDefinition,
        parameters: &'tree TypeParameters,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        let code = self.type_parameters_code(parameters, &node.name, &[], position, |generator| {
            let made = Register::temporary(0);
            generator.type_parameters(parameters, made)?;
            generator.store_name(&TYPE_PARAMETERS.into(), made.into(), position);
            generator.load_name(&TYPE_PARAMETERS.into(), made, position);
            generator.emit(Op::MakeTyping, made, made, kind::GENERIC_BASE, position);
            generator.store_name(&GENERIC_BASE.into(), made.into(), position);
            generator.class_object(node, made, position)?;
            generator.emit(Op::Return, made, 0, 0, position);
            Ok(())
        })?;
        self.call_type_parameters(code, parameters, destination, position, |_| Ok(()))
    }

    pub fn type_alias(&mut self, node: &'tree TypeAlias, position: Position) -> Outcome<()> {
        let made = Register::temporary(self.depth());
        match &node.type_parameters {
            None => self.alias_object(node, made, position)?,
            Some(parameters) => {
                let code = self.type_parameters_code(parameters, &node.name, &[], position, |generator| {
                    let made = Register::temporary(0);
                    generator.alias_object(node, made, position)?;
                    generator.emit(Op::Return, made, 0, 0, position);
                    Ok(())
                })?;
                self.call_type_parameters(code, parameters, made, position, |_| Ok(()))?;
            }
        }
        self.store_name(&node.name, made.into(), position);
        Ok(())
    }

    /// An alias in the next temporary, which it does not take.
    fn alias_object(&mut self, node: &'tree TypeAlias, destination: Register, position: Position) -> Outcome<()> {
        let mark = self.depth();
        let name = self.temporary();
        self.load_constant(name, &Constant::Str(node.name.clone()), position);
        let parameters = self.temporary();
        match &node.type_parameters {
            Some(list) => {
                self.set_depth(parameters.index());
                self.type_parameters(list, parameters)?;
                self.set_depth(parameters.index() + 1);
            }
            None => self.load_constant(parameters, &Constant::None, position),
        }
        let value = Register::temporary(self.depth());
        self.evaluator(&node.value, &node.name, value)?;
        self.set_depth(mark);
        self.emit(Op::MakeTyping, destination, name, kind::ALIAS, position);
        Ok(())
    }

    /// Makes the type parameters, binds them and puts the tuple of them into a register.
    fn type_parameters(&mut self, node: &'tree TypeParameters, destination: Register) -> Outcome<()> {
        let mark = self.depth();
        for parameter in &node.parameters {
            self.type_parameter(parameter)?;
        }
        for parameter in &node.parameters {
            let loaded = self.temporary();
            self.set_depth(loaded.index());
            self.load_name(&parameter.name, loaded, parameter.position);
            self.set_depth(loaded.index() + 1);
        }
        self.set_depth(mark);
        self.emit(Op::BuildTuple, destination, Register::temporary(mark), node.parameters.len() as u32, node.position);
        Ok(())
    }

    fn type_parameter(&mut self, parameter: &'tree TypeParameter) -> Outcome<()> {
        let position = parameter.position;
        let mark = self.depth();
        let made = self.temporary();
        self.load_constant(made, &Constant::Str(parameter.name.clone()), position);
        let mut kind = match parameter.kind {
            TypeParameterKind::Variable => kind::VARIABLE,
            TypeParameterKind::VariableTuple => kind::VARIABLE_TUPLE,
            TypeParameterKind::ParameterSpecification => kind::SPECIFICATION,
        };
        if let Some(bound) = &parameter.bound {
            let is_tuple = matches!(bound.expression.kind, ExpressionKind::Tuple(_))
                || matches!(bound.expression.as_constant(), Some(Constant::Tuple(_)));
            kind = if is_tuple { kind::CONSTRAINED } else { kind::BOUND };
            self.evaluator(bound, &parameter.name, made.offset(1))?;
        }
        self.emit(Op::MakeTyping, made, made, kind, position);
        if let Some(default) = &parameter.default {
            let evaluator = Register::temporary(mark + 1);
            self.set_depth(evaluator.index());
            self.evaluator(default, &parameter.name, evaluator)?;
            self.emit(Op::SetTypeDefault, made, evaluator, 0, position);
        }
        self.set_depth(mark);
        self.store_name(&parameter.name, made.into(), position);
        Ok(())
    }

    /// The code block of type parameters, with these arguments.
    fn type_parameters_code(
        &mut self,
        parameters: &TypeParameters,
        name: &Name,
        arguments: &[&str],
        position: Position,
        generate: impl FnOnce(&mut Self) -> Outcome<()>,
    ) -> Outcome<Rc<CodeData>> {
        let scope = parameters.scope;
        let name: Name = format!("<generic parameters of {name}>").into();
        let mut unit: Unit<'tree> = self.new_unit(scope, &name, position.line);
        unit.flags |= CodeFlags::FUNCTION | CodeFlags::SIMPLE;
        if self.scopes[scope].is_nested {
            unit.flags |= CodeFlags::NESTED;
        }
        let sees_class = self.scopes.sees_class(scope);
        for argument in sees_class.then_some(NAMESPACE_LOCAL).into_iter().chain(arguments.iter().copied()) {
            let register = unit.registers.add_local(argument.into());
            unit.variables.insert(argument.into(), register);
            unit.argument_count += 1;
        }
        self.add_variables(&mut unit, scope);
        self.in_unit(unit, position, |generator| {
            generator.prologue(position);
            generate(generator)
        })
    }

    /// Calls the code block of type parameters; `evaluate` puts the arguments into the next temporaries.
    fn call_type_parameters(
        &mut self,
        code: Rc<CodeData>,
        parameters: &TypeParameters,
        destination: Register,
        position: Position,
        evaluate: impl FnOnce(&mut Self) -> Outcome<()>,
    ) -> Outcome<()> {
        let mark = self.depth();
        let block = Register::temporary(mark);
        self.make_function(code, block, position)?;
        let first = mark + HEADER_WORDS as u32;
        self.set_depth(first);
        if self.scopes.sees_class(parameters.scope) {
            let namespace = self.temporary();
            self.emit(Op::Move, namespace, Register::local(0), 0, position);
        }
        evaluate(self)?;
        let count = self.depth() - first;
        self.set_depth(mark);
        self.emit(Op::Call, destination, block, count, position);
        Ok(())
    }
}
