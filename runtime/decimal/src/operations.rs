//! The operations that numbers and contexts have in common: each is one row, and a method of either.

/// Hands the rows to the macro that makes one type's methods.
macro_rules! operations {
    ($make:ident { $($rest:tt)* }) => {
        $crate::operations::$make! {
            unary {
                /// `e` to the power of the number.
                exp = |e, k, a, s| e.exponential(a, k, s);
                /// The natural logarithm.
                ln = |e, k, a, s| e.logarithm(a, k, s);
                /// The logarithm to the base ten.
                log10 = |e, k, a, s| e.logarithm_ten(a, k, s);
                /// The exponent of the first digit, as a number.
                logb = |e, _, a, s| e.logb(a, s);
                /// Every digit, zero or one, replaced by the other.
                logical_invert = |e, _, a, s| e.logical_invert(a, s);
                /// The largest number that is smaller.
                next_minus = |e, _, a, s| e.next(a, false, s);
                /// The smallest number that is larger.
                next_plus = |e, _, a, s| e.next(a, true, s);
                /// The number without zeros at its end.
                normalize = |e, _, a, s| e.normalize(a, s);
                /// The square root.
                sqrt = |e, _, a, s| e.square_root(a, s);
            }
            binary {
                /// -1, 0 or 1, as the first number is smaller, equal or larger; or NaN.
                compare = |e, _, a, b, s| e.compare(a, b, false, s);
                /// The same; every NaN is an invalid operation.
                compare_signal = |e, _, a, b, s| e.compare(a, b, true, s);
                /// -1, 0 or 1, in an order in which no two representations are equal.
                compare_total = |_, _, a, b, _| Number::from_i64(a.total_order(b) as i64);
                /// The same, signs aside.
                compare_total_mag = |_, _, a, b, _| Number::from_i64(a.total_magnitude_order(b) as i64);
                /// The first number with the sign of the second.
                copy_sign = |_, _, a, b, _| a.clone().with_sign(b.negative);
                /// The digits, zeros and ones, joined by `and`.
                logical_and = |e, _, a, b, s| e.logical(a, b, |x, y| x & y, s);
                /// The digits, zeros and ones, joined by `or`.
                logical_or = |e, _, a, b, s| e.logical(a, b, |x, y| x | y, s);
                /// The digits, zeros and ones, joined by exclusive `or`.
                logical_xor = |e, _, a, b, s| e.logical(a, b, |x, y| x ^ y, s);
                /// The larger number.
                max = |e, _, a, b, s| e.choose(a, b, Choice { larger: true, magnitude: false }, s);
                /// The number with the larger absolute value.
                max_mag = |e, _, a, b, s| e.choose(a, b, Choice { larger: true, magnitude: true }, s);
                /// The smaller number.
                min = |e, _, a, b, s| e.choose(a, b, Choice { larger: false, magnitude: false }, s);
                /// The number with the smaller absolute value.
                min_mag = |e, _, a, b, s| e.choose(a, b, Choice { larger: false, magnitude: true }, s);
                /// The neighbour of the first number in the direction of the second.
                next_toward = |e, _, a, b, s| e.next_toward(a, b, s);
                /// What is left of the first number when the nearest multiple of the second is taken away.
                remainder_near = |e, _, a, b, s| e.remainder_near(a, b, s);
                /// The digits of the first number rotated by so many places as the second says.
                rotate = |e, _, a, b, s| e.rotate(a, b, s);
                /// The first number times ten to the power of the second.
                scaleb = |e, _, a, b, s| e.scale(a, b, s);
                /// The digits of the first number shifted by so many places as the second says.
                shift = |e, _, a, b, s| e.shift(a, b, s);
            }
            test {
                /// Whether it is a finite number.
                is_finite = |_, a| a.is_finite();
                /// Whether it is an infinity.
                is_infinite = |_, a| a.is_infinite();
                /// Whether it is a quiet or signaling NaN.
                is_nan = |_, a| a.is_nan();
                /// Whether it is a quiet NaN.
                is_qnan = |_, a| a.is_nan() && !a.is_signaling();
                /// Whether it is a signaling NaN.
                is_snan = |_, a| a.is_signaling();
                /// Whether the sign is negative.
                is_signed = |_, a| a.negative;
                /// Whether it is zero.
                is_zero = |_, a| a.is_zero();
            }
            test_in_context {
                /// Whether it is a normal number: finite, not zero, not subnormal.
                is_normal = |e, a| a.is_normal(e);
                /// Whether it is subnormal: finite, not zero, smaller than normal numbers.
                is_subnormal = |e, a| a.is_subnormal(e);
            }
            rest { $($rest)* }
        }
    };
}

/// Methods of `Decimal`, with those given.
macro_rules! decimal_methods {
    ($($rest:tt)*) => { $crate::operations::operations!(decimal_rows { $($rest)* }); };
}

