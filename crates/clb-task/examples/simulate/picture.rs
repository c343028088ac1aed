pub(crate) fn draw(seed: u64) -> String {
    let _ = seed;
    String::new()
}
