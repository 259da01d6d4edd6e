//! Code to bytes.

use super::{MAGIC, Tag, checksum, fold_sign};
use crate::code::{CodeBody, CodeData, Constant, Handler, Position};
use crate::positions;
use std::collections::HashMap;
use std::rc::Rc;

/// The bytes of a block and everything in it.
pub fn write(code: &CodeData) -> Vec<u8> {
    let mut writer = Writer { output: Output::default(), strings: vec![&code.file_name], indices: HashMap::new() };
    writer.code(code);
    let mut block = Output::default();
    block.number(writer.strings.len() as u64);
    for string in &writer.strings {
        block.bytes(string.as_bytes());
    }
    block.0.append(&mut writer.output.0);
    let mut result = Output(MAGIC.to_le_bytes().to_vec());
    result.0.extend_from_slice(&checksum(&block.0).to_le_bytes());
    result.bytes(&block.0);
    result.0
}

/// Bytes that grow.
#[derive(Default)]
pub(crate) struct Output(pub Vec<u8>);

impl Output {
    /// Seven bits a byte, the lowest first; the top bit says that more follow.
    pub fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub fn signed(&mut self, value: i64) {
        self.number(fold_sign(value));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn float(&mut self, value: f64) {
        self.0.extend_from_slice(&value.to_bits().to_le_bytes());
    }
}

struct Writer<'a> {
    output: Output,
    /// The first is the name of the file, and is used for nothing else: a reader may put another in its place.
    strings: Vec<&'a str>,
    indices: HashMap<&'a str, u64>,
}

impl<'a> Writer<'a> {
    fn string(&mut self, text: &'a str) {
        let strings = &mut self.strings;
        let index = *self.indices.entry(text).or_insert_with(|| {
            strings.push(text);
            strings.len() as u64 - 1
        });
        self.output.number(index);
    }

    fn file_name(&mut self, text: &'a str) {
        if text == self.strings[0] { self.output.number(0) } else { self.string(text) }
    }

    fn strings(&mut self, texts: &'a [Rc<str>]) {
        self.output.number(texts.len() as u64);
        texts.iter().for_each(|text| self.string(text));
    }

    fn numbers(&mut self, numbers: &[u16]) {
        self.output.number(numbers.len() as u64);
        numbers.iter().for_each(|number| self.output.number(*number as u64));
    }

    fn code(&mut self, code: &'a CodeData) {
        // Without `..`, so that a new field is not forgotten here.
        let CodeData {
            name,
            qualified_name,
            file_name,
            first_line,
            flags,
            argument_count,
            positional_only_count,
            keyword_only_count,
            local_count,
            register_count,
            free_names,
            body: _,
        } = code;
        self.string(name);
        self.string(qualified_name);
        self.file_name(file_name);
        self.output.number(*first_line as u64);
        self.output.number(flags.0 as u64);
        for count in [argument_count, positional_only_count, keyword_only_count, local_count, register_count] {
            self.output.number(*count as u64);
        }
        self.strings(free_names);
        let before = std::mem::take(&mut self.output);
        self.body(code);
        let body = std::mem::replace(&mut self.output, before);
        self.output.bytes(&body.0);
    }

    fn body(&mut self, body: &'a CodeBody) {
        let CodeBody {
            local_names,
            cell_registers,
            constants,
            names,
            sites,
            loop_count,
            instructions,
            positions,
            handlers,
        } = body;
        self.output.number(*loop_count as u64);
        self.strings(local_names);
        self.numbers(cell_registers);
        self.strings(names);
        self.numbers(sites);
        self.output.number(instructions.len() as u64);
        for instruction in instructions {
            for field in [instruction.op as u16, instruction.a, instruction.b, instruction.c] {
                self.output.0.extend_from_slice(&field.to_le_bytes());
            }
        }
        self.positions(positions);
        self.output.number(handlers.len() as u64);
        for Handler { start, end, target, exception_register, temporary_depth } in handlers {
            for number in [start, end, target] {
                self.output.number(*number as u64);
            }
            self.output.number(*exception_register as u64);
            self.output.number(*temporary_depth as u64);
        }
        self.constants(constants);
    }

    fn positions(&mut self, rows: &[Position]) {
        self.output.bytes(&positions::encode(rows));
    }

    fn constants(&mut self, constants: &'a [Constant]) {
        self.output.number(constants.len() as u64);
        constants.iter().for_each(|constant| self.constant(constant));
    }

    fn tag(&mut self, tag: Tag) {
        self.output.0.push(tag as u8);
    }

    fn constant(&mut self, constant: &'a Constant) {
        match constant {
            Constant::None => self.tag(Tag::None),
            Constant::True => self.tag(Tag::True),
            Constant::False => self.tag(Tag::False),
            Constant::Ellipsis => self.tag(Tag::Ellipsis),
            Constant::Int(value) => {
                self.tag(Tag::Int);
                self.output.signed(*value);
            }
            Constant::BigInt(digits) => {
                self.tag(Tag::BigInt);
                self.string(digits);
            }
            Constant::Float(value) => {
                self.tag(Tag::Float);
                self.output.float(*value);
            }
            Constant::Complex(real, imaginary) => {
                self.tag(Tag::Complex);
                self.output.float(*real);
                self.output.float(*imaginary);
            }
            Constant::Str(text) => {
                self.tag(Tag::Str);
                self.string(text);
            }
            Constant::StrSurrogates(points) => {
                self.tag(Tag::StrSurrogates);
                self.output.number(points.len() as u64);
                points.iter().for_each(|point| self.output.number(*point as u64));
            }
            Constant::Bytes(bytes) => {
                self.tag(Tag::Bytes);
                self.output.bytes(bytes);
            }
            Constant::Tuple(items) => {
                self.tag(Tag::Tuple);
                self.constants(items);
            }
            Constant::FrozenSet(items) => {
                self.tag(Tag::FrozenSet);
                self.constants(items);
            }
            Constant::Code(code) => {
                self.tag(Tag::Code);
                self.code(code);
            }
        }
    }
}
