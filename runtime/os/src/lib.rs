//! Native modules about the operating system.
