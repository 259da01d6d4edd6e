//! The module `_random`: the generator behind `random` (Modules/_randommodule.c).

mod twister;

use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::FromArgument;
use sidewinder_runtime::native::argument::Place;
use sidewinder_runtime::objects::exception::MEMORY_ERROR;
use sidewinder_runtime::objects::int::{self, Integer, LIMBS_MAX};
use sidewinder_runtime::objects::iterator::arguments::{positionals, refuse_keywords};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::RefCell;
use twister::{STATE_WORDS, Twister};

/// Random numbers from the Mersenne Twister.
#[native_module("_random", types(Random))]
mod rows {
    use super::*;
}

/// A number of bits.
struct BitCount(u64);

impl FromArgument<'_> for BitCount {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<BitCount> {
        let number = convert::index(cx, *value)?;
        if int::is_negative(number.value()) {
            return Err(cx.value_error("Cannot convert negative int"));
        }
        let number = int::as_u64(number.value()).map(BitCount);
        number.ok_or_else(|| cx.overflow_error("Python int too large for C uint64_t"))
    }
}

/// Random() -> create a random number generator with its own internal state.
#[native_type("_random.Random", base, uncollected)]
#[derive(Traverse, Default)]
pub struct Random {
    #[plain]
    generator: RefCell<Twister>,
}

impl Random {
    /// Starts anew from a seed, or from the system's entropy.
    fn start(&self, cx: &mut Context, seed: Value) -> Result<()> {
        if seed == singleton::none() {
            let key = entropy();
            self.generator.borrow_mut().seed(&key);
            return Ok(());
        }
        let key = match Integer::of(seed) {
            Some(number) => halves(number.magnitude()),
            None => {
                let hash = convert::hash(cx, seed)?;
                halves(&[hash as u64])
            }
        };
        self.generator.borrow_mut().seed(&key);
        Ok(())
    }
}

/// The number with these limbs in words of 32 bits; at least one.
fn halves(limbs: &[u64]) -> Vec<u32> {
    let mut words: Vec<u32> = limbs.iter().flat_map(|limb| [*limb as u32, (*limb >> 32) as u32]).collect();
    while words.last() == Some(&0) {
        words.pop();
    }
    if words.is_empty() {
        words.push(0);
    }
    words
}

/// Words that nobody can foresee.
fn entropy() -> Vec<u32> {
    let mut words = vec![0u32; STATE_WORDS];
    let bytes = size_of_val(&words[..]);
    // SAFETY: the buffer has that many bytes.
    let got = unsafe { libc::getrandom(words.as_mut_ptr().cast(), bytes, libc::GRND_NONBLOCK) };
    if got != bytes as isize {
        // As good as it gets without entropy: times and the process.
        let since = |time: Option<std::time::SystemTime>| {
            time.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok()).map_or(0, |span| span.as_nanos())
        };
        let time = since(Some(std::time::SystemTime::now()));
        words = vec![time as u32, (time >> 32) as u32, std::process::id()];
    }
    words
}

#[methods]
impl Random {
    #[new]
    fn new(_arguments: Arguments<'_>) -> Result<Random> {
        Ok(Random::default())
    }

    #[init]
    fn init(&self, cx: &mut Context, this: Value, arguments: Arguments<'_>) -> Result<()> {
        // A subclass that initialises itself may be given keywords, which are its own business.
        let own = RANDOM.object.slots().init;
        let inherited = match (this.type_of().slots().init, own) {
            (Some(actual), Some(own)) => std::ptr::fn_addr_eq(actual, own),
            _ => false,
        };
        if inherited {
            refuse_keywords(cx, "Random", arguments)?;
        }
        let values = positionals(cx, "Random", Arguments::positional(arguments.positionals()), 0, 1)?;
        self.start(cx, values.first().copied().unwrap_or(singleton::none()))
    }

    /// The next number from 0.0 up to, but without, 1.0.
    fn random(&self) -> f64 {
        self.generator.borrow_mut().next_float()
    }

    /// Starts anew from an integer, from the hash of another object, or from the system's entropy.
    fn seed(&self, cx: &mut Context, #[default(singleton::none(), "None")] n: Value) -> Result<()> {
        self.start(cx, n)
    }

    /// The state as a tuple of integers.
    fn getstate(&self, cx: &mut Context) -> Owned {
        let generator = self.generator.borrow();
        let words = generator.state().iter().map(|word| Owned::from_raw(Value::from_small_int(*word as i64)));
        let mut items: Vec<Owned> = words.collect();
        items.push(Owned::from_raw(Value::from_small_int(generator.position() as i64)));
        TupleObject::from_owned(cx, items)
    }

    /// Goes back to a state that getstate gave.
    fn setstate(&self, cx: &mut Context, state: Value) -> Result<()> {
        let Some(items) = state.cast::<TupleObject>() else {
            return Err(cx.type_error("state vector must be a tuple"));
        };
        if items.len() != STATE_WORDS + 1 {
            return Err(cx.value_error("state vector is the wrong size"));
        }
        let (words, position) = items.as_slice().split_at(STATE_WORDS);
        let mut new = [0u32; STATE_WORDS];
        for (place, word) in new.iter_mut().zip(words) {
            *place = state_word(cx, *word)?;
        }
        let position = convert::c_long(cx, position[0])?;
        match usize::try_from(position) {
            Ok(position) if position <= STATE_WORDS => {
                self.generator.borrow_mut().set_state(new, position);
                Ok(())
            }
            _ => Err(cx.value_error("invalid state")),
        }
    }

    /// An integer of k random bits.
    fn getrandbits(&self, cx: &mut Context, k: BitCount) -> Result<Owned> {
        let BitCount(count) = k;
        match count {
            0 => return Ok(Owned::from_raw(Value::from_small_int(0))),
            1..=32 => {
                let word = self.generator.borrow_mut().next_word() >> (32 - count);
                return Ok(Owned::from_raw(Value::from_small_int(word as i64)));
            }
            _ => {}
        }
        let length = count.div_ceil(64);
        let mut limbs = Vec::new();
        if length > LIMBS_MAX as u64 || limbs.try_reserve_exact(length as usize).is_err() {
            return Err(cx.raise(&MEMORY_ERROR, ""));
        }
        let mut generator = self.generator.borrow_mut();
        let mut left = count;
        // Of the last word the high bits count.
        let mut word = || {
            let bits = left.min(32);
            left -= bits;
            if bits == 0 { 0 } else { (generator.next_word() >> (32 - bits)) as u64 }
        };
        for _ in 0..length {
            let low = word();
            limbs.push(low | word() << 32);
        }
        Ok(int::from_limbs(cx, false, &limbs))
    }
}

/// A word of a state that Python code gave.
fn state_word(cx: &mut Context, value: Value) -> Result<u32> {
    if !int::is_int_like(value) {
        return Err(cx.type_error("an integer is required"));
    }
    if int::is_negative(value) {
        return Err(cx.overflow_error("can't convert negative value to unsigned int"));
    }
    let word = int::as_u64(value).map(|word| word as u32);
    word.ok_or_else(|| cx.overflow_error("Python int too large to convert to C unsigned long"))
}
