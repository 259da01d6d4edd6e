//! Cranelift: settings, and compiling one function to bytes.

use crate::layout::HeapLayout;
use crate::lower::objects::{build_drop, call_with_word, rare_signature, word_signature};
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{InstBuilder, Signature, UserFuncName};
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

/// Compiles functions. Reused, because its tables are.
pub struct Backend {
    pub isa: OwnedTargetIsa,
    context: Context,
    frontend: FunctionBuilderContext,
}

/// The machine code of a function and, if wanted, its texts.
pub struct Compiled {
    pub bytes: Vec<u8>,
    pub clif: Option<String>,
    pub assembly: Option<String>,
}

impl Backend {
    /// Fails on a machine that Cranelift does not support.
    pub fn new(verify: bool) -> Result<Backend, String> {
        let mut flags = settings::builder();
        let verifier = if verify { "true" } else { "false" };
        // The optimizer has done what Cranelift's could; its register allocator is what we are here for.
        for (name, value) in [
            ("opt_level", "none"),
            ("regalloc_algorithm", "backtracking"),
            ("enable_verifier", verifier),
            ("unwind_info", "false"),
            ("enable_probestack", "false"),
            ("use_colocated_libcalls", "false"),
            ("is_pic", "false"),
            ("preserve_frame_pointers", "true"),
        ] {
            flags.set(name, value).map_err(|error| error.to_string())?;
        }
        let isa = cranelift_native::builder()
            .map_err(str::to_string)?
            .finish(settings::Flags::new(flags))
            .map_err(|error| error.to_string())?;
        Ok(Backend { isa, context: Context::new(), frontend: FunctionBuilderContext::new() })
    }

    /// Compiles the function that `build` makes.
    pub fn compile<R>(
        &mut self,
        signature: Signature,
        texts: bool,
        build: impl FnOnce(FunctionBuilder, &OwnedTargetIsa) -> R,
    ) -> Result<(Compiled, R), String> {
        self.context.clear();
        self.context.func.signature = signature;
        self.context.func.name = UserFuncName::user(0, 0);
        let result = build(FunctionBuilder::new(&mut self.context.func, &mut self.frontend), &self.isa);
        self.context.set_disasm(texts);
        let clif = texts.then(|| self.context.func.display().to_string());
        let mut control = ControlPlane::default();
        let code = match self.context.compile(&*self.isa, &mut control) {
            Ok(code) => code,
            Err(error) => return Err(format!("{:?}\n{}", error.inner, error.func.display())),
        };
        if !code.buffer.relocs().is_empty() {
            return Err("code with relocations".to_string());
        }
        let assembly = code.vcode.clone();
        Ok((Compiled { bytes: code.code_buffer().to_vec(), clif, assembly }, result))
    }

    /// Code that destroys an object with every register preserved, as far as machine code does that itself; `other` is
    /// the address of such code for the rest.
    pub fn drop_thunk(&mut self, heap: &HeapLayout, other: usize) -> Result<Vec<u8>, String> {
        let (compiled, ()) = self.compile(rare_signature(), false, |builder, isa| {
            build_drop(builder, isa.frontend_config(), heap, other as u64);
        })?;
        Ok(compiled.bytes)
    }

    /// A function that calls `extern "C" fn(word, word)` and preserves every register: for rare calls in hot code.
    pub fn thunk(&mut self, address: usize) -> Result<Vec<u8>, String> {
        let (compiled, ()) = self.compile(rare_signature(), false, |mut builder, isa| {
            let entry = builder.create_block();
            builder.append_block_params_for_function_params(entry);
            builder.switch_to_block(entry);
            let (context, word) = (builder.block_params(entry)[0], builder.block_params(entry)[1]);
            call_with_word(&mut builder, word_signature(CallConv::SystemV), address as u64, context, word);
            builder.ins().return_(&[]);
            builder.seal_all_blocks();
            builder.finalize(isa.frontend_config());
        })?;
        Ok(compiled.bytes)
    }
}
