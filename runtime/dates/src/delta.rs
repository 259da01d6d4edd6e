//! `timedelta`: the difference between two points in time.

use crate::answer;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{IntoObject, NativeObject};
use sidewinder_runtime::objects::int::{self, big::Integer};
use sidewinder_runtime::objects::iterator::arguments::Signature;
use sidewinder_runtime::objects::slots::{BinaryOp, CompareOp};
use sidewinder_runtime::objects::tuple::{ItemHash, TupleObject};
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::objects::{exception, float};
use sidewinder_runtime::operations::{arithmetic, call};
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, Value};

/// Days that a difference has at most, in either direction.
pub const DAYS_MAX: i32 = 999_999_999;

const MICROSECONDS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86400;
const MICROSECONDS_PER_DAY: i64 = SECONDS_PER_DAY * MICROSECONDS_PER_SECOND;

/// A difference: seconds are those of a day, microseconds those of a second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Delta {
    pub days: i32,
    pub seconds: i32,
    pub microseconds: i32,
}

impl Delta {
    /// The difference of so many units, of which none is large; its days may be out of range.
    pub fn normal(days: i64, seconds: i64, microseconds: i64) -> (i64, i32, i32) {
        let seconds = seconds + microseconds.div_euclid(MICROSECONDS_PER_SECOND);
        let days = days + seconds.div_euclid(SECONDS_PER_DAY);
        let microseconds = microseconds.rem_euclid(MICROSECONDS_PER_SECOND);
        (days, seconds.rem_euclid(SECONDS_PER_DAY) as i32, microseconds as i32)
    }

    /// The difference of so many units, of which none is large; an error if it has too many days.
    pub fn new(cx: &mut Context, days: i64, seconds: i64, microseconds: i64) -> Result<Delta> {
        let (days, seconds, microseconds) = Delta::normal(days, seconds, microseconds);
        Ok(Delta { days: checked_days(cx, i128::from(days))?, seconds, microseconds })
    }

    pub fn of_microseconds(cx: &mut Context, all: i128) -> Result<Delta> {
        let days = all.div_euclid(i128::from(MICROSECONDS_PER_DAY));
        let rest = all.rem_euclid(i128::from(MICROSECONDS_PER_DAY)) as i64;
        Ok(Delta {
            days: checked_days(cx, days)?,
            seconds: (rest / MICROSECONDS_PER_SECOND) as i32,
            microseconds: (rest % MICROSECONDS_PER_SECOND) as i32,
        })
    }

    pub fn as_microseconds(self) -> i128 {
        let rest = i64::from(self.seconds) * MICROSECONDS_PER_SECOND + i64::from(self.microseconds);
        i128::from(self.days) * i128::from(MICROSECONDS_PER_DAY) + i128::from(rest)
    }

    pub fn is_zero(self) -> bool {
        self == Delta::default()
    }

    /// The opposite of a difference of less than `DAYS_MAX` days.
    pub fn negated(self) -> Delta {
        let (days, seconds, microseconds) =
            Delta::normal(-i64::from(self.days), -i64::from(self.seconds), -i64::from(self.microseconds));
        Delta { days: days as i32, seconds, microseconds }
    }

    pub fn add(self, cx: &mut Context, other: Delta) -> Result<Delta> {
        let sum = |a: i32, b: i32| i64::from(a) + i64::from(b);
        Delta::new(
            cx,
            sum(self.days, other.days),
            sum(self.seconds, other.seconds),
            sum(self.microseconds, other.microseconds),
        )
    }

    pub fn subtract(self, cx: &mut Context, other: Delta) -> Result<Delta> {
        let difference = |a: i32, b: i32| i64::from(a) - i64::from(b);
        Delta::new(
            cx,
            difference(self.days, other.days),
            difference(self.seconds, other.seconds),
            difference(self.microseconds, other.microseconds),
        )
    }

    /// The hash of the tuple of its parts.
    pub fn hash(self) -> i64 {
        let mut hash = ItemHash::default();
        for part in [self.days, self.seconds, self.microseconds] {
            hash.add(if part == -1 { -2 } else { i64::from(part) });
        }
        hash.finish()
    }

