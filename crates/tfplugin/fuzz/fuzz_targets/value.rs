//! Any bytes are a proper value of any type or an error, and what a provider returns is made one: `cargo fuzz run value` in
//! `crates/tfplugin`.

#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::{Corpus, fuzz_target};
use tfplugin::fuzzing::from_msgpack;
use tfplugin_fuzz::{check, make};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if run(&mut Unstructured::new(bytes)).is_ok() { Corpus::Keep } else { Corpus::Reject }
});

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let mode = u.int_in_range(0..=2)?;
    let ty = make::ty(u)?;
    match mode {
        0 => check::value(&make::value(u, &ty)?, &ty),
        1 => check::conformed(make::loose(u, 0)?, &ty),
        _ => {
            let bytes = u.bytes(u.len())?;
            if let Ok(value) = from_msgpack(bytes, &ty) {
                assert!(check::held(&value) <= check::GROWTH * (bytes.len() + 1));
                check::value(&value, &ty);
            }
        }
    }
    Ok(())
}
