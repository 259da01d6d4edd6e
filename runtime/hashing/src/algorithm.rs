//! The algorithms: one row each, and what all of them can do.

use digest::{ExtendableOutput, FixedOutput, Update, XofReader};

/// A digest that is being computed.
pub trait Engine: Send {
    fn update(&mut self, data: &[u8]);

    /// The digest of what came so far. It is as long as the algorithm says, or as long as wanted.
    fn finish(&self, output: &mut [u8]);

    fn copy(&self) -> Box<dyn Engine>;
}

/// An algorithm whose digests have one length.
#[derive(Clone, Default)]
pub struct Fixed<D>(D);

impl<D: FixedOutput + Update + Clone + Send + 'static> Engine for Fixed<D> {
    fn update(&mut self, data: &[u8]) {
        Update::update(&mut self.0, data);
    }

    fn finish(&self, output: &mut [u8]) {
        output.copy_from_slice(&self.0.clone().finalize_fixed());
    }

    fn copy(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }
}

/// An algorithm whose digests are as long as wanted.
#[derive(Clone, Default)]
pub struct Extendable<D>(D);

impl<D: ExtendableOutput + Update + Clone + Send + 'static> Engine for Extendable<D> {
    fn update(&mut self, data: &[u8]) {
        Update::update(&mut self.0, data);
    }

    fn finish(&self, output: &mut [u8]) {
        self.0.clone().finalize_xof().read(output);
    }

    fn copy(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }
}

macro_rules! blake_engines {
    ($( $state:ty ),*) => { $(
        impl Engine for $state {
            fn update(&mut self, data: &[u8]) {
                <$state>::update(self, data);
            }

            fn finish(&self, output: &mut [u8]) {
                output.copy_from_slice(self.finalize().as_bytes());
            }

            fn copy(&self) -> Box<dyn Engine> {
                Box::new(self.clone())
            }
        }
    )* };
}

blake_engines!(blake2b_simd::State, blake2s_simd::State);

/// A key to be derived from a password (PBKDF2 of RFC 8018 with HMAC).
#[derive(Clone, Copy)]
pub struct Derivation<'a> {
    pub password: &'a [u8],
    pub salt: &'a [u8],
    pub iterations: u64,
}

/// What is known of an algorithm.
pub struct Algorithm {
    pub name: &'static str,
    /// Other names that OpenSSL knows it by, in small letters.
    pub aliases: &'static [&'static str],
    /// Bytes that it takes in at a time.
    pub block_size: usize,
    /// Bytes of its digests; none if they are as long as wanted.
    pub digest_size: usize,
    pub make: fn() -> Box<dyn Engine>,
    /// Fills the output with a derived key.
    pub derive: fn(&Algorithm, Derivation<'_>, &mut [u8]),
}

impl Algorithm {
    /// Whether digests are as long as wanted.
    pub fn is_extendable(&self) -> bool {
        self.digest_size == 0
    }
}

