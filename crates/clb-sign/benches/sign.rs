//! What a signature costs beside the hash compressions that it cannot do without.

#![expect(clippy::unwrap_used, reason = "the fixtures are valid")]

use std::hint::black_box;

use clb_sign::{
    CachingSigner, Credential, SecretId, SecretKey, SignBuffer, Signer, SigningRequest, SigningTime, sign,
};
use criterion::{Criterion, criterion_group, criterion_main};
use sha2::block_api::compress256;

const BODY: &[u8] = br#"{"TaskId":"55c85074-3e7f-4c6d-864f-673660d4f8de"}"#;

fn signatures(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sign");
    let request = SigningRequest::post("clb", "clb.tencentcloudapi.com", "application/json", BODY).unwrap();
    let time = SigningTime::from_unix(1_700_000_000).unwrap();
    let mut buffer = SignBuffer::new();

    for compressions in [7, 21] {
        let blocks = vec![[0x5a; 64]; compressions];
        let mut state = [0x1234_5678; 8];
        group.bench_function(format!("floor: {compressions} compressions"), |bencher| {
            bencher.iter(|| compress256(black_box(&mut state), black_box(&blocks)));
        });
    }
    let mut caching = CachingSigner::new(credential());
    group.bench_function("key kept, text in a buffer", |bencher| {
        bencher.iter(|| {
            caching.sign_into(black_box(&request), black_box(time), &mut buffer).authorization().len()
        });
    });
    let deriving = Signer::new(credential());
    group.bench_function("key derived, text in a buffer", |bencher| {
        bencher.iter(|| {
            deriving.sign_into(black_box(&request), black_box(time), &mut buffer).authorization().len()
        });
    });
    let owner = credential();
    group.bench_function("key derived, text owned", |bencher| {
        bencher.iter(|| sign(black_box(&request), &owner, black_box(time)));
    });
    group.finish();
}

fn credential() -> Credential {
    let id = SecretId::new("AKIDEXAMPLE134701fb523ea275c4742bb57").unwrap();
    Credential::new(id, SecretKey::new("EXAMPLEKEYde126d6be6613ff6b9e40d").unwrap())
}

criterion_group!(benches, signatures);
criterion_main!(benches);
