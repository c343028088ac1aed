//! Signing into a buffer allocates nothing after its first use. Alone in its file, because it counts for the process.

use std::alloc::System;

use clb_sign::{
    CachingSigner, Credential, SecretId, SecretKey, SecurityToken, SignBuffer, SignableRequest, Signer,
    SigningTime,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn signing_into_a_used_buffer_allocates_nothing() {
    let credential =
        Credential::new(SecretId::new("AKIDEXAMPLE").unwrap(), SecretKey::new("k".repeat(100)).unwrap());
    let credential = credential.with_token(SecurityToken::new("token").unwrap());
    let long = vec![b'x'; 100_000];
    let requests = [
        SignableRequest::post("clb", "clb.tencentcloudapi.com", "application/json", b"{}").unwrap(),
        SignableRequest::post("clb", "[::1]:8080", "application/octet-stream", &long)
            .unwrap()
            .with_header("x-a", "b")
            .unwrap(),
        SignableRequest::get("clb", "clb.tencentcloudapi.com", "Limit=1").unwrap().with_unsigned_payload(),
    ];
    let (signer, mut caching, mut buffer) =
        (Signer::new(credential.clone()), CachingSigner::new(credential), SignBuffer::new());
    let mut sign_all = |seconds| {
        let time = SigningTime::from_unix(seconds).unwrap();
        let key = signer.signing_key(time.date(), "clb");
        let region = Region::new(ALLOCATOR);
        for request in &requests {
            assert_eq!(
                signer.sign_into(request, time, &mut buffer).iter().count(),
                3 + usize::from(request.is_payload_unsigned())
            );
            signer.sign_with(&key, request, time, &mut buffer).unwrap();
            caching.sign_into(request, time, &mut buffer);
        }
        region.change()
    };
    assert!(sign_all(1_700_000_000).allocations > 0);
    let again = sign_all(1_700_000_001);
    assert_eq!((again.allocations, again.reallocations, again.deallocations), (0, 0, 0));
}
