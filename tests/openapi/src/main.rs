//! Writes the API's description to where the meta function serves it from.

use std::{fs, io};

fn main() -> io::Result<()> {
    fs::write(coppice_openapi::file(), coppice_openapi::text())
}
