//! The generator MT19937 of Matsumoto and Nishimura (1998): 624 words of state, from which every word of output is
//! mixed by tempering.

/// Words of a state.
pub const STATE_WORDS: usize = 624;
/// How far the word that is mixed in stands from the one that changes.
const DISTANCE: usize = 397;
const TWIST: u32 = 0x9908_b0df;

/// The state of a generator. The default is that of one which was never seeded: nothing but zeros.
pub struct Twister {
    words: [u32; STATE_WORDS],
    /// The next word to be given out; at the end, all words change first.
    position: usize,
}

impl Default for Twister {
    fn default() -> Twister {
        Twister { words: [0; STATE_WORDS], position: 0 }
    }
}

impl Twister {
    pub fn state(&self) -> &[u32; STATE_WORDS] {
        &self.words
    }

    pub fn position(&self) -> usize {
        self.position
    }

    /// Takes over a state; the position is not above the number of words.
    pub fn set_state(&mut self, words: [u32; STATE_WORDS], position: usize) {
        debug_assert!(position <= STATE_WORDS);
        (self.words, self.position) = (words, position);
    }

    /// Starts from a single word.
    fn seed_word(&mut self, seed: u32) {
        let mut word = seed;
        self.words[0] = word;
        for (index, place) in self.words.iter_mut().enumerate().skip(1) {
            word = (word ^ word >> 30).wrapping_mul(1_812_433_253).wrapping_add(index as u32);
            *place = word;
        }
        self.position = STATE_WORDS;
    }

    /// Starts from a key of any number of words, but at least one.
    pub fn seed(&mut self, key: &[u32]) {
        self.seed_word(19_650_218);
        let mut index = 1;
        let mut key_index = 0;
        for _ in 0..STATE_WORDS.max(key.len()) {
            let mixed = self.mixed_before(index, 1_664_525);
            self.words[index] = mixed.wrapping_add(key[key_index]).wrapping_add(key_index as u32);
            index = self.advance(index);
            key_index = (key_index + 1) % key.len();
        }
        for _ in 0..STATE_WORDS - 1 {
            self.words[index] = self.mixed_before(index, 1_566_083_941).wrapping_sub(index as u32);
            index = self.advance(index);
        }
        // Whatever the key is, the state is not all zeros.
        self.words[0] = 1 << 31;
    }

    /// A word changed by the one before it.
    fn mixed_before(&self, index: usize, factor: u32) -> u32 {
        let before = self.words[index - 1];
        self.words[index] ^ (before ^ before >> 30).wrapping_mul(factor)
    }

    /// The index of the next word while a key is mixed in: the first word is that of the last round then.
    fn advance(&mut self, index: usize) -> usize {
        if index + 1 < STATE_WORDS {
            return index + 1;
        }
        self.words[0] = self.words[STATE_WORDS - 1];
        1
    }

    /// Changes all words.
    #[cold]
    fn twist(&mut self) {
        let mixed = |high: u32, low: u32, other: u32| {
            let joined = high & 0x8000_0000 | low & 0x7fff_ffff;
            other ^ joined >> 1 ^ if joined & 1 == 1 { TWIST } else { 0 }
        };
        let words = &mut self.words;
        for index in 0..STATE_WORDS - DISTANCE {
            words[index] = mixed(words[index], words[index + 1], words[index + DISTANCE]);
        }
        for index in STATE_WORDS - DISTANCE..STATE_WORDS - 1 {
            words[index] = mixed(words[index], words[index + 1], words[index + DISTANCE - STATE_WORDS]);
        }
        words[STATE_WORDS - 1] = mixed(words[STATE_WORDS - 1], words[0], words[DISTANCE - 1]);
        self.position = 0;
    }

    /// The next word.
    #[inline]
    pub fn next_word(&mut self) -> u32 {
        if self.position >= STATE_WORDS {
            self.twist();
        }
        let mut word = self.words[self.position];
        self.position += 1;
        word ^= word >> 11;
        word ^= word << 7 & 0x9d2c_5680;
        word ^= word << 15 & 0xefc6_0000;
        word ^ word >> 18
    }

    /// The next number from zero up to one, of 53 bits.
    #[inline]
    pub fn next_float(&mut self) -> f64 {
        let (high, low) = (self.next_word() >> 5, self.next_word() >> 6);
        (high as f64 * 67_108_864.0 + low as f64) * (1.0 / 9_007_199_254_740_992.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authors_example_comes_out() {
        let mut twister = Twister::default();
        twister.seed(&[0x123, 0x234, 0x345, 0x456]);
        let words: Vec<u32> = (0..5).map(|_| twister.next_word()).collect();
        assert_eq!(words, [1067595299, 955945823, 477289528, 4107218783, 4228976476]);
    }

    #[test]
    fn a_state_that_was_kept_goes_on_alike() {
        let mut twister = Twister::default();
        twister.seed(&[7]);
        for _ in 0..1000 {
            twister.next_word();
        }
        let (words, position) = (*twister.state(), twister.position());
        let expected: Vec<u32> = (0..1000).map(|_| twister.next_word()).collect();
        twister.set_state(words, position);
        assert_eq!((0..1000).map(|_| twister.next_word()).collect::<Vec<u32>>(), expected);
    }
}