macro_rules! algorithms {
    ($( $(#[$documentation:meta])* $row:ident: $name:literal $aliases:expr, $block:literal, $digest:literal, $engine:expr; )*) => {
        $(
            $(#[$documentation])*
            pub static $row: Algorithm = Algorithm {
                name: $name,
                aliases: &$aliases,
                block_size: $block,
                digest_size: $digest,
                make: || Box::new($engine),
                derive: |algorithm, derivation, output| derive(algorithm, &$engine, derivation, output),
            };
        )*

        /// All of them.
        pub static ALGORITHMS: &[&Algorithm] = &[$( &$row ),*];
    };
}

algorithms! {
    /// RFC 1321.
    MD5: "md5" ["ssl3-md5"], 64, 16, Fixed::<md5::Md5>::default();
    /// FIPS 180-4, as the rows to `SHA512_256`.
    SHA1: "sha1" ["sha-1", "ssl3-sha1"], 64, 20, Fixed::<sha1::Sha1>::default();
    /// The second version with 32-bit words, cut to 224 bits.
    SHA224: "sha224" ["sha2-224", "sha-224"], 64, 28, Fixed::<sha2::Sha224>::default();
    /// The second version with 32-bit words.
    SHA256: "sha256" ["sha2-256", "sha-256"], 64, 32, Fixed::<sha2::Sha256>::default();
    /// The second version with 64-bit words, cut to 384 bits.
    SHA384: "sha384" ["sha2-384", "sha-384"], 128, 48, Fixed::<sha2::Sha384>::default();
    /// The second version with 64-bit words.
    SHA512: "sha512" ["sha2-512", "sha-512"], 128, 64, Fixed::<sha2::Sha512>::default();
    /// The second version with 64-bit words and other constants, cut to 224 bits.
    SHA512_224: "sha512_224" ["sha512-224", "sha512/224", "sha2-512/224", "sha-512/224"], 128, 28,
        Fixed::<sha2::Sha512_224>::default();
    /// The second version with 64-bit words and other constants, cut to 256 bits.
    SHA512_256: "sha512_256" ["sha512-256", "sha512/256", "sha2-512/256", "sha-512/256"], 128, 32,
        Fixed::<sha2::Sha512_256>::default();
    /// FIPS 202, as the rows to `SHAKE_256`.
    SHA3_224: "sha3_224" ["sha3-224"], 144, 28, Fixed::<sha3::Sha3_224>::default();
    /// The third version, 256 bits.
    SHA3_256: "sha3_256" ["sha3-256"], 136, 32, Fixed::<sha3::Sha3_256>::default();
    /// The third version, 384 bits.
    SHA3_384: "sha3_384" ["sha3-384"], 104, 48, Fixed::<sha3::Sha3_384>::default();
    /// The third version, 512 bits.
    SHA3_512: "sha3_512" ["sha3-512"], 72, 64, Fixed::<sha3::Sha3_512>::default();
    /// As many bits as wanted, as strong as 128 bits are.
    SHAKE_128: "shake_128" ["shake128", "shake-128"], 168, 0, Extendable::<shake::Shake128>::default();
    /// As many bits as wanted, as strong as 256 bits are.
    SHAKE_256: "shake_256" ["shake256", "shake-256"], 136, 0, Extendable::<shake::Shake256>::default();
    /// RFC 7693 with 64-bit words.
    BLAKE2B: "blake2b" ["blake2b512", "blake2b-512"], 128, 64, blake2b_simd::State::new();
    /// RFC 7693 with 32-bit words.
    BLAKE2S: "blake2s" ["blake2s256", "blake2s-256"], 64, 32, blake2s_simd::State::new();
}

/// The two engines of an HMAC with a key (RFC 2104): both have been given a block that is made of the key.
pub fn keyed<E: Engine + Clone>(algorithm: &Algorithm, start: &E, key: &[u8]) -> (E, E) {
    let (mut inner, mut outer) = (start.clone(), start.clone());
    let (first, second) = pads(algorithm, key, |key, output| {
        let mut engine = start.clone();
        engine.update(key);
        engine.finish(output);
    });
    inner.update(&first);
    outer.update(&second);
    (inner, outer)
}

/// The blocks that an HMAC's engines start with; `digest` shortens a key that is longer than a block.
pub fn pads(algorithm: &Algorithm, key: &[u8], digest: impl FnOnce(&[u8], &mut [u8])) -> (Vec<u8>, Vec<u8>) {
    let mut block = vec![0; algorithm.block_size];
    match block.get_mut(..key.len()) {
        Some(start) => start.copy_from_slice(key),
        None => digest(key, &mut block[..algorithm.digest_size]),
    }
    let masked = |mask: u8| block.iter().map(|byte| byte ^ mask).collect();
    (masked(0x36), masked(0x5C))
}

fn derive<E: Engine + Clone>(algorithm: &Algorithm, start: &E, derivation: Derivation<'_>, output: &mut [u8]) {
    let Derivation { password, salt, iterations } = derivation;
    let (inner, outer) = keyed(algorithm, start, password);
    let mut block = vec![0; algorithm.digest_size];
    let mut sum = block.clone();
    for (index, part) in output.chunks_mut(algorithm.digest_size).enumerate() {
        let mut engine = inner.clone();
        engine.update(salt);
        engine.update(&(index as u32 + 1).to_be_bytes());
        for round in 0..iterations {
            if round > 0 {
                engine = inner.clone();
                engine.update(&block);
            }
            engine.finish(&mut block);
            let mut outer = outer.clone();
            outer.update(&block);
            outer.finish(&mut block);
            match round {
                0 => sum.copy_from_slice(&block),
                _ => sum.iter_mut().zip(&block).for_each(|(sum, byte)| *sum ^= byte),
            }
        }
        part.copy_from_slice(&sum[..part.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_say_what_engines_do() {
        for algorithm in ALGORITHMS {
            let mut output = vec![0; algorithm.digest_size.max(1)];
            let mut engine = (algorithm.make)();
            engine.update(b"abc");
            engine.copy().finish(&mut output);
            let mut again = vec![0; output.len()];
            engine.finish(&mut again);
            assert_eq!(output, again, "{}", algorithm.name);
        }
    }
}
