//! Sums, products and norms in the module `math`, with CPython's care for rounding.

use sidewinder_macros::native_functions;
use sidewinder_runtime::objects::float::{self, as_f64};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::slots::BinaryOp;
use sidewinder_runtime::operations::{arithmetic, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// A sum or product of two floats without rounding: the rounded result and what is missing from it.
#[derive(Clone, Copy)]
struct Exact {
    high: f64,
    low: f64,
}

/// The sum of any two floats (Knuth).
fn exact_sum(a: f64, b: f64) -> Exact {
    let high = a + b;
    let from_b = high - a;
    Exact { high, low: (a - (high - from_b)) + (b - from_b) }
}

/// The sum of two floats of which the first has the larger magnitude (Dekker).
fn exact_sum_ordered(a: f64, b: f64) -> Exact {
    let high = a + b;
    Exact { high, low: (a - high) + b }
}

/// The product of two floats.
fn exact_product(a: f64, b: f64) -> Exact {
    let high = a * b;
    Exact { high, low: super::c::fma(a, b, -high) }
}

/// A sum without rounding, as a list of floats that do not overlap, by rising magnitude (Shewchuk).
#[derive(Default)]
struct FullSum {
    parts: Vec<f64>,
    /// Sum of the infinite terms, and of those and NaNs.
    infinite: f64,
    special: f64,
}

impl FullSum {
    /// False on overflow.
    fn add(&mut self, term: f64) -> bool {
        let mut sum = term;
        let mut kept = 0;
        for index in 0..self.parts.len() {
            let part = self.parts[index];
            let (large, small) = if sum.abs() < part.abs() { (part, sum) } else { (sum, part) };
            sum = large + small;
            let low = small - (sum - large);
            if low != 0.0 {
                self.parts[kept] = low;
                kept += 1;
            }
        }
        self.parts.truncate(kept);
        if sum.is_finite() {
            if sum != 0.0 {
                self.parts.push(sum);
            }
            return true;
        }
        if term.is_infinite() {
            self.infinite += term;
        }
        self.special += term;
        self.parts.clear();
        !term.is_finite()
    }

    /// The rounded sum; `None` if infinities of both signs were added.
    fn finish(mut self) -> Option<f64> {
        if self.special != 0.0 {
            return if self.infinite.is_nan() { None } else { Some(self.special) };
        }
        let Some(mut high) = self.parts.pop() else { return Some(0.0) };
        let mut low = 0.0;
        while let Some(part) = self.parts.pop() {
            let sum = high + part;
            low = part - (sum - high);
            high = sum;
            if low != 0.0 {
                break;
            }
        }
        // A half that was rounded to even goes the other way if more of its sign follows.
        if let Some(next) = self.parts.last()
            && (low < 0.0 && *next < 0.0 || low > 0.0 && *next > 0.0)
        {
            let double = low * 2.0;
            let sum = high + double;
            if double == sum - high {
                high = sum;
            }
        }
        Some(high)
    }
}

/// The Euclidean norm of coordinates that are not negative: scaled by a power of two against overflow, squared and
/// summed in double length, and corrected by one step of Newton's method.
fn norm(coordinates: &mut [f64]) -> f64 {
    let largest = coordinates.iter().fold(0.0, |largest, x| if *x > largest { *x } else { largest });
    if largest.is_infinite() {
        return largest;
    }
    if coordinates.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    if largest == 0.0 || coordinates.len() <= 1 {
        return largest;
    }
    let exponent = super::split_float(largest).1;
    if exponent < -1023 {
        // The scale would overflow: make the numbers normal first.
        coordinates.iter_mut().for_each(|x| *x /= f64::MIN_POSITIVE);
        return f64::MIN_POSITIVE * norm(coordinates);
    }
    let scale = super::c::ldexp(1.0, -exponent as i32);
    let mut sum = 1.0;
    let (mut product_rest, mut sum_rest) = (0.0, 0.0);
    let mut add = |sum: &mut f64, square: Exact| {
        let added = exact_sum_ordered(*sum, square.high);
        *sum = added.high;
        product_rest += square.low;
        sum_rest += added.low;
        *sum - 1.0 + (product_rest + sum_rest)
    };
    let mut total = 0.0;
    for x in coordinates.iter() {
        let x = x * scale;
        total = add(&mut sum, exact_product(x, x));
    }
    let root = total.sqrt();
    let missing = add(&mut sum, exact_product(-root, root));
    (root + missing / (2.0 * root)) / scale
}

#[native_functions]
pub mod rows {
    use super::*;

    /// The sum of floats, rounded once.
    #[function]
    fn fsum(cx: &mut Context, seq: Value) -> Result<f64> {
        let mut sum = FullSum::default();
        iterate::for_each(cx, seq, |cx, item| {
            let term = float::from_value(cx, item.value())?;
            if sum.add(term) { Ok(()) } else { Err(cx.overflow_error("intermediate overflow in fsum")) }
        })?;
        match sum.finish() {
            Some(result) => Ok(result),
            None => Err(cx.value_error("-inf + inf in fsum")),
        }
    }

    /// The Euclidean norm.
    #[function]
    fn hypot(cx: &mut Context, #[rest] coordinates: &[Value]) -> Result<f64> {
        let mut numbers = Vec::with_capacity(coordinates.len());
        for value in coordinates {
            numbers.push(float::from_value(cx, *value)?.abs());
        }
        Ok(norm(&mut numbers))
    }

    /// The Euclidean distance between two points.
    #[function]
    fn dist(cx: &mut Context, p: Value, q: Value) -> Result<f64> {
        let p = iterate::collect_unasked(cx, p)?;
        let q = iterate::collect_unasked(cx, q)?;
        if p.len() != q.len() {
            return Err(cx.value_error("both points must have the same number of dimensions"));
        }
        let mut differences = Vec::with_capacity(p.len());
        for (a, b) in p.iter().zip(&q) {
            let a = float::from_value(cx, a.value())?;
            differences.push((a - float::from_value(cx, b.value())?).abs());
        }
        Ok(norm(&mut differences))
    }

    /// The product of the items and the start value.
    #[function]
    fn prod(
        cx: &mut Context,
        iterable: Value,
        #[keyword]
        #[default(Owned::new(Value::from_small_int(1)), "1")]
        start: Owned,
    ) -> Result<Owned> {
        let mut product = start;
        iterate::for_each(cx, iterable, |cx, item| {
            let (a, b) = (product.value(), item.value());
            product = if a.is_float() && b.is_float() {
                float::from_f64(cx, a.float() * b.float())
            } else {
                arithmetic::binary(cx, BinaryOp::Multiply, a, b)?
            };
            Ok(())
        })?;
        Ok(product)
    }

    /// The sum of products of the items of two iterables.
    #[function]
    fn sumprod(cx: &mut Context, p: Value, q: Value) -> Result<Owned> {
        let p = iterate::get_iter(cx, p)?;
        let q = iterate::get_iter(cx, q)?;
        let mut sum = ProductSum::new();
        loop {
            let a = iterate::next(cx, p.value())?;
            let b = iterate::next(cx, q.value())?;
            match (a, b) {
                (Some(a), Some(b)) => sum.add(cx, a.value(), b.value())?,
                (None, None) => break,
                _ => return Err(cx.value_error("Inputs are not the same length")),
            }
        }
        sum.settle_integers(cx)?;
        sum.settle_floats(cx)?;
        Ok(sum.total)
    }
}

/// A sum of products in triple length.
#[derive(Clone, Copy, Default)]
struct TripleSum {
    high: f64,
    low: f64,
    tiny: f64,
}

impl TripleSum {
    fn plus_product(self, a: f64, b: f64) -> TripleSum {
        let product = exact_product(a, b);
        let high = exact_sum(self.high, product.high);
        let low = exact_sum(self.low, product.low);
        let middle = exact_sum(low.high, high.low);
        TripleSum { high: high.high, low: middle.high, tiny: self.tiny + low.low + middle.low }
    }

    fn rounded(self) -> f64 {
        self.high + exact_sum(self.low, self.tiny).high
    }
}

/// The state of `sumprod`: the total so far, and what machine arithmetic has gathered beside it. Each of the two
/// kinds is used until an operand or result does not suit it.
struct ProductSum {
    total: Owned,
    integers: Option<i64>,
    integers_used: bool,
    floats: Option<TripleSum>,
    floats_used: bool,
}

impl ProductSum {
    fn new() -> ProductSum {
        ProductSum {
            total: Owned::from_raw(Value::from_small_int(0)),
            integers: Some(0),
            integers_used: false,
            floats: Some(TripleSum::default()),
            floats_used: false,
        }
    }

    fn add(&mut self, cx: &mut Context, p: Value, q: Value) -> Result<()> {
        if let Some(sum) = self.integers {
            let next = exact_integers(p, q).and_then(|(a, b)| sum.checked_add(a.checked_mul(b)?));
            if let Some(next) = next {
                self.integers = Some(next);
                self.integers_used = true;
                return Ok(());
            }
            self.settle_integers(cx)?;
        }
        if let Some(sum) = self.floats {
            let next = float_pair(p, q).map(|(a, b)| sum.plus_product(a, b)).filter(|next| next.high.is_finite());
            if let Some(next) = next {
                self.floats = Some(next);
                self.floats_used = true;
                return Ok(());
            }
            self.settle_floats(cx)?;
        }
        let term = arithmetic::binary(cx, BinaryOp::Multiply, p, q)?;
        self.add_term(cx, term)
    }

    fn add_term(&mut self, cx: &mut Context, term: Owned) -> Result<()> {
        self.total = arithmetic::binary(cx, BinaryOp::Add, self.total.value(), term.value())?;
        Ok(())
    }

    fn settle_integers(&mut self, cx: &mut Context) -> Result<()> {
        match self.integers.take() {
            Some(sum) if self.integers_used => {
                let term = int::from_i64(cx, sum);
                self.add_term(cx, term)
            }
            _ => Ok(()),
        }
    }

    fn settle_floats(&mut self, cx: &mut Context) -> Result<()> {
        match self.floats.take() {
            Some(sum) if self.floats_used => {
                let term = float::from_f64(cx, sum.rounded());
                self.add_term(cx, term)
            }
            _ => Ok(()),
        }
    }
}

/// Two exact ints that fit a machine word.
fn exact_integers(p: Value, q: Value) -> Option<(i64, i64)> {
    if !int::is_exact(p) || !int::is_exact(q) {
        return None;
    }
    Some((int::as_i64(p)?, int::as_i64(q)?))
}

/// A pair with at least one float, the other a float or an int.
fn float_pair(p: Value, q: Value) -> Option<(f64, f64)> {
    let is_float = |value: Value| value.is_float() || value.has_type(&float::FLOAT);
    let number = |value: Value| {
        if is_float(value) {
            return as_f64(value);
        }
        if !int::is_exact(value) && sidewinder_runtime::objects::singleton::as_bool(value).is_none() {
            return None;
        }
        int::Integer::of(value).map(|integer| integer.to_f64()).filter(|number| number.is_finite())
    };
    if !is_float(p) && !is_float(q) {
        return None;
    }
    Some((number(p)?, number(q)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full_sum(terms: &[f64]) -> Option<f64> {
        let mut sum = FullSum::default();
        assert!(terms.iter().all(|term| sum.add(*term)));
        sum.finish()
    }

    #[test]
    fn sums_round_once() {
        assert_eq!(full_sum(&[0.1; 10]), Some(1.0));
        assert_eq!(full_sum(&[1e100, 1.0, -1e100, 1e-100]), Some(1.0));
        assert_eq!(full_sum(&[1e16, 1.0, 1e-16]), Some(10000000000000002.0));
        assert_eq!(full_sum(&[]), Some(0.0));
        assert_eq!(full_sum(&[f64::INFINITY, 1.0]), Some(f64::INFINITY));
        assert_eq!(full_sum(&[f64::INFINITY, f64::NEG_INFINITY]), None);
    }

    #[test]
    fn norms() {
        assert_eq!(norm(&mut [3.0, 4.0]), 5.0);
        assert_eq!(norm(&mut [1e308, 1e308]), 1.4142135623730951e308);
        assert_eq!(norm(&mut [3e-324, 4e-324]), 5e-324);
        assert_eq!(norm(&mut [f64::NAN, f64::INFINITY]), f64::INFINITY);
        assert!(norm(&mut [f64::NAN, 1.0]).is_nan());
    }

    #[test]
    fn products_sum_in_triple_length() {
        let sum = TripleSum::default().plus_product(10.0, 1e100).plus_product(1.0, 1.0).plus_product(-10.0, 1e100);
        assert_eq!(sum.rounded(), 1.0);
    }
}
