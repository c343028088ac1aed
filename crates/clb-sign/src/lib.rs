//! Request signing for Tencent Cloud API 3.0: TC3-HMAC-SHA256, without IO or a clock.
