//! Terraform provider that holds back resources until a Tencent Cloud load balancer task is done.
