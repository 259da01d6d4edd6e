//! The native module `_decimal`: decimal numbers with any precision.
//!
//! Numbers and what is done with them know no objects of Python: `number.rs`, `environment.rs` (precision, rounding, the end
//! of every operation), `arithmetic.rs`, `adjust.rs`, `order.rs`, `power.rs`, `root.rs`, `transcendental.rs` over
//! `coefficient.rs`. Objects are in `decimal.rs`, `context.rs` and `signals.rs`.
//!
//! Results, and the conditions that they give, are those of libmpdec to the last digit.

mod adjust;
mod arithmetic;
mod coefficient;
mod context;
mod decimal;
mod environment;
mod format;
mod limbs;
mod module;
mod number;
mod operations;
mod order;
mod power;
mod root;
mod series;
mod signals;
mod state;
mod text;
mod transcendental;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&module::MODULE];