    /// Seconds, as the nearest float.
    pub fn total_seconds(self, cx: &mut Context) -> Result<Owned> {
        let all = int::from_i128(cx, self.as_microseconds());
        int::division::true_divide(cx, all.value(), Value::from_small_int(MICROSECONDS_PER_SECOND))
    }

    /// A new object.
    pub fn object(self, cx: &mut Context) -> Result<Owned> {
        NativeObject::new(cx, TimeDelta(self))
    }

    /// The difference that an object is.
    #[inline]
    pub fn of(value: Value) -> Option<Delta> {
        value.cast::<NativeObject<TimeDelta>>().map(|found| found.0)
    }
}

fn checked_days(cx: &mut Context, days: i128) -> Result<i32> {
    let Ok(days) = i32::try_from(days) else { return Err(too_large(cx)) };
    if (-DAYS_MAX..=DAYS_MAX).contains(&days) {
        return Ok(days);
    }
    Err(cx.overflow_error(format!("days={days}; must have magnitude <= {DAYS_MAX}")))
}

#[cold]
fn too_large(cx: &mut Context) -> Raised {
    cx.overflow_error("Python int too large to convert to C int")
}

#[cold]
fn division_by_zero(cx: &mut Context) -> Raised {
    cx.raise(&exception::ZERO_DIVISION_ERROR, "division by zero")
}

/// An integer that is not too large for arithmetic here.
fn as_i128(value: Value) -> Option<i128> {
    if let Some(number) = int::as_i64(value) {
        return Some(i128::from(number));
    }
    let number = Integer::of(value)?;
    let magnitude = match number.magnitude() {
        [low] => u128::from(*low),
        [low, high] => u128::from(*high) << 64 | u128::from(*low),
        _ => return None,
    };
    let magnitude = i128::try_from(magnitude).ok()?;
    Some(if int::is_negative(value) { -magnitude } else { magnitude })
}

/// A quotient rounded to the nearest integer, or to the even one of two.
fn divide_nearest(a: i128, b: i128) -> i128 {
    let (a, b) = if b < 0 { (-a, -b) } else { (a, b) };
    let (quotient, rest) = (a.div_euclid(b), a.rem_euclid(b));
    let up = match rest.cmp(&(b - rest)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    quotient + i128::from(up)
}

/// The same for integers of any size.
fn divide_nearest_objects(cx: &mut Context, a: &Owned, b: &Owned) -> Result<Owned> {
    if let (Some(a), Some(b)) = (as_i128(a.value()), as_i128(b.value()))
        && b != 0
        && a != i128::MIN
        && b != i128::MIN
    {
        return Ok(int::from_i128(cx, divide_nearest(a, b)));
    }
    let (mut quotient, mut divisor) = (a.clone(), b.clone());
    if int::is_negative(divisor.value()) {
        quotient = arithmetic::negative(cx, quotient.value())?;
        divisor = arithmetic::negative(cx, divisor.value())?;
    }
    let pair = int::division::divmod(cx, quotient.value(), divisor.value())?;
    let [quotient, rest] = match pair.value().cast::<TupleObject>().map(TupleObject::as_slice) {
        Some(&[quotient, rest]) => [quotient, rest],
        _ => return Err(too_large(cx)),
    };
    let other = arithmetic::binary(cx, BinaryOp::Subtract, divisor.value(), rest)?;
    let (Some(rest), Some(other), Some(whole)) = (Integer::of(rest), Integer::of(other.value()), Integer::of(quotient))
    else {
        return Err(too_large(cx));
    };
    let up = match rest.compare(&other) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => whole.is_odd(),
        std::cmp::Ordering::Greater => true,
    };
    arithmetic::binary(cx, BinaryOp::Add, quotient, Value::from_small_int(i64::from(up)))
}

/// The difference of an integer number of microseconds.
fn of_microseconds_object(cx: &mut Context, all: &Owned) -> Result<Owned> {
    let Some(all) = as_i128(all.value()) else { return Err(too_large(cx)) };
    Delta::of_microseconds(cx, all)?.object(cx)
}

