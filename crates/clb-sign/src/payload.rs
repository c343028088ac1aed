use std::fmt;

use crate::hash::sha256;

/// What the payload hash is made of when the body is not signed, and the value of the header that says so.
pub(crate) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The body of a request, as far as signing needs it.
///
/// ```
/// use clb_sign::{Payload, SignableRequest};
///
/// let in_memory = SignableRequest::post("clb", "clb.tencentcloudapi.com", "application/json", b"{}")?;
/// let sha256 = [0x44, 0x13, 0x6f, 0xa3, 0x55, 0xb3, 0x67, 0x8a, 0x11, 0x46, 0xad, 0x16, 0xf7, 0xe8, 0x64, 0x9e,
///     0x94, 0xfb, 0x4f, 0xc2, 0x1f, 0xe7, 0x7e, 0x83, 0x10, 0xc0, 0x60, 0xf6, 0x1c, 0xaa, 0xff, 0x8a];
/// let streamed =
///     SignableRequest::post("clb", "clb.tencentcloudapi.com", "application/json", Payload::Sha256(sha256))?;
/// # use clb_sign::CanonicalRequest;
/// assert_eq!(CanonicalRequest::new(&in_memory), CanonicalRequest::new(&streamed));
/// # Ok::<(), clb_sign::InvalidRequestError>(())
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Payload<'a> {
    /// The bytes that are sent.
    Bytes(&'a [u8]),
    /// Their SHA-256, for a body that is streamed or was hashed before.
    Sha256([u8; 32]),
    /// The body is left out of the signature; a header then says so. The SDKs do this only if told to.
    Unsigned,
}

impl Payload<'_> {
    pub(crate) fn hash(&self) -> [u8; 32] {
        match self {
            Self::Bytes(bytes) => sha256(bytes),
            Self::Sha256(digest) => *digest,
            Self::Unsigned => sha256(UNSIGNED_PAYLOAD.as_bytes()),
        }
    }
}

impl fmt::Debug for Payload<'_> {
    /// Without the bytes, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bytes(_) => "Bytes",
            Self::Sha256(_) => "Sha256",
            Self::Unsigned => "Unsigned",
        })
    }
}

/// Anything that is bytes: `&[u8]`, `&str`, `&String`, `&Vec<u8>`, `&bytes::Bytes`.
impl<'a, B: AsRef<[u8]> + ?Sized> From<&'a B> for Payload<'a> {
    fn from(bytes: &'a B) -> Self {
        Self::Bytes(bytes.as_ref())
    }
}