macro_rules! decimal_rows {
    (
        unary { $( $(#[$unary_doc:meta])* $unary:ident = $unary_body:expr; )* }
        binary { $( $(#[$binary_doc:meta])* $binary:ident = $binary_body:expr; )* }
        test { $( $(#[$test_doc:meta])* $test:ident = $test_body:expr; )* }
        test_in_context { $( $(#[$in_doc:meta])* $in_context:ident = $in_body:expr; )* }
        rest { $($rest:tt)* }
    ) => {
        #[methods]
        impl Decimal {
            $(
                $(#[$unary_doc])*
                fn $unary(&self, cx: &mut Context, #[named] #[default(None)] context: Option<Value>) -> Result<Owned> {
                    unary(cx, &self.0, context, $unary_body)
                }
            )*
            $(
                $(#[$binary_doc])*
                fn $binary(
                    &self,
                    cx: &mut Context,
                    #[named] other: Value,
                    #[named] #[default(None)] context: Option<Value>,
                ) -> Result<Owned> {
                    let held = crate::context::given_or_current(cx, context)?;
                    let other = converted(cx, other)?;
                    binary(cx, &self.0, &other, Some(held.value()), $binary_body)
                }
            )*
            $(
                $(#[$test_doc])*
                fn $test(&self) -> bool {
                    test(&ENVIRONMENT_DEFAULT, &self.0, $test_body)
                }
            )*
            $(
                $(#[$in_doc])*
                fn $in_context(&self, cx: &mut Context, #[named] #[default(None)] context: Option<Value>) -> Result<bool> {
                    let held = crate::context::given_or_current(cx, context)?;
                    let environment = as_context(held.value()).map_or(ENVIRONMENT_DEFAULT, |context| context.environment());
                    Ok(test(&environment, &self.0, $in_body))
                }
            )*
            $($rest)*
        }
    };
}

/// Methods of `Context`, with those given.
macro_rules! context_methods {
    ($($rest:tt)*) => { $crate::operations::operations!(context_rows { $($rest)* }); };
}

macro_rules! context_rows {
    (
        unary { $( $(#[$unary_doc:meta])* $unary:ident = $unary_body:expr; )* }
        binary { $( $(#[$binary_doc:meta])* $binary:ident = $binary_body:expr; )* }
        test { $( $(#[$test_doc:meta])* $test:ident = $test_body:expr; )* }
        test_in_context { $( $(#[$in_doc:meta])* $in_context:ident = $in_body:expr; )* }
        rest { $($rest:tt)* }
    ) => {
        $crate::operations::context_table! {
            unary {
                $( $(#[$unary_doc])* $unary = $unary_body; )*
                /// The absolute value.
                abs = |e, _, a, s| e.absolute(a, s);
                /// The opposite.
                minus = |e, _, a, s| e.minus(a, s);
                /// The number rounded.
                plus = |e, _, a, s| e.plus(a, s);
                /// The number rounded to one without a fraction.
                to_integral = |e, _, a, s| e.to_integral(a, false, s);
                /// The number rounded to one without a fraction.
                to_integral_value = |e, _, a, s| e.to_integral(a, false, s);
                /// The same; what is lost is signaled.
                to_integral_exact = |e, _, a, s| e.to_integral(a, true, s);
            }
            binary {
                $( $(#[$binary_doc])* $binary = $binary_body; )*
                /// The sum.
                add = |e, _, a, b, s| e.add(a, b, s);
                /// The quotient.
                divide = |e, _, a, b, s| e.divide(a, b, s);
                /// The quotient without its fraction.
                divide_int = |e, _, a, b, s| e.divide_integer(a, b, s);
                /// The product.
                multiply = |e, _, a, b, s| e.multiply(a, b, s);
                /// The first number with the exponent of the second.
                quantize = |e, _, a, b, s| e.quantize(a, b, s);
                /// What a division without fraction leaves.
                remainder = |e, _, a, b, s| e.remainder(a, b, s);
                /// The difference.
                subtract = |e, _, a, b, s| e.subtract(a, b, s);
            }
            test {
                $( $(#[$test_doc])* $test = $test_body; )*
                $( $(#[$in_doc])* $in_context = $in_body; )*
            }
            rest { $($rest)* }
        }
    };
}

macro_rules! context_table {
    (
        unary { $( $(#[$unary_doc:meta])* $unary:ident = $unary_body:expr; )* }
        binary { $( $(#[$binary_doc:meta])* $binary:ident = $binary_body:expr; )* }
        test { $( $(#[$test_doc:meta])* $test:ident = $test_body:expr; )* }
        rest { $($rest:tt)* }
    ) => {
        #[methods]
        impl DecimalContext {
            $(
                $(#[$unary_doc])*
                fn $unary(cx: &mut Context, this: Value, x: Value) -> Result<Owned> {
                    let x = decimal::converted(cx, x)?;
                    decimal::unary(cx, &x, Some(this), $unary_body)
                }
            )*
            $(
                $(#[$binary_doc])*
                fn $binary(cx: &mut Context, this: Value, x: Value, y: Value) -> Result<Owned> {
                    let (x, y) = (decimal::converted(cx, x)?, decimal::converted(cx, y)?);
                    decimal::binary(cx, &x, &y, Some(this), $binary_body)
                }
            )*
            $(
                $(#[$test_doc])*
                fn $test(&self, cx: &mut Context, x: Value) -> Result<bool> {
                    let x = decimal::converted(cx, x)?;
                    Ok(decimal::test(&self.environment.get(), &x, $test_body))
                }
            )*
            $($rest)*
        }
    };
}

pub(crate) use {context_methods, context_rows, context_table, decimal_methods, decimal_rows, operations};
