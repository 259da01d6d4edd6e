//! "Did you mean": the known name that is closest to a wrong one.

/// More candidates than this are not compared.
const CANDIDATES_MAX: usize = 750;
/// Longer names are not compared.
const NAME_LENGTH_MAX: usize = 40;
/// The cost of exchanging, inserting or deleting a letter, and of changing its case.
const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;

/// The candidate closest to `wrong`, if any is close enough.
pub fn closest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    if candidates.len() > CANDIDATES_MAX || wrong.chars().count() > NAME_LENGTH_MAX {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.into_iter().filter(|candidate| *candidate != wrong) {
        // A third of the letters may have to be changed.
        let bound = (wrong.chars().count() + candidate.chars().count() + 3) * MOVE_COST / 6;
        let bound = best.map_or(bound, |(distance, _)| bound.min(distance - 1));
        let distance = edit_distance(wrong, candidate);
        if distance <= bound && best.is_none_or(|(known, _)| distance < known) {
            best = Some((distance, candidate));
        }
        if best.is_some_and(|(distance, _)| distance == 0) {
            break;
        }
    }
    best.map(|(_, name)| name)
}

/// The sentence about the closest candidate that ends a message; empty if none is close enough.
pub fn sentence<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    closest(wrong, candidates).map_or_else(String::new, |found| format!(". Did you mean '{found}'?"))
}

fn substitution_cost(a: char, b: char) -> usize {
    if a == b {
        0
    } else if a.to_lowercase().eq(b.to_lowercase()) {
        CASE_COST
    } else {
        MOVE_COST
    }
}

/// The weighted Levenshtein distance.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).map(|count| count * MOVE_COST).collect();
    for (i, own) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (i + 1) * MOVE_COST;
        for (j, other) in b.iter().enumerate() {
            let substituted = diagonal + substitution_cost(*own, *other);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j].min(diagonal) + MOVE_COST);
        }
    }
    row[b.len()]
}
