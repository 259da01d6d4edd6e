//! Medians, ratios and geometric means: the arithmetic of comparing, and nothing else.

/// The middle value, or the mean of the two middle ones; none of an empty slice.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        length if length % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

/// The median once a JIT has had the first half of the iterations to warm up in.
pub fn median_of_last_half(values: &[f64]) -> Option<f64> {
    median(&values[values.len() / 2..])
}

/// How many times the subject fits into the peer: above 1, the subject is the better one.
pub fn ratio(subject: f64, peer: f64) -> Option<f64> {
    (subject > 0.0 && peer > 0.0).then(|| peer / subject)
}

/// The mean of ratios that does not depend on which side is the divisor.
pub fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    if ratios.is_empty() {
        return None;
    }
    let logarithms: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    Some((logarithms / ratios.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_takes_the_middle_whatever_the_order() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7.0]), Some(7.0));
        assert_eq!(median(&[9.0, 1.0, 5.0]), Some(5.0));
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[1.0, 1.0, 1000.0]), Some(1.0));
    }

    #[test]
    fn last_half_leaves_the_warm_up_out() {
        assert_eq!(median_of_last_half(&[]), None);
        assert_eq!(median_of_last_half(&[3.0]), Some(3.0));
        assert_eq!(median_of_last_half(&[100.0, 50.0, 2.0, 4.0]), Some(3.0));
        // Of an odd number, the larger half counts.
        assert_eq!(median_of_last_half(&[100.0, 5.0, 1.0]), Some(3.0));
    }

    #[test]
    fn ratio_above_one_means_the_subject_is_faster() {
        assert_eq!(ratio(2.0, 6.0), Some(3.0));
        assert_eq!(ratio(6.0, 3.0), Some(0.5));
        assert_eq!(ratio(0.0, 3.0), None);
        assert_eq!(ratio(3.0, 0.0), None);
    }

    #[test]
    fn geometric_mean_balances_a_gain_and_its_inverse() {
        assert_eq!(geometric_mean(&[]), None);
        let close = |left: f64, right: f64| (left - right).abs() < 1e-12;
        assert!(close(geometric_mean(&[4.0, 0.25]).unwrap(), 1.0));
        assert!(close(geometric_mean(&[2.0, 8.0]).unwrap(), 4.0));
        assert!(close(geometric_mean(&[1.7]).unwrap(), 1.7));
    }
}
