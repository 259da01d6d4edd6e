//! Results of complex functions where an argument's part is infinite or NaN: as Annex G of C99 has them, and CPython.
//!
//! Rows are the real part's kinds, columns the imaginary part's, in the order of `Kind`.

use sidewinder_runtime::objects::float::complex::Complex;
use std::f64::consts::PI;

/// What matters of a float here.
#[derive(Clone, Copy)]
enum Kind {
    MinusInfinity,
    Negative,
    MinusZero,
    Zero,
    Positive,
    Infinity,
    Nan,
}

impl Kind {
    fn of(x: f64) -> Kind {
        match (x.is_nan(), x.is_infinite(), x == 0.0, x.is_sign_negative()) {
            (true, ..) => Kind::Nan,
            (_, true, _, true) => Kind::MinusInfinity,
            (_, true, _, false) => Kind::Infinity,
            (_, _, true, true) => Kind::MinusZero,
            (_, _, true, false) => Kind::Zero,
            (.., true) => Kind::Negative,
            (.., false) => Kind::Positive,
        }
    }
}

/// The results of a function.
pub type Table = [[(f64, f64); 7]; 7];

/// What the table says about two parts of which one is not finite.
pub fn look_up(table: &Table, real: f64, imaginary: f64) -> Complex {
    debug_assert!(!real.is_finite() || !imaginary.is_finite());
    let (real, imaginary) = table[Kind::of(real) as usize][Kind::of(imaginary) as usize];
    Complex { real, imaginary }
}

const I: f64 = f64::INFINITY;
const N: f64 = f64::NAN;
const Z: f64 = 0.0;
const P: f64 = PI;
const P12: f64 = PI / 2.0;
const P14: f64 = PI / 4.0;
const P34: f64 = PI * 0.75;
/// For parts that the function itself sees to, or that are outside its domain.
const U: (f64, f64) = (N, N);

#[rustfmt::skip]
pub static ACOS: Table = [
    [(P34, I), (P, I), (P, I), (P, -I), (P, -I), (P34, -I), (N, I)],
    [(P12, I), U, U, U, U, (P12, -I), (N, N)],
    [(P12, I), U, U, U, U, (P12, -I), (P12, N)],
    [(P12, I), U, U, U, U, (P12, -I), (P12, N)],
    [(P12, I), U, U, U, U, (P12, -I), (N, N)],
    [(P14, I), (Z, I), (Z, I), (Z, -I), (Z, -I), (P14, -I), (N, I)],
    [(N, I), (N, N), (N, N), (N, N), (N, N), (N, -I), (N, N)],
];

#[rustfmt::skip]
pub static ACOSH: Table = [
    [(I, -P34), (I, -P), (I, -P), (I, P), (I, P), (I, P34), (I, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, P12)],
    [(I, -P12), U, U, U, U, (I, P12), (N, P12)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P14), (I, -Z), (I, -Z), (I, Z), (I, Z), (I, P14), (I, N)],
    [(I, N), (N, N), (N, N), (N, N), (N, N), (I, N), (N, N)],
];

#[rustfmt::skip]
pub static ASINH: Table = [
    [(-I, -P14), (-I, -Z), (-I, -Z), (-I, Z), (-I, Z), (-I, P14), (-I, N)],
    [(-I, -P12), U, U, U, U, (-I, P12), (N, N)],
    [(-I, -P12), U, U, U, U, (-I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P14), (I, -Z), (I, -Z), (I, Z), (I, Z), (I, P14), (I, N)],
    [(I, N), (N, N), (N, -Z), (N, Z), (N, N), (I, N), (N, N)],
];

#[rustfmt::skip]
pub static ATANH: Table = [
    [(-Z, -P12), (-Z, -P12), (-Z, -P12), (-Z, P12), (-Z, P12), (-Z, P12), (-Z, N)],
    [(-Z, -P12), U, U, U, U, (-Z, P12), (N, N)],
    [(-Z, -P12), U, U, U, U, (-Z, P12), (-Z, N)],
    [(Z, -P12), U, U, U, U, (Z, P12), (Z, N)],
    [(Z, -P12), U, U, U, U, (Z, P12), (N, N)],
    [(Z, -P12), (Z, -P12), (Z, -P12), (Z, P12), (Z, P12), (Z, P12), (Z, N)],
    [(Z, -P12), (N, N), (N, N), (N, N), (N, N), (Z, P12), (N, N)],
];

#[rustfmt::skip]
pub static COSH: Table = [
    [U, U, (I, Z), (I, -Z), U, U, (I, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (N, Z)],
    [U, U, U, U, U, U, (N, Z)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, (I, -Z), (I, Z), U, U, (I, N)],
    [(N, N), (N, N), (N, Z), (N, Z), (N, N), (N, N), (N, N)],
];

#[rustfmt::skip]
pub static EXP: Table = [
    [(Z, Z), U, (Z, -Z), (Z, Z), U, (Z, Z), (Z, Z)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, (I, -Z), (I, Z), U, U, (I, N)],
    [(N, N), (N, N), (N, -Z), (N, Z), (N, N), (N, N), (N, N)],
];

#[rustfmt::skip]
pub static LOG: Table = [
    [(I, -P34), (I, -P), (I, -P), (I, P), (I, P), (I, P34), (I, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P14), (I, -Z), (I, -Z), (I, Z), (I, Z), (I, P14), (I, N)],
    [(I, N), (N, N), (N, N), (N, N), (N, N), (I, N), (N, N)],
];

#[rustfmt::skip]
pub static SINH: Table = [
    [U, U, (-I, -Z), (-I, Z), U, U, (I, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (Z, N)],
    [U, U, U, U, U, U, (Z, N)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, (I, -Z), (I, Z), U, U, (I, N)],
    [(N, N), (N, N), (N, -Z), (N, Z), (N, N), (N, N), (N, N)],
];

#[rustfmt::skip]
pub static SQRT: Table = [
    [(I, -I), (Z, -I), (Z, -I), (Z, I), (Z, I), (I, I), (N, I)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), (I, -Z), (I, -Z), (I, Z), (I, Z), (I, I), (I, N)],
    [(I, -I), (N, N), (N, N), (N, N), (N, N), (I, I), (N, N)],
];

#[rustfmt::skip]
pub static TANH: Table = [
    [(-1.0, Z), U, (-1.0, -Z), (-1.0, Z), U, (-1.0, Z), (-1.0, Z)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, U, U, U, U, (-Z, N)],
    [U, U, U, U, U, U, (Z, N)],
    [U, U, U, U, U, U, (N, N)],
    [(1.0, Z), U, (1.0, -Z), (1.0, Z), U, (1.0, Z), (1.0, Z)],
    [(N, N), (N, N), (N, -Z), (N, Z), (N, N), (N, N), (N, N)],
];

#[rustfmt::skip]
pub static RECT: Table = [
    [U, U, (-I, Z), (-I, -Z), U, U, (I, N)],
    [U, U, U, U, U, U, (N, N)],
    [(Z, Z), U, U, U, U, (Z, Z), (Z, Z)],
    [(Z, Z), U, U, U, U, (Z, Z), (Z, Z)],
    [U, U, U, U, U, U, (N, N)],
    [U, U, (I, -Z), (I, Z), U, U, (I, N)],
    [(N, N), (N, N), (N, Z), (N, Z), (N, N), (N, N), (N, N)],
];
