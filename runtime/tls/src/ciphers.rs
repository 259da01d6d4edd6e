//! Cipher suites by the names that OpenSSL has for them.

use rustls::crypto::ring::ALL_CIPHER_SUITES;
use rustls::{CipherSuite, SupportedCipherSuite};

/// What is known of a suite.
pub struct Cipher {
    suite: CipherSuite,
    pub name: &'static str,
    pub identifier: i64,
    pub is_new: bool,
    pub bits: i64,
    pub key_exchange: &'static str,
    pub authentication: &'static str,
    pub symmetric: &'static str,
    pub digest: Option<&'static str>,
    /// Words of cipher strings that mean this suite among others.
    words: &'static [&'static str],
}

macro_rules! ciphers {
    ($( $suite:ident $name:literal $identifier:literal $new:literal $bits:literal $kx:literal $auth:literal $symmetric:literal
        [$($word:literal)*]; )*) => {
        static CIPHERS: &[Cipher] = &[ $( Cipher {
            suite: CipherSuite::$suite,
            name: $name,
            identifier: $identifier,
            is_new: $new,
            bits: $bits,
            key_exchange: $kx,
            authentication: $auth,
            symmetric: $symmetric,
            digest: None,
            words: &[$($word),*],
        } ),* ];
    };
}

ciphers! {
    TLS13_AES_256_GCM_SHA384 "TLS_AES_256_GCM_SHA384" 0x0300_1302 true 256 "kx-any" "auth-any" "aes-256-gcm" [];
    TLS13_CHACHA20_POLY1305_SHA256 "TLS_CHACHA20_POLY1305_SHA256" 0x0300_1303 true 256 "kx-any" "auth-any"
        "chacha20-poly1305" [];
    TLS13_AES_128_GCM_SHA256 "TLS_AES_128_GCM_SHA256" 0x0300_1301 true 128 "kx-any" "auth-any" "aes-128-gcm" [];
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 "ECDHE-ECDSA-AES256-GCM-SHA384" 0x0300_c02c false 256 "kx-ecdhe" "auth-ecdsa"
        "aes-256-gcm" ["ECDSA" "aECDSA" "AES" "AES256" "AESGCM" "SHA384"];
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 "ECDHE-RSA-AES256-GCM-SHA384" 0x0300_c030 false 256 "kx-ecdhe" "auth-rsa"
        "aes-256-gcm" ["RSA" "aRSA" "AES" "AES256" "AESGCM" "SHA384"];
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 "ECDHE-ECDSA-CHACHA20-POLY1305" 0x0300_cca9 false 256 "kx-ecdhe"
        "auth-ecdsa" "chacha20-poly1305" ["ECDSA" "aECDSA" "CHACHA20" "SHA256"];
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 "ECDHE-RSA-CHACHA20-POLY1305" 0x0300_cca8 false 256 "kx-ecdhe" "auth-rsa"
        "chacha20-poly1305" ["RSA" "aRSA" "CHACHA20" "SHA256"];
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 "ECDHE-ECDSA-AES128-GCM-SHA256" 0x0300_c02b false 128 "kx-ecdhe" "auth-ecdsa"
        "aes-128-gcm" ["ECDSA" "aECDSA" "AES" "AES128" "AESGCM" "SHA256"];
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 "ECDHE-RSA-AES128-GCM-SHA256" 0x0300_c02f false 128 "kx-ecdhe" "auth-rsa"
        "aes-128-gcm" ["RSA" "aRSA" "AES" "AES128" "AESGCM" "SHA256"];
}

/// Words that mean all suites there are, which are all of their kind.
const COMMON: [&str; 12] = [
    "ALL",
    "DEFAULT",
    "HIGH",
    "ECDHE",
    "EECDH",
    "kECDHE",
    "kEECDH",
    "ECDH",
    "TLSv1.2",
    "AEAD",
    "COMPLEMENTOFALL",
    "FIPS",
];

impl Cipher {
    /// The protocol to which the suite belongs.
    pub fn protocol(&self) -> &'static str {
        if self.is_new { "TLSv1.3" } else { "TLSv1.2" }
    }

    /// The suite in words.
    pub fn description(&self) -> String {
        let exchange = self.key_exchange.trim_start_matches("kx-");
        let exchange = if exchange == "ecdhe" { "ECDH" } else { exchange };
        let own = self.authentication.trim_start_matches("auth-");
        let own = if own == "any" { own.to_string() } else { own.to_ascii_uppercase() };
        let symmetric = match self.symmetric {
            "chacha20-poly1305" => "CHACHA20/POLY1305(256)".to_string(),
            _ => format!("AESGCM({})", self.bits),
        };
        let (name, protocol) = (self.name, self.protocol());
        format!("{name:<30} {protocol} Kx={exchange:<8} Au={own:<5} Enc={symmetric:<22} Mac=AEAD")
    }

    /// The suite's number, as rustls has it.
    pub fn suite(&self) -> CipherSuite {
        self.suite
    }

    /// What rustls knows the suite by.
    pub fn supported(&self) -> Option<SupportedCipherSuite> {
        ALL_CIPHER_SUITES.iter().copied().find(|suite| suite.suite() == self.suite)
    }

    fn is_meant_by(&self, word: &str) -> bool {
        self.name == word || !self.is_new && (COMMON.contains(&word) || self.words.contains(&word))
    }
}

/// What is known of a suite, by rustls' name.
pub fn of(suite: CipherSuite) -> Option<&'static Cipher> {
    CIPHERS.iter().find(|cipher| cipher.suite == suite)
}

/// The suites that there are by default, the best first.
pub fn all() -> Vec<&'static Cipher> {
    CIPHERS.iter().collect()
}

/// The suites that a cipher string means, with those of the newest protocol, which it says nothing about. None if it means no
/// suite.
pub fn choose(text: &str) -> Option<Vec<&'static Cipher>> {
    let mut chosen: Vec<&'static Cipher> = Vec::new();
    let mut banned: Vec<&'static str> = Vec::new();
    for item in text.split([':', ',', ' ', ';']).filter(|item| !item.is_empty()) {
        if item.starts_with('@') {
            continue;
        }
        let (sign, words) = match item.split_at(1) {
            (sign @ ("!" | "-" | "+"), words) => (sign, words),
            _ => ("", item),
        };
        let is_meant = |cipher: &&Cipher| words.split('+').all(|word| cipher.is_meant_by(word));
        let meant: Vec<&'static Cipher> = CIPHERS.iter().filter(is_meant).collect();
        match sign {
            "" => {
                for cipher in meant {
                    if !banned.contains(&cipher.name) && chosen.iter().all(|other| other.name != cipher.name) {
                        chosen.push(cipher);
                    }
                }
            }
            "+" => {
                let (later, first) = chosen
                    .iter()
                    .partition::<Vec<&'static Cipher>, _>(|cipher| meant.iter().any(|other| other.name == cipher.name));
                chosen = first;
                chosen.extend(later);
            }
            sign => {
                chosen.retain(|cipher| meant.iter().all(|other| other.name != cipher.name));
                if sign == "!" {
                    banned.extend(meant.iter().map(|cipher| cipher.name));
                }
            }
        }
    }
    if chosen.is_empty() {
        return None;
    }
    let mut all: Vec<&'static Cipher> = CIPHERS.iter().filter(|cipher| cipher.is_new).collect();
    chosen.retain(|cipher| !cipher.is_new);
    all.extend(chosen);
    Some(all)
}
