//! Bytes that come in at one end and go out at the other.

/// A vector of which the first bytes may have gone already. They are given back when nothing is left, or more of them than
/// bytes that are left.
#[derive(Default)]
pub struct Queue {
    bytes: Vec<u8>,
    start: usize,
}

impl Queue {
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    pub fn len(&self) -> usize {
        self.bytes.len() - self.start
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn put(&mut self, new: &[u8]) {
        self.bytes.extend_from_slice(new);
    }

    /// The same; a whole vector takes the place of an empty queue.
    pub fn put_all(&mut self, new: Vec<u8>) {
        match self.is_empty() {
            true => *self = Queue { bytes: new, start: 0 },
            false => self.put(&new),
        }
    }

    /// Goes past bytes at the front.
    pub fn pass(&mut self, count: usize) {
        self.start += count;
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
        } else if self.start > self.bytes.len() / 2 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
    }

    /// Takes up to so many bytes.
    pub fn take(&mut self, most: usize) -> Vec<u8> {
        if self.start == 0 && most >= self.bytes.len() {
            return std::mem::take(&mut self.bytes);
        }
        let count = most.min(self.len());
        let taken = self.as_slice()[..count].to_vec();
        self.pass(count);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_go_out_in_the_order_in_which_they_came() {
        let mut queue = Queue::default();
        queue.put(b"abcdef");
        assert_eq!(queue.take(2), b"ab");
        queue.put_all(b"gh".to_vec());
        queue.pass(3);
        assert_eq!((queue.as_slice(), queue.len()), (&b"fgh"[..], 3));
        assert_eq!(queue.take(usize::MAX), b"fgh");
        assert!(queue.is_empty() && queue.take(1).is_empty());
        queue.put_all(b"ij".to_vec());
        assert_eq!(queue.take(1), b"i");
    }
}
