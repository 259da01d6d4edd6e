//! Functions of integers in the module `math`.

use sidewinder_macros::native_functions;
use sidewinder_runtime::objects::int::{self, Integer, big};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Largest factorial that a `u64` holds.
const SMALL_FACTORIAL_MAX: u64 = 20;
/// Largest count of factors that CPython accepts.
const COUNT_MAX: u64 = i64::MAX as u64;

/// The magnitude of an index; borrowed from it.
fn view(value: &Owned) -> Integer<'_> {
    Integer::of(value.value()).unwrap_or(Integer::from_i64(0))
}

#[native_functions]
pub mod rows {
    use super::*;

    /// The greatest common divisor.
    #[function(pure)]
    fn gcd(cx: &mut Context, #[rest] integers: &[Value]) -> Result<Owned> {
        fold(cx, integers, 0, |cx, a, b| {
            let (x, y) = (int::as_i64(a.value()), int::as_i64(b.value()));
            if let (Some(x @ 1..), Some(y)) = (x, y)
                && y != 0
            {
                return int::from_u64(cx, big::gcd_u64(x as u64, y.unsigned_abs()));
            }
            big::gcd(cx, &view(a), &view(b))
        })
    }

    /// The least common multiple.
    #[function(pure)]
    fn lcm(cx: &mut Context, #[rest] integers: &[Value]) -> Result<Owned> {
        fold(cx, integers, 1, |cx, a, b| big::lcm(cx, &view(a), &view(b)))
    }

    /// The product of the integers from 1 to n.
    #[function]
    fn factorial(cx: &mut Context, n: Value) -> Result<Owned> {
        let number = convert::index(cx, n)?;
        factorial_of(cx, &number)
    }

    /// The integer part of the square root.
    #[function]
    fn isqrt(cx: &mut Context, n: Value) -> Result<Owned> {
        let number = convert::index(cx, n)?;
        if int::is_negative(number.value()) {
            return Err(cx.value_error("isqrt() argument must be nonnegative"));
        }
        match int::as_u64(number.value()) {
            Some(small) => Ok(int::from_u64(cx, small.isqrt())),
            None => Ok(big::square_root(cx, &view(&number))),
        }
    }

    /// The number of ordered choices of k out of n things.
    #[function]
    fn perm(cx: &mut Context, n: Value, #[default(None)] k: Option<Value>) -> Result<Owned> {
        let Some(k) = k else { return factorial(cx, n) };
        let (n, k) = choice(cx, n, k)?;
        if view(&n).compare(&view(&k)).is_lt() {
            return Ok(int::from_i64(cx, 0));
        }
        let Some(count) = int::as_u64(k.value()).filter(|count| *count <= COUNT_MAX) else {
            return Err(cx.overflow_error(format!("k must not exceed {COUNT_MAX}")));
        };
        check_bits(cx, count, view(&k).bit_length() as u32)?;
        Ok(big::permutations(cx, &view(&n), count))
    }

    /// The number of choices of k out of n things.
    #[function]
    fn comb(cx: &mut Context, n: Value, k: Value) -> Result<Owned> {
        let (n, k) = choice(cx, n, k)?;
        if view(&n).compare(&view(&k)).is_lt() {
            return Ok(int::from_i64(cx, 0));
        }
        // As many ways to choose those that are left out.
        let others = int::subtract(cx, n.value(), k.value())?;
        let fewer = if view(&others).compare(&view(&k)).is_lt() { others } else { k };
        let Some(count) = int::as_u64(fewer.value()).filter(|count| *count <= COUNT_MAX) else {
            return Err(cx.overflow_error(format!("min(n - k, k) must not exceed {COUNT_MAX}")));
        };
        if let Some(small) = int::as_u64(n.value()).and_then(|n| small_combinations(n, count)) {
            return Ok(int::from_u64(cx, small));
        }
        check_bits(cx, count, 4)?;
        Ok(big::combinations(cx, &view(&n), count))
    }
}

/// Combines all arguments, each an index, from the left.
fn fold(
    cx: &mut Context,
    arguments: &[Value],
    start: i64,
    combine: impl Fn(&mut Context, &Owned, &Owned) -> Owned,
) -> Result<Owned> {
    let mut result = int::from_i64(cx, start);
    for argument in arguments {
        let number = convert::index(cx, *argument)?;
        result = combine(cx, &result, &number);
    }
    Ok(result)
}

fn factorial_of(cx: &mut Context, number: &Owned) -> Result<Owned> {
    if int::is_negative(number.value()) {
        return Err(cx.value_error("factorial() not defined for negative values"));
    }
    let Some(n) = int::as_u64(number.value()).filter(|n| *n <= COUNT_MAX) else {
        return Err(cx.overflow_error(format!("factorial() argument should not exceed {COUNT_MAX}")));
    };
    if n <= SMALL_FACTORIAL_MAX {
        return Ok(int::from_u64(cx, (2..=n).product()));
    }
    check_bits(cx, n, u64::BITS - n.leading_zeros())?;
    Ok(big::factorial(cx, n))
}

/// MemoryError if a product of that many factors of so many bits cannot be held, whatever the other operand.
fn check_bits(cx: &mut Context, factors: u64, bits: u32) -> Result<()> {
    // Half of the factors at least have nearly all of those bits.
    if factors.saturating_mul(bits as u64) / 4 / 64 > int::LIMBS_MAX as u64 {
        return Err(int::too_large(cx));
    }
    Ok(())
}

/// The arguments of `comb` and `perm`, neither negative.
fn choice(cx: &mut Context, n: Value, k: Value) -> Result<(Owned, Owned)> {
    let (n, k) = (convert::index(cx, n)?, convert::index(cx, k)?);
    for (name, number) in [("n", &n), ("k", &k)] {
        if int::is_negative(number.value()) {
            return Err(cx.value_error(format!("{name} must be a non-negative integer")));
        }
    }
    Ok((n, k))
}

/// The binomial coefficient if it stays below 2^64 on the way.
fn small_combinations(n: u64, count: u64) -> Option<u64> {
    let mut result = 1u64;
    for taken in 1..=count {
        // The product of `taken` successive numbers is a multiple of the factorial of `taken`.
        let product = result as u128 * (n - count + taken) as u128;
        result = u64::try_from(product / taken as u128).ok()?;
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::small_combinations;

    #[test]
    fn binomial_coefficients() {
        assert_eq!(small_combinations(5, 2), Some(10));
        assert_eq!(small_combinations(62, 31), Some(465428353255261088));
        assert_eq!(small_combinations(67, 33), Some(14226520737620288370));
        assert_eq!(small_combinations(100, 50), None);
        assert_eq!(small_combinations(u64::MAX, 1), Some(u64::MAX));
        assert_eq!(small_combinations(9, 0), Some(1));
    }
}