/// The difference times, or divided by, a float.
fn scale_by_float(cx: &mut Context, delta: Delta, factor: Value, divide: bool) -> Result<Owned> {
    let all = int::from_i128(cx, delta.as_microseconds());
    let ratio = call::call_method(cx, factor, "as_integer_ratio", &[])?;
    let Some(pair) = ratio.value().cast::<TupleObject>() else {
        let kind = ratio.value().type_of().name();
        return Err(
            cx.type_error(format!("unexpected return type from as_integer_ratio(): expected tuple, not '{kind}'"))
        );
    };
    let &[numerator, denominator] = pair.as_slice() else {
        return Err(cx.value_error("as_integer_ratio() must return a 2-tuple"));
    };
    let (numerator, denominator) = (Owned::new(numerator), Owned::new(denominator));
    let (above, below) = if divide { (denominator, numerator) } else { (numerator, denominator) };
    if as_i128(below.value()) == Some(0) {
        return Err(division_by_zero(cx));
    }
    let product = arithmetic::binary(cx, BinaryOp::Multiply, all.value(), above.value())?;
    let quotient = divide_nearest_objects(cx, &product, &below)?;
    of_microseconds_object(cx, &quotient)
}

fn multiply_by_int(cx: &mut Context, delta: Delta, factor: Value) -> Result<Owned> {
    let product = match as_i128(factor) {
        Some(factor) => delta.as_microseconds().checked_mul(factor),
        None if delta.is_zero() => Some(0),
        None => None,
    };
    let Some(product) = product else { return Err(too_large(cx)) };
    Delta::of_microseconds(cx, product)?.object(cx)
}

/// Subclasses of `int` count, `bool` among them.
fn is_int(value: Value) -> bool {
    int::is_int_like(value)
}

/// An amount in microseconds that is being added up: whole ones, and the fractions that floats leave.
#[derive(Default)]
struct Sum {
    whole: i128,
    fraction: f64,
}

impl Sum {
    /// Adds so many units of so many microseconds.
    fn add(&mut self, cx: &mut Context, name: &str, number: Value, factor: i64) -> Result<()> {
        let factor_wide = i128::from(factor);
        if is_int(number) {
            let product = as_i128(number).and_then(|number| number.checked_mul(factor_wide));
            return self.add_whole(cx, product);
        }
        let Some(number) = float::as_f64(number) else {
            let kind = number.type_of().name();
            return Err(cx.type_error(format!("unsupported type for timedelta {name} component: {kind}")));
        };
        // The error for what is no number is that of the conversion.
        let truncated = float::to_int(cx, number)?;
        let product = as_i128(truncated.value()).and_then(|whole| whole.checked_mul(factor_wide));
        self.add_whole(cx, product)?;
        let fraction = number.fract();
        if fraction == 0.0 {
            return Ok(());
        }
        let rest = factor as f64 * fraction;
        self.add_whole(cx, Some(rest.trunc() as i128))?;
        self.fraction += rest.fract();
        Ok(())
    }

    fn add_whole(&mut self, cx: &mut Context, more: Option<i128>) -> Result<()> {
        match more.and_then(|more| self.whole.checked_add(more)) {
            Some(whole) => {
                self.whole = whole;
                Ok(())
            }
            None => Err(too_large(cx)),
        }
    }

    /// The sum, rounded to the nearest microsecond, or to the even one of two.
    fn rounded(self) -> i128 {
        let mut whole = self.fraction.round();
        if (whole - self.fraction).abs() == 0.5 {
            let odd = (self.whole & 1) as f64;
            whole = 2.0 * ((self.fraction + odd) * 0.5).round() - odd;
        }
        self.whole + whole as i128
    }
}

static SIGNATURE: Signature<7> = Signature {
    function: "__new__",
    names: ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"],
    positional_only: 0,
    positional: 7,
    required: 0,
    rest: false,
    open: false,
};

