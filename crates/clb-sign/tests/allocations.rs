//! A signature allocates once: time differs from machine to machine, this does not.

use std::alloc::System;

use clb_sign::{CachingSigner, Credential, SecretId, SecretKey, SignableRequest, SigningTime, sign};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The only test of this file: others would allocate in between.
#[test]
fn a_signature_takes_one_allocation_and_a_derived_key_one_more() {
    let credential =
        Credential::new(SecretId::new("AKIDEXAMPLE").unwrap(), SecretKey::new("EXAMPLEKEY").unwrap());
    let body = br#"{"TaskId":"55c85074-3e7f-4c6d-864f-673660d4f8de"}"#;
    let request = SignableRequest::post("clb", "clb.tencentcloudapi.com", "application/json", body).unwrap();
    let time = SigningTime::from_unix(1_700_000_000).unwrap();
    let signer = CachingSigner::new(credential.clone());
    signer.sign(&request, time); // derives the key

    assert_eq!(allocations(|| drop(signer.sign(&request, time))), 1);
    assert_eq!(allocations(|| drop(sign(&request, &credential, time))), 2);
}

/// Growing counts, too.
fn allocations(run: impl FnOnce()) -> usize {
    let region = Region::new(ALLOCATOR);
    run();
    let change = region.change();
    change.allocations + change.reallocations
}
