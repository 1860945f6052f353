//! Adds up squares on several threads, and tells what it was compiled for.

use std::thread;

fn main() {
    let parts: Vec<_> = (0..4u64)
        .map(|part| thread::spawn(move || (0..250u64).map(|n| (part * 250 + n).pow(2)).sum::<u64>()))
        .collect();
    let sum: u64 = parts.into_iter().map(|part| part.join().expect("a thread panicked")).sum();
    println!("Rust for {} says {}", std::env::consts::ARCH, sum);
}
