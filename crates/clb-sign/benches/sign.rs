//! What a signature costs beside the hash compressions that it cannot do without.
//!
//! The request is a poll of a task: 49 bytes of body, `content-type;host` signed. With the signing key cached it
//! takes 7 compressions (body 1, canonical request 3, HMAC 3), with the key derived 21. The peer is the same signature as
//! most programs write it, with `format!` and the `hmac` crate: `tencentcloud-sdk` 0.2.1 does so, but its signer is private
//! and cannot be called.

#![expect(clippy::unwrap_used, reason = "the fixtures are valid")]

use std::hint::black_box;

use clb_sign::{CachingSigner, Credential, SecretId, SecretKey, SignableRequest, SigningTime, sign};
use criterion::Criterion;
use hmac::{Hmac, KeyInit, Mac};
use sha2::block_api::compress256;
use sha2::{Digest, Sha256};

const ID: &str = "AKIDEXAMPLE134701fb523ea275c4742bb57";
const KEY: &str = "EXAMPLEKEYde126d6be6613ff6b9e40d";
const HOST: &str = "clb.tencentcloudapi.com";
const JSON: &str = "application/json";
const BODY: &[u8] = br#"{"TaskId":"55c85074-3e7f-4c6d-864f-673660d4f8de"}"#;
const TIME: u64 = 1_700_000_000;
const DATE: &str = "2023-11-14";

fn main() {
    let mut subjects = subjects();
    let mut criterion = Criterion::default().configure_from_args();
    for (name, subject) in &mut subjects {
        criterion.bench_function(name, |bencher| bencher.iter(&mut *subject));
    }
    criterion.final_summary();
    ratios(&mut subjects);
}

type Subject = (&'static str, Box<dyn FnMut()>);

/// In the order in which [`ratios`] takes them.
fn subjects() -> [Subject; 5] {
    assert_eq!(sign(&request(), &credential(), time(0)).authorization(), plain());
    [
        ("7 compressions", floor::<7>()),
        ("CachingSigner::sign", cached()),
        ("21 compressions", floor::<21>()),
        ("sign", derived()),
        ("peer: hmac and format!", Box::new(|| drop(black_box(plain())))),
    ]
}

fn floor<const COMPRESSIONS: usize>() -> Box<dyn FnMut()> {
    let (mut state, blocks) = ([0x6a09_e667; 8], [[0x5a; 64]; COMPRESSIONS]);
    Box::new(move || compress256(black_box(&mut state), black_box(&blocks)))
}

/// A second lies between two requests of one hour.
fn cached() -> Box<dyn FnMut()> {
    let (signer, request) = (CachingSigner::new(credential()), request());
    let mut seconds = 0;
    Box::new(move || {
        seconds = (seconds + 1) % 3600;
        drop(black_box(signer.sign(black_box(&request), black_box(time(seconds)))));
    })
}

fn derived() -> Box<dyn FnMut()> {
    let (credential, request) = (credential(), request());
    Box::new(move || drop(black_box(sign(black_box(&request), &credential, black_box(time(0))))))
}

fn request() -> SignableRequest<'static> {
    SignableRequest::post("clb", HOST, JSON, BODY).unwrap()
}

fn time(seconds: u64) -> SigningTime {
    SigningTime::from_unix(TIME + seconds).unwrap()
}

fn credential() -> Credential {
    Credential::new(SecretId::new(ID).unwrap(), SecretKey::new(KEY).unwrap())
}

/// The same signature in the usual way.
fn plain() -> String {
    let (date, body) = (black_box(DATE), hex(&Sha256::digest(black_box(BODY))));
    let canonical = format!("POST\n/\n\ncontent-type:{JSON}\nhost:{HOST}\n\ncontent-type;host\n{body}");
    let scope = format!("{date}/clb/tc3_request");
    let string_to_sign = format!("TC3-HMAC-SHA256\n{TIME}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let key = [date, "clb", "tc3_request"]
        .iter()
        .fold(format!("TC3{KEY}").into_bytes(), |key, message| mac(&key, message));
    let signature = hex(&mac(&key, &string_to_sign));
    format!("TC3-HMAC-SHA256 Credential={ID}/{scope}, SignedHeaders=content-type;host, Signature={signature}")
}

fn mac(key: &[u8], message: &str) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(message).finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Measures in turn and for a moment each, so that what else the machine does falls on all alike or on few, and prints the
/// medians of the ratios between their quartiles.
fn ratios(subjects: &mut [Subject; 5]) {
    const ROUNDS: usize = 400;
    let rounds: Vec<[f64; 5]> =
        (0..ROUNDS).map(|_| subjects.each_mut().map(|(_, subject)| seconds(subject))).collect();
    for (subject, floor) in [(1, 0), (3, 2), (4, 2)] {
        let mut ratios: Vec<_> = rounds.iter().map(|round| round[subject] / round[floor]).collect();
        ratios.sort_by(f64::total_cmp);
        let [lower, median, upper] =
            [ROUNDS / 4, ROUNDS / 2, ROUNDS * 3 / 4].map(|position| ratios[position]);
        eprintln!("{:32} {median:.2} x {} [{lower:.2}, {upper:.2}]", subjects[subject].0, subjects[floor].0);
    }
}

#[expect(clippy::disallowed_methods, reason = "measures real time, and no test pauses it")]
fn seconds(subject: &mut dyn FnMut()) -> f64 {
    let start = std::time::Instant::now();
    (0..500).for_each(|_| subject());
    start.elapsed().as_secs_f64()
}