/// The units of the parameters: the place, and how many microseconds each has, in the order in which they are added.
const UNITS: [(usize, i64); 7] = [
    (2, 1),
    (3, 1000),
    (1, MICROSECONDS_PER_SECOND),
    (4, 60 * MICROSECONDS_PER_SECOND),
    (5, 3600 * MICROSECONDS_PER_SECOND),
    (0, MICROSECONDS_PER_DAY),
    (6, 7 * MICROSECONDS_PER_DAY),
];

/// The difference between two points in time: days, seconds and microseconds, which constructor arguments add up to.
/// They may be integers or floats, and negative.
#[native_type("datetime.timedelta", base, uncollected)]
#[derive(Traverse)]
pub struct TimeDelta(#[plain] pub Delta);

#[methods]
impl TimeDelta {
    #[new(name = "__new__")]
    fn new(class: &'static TypeObject, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let bound = SIGNATURE.bind(cx, arguments)?;
        let mut sum = Sum::default();
        for (place, factor) in UNITS {
            if let Some(number) = bound[place] {
                sum.add(cx, SIGNATURE.names[place], number, factor)?;
            }
        }
        let delta = Delta::of_microseconds(cx, sum.rounded())?;
        NativeObject::allocate(cx, class, TimeDelta(delta))
    }

    /// All of it in seconds.
    fn total_seconds(&self, cx: &mut Context) -> Result<Owned> {
        self.0.total_seconds(cx)
    }

    /// How it is pickled: the class and the three numbers.
    fn __reduce__(&self, cx: &mut Context, this: Value) -> Owned {
        let Delta { days, seconds, microseconds } = self.0;
        let class = Owned::new(this.type_of().value());
        (class, (days, seconds, microseconds)).into_object(cx)
    }

    /// The quotient rounded down, and what is left.
    fn __divmod__(&self, cx: &mut Context, other: Value) -> Result<Owned> {
        divmod(cx, Some(self.0), Delta::of(other))
    }

    /// The quotient of the other one and this one rounded down, and what is left.
    fn __rdivmod__(&self, cx: &mut Context, other: Value) -> Result<Owned> {
        divmod(cx, Delta::of(other), Some(self.0))
    }

    /// The number of days.
    #[get]
    fn days(&self) -> i32 {
        self.0.days
    }

    /// The number of seconds, less than those of a day and not negative.
    #[get]
    fn seconds(&self) -> i32 {
        self.0.seconds
    }

    /// The number of microseconds, less than those of a second and not negative.
    #[get]
    fn microseconds(&self) -> i32 {
        self.0.microseconds
    }

    #[slot(repr)]
    fn repr(&self, this: Value) -> String {
        let Delta { days, seconds, microseconds } = self.0;
        let parts = [("days", days), ("seconds", seconds), ("microseconds", microseconds)];
        let shown: Vec<String> =
            parts.iter().filter(|(_, part)| *part != 0).map(|(name, part)| format!("{name}={part}")).collect();
        let shown = if shown.is_empty() { "0".to_string() } else { shown.join(", ") };
        format!("{}({shown})", this.type_of().name())
    }

    #[slot(str)]
    fn str(&self) -> String {
        let Delta { days, seconds, microseconds } = self.0;
        let mut text = match days {
            0 => String::new(),
            1 | -1 => format!("{days} day, "),
            _ => format!("{days} days, "),
        };
        text.push_str(&format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
        if microseconds != 0 {
            text.push_str(&format!(".{microseconds:06}"));
        }
        text
    }

    #[slot(hash)]
    fn hash(&self) -> Result<i64> {
        Ok(self.0.hash())
    }

    #[slot(truth)]
    fn truth(&self) -> Result<bool> {
        Ok(!self.0.is_zero())
    }

    #[slot(compare)]
    fn compare(&self, other: Value, operation: CompareOp) -> Owned {
        match Delta::of(other) {
            Some(other) => answer::truth(operation.holds(self.0.cmp(&other))),
            None => answer::not_implemented(),
        }
    }

    #[slot(negative)]
    fn negative(&self, cx: &mut Context) -> Result<Owned> {
        Delta::default().subtract(cx, self.0)?.object(cx)
    }

    #[slot(positive)]
    fn positive(&self, cx: &mut Context) -> Result<Owned> {
        self.0.object(cx)
    }

    #[slot(absolute)]
    fn absolute(&self, cx: &mut Context) -> Result<Owned> {
        let delta = if self.0.days < 0 { Delta::default().subtract(cx, self.0)? } else { self.0 };
        delta.object(cx)
    }

    #[slot(add)]
    fn add(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        match (Delta::of(left), Delta::of(right)) {
            (Some(left), Some(right)) => left.add(cx, right)?.object(cx),
            _ => Ok(answer::not_implemented()),
        }
    }

    #[slot(subtract)]
    fn subtract(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        match (Delta::of(left), Delta::of(right)) {
            (Some(left), Some(right)) => left.subtract(cx, right)?.object(cx),
            _ => Ok(answer::not_implemented()),
        }
    }

    #[slot(multiply)]
    fn multiply(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        let (delta, factor) = match (Delta::of(left), Delta::of(right)) {
            (Some(delta), None) => (delta, right),
            (None, Some(delta)) => (delta, left),
            _ => return Ok(answer::not_implemented()),
        };
        if is_int(factor) {
            multiply_by_int(cx, delta, factor)
        } else if float::as_f64(factor).is_some() {
            scale_by_float(cx, delta, factor, false)
        } else {
            Ok(answer::not_implemented())
        }
    }

    #[slot(true_divide)]
    fn true_divide(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        let Some(delta) = Delta::of(left) else { return Ok(answer::not_implemented()) };
        let all = delta.as_microseconds();
        if let Some(other) = Delta::of(right) {
            let (above, below) = (int::from_i128(cx, all), int::from_i128(cx, other.as_microseconds()));
            return int::division::true_divide(cx, above.value(), below.value());
        }
        if is_int(right) {
            if as_i128(right) == Some(0) {
                return Err(division_by_zero(cx));
            }
            let (above, below) = (int::from_i128(cx, all), int::exact(cx, right));
            let quotient = divide_nearest_objects(cx, &above, &below)?;
            return of_microseconds_object(cx, &quotient);
        }
        match float::as_f64(right) {
            Some(_) => scale_by_float(cx, delta, right, true),
            None => Ok(answer::not_implemented()),
        }
    }

    #[slot(floor_divide)]
    fn floor_divide(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        let Some(delta) = Delta::of(left) else { return Ok(answer::not_implemented()) };
        let all = int::from_i128(cx, delta.as_microseconds());
        if let Some(other) = Delta::of(right) {
            let below = int::from_i128(cx, other.as_microseconds());
            return int::division::floor_divide(cx, all.value(), below.value());
        }
        if !is_int(right) {
            return Ok(answer::not_implemented());
        }
        let below = int::exact(cx, right);
        let quotient = int::division::floor_divide(cx, all.value(), below.value())?;
        of_microseconds_object(cx, &quotient)
    }

    #[slot(remainder)]
    fn remainder(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        let (Some(left), Some(right)) = (Delta::of(left), Delta::of(right)) else {
            return Ok(answer::not_implemented());
        };
        let (_, rest) = floor_divmod(cx, left, right)?;
        Delta::of_microseconds(cx, rest)?.object(cx)
    }
}

/// The quotient rounded down, and the rest.
fn floor_divmod(cx: &mut Context, left: Delta, right: Delta) -> Result<(i128, i128)> {
    let (left, right) = (left.as_microseconds(), right.as_microseconds());
    if right == 0 {
        return Err(division_by_zero(cx));
    }
    let (mut quotient, mut rest) = (left / right, left % right);
    if rest != 0 && (rest < 0) != (right < 0) {
        quotient -= 1;
        rest += right;
    }
    Ok((quotient, rest))
}

fn divmod(cx: &mut Context, left: Option<Delta>, right: Option<Delta>) -> Result<Owned> {
    let (Some(left), Some(right)) = (left, right) else { return Ok(answer::not_implemented()) };
    let (quotient, rest) = floor_divmod(cx, left, right)?;
    let quotient = int::from_i128(cx, quotient);
    let rest = Delta::of_microseconds(cx, rest)?.object(cx)?;
    Ok(TupleObject::pair(cx, quotient, rest))
}
